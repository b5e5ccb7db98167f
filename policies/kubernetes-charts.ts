import { enforceLabel } from "./kubernetes-namespaces.ts";
import { manifestGroup, objectsIn } from "./kubernetes-objects.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { at, isUnknown, shown, strings, text } from "./values.ts";

const release = "kubernetes:helm.sh/v3:Release";
const chart = "kubernetes:helm.sh/v4:Chart";
const file = "kubernetes:yaml/v2:ConfigFile";
const directory = "kubernetes:kustomize/v2:Directory";
// Earlier versions of these types. They render in the program, so the engine receives only their children.
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
  description: "Remote charts and manifests have an exact version, and come over TLS from a named repository.",
  severity: "medium",
  remediation: "set chart and repositoryOpts.repo, or an oci:// chart, with an exact version; put versions into URLs.",
  appliesTo: [release, chart, file, manifestGroup, directory],
  parameters: {
    repositories: {
      type: "array",
      description: "Allowed prefixes of chart repositories",
      items: { type: "string", minLength: 1 },
      default: ["https://", "oci://"],
    },
  },
  check({ type, props }, report, { repositories }) {
    const prefixes = repositories.join(", ");
    if (type === release || type === chart) {
      const name = text(props.chart);
      const source = repositoryOf(name, at(props.repositoryOpts, "repo"));
      // A local chart changes only with the program.
      if (name === undefined || source === "local") return;
      if (source === undefined) {
        const given = `chart is "${name}" without a repository, so the local Helm configuration selects its source`;
        report({ given, allowed: `a repositoryOpts.repo that begins with ${prefixes}` });
      } else if (!repositories.some((start) => source.startsWith(start))) {
        report({ given: `the chart comes from "${source}"`, allowed: `a repository that begins with ${prefixes}` });
      }
      if (props.plainHttp === true) report({ given: "plainHttp is true", allowed: "a registry with TLS" });
      const { version } = props;
      const inUrl = /\.tgz$/.test(name) && pinnedUrl.test(name);
      if (isUnknown(version) || inUrl || exactVersion.test(text(version) ?? "")) return;
      report({ given: `version is ${shown(version)}`, allowed: "an exact version, such as 1.2.3" });
      return;
    }
    for (const url of [...strings([props.file, props.directory]), ...strings(props.files)].filter(isRemote)) {
      if (/^(https:|git@|github\.com)/.test(url) && pinnedUrl.test(url)) continue;
      report({ given: `the manifests come from ${url}`, allowed: "https, and a version or commit in the URL" });
    }
  },
});

/** Repository of a chart: as given, or its URL; `local` for a folder or file; undefined if there is none. */
function repositoryOf(name: string | undefined, repository: unknown): string | undefined {
  if (isUnknown(repository)) return "local";
  const given = text(repository);
  if (given !== undefined || name === undefined) return given;
  if (/^[a-z]+:\/\//.test(name)) return name;
  return /^\.{0,2}\/|\.tgz$/.test(name) ? "local" : undefined;
}

function isRemote(source: string): boolean {
  return /^([a-z]+:\/\/|git@|github\.com\/)/.test(source);
}

export const kubernetesChartsContained = stackPolicy({
  name: "kubernetes-charts-contained",
  description:
    "Charts are installed into namespaces of the program with a pod security label: their pods are unknown before.",
  severity: "high",
  remediation: `add a Namespace with the label ${enforceLabel}, and set namespace to its name.`,
  appliesTo: [release, chart],
  check(resources, report) {
    const labelled = resources.flatMap((resource) =>
      objectsIn(resource)
        .filter(
          ({ kind, manifest }) =>
            kind === "Namespace" && at(manifest, "metadata", "labels", enforceLabel) !== undefined,
        )
        .map(({ manifest, name }) => ({ resource, name, unnamed: isUnknown(at(manifest, "metadata", "name")) })),
    );
    const allowed = `a Namespace of the program with the label ${enforceLabel}`;
    for (const one of resources.filter(({ type }) => type === release || type === chart)) {
      const { namespace } = one.props;
      const isPlanned = labelled.some(
        ({ resource, name }) =>
          (name !== undefined && name === namespace) ||
          (one.propertyDependencies.namespace ?? []).includes(resource.urn),
      );
      if (isPlanned || isUnknown(namespace) || labelled.some(({ unnamed }) => unnamed)) continue;
      if (one.props.createNamespace === true) {
        report(one, { given: `createNamespace creates ${shown(namespace)} without labels`, allowed });
      } else {
        report(one, {
          given: `namespace is ${shown(namespace)}, which does not have this label in the program`,
          allowed,
        });
      }
    }
  },
});

export const kubernetesContentsSeen = stackPolicy({
  name: "kubernetes-contents-seen",
  description: "The pack can read the objects of charts, manifest files and folders; only the engine provides them.",
  severity: "low",
  // Advisory: the program cannot fix this.
  enforcementLevel: "advisory",
  remediation: "also run the pack in a preview, or define the objects in the program.",
  appliesTo: collections,
  check(resources, report) {
    const parents = new Set(resources.map(({ parent }) => parent));
    for (const resource of resources.filter(({ type }) => collections.includes(type))) {
      if (parents.has(resource.urn) || isReadable(resource)) continue;
      report(resource, { given: "its objects are not part of this plan", allowed: "objects that the pack can read" });
    }
  },
});

// The pack reads the manifests in a group, but not its files.
function isReadable({ type, props }: StackChecked): boolean {
  return type === manifestGroup && strings(props.files).length === 0;
}
