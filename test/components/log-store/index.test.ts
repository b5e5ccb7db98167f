import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import type { LogStoreArgs } from "../../../components/log-store/args.ts";
import { LogStore } from "../../../components/log-store/index.ts";
import type { OpenSearchLogsArgs } from "../../../components/open-search-logs/args.ts";
import { openSearchLogs } from "../../../components/open-search-logs/index.ts";
import { config, file, parse } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { policies } from "../../../policies/all.ts";
import { zones } from "../cloud/aws-plan.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { plan } from "../planned.ts";

const filesOf = (text: string) => new Map(installedFiles(parse(JSON.parse(text))).map((one) => [one.path, one.text]));
const bucket = { endpoint: "https://s3.example", name: "logs", accessKey: "key", secretKey: "bucket-secret" };

/** A machine that is created after the log store. */
const other = (cloud: Cloud, name = "app", hostNumber = 60) => {
  const firewall = cloud.firewall(name, { description: name });
  cloud.machine(name, {
    role: "apps",
    hostNumber,
    firewall,
    config: () => config(file({ path: "/etc/motd", text: "hello\n" })),
  });
};

const logsPlan = (args: Partial<LogStoreArgs> = {}) =>
  plan((cloud) => {
    const logs = new LogStore("logs", { cloud, ...args });
    other(cloud);
    return { url: logs.url, ca: logs.caCertificate, password: logs.readPassword };
  });

