import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { filesWithComments } from "../../cli/docs/argument-comments.ts";
import { type Page, pages } from "../../cli/docs/pages.ts";
import { exampleOf, plannedBy } from "../../cli/docs/planned.ts";
import { exportedInterfaces, interfaceMembers } from "../../cli/docs/source.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { AwsCloud } from "../../components/cloud/aws/index.ts";
import type { Cloud } from "../../components/cloud/cloud.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { OpenstackCloud } from "../../components/cloud/openstack/index.ts";

const root = resolve(import.meta.dirname, "../..");
const all = await pages(root);
const page = (path: string): Page => all.find((one) => one.path === path)!;

/** Interfaces whose members users set, by the file that has them. */
const argumentFiles: Record<string, string[]> = {
  "components/internal/bucket.ts": ["BucketArgs"],
  "components/etcd-cluster/args.ts": ["EtcdClusterArgs"],
  "components/galera-cluster/args.ts": ["GaleraClusterArgs", "GaleraTuningArgs"],
  "components/galera-cluster/passwords.ts": ["GaleraPasswordsArgs", "GaleraDatabaseArgs"],
  "components/database-load-balancer/args.ts": ["DatabaseLoadBalancerArgs"],
  "components/certificate-authority/args.ts": ["CertificateAuthorityArgs", "IdentityArgs"],
  "components/kubernetes-cluster/args.ts": ["KubernetesClusterArgs", "KubernetesPoolArgs"],
  "components/kubernetes-cluster/backup.ts": ["KubernetesBackupArgs", "KubernetesUploadArgs"],
  "components/paas-cluster/args.ts": [
    "PaasClusterArgs",
    "PaasBucketsArgs",
    "PaasBucketArgs",
    "PaasRegistryArgs",
    "PaasLoginArgs",
    "PaasEcrArgs",
    "PaasDatabaseArgs",
    "PaasCertificatesArgs",
  ],
  "components/internal/public-endpoint.ts": ["PublicEndpointArgs", "NamedEndpointArgs"],
  "components/deploy-hook/args.ts": ["DeployHookArgs", "DeployHookEndpointArgs"],
  "components/deploy-hook/apps.ts": ["DeployHookAppArgs", "DeployHookSourceArgs", "DeployHookPreviewsArgs"],
  "components/jenkins-host/args.ts": ["JenkinsHostArgs"],
  "components/jenkins-host/backup.ts": ["JenkinsBackupArgs"],
  "components/jenkins-host/webhook-endpoint.ts": ["JenkinsEndpointArgs"],
  "components/jenkins-host/github.ts": ["JenkinsGithubArgs", "JenkinsGithubLoginArgs"],
  "components/jenkins-host/pipelines.ts": ["JenkinsScriptSourceArgs", "JenkinsPipelineArgs"],
  "components/jenkins-host/kubernetes-agents.ts": ["JenkinsKubernetesArgs"],
  "components/jenkins-pods/args.ts": ["JenkinsPodsArgs"],
  "components/log-store/args.ts": ["LogStoreArgs"],
  "components/open-search-logs/args.ts": ["OpenSearchLogsArgs"],
  "components/cluster-metrics/args.ts": ["ClusterMetricsArgs"],
  "components/metrics-agent/args.ts": ["MetricsAgentArgs"],
  "components/monitoring-host/args.ts": ["MonitoringHostArgs", "MonitoringImagesArgs"],
  "components/github-flow/args.ts": ["GithubFlowArgs", "GithubWebhookArgs"],
  "components/machine-registry/args.ts": ["MachineRegistryArgs", "RegistryBucketArgs"],
  "components/ecr-registry/args.ts": ["EcrRegistryArgs", "EcrCiArgs"],
  "components/ecr-registry/remote.ts": ["RemoteEcrRegistryArgs"],
  "components/cloud/aws/account.ts": ["AwsAccountArgs"],
  "components/cloud/aws/login.ts": ["AwsAssumeRoleArgs", "AwsWebIdentityArgs"],
  "components/cloud/aws/peering.ts": ["VpcPeeringArgs", "PeeringSideArgs", "PeeringAllowArgs", "PeeringBalancerArgs"],
  "components/cloud/cloud.ts": [
    "FirewallArgs",
    "AllowArgs",
    "MachineArgs",
    "DataVolumeArgs",
    "LoadBalancerArgs",
    "ObjectStoreArgs",
  ],
  "components/cloud/aws/args.ts": ["AwsCloudArgs", "AwsVolumeArgs"],
  "components/cloud/docker/args.ts": ["DockerCloudArgs", "DockerLimits"],
  "components/cloud/openstack/args.ts": ["OpenstackCloudArgs", "OpenstackBootVolumeArgs"],
};

