import * as tls from "@pulumi/tls";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import type { KubernetesClusterArgs } from "../../../components/kubernetes-cluster/args.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";
import { joinToken } from "../../../ignition/roles/kubernetes/join-token.ts";
import { kubernetesPorts } from "../../../ignition/roles/kubernetes/settings.ts";
import { policies } from "../../../policies/all.ts";
import { plan, type Planned, planProgram } from "../planned.ts";

const cluster = (args: Partial<KubernetesClusterArgs> = {}) =>
  plan((cloud) => {
    const made = new KubernetesCluster("kube", { cloud, ...args });
    return { kubeconfig: made.kubeconfig, ca: made.caCertificate, address: made.address };
  });

function fileOf(planned: Planned, machine: string, path: string): string {
  const files = JSON.parse(planned.config(machine).text).storage.files as {
    path: string;
    contents: { source: string };
  }[];
  const source = files.find((file) => file.path === path)?.contents.source;
  if (source === undefined) throw new Error(`${machine} has no ${path}`);
  return decodeURIComponent(source.replace("data:,", ""));
}

const machinesOf = (planned: Planned) => planned.names(factTypes.machine);

describe("KubernetesCluster", () => {
  test("creates three control planes and two workers behind one address", async () => {
    const planned = await cluster();
    expect(machinesOf(planned)).toEqual(["kube-0", "kube-1", "kube-2", "kube-worker-0", "kube-worker-1"]);
    expect(["kube-0", "kube-1", "kube-2"].map((name) => planned.machine(name))).toMatchObject(
      [70, 71, 72].map((hostNumber) => ({
        role: "kubernetes-control-plane",
        hostNumber,
        address: `10.9.0.${hostNumber}`,
        size: "medium",
        firewall: "kube",
        dataVolumeGiB: 20,
        dataVolumePath: "/var/lib/paasmas/kubernetes",
      })),
    );
    expect(["kube-worker-0", "kube-worker-1"].map((name) => planned.machine(name))).toMatchObject(
      [80, 81].map((hostNumber) => ({
        role: "kubernetes-worker",
        hostNumber,
        firewall: "kube-workers",
        dataVolumeGiB: 50,
      })),
    );
    expect(planned.one("paasmas:index:KubernetesCluster", "kube").inputs).toEqual({
      version: "1.36.4",
      controlPlanes: ["kube-0", "kube-1", "kube-2"],
      pools: [{ name: "worker", machines: ["kube-worker-0", "kube-worker-1"] }],
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.96.0.0/16",
      encryptionKeys: ["first"],
    });
    expect(planned.one(factTypes.loadBalancer, "kube-api").inputs).toMatchObject({
      address: "10.9.0.79",
      targets: ["kube-0", "kube-1", "kube-2"],
      ports: [{ port: 6443, targetPort: 6443, description: "Kubernetes API" }],
      allowFrom: ["10.9.0.0/24"],
    });
  });

  test("opens only the required ports", async () => {
    expect((await cluster()).firewallRules()).toEqual([
      "10.9.0.79/32 -> kube: 6443",
      "10.9.0.79/32 -> kube: 6444",
      "kube -> kube-workers: 10250",
      "kube -> kube-workers: 8472",
      "kube -> kube: 10250",
      "kube -> kube: 2379-2380",
      "kube -> kube: 6443",
      "kube -> kube: 8472",
      "kube-workers -> kube-workers: 8472",
      "kube-workers -> kube: 6443",
      "kube-workers -> kube: 8472",
    ]);
  });

  test("replaces one machine at a time: control planes, then the pools in order", async () => {
    const planned = await cluster({
      pools: [
        { name: "web", size: 2 },
        { name: "build", size: 1 },
      ],
    });
    const order = ["kube-0", "kube-1", "kube-2", "kube-web-0", "kube-web-1", "kube-build-0"];
    expect(order.map((name) => planned.waitsFor(name))).toEqual([
      [],
      ["kube-0"],
      ["kube-1"],
      ["kube-2"],
      ["kube-web-0"],
      ["kube-web-1"],
    ]);
    expect(planned.machine("kube-build-0")).toMatchObject({ hostNumber: 100 });
    for (const name of order) {
      const container = planned.one("docker:index/container:Container", `${name}-node`);
      expect([container.deleteBeforeReplace, container.inputs.destroyGraceSeconds]).toEqual([true, 180]);
    }
  });

  test("creates one key for each purpose, and no certificates of other components", async () => {
    const planned = await cluster();
    expect(planned.names("tls:index/privateKey:PrivateKey")).toEqual([
      "kube-0-kubelet-key",
      "kube-1-kubelet-key",
      "kube-2-kubelet-key",
      "kube-admin-key",
      "kube-etcd-ca-key",
      "kube-front-proxy-ca-key",
      "kube-kubelet-ca-key",
      "kube-kubernetes-ca-key",
      "kube-service-accounts",
      "kube-worker-0-kubelet-key",
      "kube-worker-1-kubelet-key",
    ]);
    expect(planned.one("tls:index/privateKey:PrivateKey", "kube-service-accounts").inputs).toEqual({
      algorithm: "RSA",
      rsaBits: 2048,
    });
    expect(planned.one("tls:index/certRequest:CertRequest", "kube-admin-request").inputs.subject).toEqual({
      commonName: "kube-admin",
      organization: "kubeadm:cluster-admins",
    });
    expect(planned.one("tls:index/certRequest:CertRequest", "kube-1-kubelet-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.71"],
      dnsNames: ["kube-1"],
    });
    expect(planned.one("random:index/randomBytes:RandomBytes", "kube-encryption-first").inputs).toEqual({ length: 32 });
    for (const machine of machinesOf(planned)) expect(planned.config(machine).secret).toBe(true);
  });

  test("outputs a secret kubeconfig that waits for the control planes", async () => {
    const planned = await cluster();
    expect(planned.secretOutputs).toEqual(["kubeconfig"]);
    const { clusters, users, "current-context": current } = parse(planned.outputs.kubeconfig as string);
    expect(clusters).toEqual([
      {
        name: "kube",
        cluster: {
          server: "https://10.9.0.79:6443",
          "tls-server-name": "api.kube.internal",
          "certificate-authority-data": Buffer.from(planned.outputs.ca as string).toString("base64"),
        },
      },
    ]);
    expect([users[0].name, Object.keys(users[0].user), current]).toEqual([
      "kube-admin",
      ["client-certificate-data", "client-key-data"],
      "kube",
    ]);

    const used = await plan((cloud) => {
      const made = new KubernetesCluster("kube", { cloud });
      new tls.PrivateKey("user", { algorithm: made.kubeconfig.apply(() => "RSA") });
    });
    const gates = used
      .one("tls:index/privateKey:PrivateKey", "user")
      .propertyDependencies.algorithm!.filter((urn) => urn.includes("local:Command"));
    expect(gates.map((urn) => urn.split("::").at(-1))).toEqual(["kube-0-ready", "kube-1-ready", "kube-2-ready"]);
  });

  test("gives each worker a separate token, and the control planes the secret from which it is derived", async () => {
    const planned = await cluster();
    const key = fileOf(planned, "kube-0", "/etc/paasmas/kubernetes/join-key");
    expect(fileOf(planned, "kube-2", "/etc/paasmas/kubernetes/join-key")).toBe(key);
    for (const name of ["kube-worker-0", "kube-worker-1"]) {
      const { users } = JSON.parse(fileOf(planned, name, "/etc/paasmas/kubernetes/discovery.conf"));
      expect(users).toEqual([{ name: "join", user: { token: joinToken(key, name) } }]);
    }
  });

  test("replaces no machine if a pool grows, and only the control planes with an additional pool", async () => {
    const web = (size: number) => ({ name: "web", size });
    const [two, three, more] = [
      await cluster({ pools: [web(2)] }),
      await cluster({ pools: [web(3)] }),
      await cluster({ pools: [web(2), { name: "build", size: 1 }] }),
    ];
    const changed = (other: Planned) =>
      Object.keys(two.hashes()).filter((name) => other.hashes()[name] !== two.hashes()[name]);
    expect(changed(three)).toEqual([]);
    expect(changed(more)).toEqual(["kube-0", "kube-1", "kube-2"]);
  });

  test("replaces all machines, and no other resources, with a new version", async () => {
    const [old, now] = [await cluster({ version: "1.36.3" }), await cluster({ version: "1.36.4" })];
    expect(Object.keys(now.hashes()).filter((name) => now.hashes()[name] !== old.hashes()[name])).toHaveLength(5);
    expect(now.resources.map(({ urn }) => urn)).toEqual(old.resources.map(({ urn }) => urn));
    expect(JSON.parse(fileOf(now, "kube-0", "/etc/paasmas/kubernetes/cluster.json")).kubernetesVersion).toBe("v1.36.4");
  });

  test("applies every argument", async () => {
    const planned = await cluster({
      pools: [
        {
          name: "web",
          size: 1,
          machineSize: "large",
          volumeGiB: 80,
          labels: { "example.com/disk": "fast" },
          firstHostNumber: 120,
        },
      ],
      version: "1.35.8",
      controlPlanes: 1,
      controlPlaneSize: "large",
      volumeGiB: 30,
      architecture: "arm64",
      podCidr: "10.200.0.0/16",
      serviceCidr: "10.201.0.0/20",
      firstHostNumber: 60,
      loadBalancerHostNumber: 69,
      allowFrom: ["10.1.0.0/16"],
      certificateNames: ["kube.example.com"],
      encryptionKeys: ["new", "old"],
      backup: {
        bucket: {
          endpoint: "https://swift.example",
          name: "backups",
          region: "RegionOne",
          accessKey: "key",
          secretKey: "bucket-secret",
        },
      },
      drainSeconds: 300,
      readyTimeoutSeconds: 100,
      snippets: [
        JSON.stringify({
          ignition: { version: "3.4.0" },
          storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
        }),
      ],
    });
    expect(machinesOf(planned)).toEqual(["kube-0", "kube-web-0"]);
    expect(planned.machine("kube-0")).toMatchObject({ address: "10.9.0.60", size: "large", dataVolumeGiB: 30 });
    expect(planned.machine("kube-web-0")).toMatchObject({ address: "10.9.0.120", size: "large", dataVolumeGiB: 80 });
    // Docker's load balancer has its clients in the private network, in addition to given ones.
    expect(planned.one(factTypes.loadBalancer, "kube-api").inputs).toMatchObject({
      address: "10.9.0.69",
      allowFrom: ["10.1.0.0/16", "10.9.0.0/24"],
    });
    const settings = JSON.parse(fileOf(planned, "kube-0", "/etc/paasmas/kubernetes/cluster.json"));
    expect(settings).toMatchObject({
      kubernetesVersion: "v1.35.8",
      controlPlaneEndpoint: "api.kube.internal:6443",
      networking: { podSubnet: "10.200.0.0/16", serviceSubnet: "10.201.0.0/20", dnsDomain: "cluster.local" },
    });
    expect(settings.apiServer.certSANs).toEqual(["api.kube.internal", "10.9.0.69", "kube.example.com"]);
    // A single server has no other server for its clients.
    expect(settings.apiServer.extraArgs.map(({ name }: { name: string }) => name)).not.toContain("goaway-chance");
    expect(fileOf(planned, "kube-0", "/etc/paasmas/kubernetes/backup.conf")).toBe(
      "ENDPOINT=https://swift.example\nBUCKET=backups\nREGION=RegionOne\nACCESS_KEY=key\nSECRET_KEY=bucket-secret\n",
    );
    expect(fileOf(planned, "kube-web-0", "/etc/paasmas/kubernetes.env")).toContain("DRAIN_SECONDS=300\n");
    expect(fileOf(planned, "kube-web-0", "/etc/motd")).toBe("hello");
    const { nodeRegistration } = JSON.parse(fileOf(planned, "kube-web-0", "/etc/paasmas/kubernetes/join.json"));
    expect(nodeRegistration.kubeletExtraArgs).toEqual([
      { name: "node-ip", value: "10.9.0.120" },
      { name: "node-labels", value: "paasmas/pool=web,example.com/disk=fast" },
    ]);
    expect(planned.config("kube-0").text).toContain("/bin/linux/arm64/kubeadm");
    expect(planned.one("command:local:Command", "kube-web-0-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "100",
    });
    expect(planned.one("docker:index/container:Container", "kube-web-0-node").inputs.destroyGraceSeconds).toBe(360);
    expect(planned.names("random:index/randomBytes:RandomBytes")).toEqual([
      "kube-encryption-new",
      "kube-encryption-old",
    ]);
  });

  test("has only these firewall rules, and secrets in the object store, on AWS", async () => {
    const planned = await planProgram(() => {
      const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
      const cloud = new AwsCloud("prod", { cidr: "10.20.0.0/16", zones, image: "ami-0123456789abcdef0" });
      const { address } = new KubernetesCluster("kube", { cloud });
      return { address };
    });
    expect(machinesOf(planned).map((name) => planned.machine(name))).toMatchObject(
      [1, 2, 0, 2, 0].map((zone) => ({
        zone: ["eu-central-1a", "eu-central-1b", "eu-central-1c"][zone],
        delivery: "object-store",
      })),
    );
    // Control planes and workers reach the load balancer only through this rule.
    expect(planned.firewallRules().filter((opening) => opening.includes("kube-api"))).toEqual([
      "10.20.0.0/16 -> kube-api: 6443",
      "kube -> kube-api: 6443",
      "kube-api -> kube: 6443",
      "kube-api -> kube: 6444",
      "kube-workers -> kube-api: 6443",
    ]);
    expect(
      planned
        .names("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        .filter((name) => /kube-api-6443/.test(name)),
    ).toEqual(["kube-to-kube-api-6443-out", "kube-workers-to-kube-api-6443-out"]);
    expect(planned.names("aws:ec2/volumeAttachment:VolumeAttachment")).toHaveLength(5);
    const [group] = planned.names("aws:lb/targetGroup:TargetGroup");
    expect(planned.one("aws:lb/targetGroup:TargetGroup", group!).inputs).toMatchObject({
      port: kubernetesPorts.api.port,
      healthCheck: { protocol: "HTTP", port: "6444", path: "/healthz" },
    });
  });

  test("has the same machines on OpenStack, with fixed addresses", async () => {
    const planned = await planProgram(() => {
      const cloud = new OpenstackCloud("net", {
        cidr: "10.30.0.0/24",
        imageId: "8a5d2c1e-0b0f-4a9e-9d5b-2f6c1a7e4b11",
        flavors: { small: "s", medium: "m", large: "l" },
      });
      const { address } = new KubernetesCluster("kube", { cloud, controlPlanes: 1, pools: [{ name: "web", size: 1 }] });
      return { address };
    });
    expect(machinesOf(planned).map((name) => planned.machine(name))).toMatchObject([
      { address: "10.30.0.70", type: "m", delivery: "object-store" },
      { address: "10.30.0.80", type: "m", delivery: "object-store" },
    ]);
    expect(planned.outputs.address).toBe("10.30.0.79");
    expect(planned.firewallRules()).toHaveLength(11);
  });

  test.each<[string, () => Cloud]>([
    [
      "AWS",
      () =>
        new AwsCloud("prod", {
          cidr: "10.20.0.0/16",
          zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
          image: "ami-0123456789abcdef0",
        }),
    ],
    [
      "OpenStack",
      () =>
        new OpenstackCloud("net", {
          cidr: "10.30.0.0/24",
          imageId: "8a5d2c1e-0b0f-4a9e-9d5b-2f6c1a7e4b11",
          flavors: { small: "s", medium: "m" },
        }),
    ],
  ])("violates no policy on %s", async (_, cloud) => {
    const { resources } = await planProgram(() => {
      new KubernetesCluster("kube", { cloud: cloud() });
    });
    const results = await runPolicies(policies, resources);
    expect(results.flatMap(({ name, violations }) => violations.map(({ message }) => `${name}: ${message}`))).toEqual(
      [],
    );
  });

  test.each<[Partial<KubernetesClusterArgs>, string | RegExp]>([
    [{ cloud: undefined as never }, "kube.cloud: is missing; give the cloud the machines run in"],
    [
      { version: "1.36" },
      /^kube\.version: "1\.36" is not a release with known checksums; use 1\.36\.4, 1\.36\.3, 1\.35\.8, or add it with/,
    ],
    [{ controlPlanes: 2 }, "kube.controlPlanes: 2 is not allowed; use 3, or 1 if an outage is acceptable"],
    [{ architecture: "riscv64" as never }, 'kube.architecture: "riscv64" is not known; use amd64 or arm64'],
    [{ volumeGiB: 5 }, "kube.volumeGiB: 5 is not allowed; use a whole number from 10 to 1024 GiB"],
    [{ drainSeconds: 5 }, "kube.drainSeconds: 5 is not allowed; use a whole number from 10 to 3600 seconds"],
    [
      { podCidr: "10.9.0.0/16" },
      "kube.podCidr: 10.9.0.0/16 overlaps the private network 10.9.0.0/24; use another range",
    ],
    [
      { podCidr: "10.244.0.0/20" },
      "kube.podCidr: 10.244.0.0/20 is too small, each node uses a /24; use a range of /18 or larger",
    ],
    [
      { serviceCidr: "10.244.128.0/20" },
      "kube.serviceCidr: 10.244.128.0/20 overlaps podCidr 10.244.0.0/16; use another range",
    ],
    [{ serviceCidr: "10.96.0.0" }, 'kube.serviceCidr: "10.96.0.0" is not an IPv4 range: write it like 10.0.0.0/16'],
    [{ allowFrom: ["everyone"] }, 'kube.allowFrom[0]: "everyone" is not an IPv4 range: write it like 10.0.0.0/16'],
    [{ encryptionKeys: [] }, "kube.encryptionKeys: is empty; give at least one name"],
    [{ encryptionKeys: ["a", "a"] }, 'kube.encryptionKeys[1]: "a" is used twice; use each name once'],
    [
      { certificateNames: ["a b"] },
      'kube.certificateNames[0]: "a b" is not a host name or an address; use one such as api.example.com',
    ],
    [
      { pools: [{ name: "web-1", size: 1 }] },
      'kube.pools[0].name: "web-1" is not allowed; use up to 16 lower-case letters, digits and inner hyphens, without a number at the end',
    ],
    [
      {
        pools: [
          { name: "a", size: 1 },
          { name: "a", size: 1 },
        ],
      },
      'kube.pools[1].name: "a" is used twice; use each name once',
    ],
    [
      {
        pools: [
          { name: "a", size: 3 },
          { name: "b", size: 1, firstHostNumber: 82 },
        ],
      },
      "kube.pools[1].firstHostNumber: host numbers 82 to 82 are used by pool a; set another firstHostNumber",
    ],
    [
      { pools: [{ name: "web", size: 21 }] },
      "kube.pools[0].size: 21 is not allowed; use a whole number from 1 to 20 machines",
    ],
    [
      { pools: [{ name: "web", size: 2, firstHostNumber: 254 }] },
      "kube.pools[0].firstHostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254",
    ],
    [
      { pools: [{ name: "web", size: 1, labels: { "node-role.kubernetes.io/x": "" } }] },
      "kube.pools[0].labels: node-role.kubernetes.io/x= is not allowed for a node; use another label, outside of kubernetes.io and k8s.io",
    ],
    [
      { backup: { bucket: { endpoint: "https://s3.example", name: "saved", accessKey: "key" } } },
      "kube.backup.bucket: has only one key; give accessKey and secretKey, or remove both to use the role of the machine",
    ],
    [
      { backup: { bucket: { endpoint: "s3.example", name: "saved" } } },
      'kube.backup.bucket.endpoint: "s3.example" is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path',
    ],
  ])("rejects %j", async (args, message) => {
    const attempt = cluster(args);
    await expect(attempt).rejects.toThrow(typeof message === "string" ? new ArgumentError([message]) : message);
    await expect(attempt).rejects.toBeInstanceOf(ArgumentError);
  });
});
