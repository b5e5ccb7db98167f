import { enforceLabel } from "./kubernetes-namespaces.ts";
import { at, manifestGroup, objectsIn } from "./kubernetes-objects.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { isUnknown, shown, strings, text } from "./values.ts";

const release = "kubernetes:helm.sh/v3:Release";
const chart = "kubernetes:helm.sh/v4:Chart";
const file = "kubernetes:yaml/v2:ConfigFile";
const directory = "kubernetes:kustomize/v2:Directory";
// Their first versions, which render within the program and send the engine nothing but their children.
const inProgram = [
  "kubernetes:helm.sh/v3:Chart",
  "kubernetes:kustomize:Directory",
  "kubernetes:yaml:ConfigFile",
  "kubernetes:yaml:ConfigGroup",
];
const collections = [chart, file, manifestGroup, directory, ...inProgram];

interface SourceProps {
  chart?: unknown;
  version?: unknown;
  repositoryOpts?: unknown;
  plainHttp?: unknown;
  file?: unknown;
  files?: unknown;
  directory?: unknown;
}

const exactVersion = /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;
const pinnedUrl = /v?\d+\.\d+\.\d+|\b[0-9a-f]{40}\b/;

export const kubernetesSourcesPinned = resourcePolicy<SourceProps, { repositories: string[] }>({
  name: "kubernetes-sources-pinned",
  description: "Charts and manifests from elsewhere have one version, and come encrypted from a place that is named.",
  severity: "medium",
  remediation: "set chart and repositoryOpts.repo, or an oci:// chart, with a whole version; put versions into URLs.",
  appliesTo: [release, chart, file, manifestGroup, directory],
  parameters: {
    repositories: {
      type: "array",
      description: "How the addresses of chart repositories may begin",
      items: { type: "string", minLength: 1 },
      default: ["https://", "oci://"],
    },
  },
  check({ type, props }, report, { repositories }) {
    const allowedPlaces = repositories.join(", ");
    if (type === release || type === chart) {
      const name = text(props.chart);
      const place = placeOf(name, at(props.repositoryOpts, "repo"));
      // A chart beside the program is as fixed as the program.
      if (name === undefined || place === "beside") return;
      if (place === undefined) {
        const given = `chart is "${name}" without a repository, so what the machine's own Helm calls so`;
        report({ given, allowed: `repositoryOpts.repo, beginning with ${allowedPlaces}` });
      } else if (!repositories.some((start) => place.startsWith(start))) {
        report({ given: `the chart comes from "${place}"`, allowed: `a repository that begins with ${allowedPlaces}` });
      }
      if (props.plainHttp === true) report({ given: "plainHttp is true", allowed: "a registry with TLS" });
      const { version } = props;
      const inUrl = /\.tgz$/.test(name) && pinnedUrl.test(name);
      if (isUnknown(version) || inUrl || exactVersion.test(text(version) ?? "")) return;
      report({ given: `version is ${shown(version)}`, allowed: "one whole version, 1.2.3" });
      return;
    }
    for (const url of [...strings([props.file, props.directory]), ...strings(props.files)].filter(isRemote)) {
      if (/^(https:|git@|github\.com)/.test(url) && pinnedUrl.test(url)) continue;
      report({ given: `the manifests come from ${url}`, allowed: "https, and a version or commit in the URL" });
    }
  },
});

/** A chart's repository as it is named, its own URL, `beside` for a folder or file; undefined for none. */
function placeOf(name: string | undefined, repository: unknown): string | undefined {
  if (isUnknown(repository)) return "beside";
  const given = text(repository);
  if (given !== undefined || name === undefined) return given;
  if (/^[a-z]+:\/\//.test(name)) return name;
  return /^\.{0,2}\/|\.tgz$/.test(name) ? "beside" : undefined;
}

function isRemote(source: string): boolean {
  return /^([a-z]+:\/\/|git@|github\.com\/)/.test(source);
}

export const kubernetesChartsContained = stackPolicy({
  name: "kubernetes-charts-contained",
  description:
    "Charts go into namespaces of the program that say which pods they take, since what a chart makes is not seen before.",
  severity: "high",
  remediation: `make a Namespace with the label ${enforceLabel}, and name it in namespace.`,
  appliesTo: [release, chart],
  check(resources, report) {
    const labelled = resources.flatMap((resource) =>
      objectsIn(resource)
        .filter(
          ({ kind, manifest }) =>
            kind === "Namespace" && at(manifest, "metadata", "labels", enforceLabel) !== undefined,
        )
        .map(({ name }) => ({ resource, name })),
    );
    const allowed = `a Namespace of the program with the label ${enforceLabel}`;
    for (const one of resources.filter(({ type }) => type === release || type === chart)) {
      const { namespace } = one.props;
      const isPlanned = labelled.some(
        ({ resource, name }) =>
          (name !== undefined && name === namespace) ||
          (one.propertyDependencies.namespace ?? []).includes(resource.urn),
      );
      if (one.props.createNamespace === true && !isPlanned) {
        report(one, { given: `createNamespace makes ${shown(namespace)} without labels`, allowed });
      } else if (!isPlanned && !isUnknown(namespace)) {
        report(one, { given: `namespace is ${shown(namespace)}, which has no such label here`, allowed });
      }
    }
  },
});

export const kubernetesContentsSeen = stackPolicy({
  name: "kubernetes-contents-seen",
  description: "The pack sees what charts, files and folders of manifests make: it can in the engine, not in a plan.",
  severity: "low",
  // It is no fault of the program.
  enforcementLevel: "advisory",
  remediation: "run the pack in a preview as well, or write the objects into the program.",
  appliesTo: collections,
  check(resources, report) {
    const parents = new Set(resources.map(({ parent }) => parent));
    for (const resource of resources.filter(({ type }) => collections.includes(type))) {
      if (parents.has(resource.urn) || isReadable(resource)) continue;
      report(resource, { given: "what it makes is not part of this plan", allowed: "objects that the pack can read" });
    }
  },
});

// A group's own manifests are read in place; its files are not.
function isReadable({ type, props }: StackChecked): boolean {
  return type === manifestGroup && strings(props.files).length === 0;
}
