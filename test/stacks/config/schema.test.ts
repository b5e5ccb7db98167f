import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { stackFileSchema } from "../../../cli/docs/json-schema.ts";
import { type EnvironmentName, settings } from "../../../stacks/config/settings.ts";
import { parseEnvironment } from "../../../stacks/environment.ts";
import { committed } from "../committed.ts";

const root = resolve(import.meta.dirname, "../../..");
const file = readFileSync(resolve(root, "stacks/paasmas.schema.json"), "utf8");
const validate = new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(file) as object);
const environments = Object.keys(settings) as EnvironmentName[];
const schemas = Object.fromEntries(environments.map((name) => [name, z.strictObject(settings[name])]));

type Config = Record<string, unknown>;
type Path = readonly (string | number)[];

const zodAccepts = (name: EnvironmentName, config: Config) => schemas[name]!.safeParse(config).success;

/** The environment is given: a missing `aws` would make another environment of the file. */
function jsonAccepts(name: EnvironmentName, config: Config): boolean {
  const qualified = Object.entries(config).map(([key, value]) => [`paasmas:${key}`, value]);
  return validate({ config: { "paasmas:environment": name, ...Object.fromEntries(qualified) } });
}

/** The settings of a committed stack, without the namespace. */
function settingsOf(name: EnvironmentName): Config {
  const own = Object.entries(committed(name)).filter(([key]) => key.startsWith("paasmas:"));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("paasmas:".length), value]));
}

/** A copy with one value replaced; undefined removes it. Missing groups are created. */
function replaced(config: Config, path: Path, value: unknown): Config {
  const copy = structuredClone(config);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) {
    at[step] ??= {};
    at = at[step] as Record<string | number, unknown>;
  }
  const last = path.at(-1)!;
  if (value === undefined && Array.isArray(at)) at.splice(Number(last), 1);
  else if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const stepsOf = (path: string): Path =>
  [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) => (index === undefined ? step : Number(index)));

/** The paths of all values in a config: groups, lists and single values. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const own = path.length > 0 ? [path] : [];
  if (typeof value !== "object" || value === null) return own;
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...entries.flatMap(([step, item]) => pathsOf(item, [...path, step]))];
}

const replacements = [7, -1, 0.5, 1e15, true, "", "x y", "0", [], {}, null, [[]], { zzz: 1 }, undefined];

/** Every value of the committed stacks, replaced by each of some values, and an unknown name in each group. */
function mutations(name: EnvironmentName): [label: string, config: Config][] {
  const config = settingsOf(name);
  return pathsOf(config)
    .filter(([key]) => key !== "policies")
    .flatMap((path) => [
      ...replacements.map((value): [string, Config] => [
        `${path.join(".")}=${JSON.stringify(value)}`,
        replaced(config, path, value),
      ]),
      [`${path.join(".")}.zzz`, replaced(config, path.slice(0, -1).concat("zzz"), 1)] as [string, Config],
    ]);
}

/** Values at the limits: the first list is accepted, the second is refused. */
const role = "arn:aws:iam::000000000000:role/a/b";

type Limits = [EnvironmentName, path: string, accepted: unknown[], refused: unknown[]];

