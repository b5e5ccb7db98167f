import { describe, expect, test } from "vitest";
import { factTypes } from "../../components/cloud/facts.ts";
import type { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluateAnew, evaluated, type StackName, stacks } from "./evaluated.ts";

const count = (planned: Planned, type: string) => planned.names(type).length;
const provider = "pulumi:providers:aws";

/** Type of a machine and of its gate in every cloud. */
const machineTypes = [
  "docker:index/container:Container",
  "openstack:compute/instance:Instance",
  "aws:ec2/instance:Instance",
];
const gateTypes = ["command:local:Command", "aws:lambda/invocation:Invocation"];

/** By machine, the gates that it waits for directly. */
function chain(planned: Planned): Record<string, string[]> {
  const machines = planned.resources.filter((resource) => resource.type === factTypes.machine);
  const part = (urn: string, types: string[]) =>
    planned.resources.filter(({ parent, type }) => parent === urn && types.includes(type));
  const gates = new Map(
    machines.flatMap(({ urn, name }) => part(urn, gateTypes).map((gate) => [gate.urn, name] as const)),
  );
  return Object.fromEntries(
    machines.map(({ urn, name }) => {
      const [machine] = part(urn, machineTypes);
      return [name, [...new Set(machine!.dependencies.flatMap((dependency) => gates.get(dependency) ?? []))].sort()];
    }),
  );
}

/** Machines in addition to the database in the committed config, each with the machines that it waits for. */
const beside: Record<StackName, Record<string, string[]>> = {
  dev: {},
  staging: { logs: [], "apps-0": [], "kube-0": [], "kube-worker-0": ["kube-0"], "kube-worker-1": ["kube-worker-0"] },
  prod: {
    logs: [],
    "apps-0": [],
    "kube-0": [],
    "kube-1": ["kube-0"],
    "kube-2": ["kube-1"],
    "kube-worker-0": ["kube-2"],
    "kube-worker-1": ["kube-worker-0"],
    "kube-worker-2": ["kube-worker-1"],
    "jenkins-agent-0": [],
    "jenkins-agent-1": ["jenkins-agent-0"],
    jenkins: ["jenkins-agent-0", "jenkins-agent-1"],
  },
};

/** Outputs of each stack; the second list is secret. */
const outputs: Record<StackName, [string[], string[]]> = {
  dev: [["connections", "databaseAddress", "databaseCa", "endpoints"], ["connections"]],
  staging: [
    [
      "clusterMetricsAdminPassword",
      "connections",
      "databaseAddress",
      "databaseCa",
      "deployHookCa",
      "deployHookRemoteUrl",
      "deployHookUrl",
      "deployTokens",
      "endpoints",
      "kubeconfig",
      "kubernetesAddress",
      "logsCa",
      "logsReadPassword",
      "logsUrl",
      "monitoringAdminPassword",
      "monitoringCa",
      "monitoringUrl",
      "paasAddress",
      "paasCa",
      "paasPasswords",
      "paasUrl",
      "registryAddress",
    ],
    [
      "clusterMetricsAdminPassword",
      "connections",
      "deployTokens",
      "kubeconfig",
      "logsReadPassword",
      "monitoringAdminPassword",
      "paasPasswords",
    ],
  ],
  prod: [
    [
      "clusterMetricsAdminPassword",
      "connections",
      "databaseAddress",
      "databaseCa",
      "deployHookCa",
      "deployHookRemoteUrl",
      "deployHookUrl",
      "deployTokens",
      "endpoints",
      "jenkinsAddress",
      "jenkinsAdminPassword",
      "jenkinsUrl",
      "jenkinsWebhookSecret",
      "jenkinsWebhookUrl",
      "kubeconfig",
      "kubernetesAddress",
      "logsCa",
      "logsReadPassword",
      "logsUrl",
      "monitoringAdminPassword",
      "monitoringCa",
      "monitoringUrl",
      "paasAddress",
      "paasPasswords",
      "paasUrl",
      "registryAddress",
      "registryPullKeys",
    ],
    [
      "clusterMetricsAdminPassword",
      "connections",
      "deployTokens",
      "jenkinsAdminPassword",
      "jenkinsWebhookSecret",
      "kubeconfig",
      "logsReadPassword",
      "monitoringAdminPassword",
      "paasPasswords",
      "registryPullKeys",
    ],
  ],
};