describe("LogStore", () => {
  test("creates one machine with a volume, which accepts logs only from the stack's machines", async () => {
    const planned = await logsPlan();
    expect(planned.machine("logs")).toMatchObject({
      role: "log-store",
      address: "10.9.0.45",
      size: "small",
      dataVolumeGiB: 50,
      dataVolumePath: "/var/lib/paasmas/logs",
    });
    expect(planned.firewallRules()).toEqual(["app -> logs: 3100"]);
    expect(planned.one("paasmas:index:LogStore", "logs").inputs).toEqual({
      retentionDays: 30,
      keptIn: "volume",
      images: [images.loki, images.haproxy, images["fluent-bit"]],
      machines: ["logs"],
    });
    expect(planned.outputs).toMatchObject({
      url: "https://10.9.0.45:3100",
      ca: expect.stringContaining("BEGIN CERTIFICATE"),
    });
    expect(planned.secretOutputs).toEqual(["password"]);
  });

  test("adds an agent to every machine, itself included, with the machine's name and TLS verification", async () => {
    const planned = await logsPlan();
    const password = planned.one("random:index/randomPassword:RandomPassword", "logs-write-password").outputs.result;
    expect(String(password)).toHaveLength(40);
    const agent = (machine: string) => {
      const { text, secret } = planned.config(machine);
      const files = filesOf(text);
      expect(files.get("/etc/paasmas/log-agent/ca.pem")).toBe(planned.outputs.ca);
      expect(files.get("/etc/paasmas/log-agent/password")).toBe(password);
      const unit = parse(JSON.parse(text)).systemd!.units!.find(({ name }) => name === "log-agent.service");
      return [secret, unit?.enabled, files.get("/etc/paasmas/log-agent.env")];
    };
    const environment = (machine: string, role: string) =>
      `LOG_HOST=10.9.0.45\nLOG_PORT=3100\nLOG_USER=write\nLOG_ENVIRONMENT=dev\nLOG_MACHINE=${machine}\nLOG_ROLE=${role}\nLOG_PODS=no\n`;
    expect(agent("app")).toEqual([true, true, environment("app", "apps")]);
    expect(agent("logs")).toEqual([true, true, environment("logs", "log-store")]);
    // In addition to the files for the machine's role.
    expect(filesOf(planned.config("app").text).get("/etc/motd")).toBe("hello\n");
  });

  test("stores the readers' password only on its machine, and only as a hash", async () => {
    const planned = await logsPlan();
    const password = String(
      planned.one("random:index/randomPassword:RandomPassword", "logs-read-password").outputs.result,
    );
    expect(planned.outputs.password).toBe(password);
    for (const machine of ["app", "logs"]) expect(planned.config(machine).text).not.toContain(password);
  });

  test("prefers a machine's config to that of the agent", async () => {
    const planned = await plan((cloud) => {
      new LogStore("logs", { cloud });
      const firewall = cloud.firewall("app", { description: "app" });
      cloud.machine("app", {
        role: "apps",
        hostNumber: 60,
        firewall,
        config: () => config(file({ path: "/etc/paasmas/log-agent.env", text: "LOG_ROLE=mine\n" })),
      });
    });
    expect(filesOf(planned.config("app").text).get("/etc/paasmas/log-agent.env")).toBe("LOG_ROLE=mine\n");
  });

  test("applies every argument", async () => {
    const snippet = JSON.stringify({
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/etc/issue", contents: { source: "data:,hi" } }] },
    });
    const planned = await logsPlan({
      retentionDays: 7,
      bucket: { ...bucket, region: "eu-central-1" },
      environment: "test-7",
      readers: ["10.9.1.0/24", "10.9.2.0/24"],
      dnsName: "logs.example.com",
      image: "mirror.example.com/loki:3",
      proxyImage: "mirror.example.com/haproxy:3",
      agentImage: "mirror.example.com/fluent-bit:5",
      hostNumber: 46,
      machineSize: "medium",
      volumeGiB: 9,
      readyTimeoutSeconds: 77,
      snippets: [snippet],
    });
    expect(planned.machine("logs")).toMatchObject({ address: "10.9.0.46", size: "medium", dataVolumeGiB: 9 });
    expect(planned.one("paasmas:index:LogStore", "logs").inputs).toMatchObject({ retentionDays: 7, keptIn: "bucket" });
    expect(planned.firewallRules()).toEqual([
      "10.9.1.0/24 -> logs: 3100",
      "10.9.2.0/24 -> logs: 3100",
      "app -> logs: 3100",
    ]);
    expect(planned.outputs.url).toBe("https://logs.example.com:3100");
    expect(planned.one("tls:index/certRequest:CertRequest", "logs-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.46"],
      dnsNames: ["logs.example.com"],
    });
    expect(planned.one("command:local:Command", "logs-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "77",
    });
    const store = filesOf(planned.config("logs").text);
    expect(store.get("/etc/paasmas/image.env")).toContain("mirror.example.com/loki:3");
    expect(store.get("/etc/paasmas/loki-proxy-image.env")).toContain("mirror.example.com/haproxy:3");
    expect(store.get("/etc/issue")).toBe("hi");
    const loki = JSON.parse(store.get("/etc/paasmas/log-store/loki.json")!);
    expect(loki.common.storage.s3).toMatchObject({
      bucketnames: "logs",
      region: "eu-central-1",
      secret_access_key: "bucket-secret",
    });
    expect(loki.limits_config.retention_period).toBe("168h");
    const app = filesOf(planned.config("app").text);
    expect(app.get("/etc/paasmas/log-agent-image.env")).toContain("mirror.example.com/fluent-bit:5");
    expect(app.get("/etc/paasmas/log-agent.env")).toContain("LOG_HOST=logs.example.com\n");
    expect(app.get("/etc/paasmas/log-agent.env")).toContain("LOG_ENVIRONMENT=test-7\n");
  });

  test.each<[Partial<LogStoreArgs>, string[]]>([
    [{ retentionDays: 0 }, ["logs.retentionDays: 0 is not allowed; use a whole number from 1 to 3650 days"]],
    [{ hostNumber: 255 }, ["logs.hostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254"]],
    [{ volumeGiB: 0.5 }, ["logs.volumeGiB: 0.5 is not allowed; use a whole number from 1 to 16384 GiB"]],
    [{ environment: "a b" }, ['logs.environment: "a b" cannot be a label; use up to 64 letters, digits and . _ -']],
    [
      { dnsName: "logs:3100" },
      ['logs.dnsName: "logs:3100" is not a host name with a domain; use one like logs.example.com'],
    ],
    [
      { bucket: { ...bucket, endpoint: "s3.example/logs", secretKey: undefined } },
      [
        'logs.bucket.endpoint: "s3.example/logs" is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path',
        "logs.bucket: has only one key; give accessKey and secretKey, or remove both to use the role of the machine",
      ],
    ],
    [
      { bucket: {} as never },
      [
        "logs.bucket.endpoint: is missing; give the URL of an S3 API",
        "logs.bucket.name: is missing; give the name of a bucket",
      ],
    ],
    [{ cloud: undefined as never }, ["logs.cloud: is missing; give the cloud the machine runs in"]],
  ])("rejects %j", async (args, messages) => {
    await expect(logsPlan(args)).rejects.toThrow(new ArgumentError(messages));
  });

  test("rejects readers without a valid range, and machines that were created before it", async () => {
    await expect(logsPlan({ readers: ["10.0.0.0"] })).rejects.toThrow(/^logs\.readers\[0\]: /);
    const late = plan((cloud) => {
      other(cloud);
      void new LogStore("logs", { cloud });
    });
    await expect(late).rejects.toThrow(
      new ArgumentError([
        "cloud: the agent of log store logs cannot be added to existing machines (app); add it before the first machine",
      ]),
    );
  });

  test("accepts logs from machines of another cloud, whose firewall rules are created elsewhere", async () => {
    const opened: string[] = [];
    const planned = await plan((cloud) => {
      const logs = new LogStore("logs", { cloud });
      const ci = new DockerCloud("ci", { cidr: "10.10.0.0/24" });
      ci.addNodeAgent(logs.agent((firewall) => opened.push(firewall.firewallName)));
      other(ci, "builder", 52);
    });
    expect(opened).toEqual(["builder"]);
    expect(filesOf(planned.config("builder").text).get("/etc/paasmas/log-agent.env")).toContain("LOG_HOST=10.9.0.45\n");
    expect(planned.firewallRules()).toEqual([]);
  });
});