const limits: Limits[] = [
  ["dev", "etcd.volumeGiB", [1, 1024], [0, 1025, 1.5, "4", true, null]],
  ["dev", "etcd.image", ["quay.io/coreos/etcd:v3.6.16"], ["etcd", "Quay.io/etcd:1", 1]],
  ["dev", "etcd.machineSize", ["small", "large"], ["tiny", "", 1]],
  ["dev", "galera.size", [3, 5], [1, 2, 4, 7, "3", 3.5]],
  ["dev", "galera.flavor", ["percona", "mariadb"], ["oracle", 1, null]],
  ["dev", "galera.passwords.root", ["correct-horse-battery", { secure: "v1:a:b" }], ["short", { secure: 1 }, {}, 12]],
  ["dev", "galera.tuning.suspectTimeoutSeconds", [0.5, 1.5, 60], [0.4, 60.5, "1.5"]],
  ["dev", "galera.tuning.maxConnections", [10, 100000], [9, 100001]],
  ["dev", "galera.certificateNames", [[], ["*.db.example.com"]], [["DB"], ["a..b"], "db", [1]]],
  ["dev", "loadBalancer.size", [1, 2], [0, 3]],
  ["dev", "loadBalancer.allowFrom", [[], ["10.0.0.0/8"]], [["10.0.0.0"], ["10.0.0/8"], ["10.0.0.0/33"], ["::/0"], [8]]],
  [
    "dev",
    "docker.limits.small",
    [{ memoryMiB: 128, cpus: 0.1 }],
    [{}, { memoryMiB: 127 }, { memoryMiB: 512, cpus: 0 }],
  ],
  ["dev", "docker.publishedPorts", [{}, { "3306": 13306 }], [{ "3306": 0 }, { "3306": 65536 }, [3306]]],
  ["dev", "docker.publishAddress", ["127.0.0.1"], ["127.0.0", "127.0.0.256", "host"]],
  ["dev", "docker.imageStore", ["/var/lib/images"], ["images", ""]],
  ["dev", "docker.dropCapabilities", [["CAP_SYS_RESOURCE"]], [["SYS_RESOURCE"], ["cap_sys_resource"]]],
  ["dev", "protect", [true, false], ["yes", 1, {}]],
  ["dev", "monitoring.webhook", ["https://a.example/"], ["ftp://a", "https://a b"]],
  ["dev", "monitoring.retentionDays", [1, 3650], [0, 3651]],
  ["dev", "monitoring.adminPassword", ["0123456789ab"], ["0123456789a", "0123456789 ab"]],
  ["dev", "logs.retentionDays", [1, 3650], [0, 3651]],
  ["dev", "kubernetes.controlPlanes", [1, 3], [0, 2, 5, "3"]],
  ["dev", "kubernetes.connectTo", ["127.0.0.1:6443", "bastion.example.com:443"], ["127.0.0.1", ":6443", "https://a:1"]],
  ["dev", "kubernetes.architecture", ["amd64"], ["x86", 64]],
  [
    "dev",
    "kubernetes.pools",
    [[], [{ name: "a", size: 20 }]],
    [[{ name: "a" }], [{ name: "", size: 1 }], [{ size: 1 }]],
  ],
  ["dev", "kubernetes.podCidr", ["10.244.0.0/16"], ["10.244.0.0", "a/16"]],
  ["dev", "registry", [{ repositories: [] }], [{}, { repositories: [""] }, { repositories: ["a"], dnsName: "A" }]],
  ["staging", "openstack.imageId", ["6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e"], ["6f1f8a36", "", 6]],
  ["staging", "openstack.antiAffinity", ["required", "preferred"], ["hard", true]],
  [
    "staging",
    "openstack.bootVolume",
    [{ sizeGiB: 10 }, { sizeGiB: 16384, volumeType: "luks" }],
    [{}, { sizeGiB: 9 }, { sizeGiB: 16385 }, { sizeGiB: "20" }, { sizeGiB: 20, volumeType: "" }, { size: 20 }, 20],
  ],
  ["staging", "openstack.objectVersioning", [true, false], ["no", 0]],
  ["staging", "openstack.mtu", [1280, 9216], [1279, 9217, 1450.5, "1450"]],
  ...["imageName", "flavors.small", "volumeType", "volumeZone", "region"].map(
    (setting): Limits => [
      "staging",
      `openstack.${setting}`,
      ["a", "SSD Cloud", "1 GB General Purpose v1", "b".repeat(255)],
      ["", " a", "a ", "a\tb", "a\nb", "b".repeat(256), 1],
    ],
  ),
  ["staging", "openstack.dnsServers", [["9.9.9.9"]], [["9.9.9"], ["dns"], "9.9.9.9"]],
  ["staging", "network.zones", [["nova"], ["Zone 2"]], [["a b "], "nova", [1]]],
  ["staging", "registry.ecr.accessKey", ["AKIAIOSFODNN7EXAMPLE"], ["short", "AKIA IOSFODNN7EXAMPLE"]],
  ["staging", "paas.dns.zoneId", ["6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e"], ["Z0123456789ABCDEFGHIJ", ""]],
  ["prod", "aws.accountId", ["012345678901", 123456789012], ["123", 123, 12345678901.5, 1e13, true]],
  ["prod", "aws.login.profile", ["prod"], ["", "a b", 1]],
  [
    "prod",
    "aws.login.assumeRole",
    [{ roleArn: role }, { roleArn: role.replace("aws", "aws-cn"), externalId: "a:1", durationSeconds: 900 }],
    [
      {},
      { roleArn: role.replace("role", "user") },
      { roleArn: role.replace("0:", ":") },
      { roleArn: role, externalId: "a" },
      { roleArn: role, sessionName: "a b" },
      { roleArn: role, durationSeconds: 899 },
      { roleArn: role, durationSeconds: 43201 },
    ],
  ],
  [
    "prod",
    "aws.ciLogin.assumeRoleWithWebIdentity",
    [{ roleArn: role, tokenFile: "/run/token" }],
    [{ roleArn: role }, { tokenFile: "/run/token" }, { roleArn: role, tokenFile: "token" }],
  ],
  ["prod", "aws.connectEndpoint", [true, false], ["yes", 1]],
  [
    "prod",
    "aws.volumes",
    [
      {},
      { galera: {} },
      { galera: { iops: 80000, throughputMiBps: 2000 }, etcd: { iops: 3000, throughputMiBps: 125 } },
    ],
    [[], { galera: 6000 }, { galera: { iops: 2999 } }, { galera: { throughputMiBps: 2001 } }, { galera: { size: 1 } }],
  ],
  ["prod", "aws.architecture", ["x86_64", "aarch64"], ["arm64", "amd64", 64]],
  ["prod", "aws.natGateways", ["zonal", "single"], ["one", 1, true]],
  ["prod", "aws.region", ["eu-central-1", "us-gov-west-1"], ["eu", "EU-central-1"]],
  ["prod", "aws.image", ["ami-0123456789abcdef0", "ami-01234567"], ["ami-0", "0123456789abcdef0"]],
  ["prod", "aws.instanceTypes", [{}, { small: "t3.small" }], [{ tiny: "t3.small" }, { small: "small" }]],
  ["prod", "tags", [{}, { team: "" }], [{ team: 1 }, { team: "a\nb" }, { team: "a".repeat(256) }]],
  ["prod", "registry.pullers", [[], ["staging"]], [["Staging"], ["-a"], ["a".repeat(25)]]],
  [
    "prod",
    "registry.lifecycle",
    [{}, { untaggedDays: 1 }],
    [{ untaggedDays: 0 }, { keepImages: 10001 }, { releaseTags: [""] }],
  ],
  ["prod", "registry.organizationId", ["o-abcdefghij"], ["o-a", "abcdefghij"]],
  ["prod", "deployHook.builds", [1, 16], [0, 17]],
  ["prod", "deployHook.urlTemplate", ["https://%s"], ["https://app", "%s"]],
  ["prod", "deployHook.apps[0].port", [1, 65535], [0, 65536]],
  [
    "prod",
    "deployHook.apps[0].environment",
    [{}, { A: "" }, { A: { secure: "v1:a" } }],
    [{ A: 1 }, { A: { insecure: "" } }],
  ],
  ["prod", "deployHook.apps[0].capabilities", [["CHOWN"]], [["SYS_ADMIN"], "CHOWN"]],
  ["prod", "jenkins.github.appId", ["12345", 12345, 0], ["my-app", -1, 0.5, ""]],
  ["prod", "jenkins.agents", [1, 8], [0, 9]],
  ["prod", "jenkins.pods", [], [{}, { max: 1 }]],
  ["prod", "jenkins.services", [{ a: "10.0.0.1:80" }], [{ a: "10.0.0.1" }, { a: 80 }]],
  ["prod", "githubFlow.approvals", [0, 6], [-1, 7]],
  [
    "prod",
    "githubFlow.branches",
    [["main"], ["release/1.x"]],
    [["refs/heads/main"], ["a..b"], ["a/"], ["*"], ["a.lock"], [1]],
  ],
  ["prod", "paas.allowTo", [[{ range: "10.9.0.0/24", port: 5432 }]], [[{ range: "10.9.0.0/24" }], [{ port: 1 }]]],
  ["prod", "paas.values", [{}, { global: {} }], [[], "x", 1, null]],
  [
    "prod",
    "sshAuthorizedKeys",
    [[]],
    [["-----BEGIN PRIVATE KEY-----"], ["ssh-dss AAAA"], ["ssh-rsa"], "ssh-rsa AAAA", [1]],
  ],
];

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL7h3z8egOgso1IskAsBFScl+30X1VNE5pImYejDhEta";
const cutShort = key.slice(0, -8);