describe.each(stacks)("the plan of %s", (stack) => {
  test("has etcd, then Galera, then its load balancers, and the machines for delivery", async () => {
    const planned = await evaluated(stack);
    const galera = { "galera-0": ["etcd-0", "etcd-1", "etcd-2"], "galera-1": ["galera-0"], "galera-2": ["galera-1"] };
    const { monitoring, ...others } = chain(planned);
    // The machines that watch the stack's network are created last.
    expect(monitoring).toEqual(
      stack === "dev"
        ? undefined
        : Object.keys(others)
            .filter((name) => !name.startsWith("jenkins"))
            .sort(),
    );
    expect(others).toEqual({
      "etcd-0": [],
      "etcd-1": ["etcd-0"],
      "etcd-2": ["etcd-1"],
      ...galera,
      "lb-0": ["galera-0", "galera-1", "galera-2"],
      ...(stack === "dev" ? {} : { "lb-1": ["lb-0"] }),
      ...beside[stack],
    });
  });

  test("deletes a machine before it creates the replacement", async () => {
    const planned = await evaluated(stack);
    const machines = planned.resources.filter(
      ({ type, name }) => machineTypes.includes(type) && !name.startsWith("lb-front"),
    );
    expect(machines).toHaveLength({ dev: 7, staging: 14, prod: 20 }[stack]);
    expect(machines.filter((machine) => !machine.deleteBeforeReplace)).toEqual([]);
  });

  test("has the keys and passwords of one database tier", async () => {
    const planned = await evaluated(stack);
    const machines = stack === "dev" ? 7 : 8;
    const others = {
      dev: [],
      staging: ["apps", "kube-kubelet", "logs", "monitoring"],
      prod: ["apps", "jenkins", "kube-kubelet", "logs", "monitoring"],
    }[stack];
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual(
      ["etcd-ca", "galera-ca", ...others.map((name) => `${name}-ca`)].sort(),
    );
    // Each machine of the tier has an etcd identity; database nodes also have server certificates. Jenkins has one key,
    // logs and metrics two, the deploy hook one; Kubernetes has one for each machine and for its administrator.
    const certificates = { dev: 0, staging: 3 + 4, prod: 4 + 7 }[stack];
    expect(count(planned, "tls:index/locallySignedCert:LocallySignedCert")).toBe(machines + 3 + certificates);
    expect(
      planned.names("random:index/randomPassword:RandomPassword").filter((name) => name.startsWith("galera")),
    ).toEqual([
      "galera-database-app-password",
      "galera-monitor-password",
      "galera-root-password",
      "galera-state-transfer-password",
    ]);
  });

  test("exports all addresses, and marks credentials as secret", async () => {
    const planned = await evaluated(stack);
    expect([Object.keys(planned.outputs).sort(), planned.secretOutputs]).toEqual(outputs[stack]);
    const { app } = planned.outputs.connections as Record<string, Record<string, string>>;
    expect(app).toMatchObject({
      DATABASE_HOST: planned.outputs.databaseAddress,
      DATABASE_PORT: "3306",
      DATABASE_READ_PORT: "3307",
      DATABASE_NAME: "app",
      DATABASE_USER: "app",
      DATABASE_CA: planned.outputs.databaseCa,
    });
    expect(app!.DATABASE_PASSWORD).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  test("opens only the ports that the tier needs", async () => {
    const logs = (from: string) => (stack === "dev" ? [] : [`${from} -> logs: 3100`]);
    const between = (await evaluated(stack)).firewallRules().filter((opening) => /^(etcd|galera|lb) ->/.test(opening));
    expect(between).toEqual([
      "etcd -> etcd: 2379",
      "etcd -> etcd: 2380",
      ...logs("etcd"),
      "galera -> etcd: 2379",
      "galera -> galera: 4444",
      "galera -> galera: 4567",
      "galera -> galera: 4568",
      ...logs("galera"),
      "lb -> etcd: 2379",
      "lb -> galera: 3306",
      "lb -> galera: 9200",
      ...(stack === "dev" ? [] : ["lb -> lb: 10000"]),
      ...logs("lb"),
    ]);
  });

  test("grows to five members and replaces only the machine that watches them", async () => {
    const galera = { ...(committed(stack)["paasmas:galera"] as object), size: 5 };
    const [three, five] = [await evaluated(stack), await evaluated(stack, { "paasmas:galera": galera })];
    const { monitoring: before, ...others } = three.hashes();
    const { "galera-3": fourth, "galera-4": fifth, monitoring: after, ...rest } = five.hashes();
    expect(rest).toEqual(others);
    expect(after === before).toBe(stack === "dev");
    expect([fourth, fifth]).toEqual([expect.any(String), expect.any(String)]);
    expect(chain(five)).toMatchObject({
      ...chain(three),
      "galera-3": ["galera-2"],
      "galera-4": ["galera-3"],
      "lb-0": expect.any(Array),
      ...(stack === "dev" ? {} : { monitoring: expect.arrayContaining(["galera-3", "galera-4"]) }),
    });
  });

  test("replaces only the database nodes, one at a time, after a change of tuning", async () => {
    const galera = committed(stack)["paasmas:galera"] as { tuning: object };
    const changed = { ...galera, tuning: { ...galera.tuning, maxConnections: 321 } };
    const before = (await evaluated(stack)).hashes();
    const after = (await evaluated(stack, { "paasmas:galera": changed })).hashes();
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
      "galera-0",
      "galera-1",
      "galera-2",
    ]);
  });
});

