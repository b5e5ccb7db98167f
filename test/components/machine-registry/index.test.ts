import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import type { MachineRegistryArgs } from "../../../components/machine-registry/args.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import { config, parse } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { policies } from "../../../policies/all.ts";
import { zones } from "../cloud/aws-plan.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { plan } from "../planned.ts";

const flavors = { small: "m1.small", medium: "m1.medium", large: "m1.large" };

const registryPlan = (
  args: Partial<MachineRegistryArgs> = {},
  use: (registry: MachineRegistry, cloud: Cloud) => Record<string, unknown> | undefined = () => ({}),
) =>
  plan((cloud) => use(new MachineRegistry("registry", { cloud, repositories: ["app", "shop/api"], ...args }), cloud));

/** A client machine, with its access to the registry. */
const client = (cloud: Cloud, name: string, hostNumber: number, access: Parameters<Cloud["machine"]>[1]["access"]) => {
  const firewall = cloud.firewall(name, { description: name });
  cloud.machine(name, { role: name, hostNumber, firewall, access, config: () => config() });
  return firewall;
};

const filesOf = (text: string) => new Map(installedFiles(parse(JSON.parse(text))).map((file) => [file.path, file]));

describe("MachineRegistry", () => {
  test("creates one machine with a volume and without firewall rules", async () => {
    const planned = await registryPlan();
    expect(planned.names(factTypes.machine)).toEqual(["registry"]);
    expect(planned.machine("registry")).toMatchObject({
      role: "registry",
      hostNumber: 50,
      address: "10.9.0.50",
      size: "small",
      dataVolumeGiB: 50,
      dataVolumePath: "/var/lib/paasmas/registry",
      firewall: "registry",
    });
    expect(planned.firewallRules()).toEqual([]);
    expect(planned.one("paasmas:index:MachineRegistry", "registry").inputs).toEqual({
      kind: "machine",
      repositories: ["app", "shop/api"],
      push: ["push"],
      pull: ["pull"],
      images: [images.registry, images.haproxy],
      machine: "registry",
    });
  });

  test("has a server certificate, and logins for two users", async () => {
    const planned = await registryPlan();
    expect(planned.one("tls:index/certRequest:CertRequest", "registry-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.50"],
      dnsNames: [],
    });
    expect(
      planned.one("tls:index/locallySignedCert:LocallySignedCert", "registry-certificate").inputs.allowedUses,
    ).toEqual(["digital_signature", "server_auth"]);
    expect(planned.names("random:index/randomPassword:RandomPassword")).toEqual([
      "registry-pull-password",
      "registry-push-password",
    ]);
    const { text, secret } = planned.config("registry");
    expect(secret).toBe(true);
    const users = filesOf(text).get("/etc/paasmas/registry/proxy/users.map")!.text;
    for (const user of ["push", "pull"]) {
      const { result } = planned.one("random:index/randomPassword:RandomPassword", `registry-${user}-password`).outputs;
      const header = `Basic ${Buffer.from(`${user}:${result}`).toString("base64")}`;
      expect(users).toContain(`${createHash("sha256").update(header).digest("hex").toUpperCase()} ${user}\n`);
      expect(String(result)).toHaveLength(40);
      expect(text).not.toContain(String(result));
    }
  });

  test("opens its port to the allowed clients", async () => {
    const planned = await registryPlan({}, (registry, cloud) => {
      registry.allowClients(cloud.firewall("app", { description: "apps" }));
    });
    expect(planned.firewallRules()).toEqual(["app -> registry: 5000"]);
  });

  test("gives one machine a login for pushes, another one a login for pulls, and a third one none", async () => {
    const planned = await registryPlan({}, (registry, cloud) => {
      client(cloud, "builder", 60, [registry.push("builder")]);
      client(cloud, "runner", 61, [registry.pull()]);
      client(cloud, "other", 62, []);
    });
    const password = (user: string) =>
      planned.one("random:index/randomPassword:RandomPassword", `registry-${user}-password`).outputs.result;
    const credentials = (machine: string) => {
      const files = filesOf(planned.config(machine).text);
      expect(files.get("/etc/docker/certs.d/10.9.0.50:5000/ca.crt")!.text).toBe(
        planned.one("tls:index/selfSignedCert:SelfSignedCert", "registry-ca-certificate").outputs.certPem,
      );
      return JSON.parse(files.get("/root/.docker/config.json")!.text);
    };
    const auth = (user: string) => ({ auth: Buffer.from(`${user}:${password(user)}`).toString("base64") });
    expect(credentials("builder")).toEqual({ auths: { "10.9.0.50:5000": auth("push") }, credHelpers: {} });
    expect(credentials("runner")).toEqual({ auths: { "10.9.0.50:5000": auth("pull") }, credHelpers: {} });
    expect(JSON.parse(planned.config("other").text)).toEqual({ ignition: { version: "3.4.0" } });
    expect([planned.config("builder").secret, planned.config("runner").secret]).toEqual([true, true]);
  });

  test("outputs the prefix of image references", async () => {
    const planned = await registryPlan({}, (registry) => ({
      address: registry.address,
      api: registry.url("shop/api"),
      ca: registry.caCertificate,
    }));
    expect(planned.outputs).toMatchObject({ address: "10.9.0.50:5000", api: "10.9.0.50:5000/shop/api" });
    expect(planned.outputs.ca).toContain("BEGIN CERTIFICATE");
    expect(planned.secretOutputs).toEqual([]);
  });

  test("applies every argument", async () => {
    const planned = await plan((cloud) => {
      const registry = new MachineRegistry("registry", {
        cloud,
        repositories: ["app"],
        hostNumber: 70,
        dnsName: "registry.example.com",
        image: "mirror.example.com/registry:3",
        proxyImage: "mirror.example.com/haproxy:3",
        machineSize: "medium",
        volumeGiB: 8,
        bucket: { endpoint: "https://swift.example", name: "images", accessKey: "key", secretKey: "bucket-secret" },
        ca: new CertificateAuthority("shared", {}),
        readyTimeoutSeconds: 77,
        snippets: [
          JSON.stringify({
            ignition: { version: "3.4.0" },
            storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
          }),
        ],
      });
      client(cloud, "runner", 61, [registry.pull()]);
      return { app: registry.url("app") };
    });
    expect(planned.outputs.app).toBe("registry.example.com:5000/app");
    expect(planned.machine("registry")).toMatchObject({ address: "10.9.0.70", size: "medium", dataVolumeGiB: 8 });
    expect(planned.one("tls:index/certRequest:CertRequest", "registry-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.70"],
      dnsNames: ["registry.example.com"],
    });
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual(["shared"]);
    expect(planned.one("command:local:Command", "registry-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "77",
    });
    const files = filesOf(planned.config("registry").text);
    expect(files.get("/etc/paasmas/image.env")!.text).toContain("mirror.example.com/registry:3");
    expect(files.get("/etc/paasmas/proxy-image.env")!.text).toContain("mirror.example.com/haproxy:3");
    expect(files.get("/etc/motd")!.text).toBe("hello");
    expect(JSON.parse(files.get("/etc/paasmas/registry/config.yml")!.text).storage.s3).toMatchObject({
      bucket: "images",
      region: "us-east-1",
      secretkey: "bucket-secret",
    });
    expect([...filesOf(planned.config("runner").text).keys()]).toContain(
      "/etc/docker/certs.d/registry.example.com:5000/ca.crt",
    );
  });

  test("stores images in a bucket of its cloud, with the keys of a user of that bucket", async () => {
    const planned = await plan((cloud) => {
      const { bucket: name, ...user } = cloud.objectStore("images", { description: "images" }).keys("images-user");
      void new MachineRegistry("registry", { cloud, repositories: ["app"], bucket: { name, ...user } });
    });
    const { text, secret } = planned.config("registry");
    expect(JSON.parse(filesOf(text).get("/etc/paasmas/registry/config.yml")!.text).storage.s3).toMatchObject({
      regionendpoint: "http://paasmas-dev-images:7070",
      bucket: "images",
      accesskey: "images",
      secure: false,
    });
    expect(secret).toBe(true);
  });

  test.each<[Partial<MachineRegistryArgs>, string[]]>([
    [{ repositories: [] }, ["registry.repositories: is empty; give the names of the repositories for images"]],
    [
      { repositories: ["App", "app", "app"] },
      [
        'registry.repositories[0]: "App" cannot name a repository; use 2 to 200 lower-case letters, digits and inner . _ - /, and start with a letter',
        'registry.repositories[2]: "app" is given twice; remove one of them',
      ],
    ],
    [
      { hostNumber: 255 },
      ["registry.hostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254"],
    ],
    [{ volumeGiB: 0 }, ["registry.volumeGiB: 0 is not allowed; use a whole number from 1 to 16384 GiB"]],
    [
      { dnsName: "registry:443" },
      ['registry.dnsName: "registry:443" is not a host name with a domain; use one like registry.example.com'],
    ],
    [
      {
        bucket: {
          endpoint: "swift.example/v1",
          name: "Images",
          accessKey: undefined as never,
          secretKey: undefined as never,
        },
      },
      [
        'registry.bucket.endpoint: "swift.example/v1" is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path',
        'registry.bucket.name: "Images" cannot name a bucket; use 3 to 63 lower-case letters, digits and inner . and -',
        "registry.bucket.accessKey: is missing; give the access key of a user",
        "registry.bucket.secretKey: is missing; give the secret key of the user",
      ],
    ],
    [{ cloud: undefined as never }, ["registry.cloud: is missing; give the cloud the machine runs in"]],
  ])("rejects %j", async (args, messages) => {
    await expect(registryPlan(args)).rejects.toThrow(new ArgumentError(messages));
  });

  test("lists the known repositories if an unknown one is requested", async () => {
    await expect(registryPlan({}, (registry) => void registry.url("shop"))).rejects.toThrow(
      new ArgumentError(['registry.repositories: has no "shop"; known repositories: app, shop/api']),
    );
  });
});

test.each<[string, () => Cloud]>([
  ["aws", () => new AwsCloud("cloud", { cidr: "10.0.0.0/16", zones, image: "ami-0123456789abcdef0" })],
  ["docker", () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" })],
  [
    "openstack",
    () =>
      new OpenstackCloud("cloud", { cidr: "10.9.0.0/24", flavors, imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e" }),
  ],
])("violates no policy on %s", async (_, newCloud) => {
  const { resources } = await evaluate(
    () => {
      const cloud = newCloud();
      const registry = new MachineRegistry("registry", { cloud, repositories: ["app"] });
      registry.allowClients(client(cloud, "runner", 60, [registry.pull()]));
    },
    { stack: "test" },
  );
  const results = await runPolicies(policies, resources);
  const broken = results.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory");
  expect(broken).toEqual([]);
});

test("rejects access for a machine whose cloud cannot provide it", async () => {
  const access = [{ description: "pull from registry", permission: { kind: "aws" as const } }];
  await expect(plan((cloud) => void client(cloud, "runner", 60, access))).rejects.toThrow(
    new ArgumentError([
      'runner.access[0]: "pull from registry" needs a permission of aws, which a machine on docker cannot have',
    ]),
  );
});