/** Checks of a single setting that JSON Schema cannot express. */
const zodOnly: [name: string, EnvironmentName, path: string, value: unknown][] = [
  ["the address of a range", "dev", "network.cidr", "10.77.0.1/24"],
  ["the content of a public key", "dev", "sshAuthorizedKeys", [cutShort]],
  ["the content of an Ignition snippet", "dev", "etcd.snippets", [{ systemd: { units: [{}] } }]],
  ["the role of a volume", "prod", "aws.volumes", { galerra: { iops: 6000 } }],
  ["the size of an Ignition snippet", "dev", "etcd.snippets", [{ systemd: { units: [unit("x".repeat(300_000))] } }]],
];

function unit(contents: string) {
  return { name: "a.service", contents: `[Service]\nExecStart=/bin/echo ${contents}\n` };
}

/** Rules between settings: only the stack's program checks them. */
const rules: [name: string, EnvironmentName, path: string, value: unknown][] = [
  ["a database name that the server reserves", "dev", "galera.databases[0].name", "mysql"],
  ["two databases with one name", "dev", "galera.databases", [{ name: "a" }, { name: "a" }]],
  ["a cache of more than half of the volume", "dev", "galera.tuning.gcacheMiB", 3000],
  ["a network that is too small", "dev", "network.cidr", "10.77.0.0/28"],
  ["a network that is not private", "dev", "network.cidr", "8.8.0.0/16"],
  ["a network that overlaps another", "staging", "network.inUse.other", "10.20.1.0/24"],
  ["a platform without a cluster", "staging", "kubernetes", undefined],
  ["a machine size without a flavor", "staging", "etcd.machineSize", "large"],
  ["one load balancer in prod", "prod", "loadBalancer.size", 1],
  ["unprotected data in prod", "prod", "protect", false],
  ["an image by tag in prod", "prod", "etcd.image", "quay.io/coreos/etcd:v3.6.16"],
  ["one control plane in prod", "prod", "kubernetes.controlPlanes", 1],
  ["an instance type of another architecture", "prod", "aws.instanceTypes", { small: "t4g.small" }],
  ["binaries of another architecture", "prod", "kubernetes.architecture", "arm64"],
  ["one account for two purposes", "prod", "aws.ciAccountId", "000000000000"],
  ["zones of another region", "prod", "network.zones", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
  ["an app that uses an unknown app", "prod", "deployHook.apps[0].uses", ["nothing"]],
  ["a repository listed twice", "prod", "githubFlow.repositories", ["a", "a"]],
  ["too many tags", "prod", "tags", { a: "", b: "", c: "", d: "", e: "", f: "" }],
];

describe("stacks/paasmas.schema.json", () => {
  test("is up to date with the schemas; npm run docs writes it", () => {
    expect(file).toBe(stackFileSchema(root));
  });

  test.each(environments)("is named in the first line of the stack file of %s", (name) => {
    const [first] = readFileSync(resolve(root, `stacks/Pulumi.${name}.yaml`), "utf8").split("\n");
    expect(first).toBe("# yaml-language-server: $schema=paasmas.schema.json");
  });

  test.each(environments)("accepts the committed %s without a setting for the environment", (name) => {
    expect(validate({ config: committed(name) })).toBe(true);
    expect(zodAccepts(name, settingsOf(name))).toBe(true);
  });

  test.each([
    ["dev", "prod", { "paasmas:tags": {} }],
    ["staging", "prod", { "paasmas:tags": {} }],
    ["prod", "dev", { "paasmas:docker": {} }],
  ] as const)("refuses in %s a setting of %s only", (name, _, setting) => {
    expect(validate({ config: { ...committed(name), ...setting } })).toBe(false);
  });

  test("leaves the settings of providers alone", () => {
    expect(validate({ config: { ...committed("dev"), "docker:host": "unix:///x" }, encryptionsalt: "v1:x" })).toBe(
      true,
    );
  });

  test.each(environments)("has the same verdict as zod on every changed setting of %s", (name) => {
    const different = mutations(name)
      .filter(([, config]) => zodAccepts(name, config) !== jsonAccepts(name, config))
      .map(([label]) => label);
    expect(different).toEqual([]);
  });

  test("refuses more than a hundred changed settings in each environment", () => {
    for (const name of environments) {
      const refused = mutations(name).filter(([, config]) => !jsonAccepts(name, config));
      expect(refused.length, name).toBeGreaterThan(100);
    }
  });

  test.each(limits)("and zod in %s accept and refuse the same values for %s", (name, path, accepted, refused) => {
    const config = settingsOf(name);
    const verdicts = (values: readonly unknown[]) =>
      values.map((value) => {
        const changed = replaced(config, stepsOf(path), value);
        return [value, zodAccepts(name, changed), jsonAccepts(name, changed)];
      });
    expect(verdicts(accepted)).toEqual(accepted.map((value) => [value, true, true]));
    expect(verdicts(refused)).toEqual(refused.map((value) => [value, false, false]));
  });

  test.each(zodOnly)("leaves %s to zod", (_, name, path, value) => {
    const config = replaced(settingsOf(name), stepsOf(path), value);
    expect([zodAccepts(name, config), jsonAccepts(name, config)]).toEqual([false, true]);
  });

  test.each(rules)("leaves %s to the rules between settings", (_, name, path, value) => {
    const config = replaced(settingsOf(name), stepsOf(path), value);
    expect([zodAccepts(name, config), jsonAccepts(name, config)]).toEqual([true, true]);
    expect(() => parseEnvironment(name, config)).toThrow(/cannot be used/);
  });

  test("accepts true as text, as pulumi config set writes it", () => {
    const config = replaced(settingsOf("prod"), ["protect"], "true");
    expect(jsonAccepts("prod", config)).toBe(true);
    expect(parseEnvironment("prod", config)).toMatchObject({ protect: true });
  });

  test("wants settings in YAML where the program also accepts JSON text", () => {
    const config = replaced(settingsOf("dev"), ["galera"], '{"size":3}');
    expect(jsonAccepts("dev", config)).toBe(false);
    expect(parseEnvironment("dev", config).galera).toEqual({ size: 3 });
  });
});