describe("the location of machines", () => {
  const where = async (stack: StackName) => {
    const planned = await evaluated(stack);
    return planned.names(factTypes.machine).map((name) => {
      const { address, zone, type, dataVolumeGiB, retained, delivery } = planned.machine(name);
      return [name, address, zone, type, dataVolumeGiB, retained, delivery];
    });
  };

  test("is one Docker host in dev, and the data is deleted with the stack", async () => {
    expect(await where("dev")).toEqual([
      ["etcd-0", "10.77.0.10", "local", "512 MiB", 1, false, "upload"],
      ["etcd-1", "10.77.0.11", "local", "512 MiB", 1, false, "upload"],
      ["etcd-2", "10.77.0.12", "local", "512 MiB", 1, false, "upload"],
      ["galera-0", "10.77.0.20", "local", "1536 MiB", 4, false, "upload"],
      ["galera-1", "10.77.0.21", "local", "1536 MiB", 4, false, "upload"],
      ["galera-2", "10.77.0.22", "local", "1536 MiB", 4, false, "upload"],
      ["lb-0", "10.77.0.30", "local", "512 MiB", undefined, false, "upload"],
    ]);
  });

  test("is on different hosts in staging, by anti-affinity", async () => {
    expect(await where("staging")).toEqual([
      ["apps-0", "10.20.0.60", "any", "m1.medium", 20, false, "object-store"],
      ["etcd-0", "10.20.0.10", "any", "m1.small", 4, false, "object-store"],
      ["etcd-1", "10.20.0.11", "any", "m1.small", 4, false, "object-store"],
      ["etcd-2", "10.20.0.12", "any", "m1.small", 4, false, "object-store"],
      ["galera-0", "10.20.0.20", "any", "m1.medium", 40, false, "object-store"],
      ["galera-1", "10.20.0.21", "any", "m1.medium", 40, false, "object-store"],
      ["galera-2", "10.20.0.22", "any", "m1.medium", 40, false, "object-store"],
      ["kube-0", "10.20.0.70", "any", "m1.medium", 20, false, "object-store"],
      ["kube-worker-0", "10.20.0.80", "any", "m1.medium", 50, false, "object-store"],
      ["kube-worker-1", "10.20.0.81", "any", "m1.medium", 50, false, "object-store"],
      ["lb-0", "10.20.0.30", "any", "m1.small", undefined, false, "object-store"],
      ["lb-1", "10.20.0.31", "any", "m1.small", undefined, false, "object-store"],
      ["logs", "10.20.0.45", "any", "m1.small", 50, false, "object-store"],
      ["monitoring", "10.20.0.46", "any", "m1.medium", 50, false, "object-store"],
    ]);
    const groups = (await evaluated("staging")).resources.filter(
      ({ type }) => type === "openstack:compute/serverGroup:ServerGroup",
    );
    expect(groups.map(({ inputs }) => inputs.policies)).toEqual([
      ["anti-affinity"],
      ["anti-affinity"],
      ["anti-affinity"],
      ["anti-affinity"],
      ["anti-affinity"],
    ]);
  });

  test("is a separate zone for each member of a cluster in prod, and the data is kept", async () => {
    expect(await where("prod")).toEqual([
      ["apps-0", "10.30.0.60", "eu-central-1a", "m6i.large", 20, true, "object-store"],
      ["etcd-0", "10.30.64.10", "eu-central-1b", "t3.small", 4, true, "object-store"],
      ["etcd-1", "10.30.128.11", "eu-central-1c", "t3.small", 4, true, "object-store"],
      ["etcd-2", "10.30.0.12", "eu-central-1a", "t3.small", 4, true, "object-store"],
      ["galera-0", "10.30.128.20", "eu-central-1c", "r6i.xlarge", 200, true, "object-store"],
      ["galera-1", "10.30.0.21", "eu-central-1a", "r6i.xlarge", 200, true, "object-store"],
      ["galera-2", "10.30.64.22", "eu-central-1b", "r6i.xlarge", 200, true, "object-store"],
      ["jenkins", "10.31.0.51", "eu-central-1a", "m6i.large", 50, true, "object-store"],
      ["jenkins-agent-0", "10.31.64.52", "eu-central-1b", "m6i.large", 50, true, "object-store"],
      ["jenkins-agent-1", "10.31.128.53", "eu-central-1c", "m6i.large", 50, true, "object-store"],
      ["kube-0", "10.30.64.70", "eu-central-1b", "m6i.large", 20, true, "object-store"],
      ["kube-1", "10.30.128.71", "eu-central-1c", "m6i.large", 20, true, "object-store"],
      ["kube-2", "10.30.0.72", "eu-central-1a", "m6i.large", 20, true, "object-store"],
      ["kube-worker-0", "10.30.128.80", "eu-central-1c", "m6i.large", 100, true, "object-store"],
      ["kube-worker-1", "10.30.0.81", "eu-central-1a", "m6i.large", 100, true, "object-store"],
      ["kube-worker-2", "10.30.64.82", "eu-central-1b", "m6i.large", 100, true, "object-store"],
      ["lb-0", "10.30.0.30", "eu-central-1a", "t3.small", undefined, false, "object-store"],
      ["lb-1", "10.30.64.31", "eu-central-1b", "t3.small", undefined, false, "object-store"],
      ["logs", "10.30.0.45", "eu-central-1a", "t3.small", 50, true, "object-store"],
      ["monitoring", "10.30.64.46", "eu-central-1b", "m6i.large", 50, true, "object-store"],
    ]);
  });
});

