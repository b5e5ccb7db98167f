import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { kubernetesProvider } from "../../components/kubernetes-cluster/provider.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import { Planned, planProgram } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluateAnew, evaluated, type StackName } from "./evaluated.ts";
import { isIn, decode } from "./decode.ts";

/** Boot config of a machine, from its object in the store. */
function bootsWith(planned: Planned, machine: string): string {
  const objects: Record<string, string> = {
    "aws:s3/bucketObjectv2:BucketObjectv2": `${machine}-ignition`,
    "openstack:objectstorage/containerObject:ContainerObject": `${machine}-config`,
  };
  return planned.resources.find(({ type, name }) => objects[type] === name)!.inputs.content as string;
}

/** Files and units of a machine's config. */
function configOf(planned: Planned, machine: string) {
  const { storage, systemd } = JSON.parse(bootsWith(planned, machine)) as {
    storage: { files: { path: string; contents: { source: string } }[] };
    systemd: { units: { name: string; enabled?: boolean }[] };
  };
  return { files: storage.files, units: systemd.units };
}

/** Names of the cluster's machines with a secret in their config, in any encoding. */
function holders(planned: Planned, secret: string): string[] {
  const machines = planned.names(factTypes.machine);
  return machines.filter((machine) => isIn(secret, decode(bootsWith(planned, machine))));
}

const controlPlanes: Record<"staging" | "prod", string[]> = {
  staging: ["kube-0"],
  prod: ["kube-0", "kube-1", "kube-2"],
};
const workers: Record<"staging" | "prod", string[]> = {
  staging: ["kube-worker-0", "kube-worker-1"],
  prod: ["kube-worker-0", "kube-worker-1", "kube-worker-2"],
};

describe.each(["staging", "prod"] as const)("Kubernetes in %s", (stack) => {
  test("opens only the ports that the cluster needs, and only between its machines", async () => {
    const firewallRules = (await evaluated(stack))
      .firewallRules()
      .filter((opening) => /^kube(-workers)? ->/.test(opening));
    expect(firewallRules).toEqual([
      ...(stack === "prod" ? ["kube -> kube-api: 6443"] : []),
      "kube -> kube-workers: 10250",
      "kube -> kube-workers: 8472",
      "kube -> kube: 10250",
      "kube -> kube: 2379-2380",
      "kube -> kube: 6443",
      "kube -> kube: 8472",
      "kube -> logs: 3100",
      ...(stack === "prod" ? ["kube-workers -> kube-api: 6443"] : []),
      "kube-workers -> kube-workers: 10250",
      "kube-workers -> kube-workers: 8472",
      "kube-workers -> kube: 10250",
      "kube-workers -> kube: 6443",
      "kube-workers -> kube: 8472",
      "kube-workers -> logs: 3100",
      // Parts of the platform connect to each other by their public names.
      ...(stack === "prod" ? ["kube-workers -> paas-apps: 443", "kube-workers -> paas-apps: 80"] : []),
    ]);
  });

  test("has signing and encryption keys only on control planes and in the state", async () => {
    const planned = await evaluated(stack);
    const key = (name: string) => String(planned.one("tls:index/privateKey:PrivateKey", name).outputs.privateKeyPem);
    for (const name of [
      "kube-kubernetes-ca-key",
      "kube-etcd-ca-key",
      "kube-front-proxy-ca-key",
      "kube-service-accounts",
    ]) {
      expect([name, holders(planned, key(name))]).toEqual([name, controlPlanes[stack]]);
    }
    const encryption = String(
      planned.one("random:index/randomBytes:RandomBytes", "kube-encryption-first").outputs.base64,
    );
    const join = String(planned.one("random:index/randomPassword:RandomPassword", "kube-join-key").outputs.result);
    expect([holders(planned, encryption), holders(planned, join)]).toEqual([
      controlPlanes[stack],
      controlPlanes[stack],
    ]);
    expect([holders(planned, key("kube-kubelet-ca-key")), holders(planned, key("kube-admin-key"))]).toEqual([[], []]);
    expect(holders(planned, key("kube-worker-0-kubelet-key"))).toEqual(["kube-worker-0"]);
  });

  test("has only a pointer in user data, and closes the metadata service to pods on every machine", async () => {
    const planned = await evaluated(stack);
    for (const machine of [...controlPlanes[stack], ...workers[stack]]) {
      const { delivery, userDataBytes, userDataLimit } = planned.machine(machine);
      expect([machine, delivery]).toEqual([machine, "object-store"]);
      expect(userDataBytes).toBeLessThan(600);
      expect(userDataLimit).toBeGreaterThan(16_000);
      const { files, units } = configOf(planned, machine);
      expect(units.find(({ name }) => name === "metadata-guard.service")).toMatchObject({ enabled: true });
      expect(files.map(({ path }) => path)).toContain("/etc/paasmas/metadata-guard.nft");
    }
  });
});