describe("openSearchLogs", () => {
  const target = {
    host: "search.example.com",
    user: "logs",
    password: "search-secret",
    ca: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
  };
  const searchPlan = (args: Partial<OpenSearchLogsArgs> = {}) =>
    plan((cloud) => {
      cloud.addNodeAgent(openSearchLogs("logs", { ...target, ...args }));
      other(cloud);
    });

  test("sends the logs of every machine to an existing OpenSearch, and opens no ports", async () => {
    const planned = await searchPlan({
      index: "paas",
      port: 9200,
      environment: "prod",
      agentImage: "mirror.example.com/fluent-bit:5",
    });
    const { text, secret } = planned.config("app");
    const files = filesOf(text);
    expect(secret).toBe(true);
    expect(files.get("/etc/paasmas/log-agent.env")).toBe(
      "LOG_HOST=search.example.com\nLOG_PORT=9200\nLOG_USER=logs\nLOG_ENVIRONMENT=prod\nLOG_MACHINE=app\nLOG_ROLE=apps\nLOG_PODS=no\nLOG_INDEX=paas\n",
    );
    expect(files.get("/etc/paasmas/log-agent/parts/output.yaml")).toContain("name: opensearch");
    expect(files.get("/etc/paasmas/log-agent/password")).toBe("search-secret");
    expect(files.get("/etc/paasmas/log-agent-image.env")).toContain("mirror.example.com/fluent-bit:5");
    expect(planned.firewallRules()).toEqual([]);
    expect(filesOf((await searchPlan()).config("app").text).get("/etc/paasmas/log-agent.env")).toContain(
      "LOG_PORT=443\n",
    );
  });

  test.each<[Partial<OpenSearchLogsArgs>, string]>([
    [
      { host: "https://search.example.com" },
      'logs.host: "https://search.example.com" is not an address or a host name; use one like search.example.com',
    ],
    [{ port: 0 }, "logs.port: 0 is not allowed; use a whole number from 1 to 65535"],
    [{ user: "" }, 'logs.user: "" is not a user name; use printable ASCII characters without spaces'],
    [{ password: undefined as never }, "logs.password: is missing; give the password of the user"],
    [
      { ca: undefined as never },
      "logs.ca: is missing; give the certificate of the authority that signed the server's certificate",
    ],
    [
      { index: "Machines" },
      `logs.index: "Machines" cannot start an index name; use up to 64 lower-case letters, digits and hyphens`,
    ],
    [{ environment: "a,b" }, 'logs.environment: "a,b" cannot be a label; use up to 64 letters, digits and . _ -'],
  ])("rejects %j", async (args, message) => {
    await expect(searchPlan(args)).rejects.toThrow(new ArgumentError([message]));
  });
});

test.each<[string, () => Cloud]>([
  ["aws", () => new AwsCloud("cloud", { cidr: "10.0.0.0/16", zones, image: "ami-0123456789abcdef0" })],
  ["docker", () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" })],
  [
    "openstack",
    () =>
      new OpenstackCloud("cloud", {
        cidr: "10.9.0.0/24",
        flavors: { small: "m1.small" },
        imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
      }),
  ],
])("violates no policy on %s", async (_, newCloud) => {
  const { resources } = await evaluate(
    () => {
      const cloud = newCloud();
      void new LogStore("logs", { cloud });
      other(cloud);
    },
    { stack: "test" },
  );
  const results = await runPolicies(policies, resources);
  expect(results.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory")).toEqual([]);
});