describe("the accounts of prod", () => {
  test("are the only ones that their providers accept, in one region, with tags on every resource", async () => {
    const planned = await evaluated("prod", { "paasmas:tags": { CostCentre: "42" } });
    const accounts = planned.names(provider).map((name) => {
      const { region, allowedAccountIds, defaultTags } = planned.one(provider, name).inputs;
      return [name, region, JSON.parse(allowedAccountIds as string), JSON.parse(defaultTags as string)];
    });
    const tags = { tags: { Project: "paasmas", Environment: "prod", ManagedBy: "pulumi", CostCentre: "42" } };
    expect(accounts).toEqual([
      ["ci", "eu-central-1", ["000000000001"], tags],
      ["prod", "eu-central-1", ["000000000000"], tags],
    ]);
    for (const vpc of ["paasmas-vpc", "ci-vpc"]) {
      expect(planned.one("aws:ec2/vpc:Vpc", vpc).inputs.tags).toMatchObject({ Environment: "prod", CostCentre: "42" });
    }
  });

  test("contain every AWS resource, each component in one account", async () => {
    const { resources } = await evaluated("prod");
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const component = ({ name, parent }: { name: string; parent?: string }): string => {
      const above = byUrn.get(parent ?? "");
      return above === undefined || above.type === "pulumi:pulumi:Stack" ? name : component(above);
    };
    const accountOf = (resource: { provider?: string }) =>
      resources.find(({ type, urn }) => type === provider && resource.provider?.startsWith(`${urn}::`))?.name;
    const amounts: Record<string, Record<string, number>> = {};
    for (const resource of resources.filter(({ type }) => type.startsWith("aws:"))) {
      const inIt = amounts[component(resource)] ?? {};
      amounts[component(resource)] = inIt;
      const account = accountOf(resource) ?? "nobody's";
      inIt[account] = (inIt[account] ?? 0) + 1;
    }
    expect(amounts).toEqual({
      // The buckets of logs and etcd snapshots are in the object store of the cloud.
      paasmas: { prod: 109 },
      logs: { prod: 26 },
      monitoring: { prod: 32 },
      // Two firewall rules for kubelets.
      "cluster-metrics": { prod: 4 },
      etcd: { prod: 34 },
      galera: { prod: 41 },
      lb: { prod: 47 },
      apps: { prod: 13 },
      kube: { prod: 103 },
      // Includes the bucket for the backup of Jenkins.
      ci: { ci: 60 },
      jenkins: { ci: 50 },
      // A role, a policy and an instance profile for each of two agents.
      // Includes a user for pulls of the platform's pods, and a user for pulls of staging.
      registry: { prod: 16, ci: 6 },
      // A load balancer with its firewall rules, and the domain name.
      paas: { prod: 25 },
      "paas-domain-user": { prod: 3 },
      // One side of the peering: three routes, half of three firewall rules, and a rule to the platform for each agent.
      "ci-to-production": { prod: 9, ci: 7 },
    });
  });

  test("protect and retain the data volumes", async () => {
    const volumes = (await evaluated("prod")).resources
      .filter(({ type }) => type === "aws:ebs/volume:Volume")
      .sort((a, b) => (a.name.replace("-data", "") < b.name.replace("-data", "") ? -1 : 1));
    expect(
      volumes.map(({ name, protect, retainOnDelete, inputs }) => [
        name,
        protect,
        retainOnDelete,
        inputs.size,
        inputs.encrypted,
      ]),
    ).toEqual([
      ["apps-0-data", true, true, 20, true],
      ...["etcd-0", "etcd-1", "etcd-2"].map((name) => [`${name}-data`, true, true, 4, true]),
      ...["galera-0", "galera-1", "galera-2"].map((name) => [`${name}-data`, true, true, 200, true]),
      ...["jenkins", "jenkins-agent-0", "jenkins-agent-1"].map((name) => [`${name}-data`, true, true, 50, true]),
      ...["kube-0", "kube-1", "kube-2"].map((name) => [`${name}-data`, true, true, 20, true]),
      ...["kube-worker-0", "kube-worker-1", "kube-worker-2"].map((name) => [`${name}-data`, true, true, 100, true]),
      ...["logs", "monitoring"].map((name) => [`${name}-data`, true, true, 50, true]),
    ]);
  });
});