describe("the pages", () => {
  it.each(all.map((one) => [one.path, one] as const))(
    "%s is up to date; npm run docs makes it so",
    (_, { text, fresh }) => {
      expect(text).toBe(fresh);
    },
  );

  it("are one for each component and cloud, and the general ones", () => {
    expect(all.map(({ path }) => path)).toEqual([
      "docs/README.md",
      "docs/architecture.md",
      "docs/components/README.md",
      "docs/components/aws-cloud.md",
      "docs/components/certificate-authority.md",
      "docs/components/cluster-metrics.md",
      "docs/components/database-load-balancer.md",
      "docs/components/deploy-hook.md",
      "docs/components/docker-cloud.md",
      "docs/components/ecr-registry.md",
      "docs/components/etcd-cluster.md",
      "docs/components/galera-cluster.md",
      "docs/components/github-flow.md",
      "docs/components/jenkins-host.md",
      "docs/components/jenkins-pods.md",
      "docs/components/kubernetes-cluster.md",
      "docs/components/log-store.md",
      "docs/components/machine-registry.md",
      "docs/components/metrics-agent.md",
      "docs/components/monitoring-host.md",
      "docs/components/open-search-logs.md",
      "docs/components/openstack-cloud.md",
      "docs/components/paas-cluster.md",
      "docs/components/remote-ecr-registry.md",
      "docs/components/vpc-peering.md",
      "docs/configuration.md",
      "docs/delivery.md",
      "docs/development.md",
      "docs/glossary.md",
      "docs/lab.md",
      "docs/mechanisms.md",
      "docs/operations.md",
      "docs/performance.md",
      "docs/policies.md",
    ]);
  });

  it("have only links to files and headings that exist", () => {
    const files = new Map(all.map(({ path, text }) => [path, text]));
    const broken = all.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#\s]*)(#[^)\s]+)?\)/g)].flatMap(([, file = "", anchor = ""]) => {
        if (/^https?:/.test(file)) return [];
        const target = file === "" ? path : join(dirname(path), file);
        const found = files.get(target) ?? read(target);
        return found === undefined || (anchor !== "" && !anchors(found).includes(anchor.slice(1)))
          ? [`${path}: ${file}${anchor}`]
          : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  it("show the headings and cells of a generated table, not an empty block", () => {
    expect(
      all.flatMap(({ path, text }) => (/\x3c!-- generated: .+ -->\n\s*\x3c!-- end/.test(text) ? [path] : [])),
    ).toEqual([]);
    expect(page("docs/components/galera-cluster.md").text).toContain(
      "| `size` | `number` | 3 | Number of nodes: 3 or 5.",
    );
    expect(page("docs/components/galera-cluster.md").text).toContain(
      '| `flavor` | `"percona" \\| "mariadb"` | `percona` |',
    );
  });
});

describe("the arguments", () => {
  it.each(filesWithComments(root).map((one) => [one.path, one] as const))(
    "of %s are described as in their schema; npm run docs writes the doc comments",
    (_, { text, fresh }) => {
      expect(text).toBe(fresh);
    },
  );

  it("are documented one by one, each with its default or as required", () => {
    const gaps = Object.entries(argumentFiles).flatMap(([file, names]) =>
      names.flatMap((name) =>
        interfaceMembers(join(root, file), name).flatMap((member) => {
          const problems = [
            ...(member.text === "" ? ["has no doc comment"] : []),
            ...(member.optional && !member.default ? ["has no default in its doc comment"] : []),
            ...(!member.optional && member.default ? ["is required, and has a default in its doc comment"] : []),
          ];
          return problems.map((problem) => `${file} ${name}.${member.name} ${problem}`);
        }),
      ),
    );
    expect(gaps).toEqual([]);
  });

  it("are on a page, every interface of them that users can import", () => {
    const shown = all.flatMap(({ text }) =>
      [...text.matchAll(/\x3c!-- generated: arguments (\w+) (\S+) -->/g)].map(([, name, file]) => `${file} ${name}`),
    );
    for (const [file, names] of Object.entries(argumentFiles)) {
      for (const name of names) expect(shown).toContain(`${file} ${name}`);
      const given = exportedInterfaces(join(root, file)).filter((name) => name.endsWith("Args"));
      expect(
        given.filter((name) => !names.includes(name)),
        file,
      ).toEqual([]);
    }
  });
});

describe("the examples", () => {
  const folder = join(root, "docs/components");
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const clouds: Record<string, () => Cloud> = {
    aws: () =>
      new AwsCloud("cloud", {
        cidr: "10.0.0.0/16",
        zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
        image: "ami-0123456789abcdef0",
      }),
    docker: () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" }),
    openstack: () =>
      new OpenstackCloud("cloud", {
        cidr: "10.9.0.0/24",
        flavors: { small: "m1.small", medium: "m1.medium", large: "m1.large" },
        imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
      }),
  };

  it("are one a page", () => {
    const used = all.flatMap(({ text }) =>
      [...text.matchAll(/\x3c!-- generated: example (\S+) -->/g)].map(([, name]) => name),
    );
    expect(names.toSorted()).toEqual(used.toSorted());
  });

  it.each([
    "etcd-cluster",
    "galera-cluster",
    "database-load-balancer",
    "machine-registry",
    "deploy-hook",
    "jenkins-host",
    "paas-cluster",
  ])(
    "%s creates the same resources on all clouds, as its page states",
    async (name) => {
      const file = join(folder, `${name}.ts`);
      expect((await exampleOf(file)).length).toBe(1);
      const [type] = /paasmas:index:\w+/.exec(page(`docs/components/${name}.md`).text)!;
      const made: Record<string, string[]> = {};
      for (const [kind, cloud] of Object.entries(clouds)) {
        const resources = await plannedBy(file, cloud);
        const component = resources.find((resource) => resource.type === type)!;
        made[kind] = resources
          .filter(({ parent }) => parent === component.urn)
          .map((resource) => `${resource.type} ${resource.name}`)
          .sort();
      }
      expect(made.aws).toEqual(made.docker);
      expect(made.openstack).toEqual(made.docker);
    },
    60_000,
  );

  it.each([
    ["aws-cloud", "aws:ec2/instance:Instance", 8],
    ["openstack-cloud", "openstack:compute/instance:Instance", 8],
    ["docker-cloud", "docker:index/container:Container", 9],
  ])(
    "%s plans the whole tier",
    async (name, type, count) => {
      const example = await exampleOf(join(folder, `${name}.ts`));
      const { resources, secretOutputs } = await evaluate(() => example() as Record<string, unknown>, {
        stack: "docs",
      });
      expect(resources.filter((resource) => resource.type === type)).toHaveLength(count);
      expect(secretOutputs).toEqual(["connection"]);
    },
    60_000,
  );

  it("hand out keys as secrets", async () => {
    const example = await exampleOf(join(folder, "certificate-authority.ts"));
    const { outputs, secretOutputs } = await evaluate(() => example() as Record<string, unknown>, { stack: "docs" });
    expect(Object.keys(outputs).sort()).toEqual(["ca", "identity"]);
    expect(secretOutputs).toEqual(["identity"]);
  });
});

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR" ? "" : undefined;
  }
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