describe("snapshots of etcd", () => {
  test("are in a separate bucket for 30 days in prod; only control planes can write there", async () => {
    const planned = await evaluated("prod");
    const bucket = planned.one("aws:s3/bucket:Bucket", "kube-backups-bucket");
    expect([bucket.protect, bucket.retainOnDelete]).toEqual([true, true]);
    expect(
      planned.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "kube-backups-lifecycle").inputs
        .rules,
    ).toMatchObject([{ expiration: { days: 30 }, noncurrentVersionExpiration: { noncurrentDays: 30 } }]);
    const policies = planned.resources.filter(
      ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && /^kube-.*-access$/.test(name),
    );
    expect(policies.map(({ name }) => name)).toEqual(controlPlanes.prod.map((machine) => `${machine}-access`));
    for (const { inputs } of policies) {
      expect(JSON.parse(inputs.policy as string).Statement).toEqual([
        {
          Sid: "WriteObjects",
          Effect: "Allow",
          Action: ["s3:PutObject"],
          Resource: [`arn:aws:s3:::${bucket.outputs.bucket}/etcd/kube/*`],
        },
      ]);
    }
    const target = configOf(planned, "kube-1").files.find(({ path }) => path === "/etc/paasmas/kubernetes/backup.conf")!
      .contents.source;
    expect(decodeURIComponent(target)).toMatch(
      /^data:,ENDPOINT=https:\/\/s3\.\S+\.amazonaws\.com\nBUCKET=\S+\nREGION=eu-central-1\n$/,
    );
  });

  test("are in a separate container in staging; only control planes have the secret URL for writes", async () => {
    const planned = await evaluated("staging");
    const key = planned.one("random:index/randomPassword:RandomPassword", "kube-backups-key").outputs.result as string;
    const container = planned.one("openstack:objectstorage/container:Container", "kube-backups-container");
    expect(container.inputs).toMatchObject({ versioning: true, metadata: { "Temp-URL-Key": key } });
    expect(holders(planned, key)).toEqual([]);
    const { source } = configOf(planned, "kube-0").files.find(
      ({ path }) => path === "/etc/paasmas/kubernetes/backup.conf",
    )!.contents;
    expect(decodeURIComponent(source.replace("data:,", ""))).toMatch(
      /^UPLOAD_URL="https:\/\/swift\.planned\.invalid:8080\/v1\/AUTH_\w+\/\S+\/etcd\/kube\/\?temp_url_sig=[0-9a-f]{64}&temp_url_expires=\d+&temp_url_prefix=etcd%2Fkube%2F"\n$/,
    );
    expect(configOf(planned, "kube-worker-0").files.map(({ path }) => path)).not.toContain(
      "/etc/paasmas/kubernetes/backup.conf",
    );
  });
});