describe("a setting", () => {
  test.each([
    ["dev", "docker:index/volume:Volume"],
    ["staging", "openstack:blockstorage/volume:Volume"],
  ] as const)("protects the data of %s", async (stack, type) => {
    const volumes = (planned: Planned) =>
      planned.resources.filter((resource) => resource.type === type && resource.name.endsWith("-data"));
    expect(volumes(await evaluated(stack)).filter(({ protect }) => protect)).toEqual([]);
    const kept = volumes(await evaluated(stack, { "paasmas:protect": true }));
    expect(kept).toHaveLength({ dev: 6, staging: 12 }[stack]);
    expect(kept.filter(({ protect, retainOnDelete }) => !protect || !retainOnDelete)).toEqual([]);
  });

  test("publishes the database of dev on chosen ports of the loopback address", async () => {
    const ports = (planned: Planned) =>
      planned.one("docker:index/container:Container", "lb-front-haproxy").inputs.ports;
    expect(ports(await evaluated("dev"))).toEqual([
      { internal: 3306, external: 3306, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 3307, external: 3307, ip: "127.0.0.1", protocol: "tcp" },
    ]);
    const moved = await evaluated("dev", { "paasmas:docker": { publishedPorts: { "3306": 13306, "3307": 13307 } } });
    expect(ports(moved)).toMatchObject([{ external: 13306 }, { external: 13307 }]);
  });

  test("adds a snippet to every machine of its cluster, and to no others", async () => {
    const snippet = { storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] } };
    const before = (await evaluated("dev")).hashes();
    const after = (await evaluated("dev", { "paasmas:etcd": { volumeGiB: 1, snippets: [snippet] } })).hashes();
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["etcd-0", "etcd-1", "etcd-2"]);
  });

  test("gives equal plans in two evaluations", async () => {
    const [first, second] = [await evaluateAnew("prod"), await evaluateAnew("prod")];
    const sorted = (planned: Planned) => [...planned.resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
    expect(sorted(first)).toEqual(sorted(second));
  });
});
