import { describe, expect, test } from "vitest";
import { ConfigError, type Environment, missingSettings, parseEnvironment } from "../../stacks/environment.ts";
import { committed, fromEngine } from "./committed.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL7h3z8egOgso1IskAsBFScl+30X1VNE5pImYejDhEta somebody@example";

const prodRole = "arn:aws:iam::000000000000:role/deploy";

/** The committed config with changed settings: `{ "galera.size": 4 }`; undefined removes a setting. */
function changed(stack: string, changes: Record<string, unknown>): Record<string, unknown> {
  const config = structuredClone(committed(stack));
  for (const [path, value] of Object.entries(changes)) {
    const steps = `paasmas:${path}`.split(".");
    let at = config;
    for (const step of steps.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[steps.at(-1)!] = value;
    if (value === undefined) delete at[steps.at(-1)!];
  }
  return config;
}

/** Sets a value as `pulumi config set --path` does: `paas.allowTo[0].port`. */
function setPath(config: Record<string, unknown>, path: string, value: unknown): void {
  const steps = [...`paasmas:${path}`.matchAll(/[^.[\]]+/g)].map(([step]) => step);
  let at = config;
  steps.slice(0, -1).forEach((step, i) => {
    at[step] ??= /^\d+$/.test(steps[i + 1]!) ? [] : {};
    at = at[step] as Record<string, unknown>;
  });
  at[steps.at(-1)!] = value;
}

function refusal(stack: string, config: Record<string, unknown>): ConfigError {
  try {
    parseEnvironment(stack, config);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

describe("parseEnvironment", () => {
  test.each(["dev", "staging", "prod"] as const)(
    "parses the committed %s to the same settings from a file and from the engine",
    (stack) => {
      const environment = parseEnvironment(stack, committed(stack));
      expect(environment.stack).toBe(stack);
      expect(environment.environment).toBe(stack);
      expect(parseEnvironment(stack, fromEngine(committed(stack)))).toEqual(environment);
    },
  );

  test("finds no common addresses in the committed environments", () => {
    const ranges = ["dev", "staging", "prod"].map((stack) => parseEnvironment(stack, committed(stack)).network.cidr);
    expect(ranges).toEqual(["10.77.0.0/24", "10.20.0.0/16", "10.30.0.0/16"]);
  });

  test("uses the environment that a stack with another name sets", () => {
    const environment = parseEnvironment("alice", { ...committed("dev"), "paasmas:environment": "dev" });
    expect([environment.stack, environment.environment]).toEqual(["alice", "dev"]);
  });

  test("requires only a network", () => {
    expect(parseEnvironment("dev", { "paasmas:network": { cidr: "10.9.0.0/26" } })).toEqual({
      stack: "dev",
      environment: "dev",
      network: { cidr: "10.9.0.0/26" },
      etcd: {},
      galera: {},
      loadBalancer: {},
      docker: {},
    });
  });

  test("leaves the check of policy settings to the pack", () => {
    const config = changed("dev", { policies: { "some-policy": "advisory" } });
    expect(parseEnvironment("dev", config).policies).toEqual({ "some-policy": "advisory" });
  });

  test("checks only settings of its namespace, not those of providers", () => {
    const environment = parseEnvironment("dev", {
      network: { cidr: "10.9.0.0/24" },
      "docker:host": "unix:///x",
      "aws:region": "mars-1",
    });
    expect(environment.network.cidr).toBe("10.9.0.0/24");
  });

  test("converts a numeric account id to text", () => {
    const environment = parseEnvironment("prod", changed("prod", { "aws.accountId": 123456789012 }));
    expect(environment).toMatchObject({ aws: { accountId: "123456789012" } });
  });

  test("converts a numeric GitHub App id to text", () => {
    const { jenkins } = parseEnvironment("prod", changed("prod", { "jenkins.github.appId": 12345 }));
    expect(jenkins?.github.appId).toBe("12345");
  });

  test("removes the trailing newline of a key from a file", () => {
    const environment = parseEnvironment("dev", changed("dev", { sshAuthorizedKeys: [`${key}\n`] }));
    expect(environment.sshAuthorizedKeys).toEqual([key]);
  });

  test("accepts a password in plain text and an encrypted password", () => {
    const config = changed("dev", {
      "galera.passwords": { root: "correct-horse-battery", monitor: { secure: "v1:AbC:dEf=" } },
    });
    expect(parseEnvironment("dev", config).galera.passwords).toEqual({
      root: "correct-horse-battery",
      monitor: "v1:AbC:dEf=",
    });
  });

  test("accepts an Ignition snippet without version, and passes it on as text", () => {
    const units = [{ name: "a.service", contents: "[Service]\nExecStart=/bin/true\n" }];
    const config = changed("dev", { "galera.snippets": [{ systemd: { units } }] });
    expect(parseEnvironment("dev", config).galera.snippets).toEqual([
      JSON.stringify({ ignition: { version: "3.4.0" }, systemd: { units } }),
    ]);
  });
});

const pinned = `registry.example.com/image@sha256:${"0".repeat(64)}`;
const three = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const certificate = { certificate: "-----BEGIN CERTIFICATE-----", privateKey: "-----BEGIN PRIVATE KEY-----" };
const ci = { domain: "ci.example.com", github: { organization: "example", appId: "1" } };

describe("an invalid config", () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ["dev", { gallera: {} }, "gallera", "is not a setting; did you mean galera?"],
    [
      "dev",
      { whatever: 1 },
      "whatever",
      "is not a setting; known are deployHook, docker, environment, etcd, galera, jenkins, kubernetes, loadBalancer, logs, monitoring, network, paas, policies, protect, registry, sshAuthorizedKeys",
    ],
    ["dev", { aws: {} }, "aws", "is a setting of prod only"],
    ["prod", { docker: {} }, "docker", "is a setting of dev only"],
    ["dev", { "galera.sise": 3 }, "galera.sise", "is not a setting; did you mean size?"],
    ["dev", { "galera.tuning.gcache": 1 }, "galera.tuning.gcache", "is not a setting; did you mean gcacheMiB?"],
    [
      "dev",
      { "galera.databases": [{ nam: "a", name: "a" }] },
      "galera.databases[0].nam",
      "is not a setting; did you mean name?",
    ],
    ["dev", { "docker.limits.smal": {} }, "docker.limits.smal", "is not a setting; did you mean small?"],

    ["dev", { "galera.size": 4 }, "galera.size", "4 is even; use 3 or 5"],
    ["dev", { "galera.size": 2 }, "galera.size", "2 is even; use 3 or 5"],
    ["dev", { "galera.size": 1 }, "galera.size", "1 is not a size that keeps a quorum; use 3 or 5"],
    ["dev", { "galera.size": "3" }, "galera.size", '"3" is not a number; use 3 or 5'],
    ["dev", { "galera.flavor": "oracle" }, "galera.flavor", '"oracle" is not known; use percona or mariadb'],
    [
      "dev",
      { "etcd.readyTimeoutSeconds": 0 },
      "etcd.readyTimeoutSeconds",
      "0 is not allowed; use a whole number from 1 to 86400 seconds",
    ],
    ["dev", { "galera.volumeGiB": 0 }, "galera.volumeGiB", "0 is not allowed; use a whole number from 1 to 16384 GiB"],
    [
      "dev",
      { "galera.volumeGiB": 1.5 },
      "galera.volumeGiB",
      "1.5 is not allowed; use a whole number from 1 to 16384 GiB",
    ],
    [
      "dev",
      { "galera.tuning.suspectTimeoutSeconds": 0.1 },
      "galera.tuning.suspectTimeoutSeconds",
      "0.1 is not allowed; use a number from 0.5 to 60 seconds",
    ],
    [
      "dev",
      { "galera.tuning.gcacheMiB": 3000 },
      "galera.tuning.gcacheMiB",
      "3000 MiB are more than half of the volume of 4 GiB; use at most 2048 MiB",
    ],
    [
      "dev",
      { "galera.tuning": [] },
      "galera.tuning",
      "[] is not a group of settings; use bufferPoolMiB, gcacheMiB, maxConnections, suspectTimeoutSeconds",
    ],
    ["dev", { "galera.databases": "app" }, "galera.databases", '"app" is not a list; use [..., ...]'],
    [
      "dev",
      { "galera.databases": [{ name: "mysql" }] },
      "galera.databases[0].name",
      '"mysql" is not allowed; use 1 to 64 letters, digits and underscores, and none of mysql, sys, information_schema, performance_schema',
    ],
    [
      "dev",
      { "galera.databases": [{ name: "a", user: "root" }] },
      "galera.databases[0].user",
      '"root" is not allowed; use 1 to 32 letters, digits and underscores, and none of root, mysql, health, sst, monitor, clustercheck, xtrabackup',
    ],
    [
      "dev",
      { "galera.databases": [{ name: "a" }, { name: "a" }] },
      "galera.databases[1].name",
      '"a" is used twice; use each name once',
    ],
    [
      "dev",
      { "galera.databases": [{ name: "a" }, { name: "b", user: "a" }] },
      "galera.databases[1].user",
      '"a" owns another database; use a separate user for each database',
    ],
    [
      "dev",
      { "galera.passwords": { root: "short" } },
      "galera.passwords.root",
      "the given secret is not allowed; use at least 12 printable ASCII characters without spaces, quotes, backslashes, $ and `",
    ],
    [
      "dev",
      { galera: { secure: "v1:x" } },
      "galera",
      "is encrypted as a whole; encrypt only the passwords in it, with --secret --path",
    ],
    ["dev", { galera: '{"size": ' }, "galera", '"{\\"size\\": " is not valid JSON (Unexpected end of JSON input)'],
    [
      "dev",
      { "galera.snippets": [{ systemd: { units: [{ name: "a.service" }, { name: "broken" }] } }] },
      "galera.snippets[0].systemd.units[1].name",
      '"broken" is not the name of a unit; it ends in .service, .socket, .device, .mount, .automount, .swap, .target, .path, .timer, .snapshot, .slice, .scope; use Ignition spec 3.4.0',
    ],
    [
      "dev",
      { "etcd.snippets": ["x"] },
      "etcd.snippets[0]",
      '"x" is not an Ignition config; use settings such as {systemd: {units: [...]}}',
    ],
    ["dev", { "etcd.machineSize": "huge" }, "etcd.machineSize", '"huge" is not known; use small, medium or large'],
    [
      "dev",
      { "etcd.image": "etcd" },
      "etcd.image",
      '"etcd" is not allowed; use registry/repository:tag or registry/repository@sha256:digest',
    ],
    ["dev", { "loadBalancer.size": 3 }, "loadBalancer.size", "3 is not allowed; use a whole number from 1 to 2"],
    [
      "dev",
      { "loadBalancer.allowFrom": ["10.0.0.1/8"] },
      "loadBalancer.allowFrom[0]",
      '"10.0.0.1/8" is an address within a range: did you mean 10.0.0.0/8?',
    ],

    ["dev", { network: undefined }, "network", "is missing; use cidr, inUse"],
    ["dev", { "network.cidr": undefined }, "network.cidr", "is missing; use a range such as 10.0.0.0/16"],
    [
      "dev",
      { "network.cidr": "10.0.0.0" },
      "network.cidr",
      '"10.0.0.0" is not an IPv4 range: write it like 10.0.0.0/16',
    ],
    [
      "dev",
      { "network.cidr": "10.0.0.0/27" },
      "network.cidr",
      '"10.0.0.0/27" is too small for the machines; use a /26 or larger',
    ],
    [
      "dev",
      { "network.cidr": "172.17.8.0/24" },
      "network.cidr",
      `"172.17.8.0/24" overlaps 172.17.0.0/16, which is Docker's own default network; use another range`,
    ],
    [
      "dev",
      { "network.cidr": "8.8.0.0/16" },
      "network.cidr",
      '"8.8.0.0/16" is not private; use a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10',
    ],
    [
      "staging",
      { "network.inUse": { vpn: "10.20.30.0/24" } },
      "network.cidr",
      '"10.20.0.0/16" overlaps network.inUse.vpn 10.20.30.0/24; use another range',
    ],
    ["dev", { sshAuthorizedKeys: key }, "sshAuthorizedKeys", `"${key.slice(0, 56)}... is not a list; use [..., ...]`],
    [
      "dev",
      { sshAuthorizedKeys: [key, 3] },
      "sshAuthorizedKeys[1]",
      "3 is not a public key; use the one line of a .pub file",
    ],
    [
      "dev",
      { sshAuthorizedKeys: [key.slice(0, 50)] },
      "sshAuthorizedKeys[0]",
      '"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI..." is cut short; use the one line of a .pub file, such as `ssh-ed25519 AAAA... name@host`',
    ],
    ["dev", { protect: "yes" }, "protect", '"yes" is not allowed; use true or false'],
    [
      "dev",
      { "docker.publishedPorts": { "3306": 70000 } },
      "docker.publishedPorts.3306",
      "70000 is not allowed; use a whole number from 1 to 65535",
    ],
    [
      "dev",
      { "docker.publishAddress": "localhost" },
      "docker.publishAddress",
      '"localhost" is not allowed; use an IPv4 address',
    ],

    [
      "prod",
      { "network.zones": ["eu-central-1a"] },
      "network.zones",
      `["eu-central-1a"] is one availability zone, and its loss would be prod's; use three of one region`,
    ],
    [
      "prod",
      { "network.zones": three.slice(0, 2) },
      "network.zones",
      '["eu-central-1a","eu-central-1b"] are not three different zones; use at least three, so that the quorum survives the loss of one zone',
    ],
    [
      "prod",
      { "network.zones": ["a", ...three] },
      "network.zones[0]",
      '"a" is not allowed; use an availability zone, such as eu-central-1a',
    ],
    [
      "prod",
      { "aws.region": "us-east-1", jenkins: undefined, githubFlow: undefined },
      "network.zones",
      `["eu-central-1a","eu-central-1b","eu-central-1c"] are not in aws.region "us-east-1"; use zones of one region`,
    ],
    [
      "prod",
      { "network.cidr": "10.30.0.0/24" },
      "network.cidr",
      '"10.30.0.0/24" is too small for the machines; use a /23 or larger',
    ],
    [
      "prod",
      { "network.cidr": "10.0.0.0/12", "network.inUse": undefined },
      "network.cidr",
      "10.0.0.0/12 is too large for a VPC; use a range from /16 to /23",
    ],
    [
      "prod",
      { protect: false },
      "protect",
      "false is refused in prod, whose data must survive a mistake; use true, or leave it out",
    ],
    [
      "prod",
      { "loadBalancer.size": 1 },
      "loadBalancer.size",
      "1 is refused in prod, where no single machine may be needed; use 2",
    ],
    ["prod", { "galera.size": 4 }, "galera.size", "4 is even; use 3 or 5"],
    [
      "prod",
      { "aws.connectEndpoint": true, sshAuthorizedKeys: [] },
      "aws.connectEndpoint",
      "true is of no use without a key; add one to sshAuthorizedKeys, or remove this setting",
    ],
    [
      "prod",
      { "aws.instanceTypes": { medium: "m7g.large" } },
      "aws.instanceTypes.medium",
      '"m7g.large" is of aarch64, not x86_64; use a type such as m6i.large, or an image of aarch64 with architecture ' +
        "aarch64",
    ],
    [
      "prod",
      { "aws.architecture": "aarch64", "kubernetes.architecture": "amd64" },
      "kubernetes.architecture",
      '"amd64" does not fit aws.architecture aarch64; use arm64, or remove this setting',
    ],
    [
      "prod",
      { "aws.volumes": { galerra: { iops: 6000 } } },
      "aws.volumes.galerra",
      "is not a setting; did you mean galera?",
    ],
    [
      "prod",
      { "aws.volumes": { haproxy: { iops: 6000 } } },
      "aws.volumes.haproxy",
      "is not a setting; known are deploy-hook, etcd, galera, jenkins, jenkins-agent, kubernetes-control-plane, " +
        "kubernetes-worker, log-store, monitoring",
    ],
    [
      "prod",
      { "aws.volumes": { galera: { iops: 100 } } },
      "aws.volumes.galera.iops",
      "100 is not allowed; use a whole number from 3000 to 80000 IOPS",
    ],
    [
      "prod",
      { "aws.accountId": "123" },
      "aws.accountId",
      '"123" is not allowed; use the 12 digits of an AWS account id, in quotes',
    ],
    [
      "prod",
      { "aws.ciAccountId": "000000000000" },
      "aws.ciAccountId",
      `"000000000000" is prod's own account; use the one that builds, or leave it out`,
    ],
    [
      "prod",
      { "aws.login": { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/deploy" } } },
      "aws.login.assumeRole.roleArn",
      '"arn:aws:iam::123456789012:role/deploy" is not a role of account 000000000000 in eu-central-1; ' +
        "use arn:aws:iam::000000000000:role/...",
    ],
    [
      "prod",
      { "aws.ciLogin": { assumeRole: { roleArn: "arn:aws:iam::000000000000:role/deploy" } } },
      "aws.ciLogin.assumeRole.roleArn",
      '"arn:aws:iam::000000000000:role/deploy" is not a role of account 000000000001 in eu-central-1; ' +
        "use arn:aws:iam::000000000001:role/...",
    ],
    [
      "prod",
      { "aws.login": { profile: "work" }, "aws.ciLogin": { profile: "work" } },
      "aws.ciLogin.profile",
      '"work" is also the profile of aws.login, and its credentials are of one account; ' +
        "use another profile, or add assumeRole",
    ],
    [
      "prod",
      { "aws.ciLogin": { profile: "ci" }, "aws.ciAccountId": undefined, jenkins: undefined, githubFlow: undefined },
      "aws.ciLogin",
      "has no account; set aws.ciAccountId, or remove this setting",
    ],
    [
      "prod",
      { "aws.login": { profile: "work", assumeRoleWithWebIdentity: { roleArn: prodRole, tokenFile: "/t" } } },
      "aws.login.profile",
      "cannot be combined with assumeRoleWithWebIdentity; remove one of them",
    ],
    [
      "prod",
      { "aws.ciLogin": { assumeRole: { roleArn: "arn:aws:iam::000000000001:role/deploy", externalId: 123 } } },
      "aws.ciLogin.assumeRole.externalId",
      "123 is not allowed; use 2 to 1224 letters, digits and + = , . @ : / _ -, in quotes",
    ],
    [
      "prod",
      { "aws.image": "fcos" },
      "aws.image",
      '"fcos" is not allowed; use the id of a Fedora CoreOS image, such as ami-0123456789abcdef0',
    ],
    [
      "prod",
      { "aws.instanceTypes": { small: "tiny" } },
      "aws.instanceTypes.small",
      '"tiny" is not allowed; use an instance type, such as t3.small',
    ],
    [
      "prod",
      { tags: { Role: "x" } },
      "tags.Role",
      "is set by the library; use other tags than Project, Environment, Role, ManagedBy, Name",
    ],
    [
      "prod",
      { tags: { a: "1", b: "2", c: "3", d: "4", e: "5", f: "6" } },
      "tags",
      "6 tags are too many beside the library's own; use at most 5",
    ],
    [
      "prod",
      { tags: { "aws:name": "x" } },
      "tags.aws:name",
      "is not a tag key; use up to 128 letters, digits, spaces and + - = . _ : / @, not starting with aws:",
    ],
    [
      "staging",
      { openstack: undefined },
      "openstack",
      "is missing; use imageId, imageName, flavors, externalNetworkId, dnsServers, antiAffinity, volumeType, region, bootVolume, volumeZone, mtu, objectVersioning",
    ],
    [
      "staging",
      { "openstack.imageId": undefined },
      "openstack",
      "neither imageId nor imageName is given; use one of them",
    ],
    [
      "staging",
      { "openstack.imageName": "fcos" },
      "openstack",
      "both imageId and imageName are given; use one of them",
    ],
    [
      "staging",
      { "galera.machineSize": "large" },
      "openstack.flavors.large",
      "is missing, and galera's machines are of that size; use the name of a flavor",
    ],
    [
      "staging",
      { "openstack.imageId": "fcos" },
      "openstack.imageId",
      '"fcos" is not allowed; use the id of a Fedora CoreOS image, a UUID',
    ],

    [
      "prod",
      { "kubernetes.controlPlanes": 1 },
      "kubernetes.controlPlanes",
      "1 is refused in prod, where no single machine may be needed; use 3",
    ],
    ["staging", { "kubernetes.controlPlanes": 2 }, "kubernetes.controlPlanes", "2 is not allowed; use 1 or 3"],
    [
      "prod",
      { "kubernetes.pools": [{ name: "worker", size: 1 }] },
      "kubernetes.pools",
      "one worker is refused in prod, where no single machine may be needed; use 2 workers or more",
    ],
    [
      "staging",
      { "paas.domain": "apps" },
      "paas.domain",
      '"apps" is not allowed; use a domain, such as apps.example.com',
    ],
    [
      "staging",
      { "paas.dns.zoneId": "Z1" },
      "paas.dns.zoneId",
      '"Z1" is not allowed; use the id of a zone of Designate',
    ],
    [
      "prod",
      { "paas.dns.zoneId": "zone" },
      "paas.dns.zoneId",
      '"zone" is not allowed; use the id of a hosted zone, such as Z0123456789ABCDEFGHIJ',
    ],
    [
      "prod",
      {
        "paas.database": {
          controllerUrl: "mysql://x",
          passportUrl: "postgres://p:p@db/p",
          logsUrl: "postgres://l:l@db/l",
        },
      },
      "paas.database.controllerUrl",
      "the given secret is not allowed; use postgres://user:password@host:5432/name",
    ],
    [
      "staging",
      { "paas.adminUsername": "Root" },
      "paas.adminUsername",
      '"Root" is not allowed; use 3 to 30 lower-case letters, digits and . _ -, a letter first',
    ],
    [
      "staging",
      { kubernetes: undefined, monitoring: undefined },
      "paas",
      "runs on the cluster of kubernetes, which there is not; add it, or leave this out",
    ],
    [
      "staging",
      { "kubernetes.pools": [] },
      "kubernetes.pools",
      "[] leaves paas without workers to run on; use a pool of them",
    ],
    [
      "prod",
      { "kubernetes.pools": [] },
      "kubernetes.pools",
      "[] is refused in prod, where no single machine may be needed; use 2 workers or more",
    ],
    [
      "prod",
      { "kubernetes.version": "1.20.0" },
      "kubernetes.version",
      '"1.20.0" is not known; use 1.36.4, 1.36.3 or 1.35.8',
    ],
    [
      "staging",
      { "kubernetes.podCidr": "10.20.0.0/16" },
      "kubernetes.podCidr",
      "10.20.0.0/16 overlaps network.cidr 10.20.0.0/16; use another range",
    ],
    [
      "prod",
      { "kubernetes.serviceCidr": "10.31.0.0/20" },
      "kubernetes.serviceCidr",
      "10.31.0.0/20 overlaps jenkins.network.cidr 10.31.0.0/16; use another range",
    ],
    [
      "staging",
      { "kubernetes.podCidr": "10.30.0.0/16" },
      "kubernetes.podCidr",
      "10.30.0.0/16 overlaps network.inUse.prod 10.30.0.0/16; use another range",
    ],
    [
      "staging",
      { "kubernetes.pools": [{ name: "worker", size: 2, machineSize: "large" }] },
      "openstack.flavors.large",
      "is missing, and kubernetes' worker machines are of that size; use the name of a flavor",
    ],
    [
      "dev",
      { kubernetes: { pools: [{ name: "a", size: 1 }] }, "network.cidr": "10.77.0.0/26" },
      "kubernetes.controlPlanes",
      "host number 79 does not fit into 10.77.0.0/26: it has room for 1 to 62; use a larger network.cidr",
    ],
    [
      "dev",
      { kubernetes: { pools: [{ name: "a", size: 2, firstHostNumber: 254 }] } },
      "kubernetes.pools[0].firstHostNumber",
      "host number 255 does not fit into 10.77.0.0/24: it has room for 1 to 254",
    ],
    [
      "dev",
      { kubernetes: { pools: [{ name: "A", size: 2 }] } },
      "kubernetes.pools[0].name",
      '"A" is not allowed; use up to 16 lower-case letters, digits and inner hyphens, without a number at the end',
    ],
    [
      "staging",
      { "deployHook.apps": [{ name: "a", hosts: ["a.example.com"], repository: "shop" }] },
      "deployHook.apps[0].repository",
      '"shop" is none of registry.repositories; use three-services/db, three-services/api, three-services/front, or registry.example.com/name of another one',
    ],
    [
      "dev",
      { deployHook: { apps: [{ name: "a", hosts: ["a.example.com"], repository: "shop" }] } },
      "deployHook.apps[0].repository",
      '"shop" is none of registry.repositories; there is none yet, or registry.example.com/name of another one',
    ],
    [
      "dev",
      {
        deployHook: {
          apps: [{ name: "a", hosts: ["a.example.com"], repository: "r.example.com/a", database: "shop" }],
        },
      },
      "deployHook.apps[0].database",
      '"shop" is none of galera.databases; use app',
    ],
    [
      "dev",
      { deployHook: { apps: [{ name: "a", hosts: ["a.example.com"] }] } },
      "deployHook.apps[0].repository",
      "is missing; give a repository, or a source to build from",
    ],
    [
      "dev",
      { deployHook: { apps: [{ name: "Shop", hosts: ["a.example.com"], repository: "r.example.com/a" }] } },
      "deployHook.apps[0].name",
      '"Shop" is not allowed; use up to 40 lower-case letters, digits and inner hyphens, starting with a letter; names that start with pr- and a number are for previews',
    ],
    [
      "prod",
      {
        "deployHook.apps": ["a", "b"].map((name) => ({
          name,
          hosts: ["a.example.com"],
          repository: "three-services/db",
        })),
      },
      "deployHook.apps[1].hosts[0]",
      '"a.example.com" is already used by app a; use another host name',
    ],
    ["dev", { deployHook: { apps: [] } }, "deployHook.apps", "0 apps are given; use 1 to 256"],
    ["dev", { deployHook: {} }, "deployHook.apps", "is missing; use [..., ...]"],
    [
      "dev",
      { deployHook: { apps: [{ name: "a", hosts: ["a.example.com"], repository: "r.example.com/a", port: 0 }] } },
      "deployHook.apps[0].port",
      "0 is not allowed; use a whole number from 1 to 65535",
    ],
    [
      "dev",
      {
        deployHook: {
          apps: [{ name: "a", hosts: ["a.example.com"], repository: "r.example.com/a", token: "hunter2" }],
        },
      },
      "deployHook.apps[0].token",
      "the given secret is not allowed; use 32 to 128 printable ASCII characters without spaces",
    ],
    [
      "dev",
      {
        deployHook: {
          apps: [{ name: "a", hosts: ["a.example.com"], repository: "r.example.com/a", capabilities: ["SYS_ADMIN"] }],
        },
      },
      "deployHook.apps[0].capabilities[0]",
      '"SYS_ADMIN" is not known; use CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID or NET_BIND_SERVICE',
    ],
    [
      "staging",
      { "deployHook.callers": ["10.20.0.7"] },
      "deployHook.callers[0]",
      '"10.20.0.7" is not an IPv4 range: write it like 10.0.0.0/16',
    ],
    [
      "staging",
      { "deployHook.urlTemplate": "https://x" },
      "deployHook.urlTemplate",
      '"https://x" is not allowed; use https://%s or the like',
    ],
    ["staging", { "deployHook.builds": 17 }, "deployHook.builds", "17 is not allowed; use a whole number from 1 to 16"],
    [
      "staging",
      { "deployHook.machineSize": "large" },
      "openstack.flavors.large",
      "is missing, and deployHook's machines are of that size; use the name of a flavor",
    ],
    [
      "staging",
      { "registry.ecr": undefined, "registry.machineSize": "large" },
      "openstack.flavors.large",
      "is missing, and registry's machines are of that size; use the name of a flavor",
    ],
    [
      "staging",
      { "registry.ecr": undefined, jenkins: { ...ci, agentSize: "large" } },
      "openstack.flavors.large",
      "is missing, and jenkins' agents' machines are of that size; use the name of a flavor",
    ],
    [
      "staging",
      { "registry.volumeGiB": 0 },
      "registry.volumeGiB",
      "0 is not allowed; use a whole number from 1 to 16384 GiB",
    ],
    [
      "staging",
      { "registry.scanning": "basic" },
      "registry.scanning",
      "is not a setting; known are bucket, dnsName, ecr, machineSize, repositories, snippets, volumeGiB",
    ],
    [
      "prod",
      { "registry.volumeGiB": 10 },
      "registry.volumeGiB",
      "is not a setting; known are kmsKey, lifecycle, organizationId, pullers, repositories, scanning",
    ],
    [
      "prod",
      { "registry.pullers": ["Staging"] },
      "registry.pullers[0]",
      '"Staging" is not allowed; use up to 24 lower-case letters, digits and inner hyphens, such as staging',
    ],
    [
      "dev",
      { registry: { repositories: ["shop"], ecr: {} } },
      "registry.ecr",
      "is not a setting; known are dnsName, machineSize, repositories, snippets, volumeGiB",
    ],
    [
      "staging",
      { "registry.ecr.host": "10.20.0.50:5000" },
      "registry.ecr.host",
      '"10.20.0.50:5000" is not allowed; use one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com',
    ],
    [
      "staging",
      { "registry.ecr": {} },
      "registry.ecr.host",
      "is missing; use one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    ],
    [
      "staging",
      { "registry.ecr.accessKey": "me" },
      "registry.ecr.accessKey",
      '"me" is not allowed; use 16 to 128 letters, digits and _',
    ],
    [
      "staging",
      { "registry.ecr.secretKey": "two words that are long enough" },
      "registry.ecr.secretKey",
      "the given secret is not allowed; use 16 to 256 printable ASCII characters without spaces",
    ],
    [
      "staging",
      { "registry.ecr.role": "puller" },
      "registry.ecr.role",
      "is not a setting; known are accessKey, host, secretKey",
    ],
    [
      "staging",
      { "registry.volumeGiB": 20 },
      "registry.volumeGiB",
      "is a setting of a registry's own machine, which there is not beside registry.ecr; leave one of them out",
    ],
    [
      "staging",
      { "registry.bucket": { endpoint: "https://swift.example.org", name: "images", accessKey: "a", secretKey: "b" } },
      "registry.bucket",
      "is a setting of a registry's own machine, which there is not beside registry.ecr; leave one of them out",
    ],
    [
      "staging",
      {
        registry: {
          repositories: ["shop"],
          bucket: { endpoint: "https://swift.example.org", accessKey: "a", secretKey: "b" },
        },
      },
      "registry.bucket.name",
      "is missing; use the name of a bucket",
    ],
    [
      "staging",
      { jenkins: ci },
      "registry.ecr",
      "is only pulled from, and jenkins' agents push to the stack's registry; leave one of them out",
    ],
    [
      "prod",
      { "registry.scanning": "always" },
      "registry.scanning",
      '"always" is not known; use basic, enhanced or account',
    ],
    [
      "prod",
      { "registry.organizationId": "example" },
      "registry.organizationId",
      '"example" is not allowed; use the id of an organisation, such as o-abcdefghij',
    ],
    [
      "prod",
      { "registry.lifecycle": { keepImages: 0 } },
      "registry.lifecycle.keepImages",
      "0 is not allowed; use a whole number from 1 to 10000",
    ],
    [
      "prod",
      { "jenkins.network.cidr": "10.30.128.0/17" },
      "jenkins.network.cidr",
      '"10.30.128.0/17" overlaps network.cidr 10.30.0.0/16, to which it is connected; use another range',
    ],
    [
      "prod",
      { "jenkins.network.cidr": "10.31.0.0/24" },
      "jenkins.network.cidr",
      '"10.31.0.0/24" is too small for the machines; use a /23 or larger',
    ],
    [
      "prod",
      { "jenkins.network.inUse": { office: "10.31.7.0/24" } },
      "jenkins.network.cidr",
      '"10.31.0.0/16" overlaps jenkins.network.inUse.office 10.31.7.0/24; use another range',
    ],
    [
      "prod",
      { "jenkins.network.zones": ["eu-central-1a"] },
      "jenkins.network.zones",
      `["eu-central-1a"] is one availability zone, and its loss would be Jenkins'; use three of one region`,
    ],
    [
      "prod",
      { "jenkins.network.zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"] },
      "jenkins.network.zones",
      '["eu-west-1a","eu-west-1b","eu-west-1c"] are not in aws.region "eu-central-1"; use zones of one region',
    ],
    ["prod", { "jenkins.network": undefined }, "jenkins.network", "is missing; use cidr, zones, inUse"],
    [
      "prod",
      { "jenkins.pods": {} },
      "jenkins.pods",
      "is refused in prod, whose cluster runs only released apps; leave it out, builds run on the machines of jenkins.agents",
    ],
    [
      "prod",
      { "jenkins.pod": {} },
      "jenkins.pod",
      "is not a setting; known are adminPassword, agentExecutors, agentSize, agentTools, agentVolumeGiB, agents, allowFrom, backup, backupImage, credentials, domain, github, heapMiB, image, library, login, machineSize, mail, monitoring, network, pipelines, plugins, proxyImage, publicEndpoint, seed, services, snippets, volumeGiB",
    ],
    [
      "dev",
      { jenkins: { ...ci, pods: {} } },
      "jenkins.pods",
      "run on the cluster of kubernetes, which there is not; add it, or leave this out",
    ],
    [
      "dev",
      { jenkins: { ...ci, pods: {} }, kubernetes: { pools: [] } },
      "kubernetes.pools",
      "[] leaves jenkins.pods without workers to run on; use a pool of them",
    ],
    [
      "staging",
      { jenkins: { ...ci, pods: { max: 0 } } },
      "jenkins.pods.max",
      "0 is not allowed; use a whole number from 1 to 1000",
    ],
    [
      "staging",
      { jenkins: { ...ci, pods: { image: "two words" } } },
      "jenkins.pods.image",
      '"two words" is not allowed; use registry/repository:tag or registry/repository@sha256:digest',
    ],
    [
      "staging",
      { jenkins: { ...ci, pods: { namespace: "builds" } } },
      "jenkins.pods.namespace",
      "is not a setting; known are image, max",
    ],
    [
      "dev",
      { jenkins: { ...ci, network: {} } },
      "jenkins.network",
      "is not a setting; known are adminPassword, agentExecutors, agentSize, agentTools, agentVolumeGiB, agents, allowFrom, backup, backupImage, credentials, domain, github, heapMiB, image, library, login, machineSize, mail, pipelines, plugins, pods, proxyImage, seed, services, snippets, volumeGiB",
    ],
    [
      "prod",
      { "aws.ciAccountId": undefined },
      "aws.ciAccountId",
      "is missing, and Jenkins runs there; use the 12 digits of an AWS account id, in quotes",
    ],
    [
      "prod",
      { "jenkins.image": "docker.io/jenkins/jenkins:2.568.2-jdk21" },
      "jenkins.image",
      '"docker.io/jenkins/jenkins:2.568.2-jdk21" is refused in prod, where a tag must not become another image; use registry/repository@sha256:digest',
    ],
    [
      "prod",
      { "jenkins.agentTools": { paasmas: { image: "registry.example.com/paasmas:1", path: "/opt/paasmas" } } },
      "jenkins.agentTools.paasmas.image",
      '"registry.example.com/paasmas:1" is refused in prod, where a tag must not become another image; use registry/repository@sha256:digest',
    ],
    [
      "prod",
      { "galera.image": "docker.io/percona/percona-xtradb-cluster:8.4" },
      "galera.image",
      '"docker.io/percona/percona-xtradb-cluster:8.4" is refused in prod, where a tag must not become another image; use registry/repository@sha256:digest',
    ],
    [
      "prod",
      { "jenkins.agentTools": { java: { image: pinned, path: "/opt/java" } } },
      "jenkins.agentTools.java",
      '"java" is not allowed; use lower-case letters, digits and hyphens, but not java',
    ],
    [
      "prod",
      { "jenkins.backup": { password: "short" } },
      "jenkins.backup.password",
      "the given secret is not allowed; use at least 12 printable ASCII characters without spaces",
    ],
    [
      "prod",
      { "jenkins.backup": { accessKey: "id" } },
      "jenkins.backup.accessKey",
      "is not a setting; known are password, schedule",
    ],
    [
      "staging",
      { "deployHook.callers": ["10.20.0.0/16", "0.0.0.0/0"] },
      "deployHook.callers[1]",
      '"0.0.0.0/0" is far too wide; use the addresses that CI calls from',
    ],
    [
      "prod",
      { "jenkins.publicEndpoint": { name: "hooks.ci.example.com" } },
      "jenkins.publicEndpoint.from",
      "is missing; use [..., ...]",
    ],
    [
      "prod",
      { "jenkins.publicEndpoint": { name: "hooks.ci.example.com", from: [], certificate } },
      "jenkins.publicEndpoint.from",
      "[] allows no connection; list the ranges that may connect, or leave the public endpoint out",
    ],
    [
      "prod",
      { "jenkins.publicEndpoint": { name: "hooks.ci.example.com", from: ["0.0.0.0/0"], certificate } },
      "jenkins.publicEndpoint.from[0]",
      '"0.0.0.0/0" is far too wide; use the ranges of the callers',
    ],
    [
      "prod",
      { "jenkins.publicEndpoint": { name: "hooks", from: ["140.82.112.0/20"] } },
      "jenkins.publicEndpoint.name",
      '"hooks" is not allowed; use a host name with a domain, such as www.example.com',
    ],
    [
      "prod",
      {
        "jenkins.publicEndpoint": {
          name: "hooks.ci.example.com",
          from: ["140.82.112.0/20"],
          certificate: { certificate: "-----BEGIN CERTIFICATE-----", privateKey: "hunter2" },
        },
      },
      "jenkins.publicEndpoint.certificate.privateKey",
      "the given secret is not allowed; use its private key (PEM)",
    ],
    [
      "prod",
      { "githubFlow.repositories": [] },
      "githubFlow.repositories",
      "[] is no repository; name those whose branches are protected, or leave githubFlow out",
    ],
    ["prod", { githubFlow: {} }, "githubFlow.repositories", "is missing; use [..., ...]"],
    [
      "prod",
      { "githubFlow.repositories": ["shop", "example/blog"] },
      "githubFlow.repositories[1]",
      '"example/blog" is not allowed; use the name of a repository, without its owner\'s',
    ],
    [
      "prod",
      { "githubFlow.repositories": ["shop", "shop"] },
      "githubFlow.repositories[1]",
      '"shop" is listed twice; use it once',
    ],
    [
      "prod",
      { "githubFlow.branches": ["release/*"] },
      "githubFlow.branches[0]",
      '"release/*" is not a branch; use its name, without refs/heads/ and wildcards',
    ],
    [
      "prod",
      { "githubFlow.requiredChecks": [] },
      "githubFlow.requiredChecks",
      "[] lets everything be merged; name one at least, or leave it out",
    ],
    [
      "prod",
      { "githubFlow.requiredChecks": [" "] },
      "githubFlow.requiredChecks[0]",
      '" " is not allowed; use the name of a check as GitHub shows it',
    ],
    ["prod", { "githubFlow.approvals": 7 }, "githubFlow.approvals", "7 is not allowed; use a whole number from 0 to 6"],
    [
      "prod",
      { "githubFlow.owner": "example/shop" },
      "githubFlow.owner",
      '"example/shop" is not allowed; use the name of a user or an organization on GitHub',
    ],
    [
      "prod",
      { "githubFlow.token": "hunter2" },
      "githubFlow.token",
      "the given secret is not allowed; use a token of GitHub's, at least 20 printable ASCII characters without spaces",
    ],
    [
      "prod",
      { "githubFlow.webhook": true },
      "githubFlow.webhook",
      "true needs a way in for GitHub's calls; give jenkins.publicEndpoint, or leave it out",
    ],
    [
      "prod",
      { "githubFlow.closeToken": "0123456789abcdefghij" },
      "githubFlow.closeToken",
      "needs a way in for GitHub's calls; give jenkins.publicEndpoint, or leave it out",
    ],
    [
      "prod",
      { "githubFlow.closeToken": "hush hush hush hush hush" },
      "githubFlow.closeToken",
      "the given secret is not allowed; use 20 to 128 letters, digits, _ and -",
    ],
    [
      "prod",
      { "jenkins.publicEndpoint": { name: "hooks.ci.example.com", from: ["140.82.112.0/20"] } },
      "githubFlow.webhook",
      "calls jenkins.publicEndpoint, whose certificate GitHub does not know; give jenkins.publicEndpoint.certificate, or use false here",
    ],
    [
      "prod",
      {
        "jenkins.publicEndpoint": { name: "hooks.ci.example.com", from: ["140.82.112.0/20"] },
        "githubFlow.webhook": false,
        "githubFlow.closeToken": "0123456789abcdefghij",
      },
      "githubFlow.closeToken",
      "calls jenkins.publicEndpoint, whose certificate GitHub does not know; give jenkins.publicEndpoint.certificate, or leave it out",
    ],
    [
      "prod",
      { jenkins: undefined },
      "githubFlow.owner",
      "is missing, and there is no jenkins.github.organization to take it from; give the owner of the repositories",
    ],
    ["staging", { githubFlow: { repositories: ["shop"] } }, "githubFlow", "is a setting of prod only"],
    [
      "prod",
      { "deployHook.publicEndpoint": { names: ["www.example.org"], from: ["0.0.0.0/0"] } },
      "deployHook.publicEndpoint.names[0]",
      '"www.example.org" is not a host name of an app; use db.example.com, api.example.com, example.com',
    ],
    [
      "prod",
      { "deployHook.publicEndpoint": { names: ["example.com"], from: ["everybody"] } },
      "deployHook.publicEndpoint.from[0]",
      '"everybody" is not an IPv4 range: write it like 10.0.0.0/16',
    ],
    [
      "prod",
      { "paas.publicEndpoint": { from: ["0.0.0.0/0"], names: [] } },
      "paas.publicEndpoint.names",
      "is not a setting; known are from",
    ],
    [
      "prod",
      { "paas.valkeyUrl": "rediss://:a-password@valkey:6379/0" },
      "paas.allowTo",
      "is missing; list the range and port of each service outside of the cluster (valkeyUrl)",
    ],
    [
      "prod",
      { "paas.allowTo": [{ range: "0.0.0.0/0", port: 5432 }] },
      "paas.allowTo[0].range",
      '"0.0.0.0/0" is far too wide; use the range that the database is in',
    ],
    [
      "prod",
      {
        "paas.allowTo": [
          { range: "10.40.0.0/24", port: 5432 },
          { range: "10.40.0.0/24", port: 5432 },
        ],
      },
      "paas.allowTo[1]",
      "is listed twice; use it once",
    ],
    ["staging", { "paas.allowTo": [] }, "paas.allowTo", "is not a setting; did you mean allowFrom?"],
    [
      "staging",
      { "paas.publicEndpoint": { from: ["0.0.0.0/0"] }, "openstack.externalNetworkId": undefined },
      "paas.publicEndpoint",
      "needs a network that leads outside; give openstack.externalNetworkId",
    ],
    [
      "dev",
      {
        deployHook: {
          apps: [{ name: "a", hosts: ["a.example.com"], repository: "r.example.com/a" }],
          publicEndpoint: {},
        },
      },
      "deployHook.publicEndpoint",
      "is not a setting; known are apps, buildMemoryMiB, builds, callers, machineSize, snippets, urlTemplate, users, volumeGiB",
    ],
    ["prod", { "jenkins.domain": "ci" }, "jenkins.domain", '"ci" is not allowed; use a domain, such as ci.example.com'],
    [
      "prod",
      { "jenkins.mail": { host: "smtp.example.com", user: "jenkins" } },
      "jenkins.mail",
      "has only one of user and password; give both, or none",
    ],
    [
      "prod",
      { "jenkins.mail": { host: "10.0.0.1" } },
      "jenkins.mail.host",
      '"10.0.0.1" is not allowed; use a host name, such as smtp.example.com',
    ],
    ["prod", { "jenkins.agents": 9 }, "jenkins.agents", "9 is not allowed; use a whole number from 1 to 8"],
    [
      "prod",
      { "jenkins.github.appId": "my-app" },
      "jenkins.github.appId",
      '"my-app" is not allowed; use the number of a GitHub App, in quotes',
    ],
    [
      "prod",
      { "jenkins.github.privateKey": "hunter2" },
      "jenkins.github.privateKey",
      "the given secret is not allowed; use a private key of the app, as GitHub hands it out",
    ],
    [
      "prod",
      { "jenkins.github.forkTrust": "everybody" },
      "jenkins.github.forkTrust",
      '"everybody" is not known; use nobody or write',
    ],
    [
      "prod",
      { "jenkins.plugins": { slack: "latest" } },
      "jenkins.plugins.slack",
      '"latest" is not a version; use a version such as "5.10.1"',
    ],
    [
      "prod",
      { "jenkins.services": { wiki: "wiki.internal:80" } },
      "jenkins.services.wiki",
      '"wiki.internal:80" is not an address; use an IPv4 address and a port, 10.0.0.7:8080',
    ],
    [
      "staging",
      { "logs.retentionDays": 0 },
      "logs.retentionDays",
      "0 is not allowed; use a whole number from 1 to 3650 days",
    ],
    ["staging", { "logs.readers": ["10.0.0.0"] }, "logs.readers[0]", expect.stringContaining('"10.0.0.0"')],
    [
      "staging",
      { "logs.bucket": { endpoint: "swift.example.org", name: "logs", accessKey: "a", secretKey: "b" } },
      "logs.bucket.endpoint",
      '"swift.example.org" is not allowed; use the URL of an S3 API, such as https://swift.example.org',
    ],
    [
      "prod",
      { "logs.bucket": {} },
      "logs.bucket",
      "is not a setting; known are dnsName, machineSize, openSearch, readers, retentionDays, snippets, volumeGiB",
    ],
    [
      "prod",
      {
        "logs.openSearch": {
          host: "search.example.com",
          user: "logs",
          password: "secret",
          ca: "-----BEGIN CERTIFICATE-----",
        },
      },
      "logs.retentionDays",
      "is a setting of the stack's own log store, which there is not beside logs.openSearch; leave one of them out",
    ],
    [
      "prod",
      { "monitoring.webhook": "chat" },
      "monitoring.webhook",
      "the given secret is not allowed; use a URL that takes Alertmanager's webhooks",
    ],
    [
      "prod",
      { "monitoring.adminPassword": "short" },
      "monitoring.adminPassword",
      "the given secret is not allowed; use at least 12 printable ASCII characters without spaces",
    ],
    [
      "staging",
      { "monitoring.cluster.storageClass": "Fast" },
      "monitoring.cluster.storageClass",
      '"Fast" is not allowed; use the name of a storage class',
    ],
    [
      "dev",
      { monitoring: { cluster: {} } },
      "monitoring.cluster",
      "is there, and kubernetes is not; leave it out, or give kubernetes",
    ],
    [
      "staging",
      { "monitoring.volumeGiB": 4 },
      "monitoring.volumeGiB",
      "4 is not allowed; use a whole number from 5 to 16384 GiB",
    ],
    [
      "staging",
      { "logs.machineSize": "large" },
      "openstack.flavors.large",
      "is missing, and logs' machines are of that size; use the name of a flavor",
    ],
  ])("of %s with %j reports %s", (stack, changes, path, message) => {
    expect(refusal(stack, changed(stack, changes)).problems).toEqual([{ path, message }]);
  });

  test("reports a snippet that is too large", () => {
    const files = [{ path: "/large", contents: { source: `data:,${"x".repeat(300_000)}` } }];
    const config = changed("dev", { "etcd.snippets": [{ storage: { files } }] });
    expect(refusal("dev", config).problems).toEqual([
      {
        path: "etcd.snippets[0]",
        message: "300103 characters are too many; use at most 262144, and let the machine fetch larger files itself",
      },
    ]);
  });

  test("reports an invalid registry or database, without errors about the settings that refer to it", () => {
    const config = changed("prod", { "registry.scanning": "always", "galera.flavor": "oracle" });
    expect(refusal("prod", config).problems.map(({ path }) => path)).toEqual(["galera.flavor", "registry.scanning"]);
  });

  test("reports all errors at once, after the name of the stack", () => {
    const config = changed("prod", {
      "galera.size": 4,
      "galera.sise": 3,
      protect: false,
      "network.zones": ["eu-central-1a"],
      extra: 1,
    });
    expect(refusal("prod", config).message.split("\n")).toEqual([
      "The config of stack prod cannot be used:",
      "  extra: is not a setting; known are aws, deployHook, environment, etcd, galera, githubFlow, jenkins, kubernetes, loadBalancer, logs, monitoring, network, paas, policies, protect, registry, sshAuthorizedKeys, tags",
      "  galera.size: 4 is even; use 3 or 5",
      "  galera.sise: is not a setting; did you mean size?",
      `  network.zones: ["eu-central-1a"] is one availability zone, and its loss would be prod's; use three of one region`,
      "  protect: false is refused in prod, whose data must survive a mistake; use true, or leave it out",
    ]);
  });

  test.each([
    [
      "prd",
      {},
      '"prd" is not an environment; did you mean prod? (set the environment of a stack with another name: npm run config -- prd environment dev)',
    ],
    [
      "alice",
      {},
      '"alice" is not an environment; use dev, staging, prod (set the environment of a stack with another name: npm run config -- alice environment dev)',
    ],
    ["alice", { "paasmas:environment": "test" }, '"test" is not an environment; use dev, staging, prod'],
  ])("of stack %s with %j has no known environment", (stack, config, message) => {
    expect(refusal(stack, config).problems).toEqual([{ path: "environment", message }]);
  });

  test("is reported by the engine without a stack trace", () => {
    expect(refusal("prd", {})).toHaveProperty("__pulumiRunError", true);
  });
});

describe("missingSettings", () => {
  const left = (stack: string, changes: Record<string, unknown> = {}, variables = {}) =>
    missingSettings(parseEnvironment(stack, changed(stack, changes)) as Environment, variables);

  test("reports nothing in dev", () => {
    expect(left("dev")).toEqual([]);
  });

  test("reports the image, the external network, volume encryption, prod's registry and the keys in staging", () => {
    expect(left("staging")).toEqual([
      {
        key: "openstack.imageId",
        why: "the Fedora CoreOS image, uploaded and pinned; npm run images finds it",
        command: "npm run config -- staging 'openstack.imageId' '<UUID>'",
      },
      {
        key: "openstack.externalNetworkId",
        why: "the external network: openstack network list --external",
        command: "npm run config -- staging 'openstack.externalNetworkId' '<UUID>'",
      },
      {
        key: "openstack.volumeType",
        why: "a volume type of Cinder, one with encryption if the cloud has one; see its description or ask the operator of the cloud: openstack volume type list",
        command: "npm run config -- staging 'openstack.volumeType' '<name>'",
      },
      {
        key: "registry.ecr.host",
        why: "the registry of prod: npm run pulumi -- stack output --stack prod registryAddress",
        command: "npm run config -- staging 'registry.ecr.host' '<12 digits>.dkr.ecr.<region>.amazonaws.com'",
      },
      {
        key: "registry.ecr.accessKey",
        why: "the access key of a user in registry.pullers of prod: npm run pulumi -- stack output --stack prod --show-secrets registryPullKeys",
        command: "npm run config -- staging 'registry.ecr.accessKey' '<accessKey>'",
      },
      {
        key: "registry.ecr.secretKey",
        why: "the secret key of that user, from the same output",
        command: "npm run config -- staging 'registry.ecr.secretKey' --secret < <file>",
      },
      {
        key: "paas.dns.zoneId",
        why: "the zone of apps.staging.example.com, or remove paas.dns: openstack zone list",
        command: "npm run config -- staging 'paas.dns.zoneId' '<id>'",
      },
      {
        key: "sshAuthorizedKeys[0]",
        why: "public keys that can log in to the machines as core; set [] to allow no login",
        command: "npm run config -- staging 'sshAuthorizedKeys[0]' '<ssh-ed25519 ...>'",
      },
    ]);
  });

  test("reports the accounts, the image, Jenkins' GitHub App, a token, platform databases and keys in prod", () => {
    expect(left("prod").map(({ key, command }) => [key, command])).toEqual([
      ["aws.accountId", "npm run config -- prod 'aws.accountId' '<12 digits>'"],
      ["aws.ciAccountId", "npm run config -- prod 'aws.ciAccountId' '<12 digits>'"],
      [
        "aws.ciLogin.assumeRole.roleArn",
        "npm run config -- prod 'aws.ciLogin.assumeRole.roleArn' '<arn:aws:iam::12 digits:role/name>'",
      ],
      ["aws.image", "npm run config -- prod 'aws.image' '<ami-...>'"],
      ["jenkins.github.appId", "npm run config -- prod 'jenkins.github.appId' '<number>'"],
      ["jenkins.github.privateKey", "npm run config -- prod 'jenkins.github.privateKey' --secret < <file>"],
      ["githubFlow.token", "npm run config -- prod 'githubFlow.token' --secret < <file>"],
      ["paas.dns.zoneId", "npm run config -- prod 'paas.dns.zoneId' '<id>'"],
      ["paas.database.controllerUrl", "npm run config -- prod 'paas.database.controllerUrl' --secret < <file>"],
      ["paas.database.passportUrl", "npm run config -- prod 'paas.database.passportUrl' --secret < <file>"],
      ["paas.database.logsUrl", "npm run config -- prod 'paas.database.logsUrl' --secret < <file>"],
      ["paas.allowTo[0].range", "npm run config -- prod 'paas.allowTo[0].range' '<CIDR range>'"],
      ["paas.allowTo[0].port", "npm run config -- prod 'paas.allowTo[0].port' '<port>'"],
      ["sshAuthorizedKeys[0]", "npm run config -- prod 'sshAuthorizedKeys[0]' '<ssh-ed25519 ...>'"],
    ]);
  });

  const encrypted = { secure: "v1:AbC:dEf=" };
  const values: Record<string, unknown> = {
    "aws.accountId": 123456789012,
    "aws.ciAccountId": 210987654321,
    "aws.ciLogin.assumeRole.roleArn": "arn:aws:iam::210987654321:role/deploy",
    "aws.image": "ami-0123456789abcdef0",
    "jenkins.github.appId": 12345,
    "jenkins.github.privateKey": encrypted,
    "githubFlow.token": encrypted,
    "paas.database.controllerUrl": encrypted,
    "paas.database.passportUrl": encrypted,
    "paas.database.logsUrl": encrypted,
    "paas.allowTo[0].range": "10.40.0.0/24",
    "paas.allowTo[0].port": 5432,
    "sshAuthorizedKeys[0]": key,
    "openstack.imageId": "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
    "openstack.externalNetworkId": "0d1c7c4c-0b0f-4c3e-9b3a-0c9a4b3f7e11",
    "openstack.volumeType": "encrypted",
    "registry.ecr.host": "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    "registry.ecr.accessKey": "AKIAIOSFODNN7EXAMPLE",
    "registry.ecr.secretKey": encrypted,
  };

  test.each([
    ["staging", { "paas.dns.zoneId": "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e" }],
    ["prod", { "paas.dns.zoneId": "Z0123456789ABCDEFGHIJ" }],
  ])("reports all settings of %s at once: with the reported ones set, no problem comes up", (stack, zone) => {
    const config = structuredClone(committed(stack));
    for (const { key: path } of left(stack)) {
      const given = { ...values, ...zone }[path];
      expect(given, path).toBeDefined();
      setPath(config, path, given);
    }
    expect(missingSettings(parseEnvironment(stack, config), {})).toEqual([]);
  });

  test("does not report registry keys that are set, or a separate registry in staging", () => {
    const about = (changes: object) => left("staging", { ...changes }).filter(({ key }) => key.startsWith("registry"));
    expect(about({ "registry.ecr": undefined })).toEqual([]);
    const ecr = { host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com", accessKey: "AKIAIOSFODNN7EXAMPLE" };
    expect(about({ "registry.ecr": { ...ecr, secretKey: { secure: "v1:AbC:dEf=" } } })).toEqual([]);
    expect(about({ "registry.ecr": ecr }).map(({ key }) => key)).toEqual(["registry.ecr.secretKey"]);
  });

  test("does not report login settings that are set, including disabled logins", () => {
    const set = {
      "aws.accountId": "123456789012",
      "aws.ciAccountId": "210987654321",
      "aws.ciLogin": { profile: "ci" },
      "aws.image": "ami-0123456789abcdef0",
      "jenkins.github.appId": "12345",
      "jenkins.github.privateKey": { secure: "v1:AbC:dEf=" },
      "githubFlow.token": { secure: "v1:AbC:dEf=" },
      "paas.dns.zoneId": "Z0123456789ABCDEFGHIJ",
      "paas.database": {
        controllerUrl: { secure: "v1:AbC:dEf=" },
        passportUrl: { secure: "v1:AbC:dEf=" },
        logsUrl: { secure: "v1:AbC:dEf=" },
      },
      "paas.allowTo": [{ range: "10.40.0.0/24", port: 5432 }],
      sshAuthorizedKeys: [],
    };
    expect(left("prod", set)).toEqual([]);
    // GitHub's provider can also read its token from the environment.
    expect(
      left("prod", { ...set, "githubFlow.token": undefined }, { GITHUB_TOKEN: "ghp_0123456789abcdefghij" }),
    ).toEqual([]);
    expect(left("prod", { ...set, githubFlow: undefined })).toEqual([]);
    // Without Jenkins its settings are not required, but a configured account id must be real.
    expect(
      left("prod", {
        ...set,
        jenkins: undefined,
        "aws.ciAccountId": undefined,
        "aws.ciLogin": undefined,
        "githubFlow.owner": "example",
      }),
    ).toEqual([]);
  });

  test.each([
    ["no login", {}, ["aws.ciLogin.assumeRole.roleArn"]],
    ["empty groups", { "aws.login": {}, "aws.ciLogin": {} }, ["aws.ciLogin.assumeRole.roleArn"]],
    ["a login to prod", { "aws.login": { assumeRole: { roleArn: prodRole } } }, []],
    ["a login to the account of Jenkins", { "aws.ciLogin": { profile: "ci" } }, []],
    ["two logins", { "aws.login": { profile: "prod" }, "aws.ciLogin": { profile: "ci" } }, []],
    ["no Jenkins", { jenkins: undefined, "aws.ciAccountId": undefined, githubFlow: undefined }, []],
  ])("asks for a login to one of two accounts: %s", (_, changes, keys) => {
    const logins = left("prod", changes).filter(({ key }) => /ogin\./.test(key));
    expect(logins.map(({ key }) => key)).toEqual(keys);
  });
});