describe("settings of Kubernetes", () => {
  const changed = async (stack: StackName, changes: object) => {
    const given = committed(stack)["paasmas:kubernetes"] as object;
    const [before, after] = [
      await evaluated(stack),
      await evaluated(stack, { "paasmas:kubernetes": { ...given, ...changes } }),
    ];
    const [old, now] = [before.hashes(), after.hashes()];
    return Object.keys(now).filter((name) => now[name] !== old[name]);
  };

  test("replace all machines of the cluster, and no others, with a new version", async () => {
    expect(await changed("staging", { version: "1.36.3" })).toEqual(["kube-0", "kube-worker-0", "kube-worker-1"]);
  });

  test("add machines to a pool without a change of other machines, except those that watch them", async () => {
    expect(await changed("staging", { pools: [{ name: "worker", size: 4 }] })).toEqual([
      "kube-worker-2",
      "kube-worker-3",
      "monitoring",
    ]);
  });

  test("add a cluster to dev on request, without a store for snapshots", async () => {
    const planned = await evaluated("dev", {
      "paasmas:kubernetes": { controlPlanes: 1, pools: [{ name: "worker", size: 1 }] },
    });
    const made = planned.names(factTypes.machine).filter((name) => name.startsWith("kube"));
    expect(made.map((name) => [name, planned.machine(name).address])).toEqual([
      ["kube-0", "10.77.0.70"],
      ["kube-worker-0", "10.77.0.80"],
    ]);
    expect(planned.names(factTypes.objectStore)).toEqual([]);
    expect(planned.secretOutputs).toEqual(["connections", "kubeconfig"]);
  });
});

describe("kubernetesProvider", () => {
  const type = "pulumi:providers:kubernetes";

  test("is created once from the secret kubeconfig, and waits for every machine of the cluster", async () => {
    let same = false;
    const planned = new Planned(
      await evaluate(
        () => {
          const cloud = new DockerCloud("cloud", { cidr: "10.9.0.0/24" });
          const cluster = new KubernetesCluster("kube", { cloud, controlPlanes: 1, pools: [{ name: "web", size: 1 }] });
          const provider = kubernetesProvider(cluster);
          same = kubernetesProvider(cluster) === provider;
          new Namespace("shop", {}, { provider });
        },
        { stack: "dev" },
      ),
    );
    expect(same).toBe(true);
    expect(planned.names(type)).toEqual(["kube"]);
    const provider = planned.one(type, "kube");
    expect(Object.keys(provider.inputs).sort()).toEqual([
      "clusterIdentifier",
      "enableConfigMapMutable",
      "enableSecretMutable",
      "kubeconfig",
    ]);
    expect(provider.secretPaths).toContain("$.kubeconfig");
    expect(provider.inputs.clusterIdentifier).toMatch(/^[0-9a-f]{64}$/);
    const gates = provider.dependencies.map((urn) => urn.split("::").at(-1)).filter((name) => name!.endsWith("-ready"));
    expect(gates).toEqual(["kube-0-ready", "kube-web-0-ready"]);
    expect(planned.one("kubernetes:core/v1:Namespace", "shop").provider).toContain(
      "pulumi:providers:kubernetes::kube::",
    );
  });

  test("connects to another address if it is given, with the same certificates", async () => {
    const kubeconfigs = async (connectTo?: string) => {
      const planned = await planProgram(() => {
        const cloud = new DockerCloud("cloud", { cidr: "10.9.0.0/24" });
        const cluster = new KubernetesCluster("kube", { cloud, controlPlanes: 1, ...(connectTo && { connectTo }) });
        kubernetesProvider(cluster);
        return { kubeconfig: cluster.kubeconfig };
      });
      const { inputs, secretPaths } = planned.one(type, "kube");
      expect(secretPaths).toContain("$.kubeconfig");
      return [inputs.kubeconfig, planned.outputs.kubeconfig].map((text) => JSON.parse(text as string));
    };
    const [direct] = await kubeconfigs();
    const [tunnel, output] = await kubeconfigs("127.0.0.1:6443");
    const [entry] = direct.clusters;
    const cluster = { ...entry.cluster, server: "https://127.0.0.1:6443" };
    expect(tunnel).toEqual({ ...direct, clusters: [{ ...entry, cluster }] });
    expect(cluster["tls-server-name"]).toBe("api.kube.internal");
    expect(output).toEqual(direct);
  });

  test("is not created in a plan without a cluster", async () => {
    expect(
      (await evaluateAnew("prod", { "paasmas:paas": undefined, "paasmas:monitoring": undefined })).names(type),
    ).toEqual([]);
  });
});
