import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import type { JenkinsHostArgs } from "../../../components/jenkins-host/args.ts";
import { JenkinsHost } from "../../../components/jenkins-host/index.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import { parse as parseConfig } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { policies } from "../../../policies/all.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { newCloud, plan as planAws, Plan } from "../cloud/aws-plan.ts";
import { plan } from "../planned.ts";

const appKey = "-----BEGIN PRIVATE KEY-----\napp-key\n-----END PRIVATE KEY-----\n";
const github = { organization: "example", appId: "4711", privateKey: appKey };

const make = (cloud: Cloud, args: Partial<JenkinsHostArgs> = {}) =>
  new JenkinsHost("jenkins", { cloud, domain: "ci.example.com", github, ...args });
const host = (
  args: Partial<JenkinsHostArgs> = {},
  use: (jenkins: JenkinsHost, cloud: Cloud) => Record<string, unknown> | undefined = () => ({}),
) => plan((cloud) => use(make(cloud, args), cloud));
type Planned = Awaited<ReturnType<typeof host>>;

/** The settings of a build agent that the tests read. */
interface Agent {
  name: string;
  numExecutors: number;
  launcher: {
    ssh: {
      host: string;
      sshHostKeyVerificationStrategy: { manuallyProvidedKeyVerificationStrategy: { key: string } };
    };
  };
}

/** Files that a machine's config installs, by path. */
const files = (planned: Planned, machine: string) =>
  new Map(installedFiles(parseConfig(JSON.parse(planned.config(machine).text))).map((file) => [file.path, file.text]));
const casc = (planned: Planned) => parse(files(planned, "jenkins").get("/etc/paasmas/jenkins/casc/0.yaml")!);

describe("JenkinsHost", () => {
  test("creates Jenkins and a build agent, each with a volume, and a load balancer for Jenkins", async () => {
    const planned = await host();
    expect(planned.names(factTypes.machine)).toEqual(["jenkins", "jenkins-agent-0"]);
    expect(planned.machine("jenkins")).toMatchObject({
      role: "jenkins",
      hostNumber: 51,
      address: "10.9.0.51",
      size: "medium",
      dataVolumeGiB: 50,
      dataVolumePath: "/var/lib/paasmas/jenkins",
      firewall: "jenkins",
    });
    expect(planned.machine("jenkins-agent-0")).toMatchObject({
      role: "jenkins-agent",
      hostNumber: 52,
      address: "10.9.0.52",
      size: "medium",
      dataVolumeGiB: 50,
      dataVolumePath: "/var/lib/paasmas/agent",
      firewall: "jenkins-agents",
    });
    expect(planned.one("paasmas:index:JenkinsHost", "jenkins").inputs).toEqual({
      domain: "ci.example.com",
      organization: "example",
      // The tag is for readers, the digest for machines.
      image: expect.stringMatching(/^docker\.io\/jenkins\/jenkins:2\.568\.\d-jdk21@sha256:[0-9a-f]{64}$/),
      machines: ["jenkins", "jenkins-agent-0"],
    });
    expect(planned.one(factTypes.loadBalancer, "jenkins-front").inputs).toMatchObject({
      targets: ["jenkins"],
      address: "10.9.0.41",
      allowFrom: ["10.9.0.0/24"],
      ports: [
        { port: 443, targetPort: 8443 },
        { port: 80, targetPort: 8081 },
      ],
    });
  });

  test("opens only the proxy to its load balancer and the agents to Jenkins", async () => {
    expect((await host({ agents: 3 })).firewallRules()).toEqual([
      "10.9.0.41/32 -> jenkins: 8081",
      "10.9.0.41/32 -> jenkins: 8404",
      "10.9.0.41/32 -> jenkins: 8443",
      "jenkins -> jenkins-agents: 2222",
    ]);
  });

  test("starts its agents one after the other, and then Jenkins", async () => {
    const planned = await host({ agents: 3 });
    expect(
      ["jenkins-agent-0", "jenkins-agent-1", "jenkins-agent-2", "jenkins"].map((name) => planned.waitsFor(name)),
    ).toEqual([
      [],
      ["jenkins-agent-0"],
      ["jenkins-agent-1"],
      ["jenkins-agent-0", "jenkins-agent-1", "jenkins-agent-2"],
    ]);
  });

  test("exchanges SSH host keys and client keys between Jenkins and its agents", async () => {
    const planned = await host({ agents: 2, agentExecutors: 4 });
    const nodes = casc(planned).jenkins.nodes.map(({ permanent }: { permanent: Agent }) => [
      permanent.name,
      permanent.numExecutors,
      permanent.launcher.ssh.host,
    ]);
    expect(nodes).toEqual([
      ["jenkins-agent-0", 4, "10.9.0.52"],
      ["jenkins-agent-1", 4, "10.9.0.53"],
    ]);
    const keys = casc(planned).jenkins.nodes.map(
      ({ permanent }: { permanent: Agent }) =>
        permanent.launcher.ssh.sshHostKeyVerificationStrategy.manuallyProvidedKeyVerificationStrategy.key,
    );
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^ecdsa-sha2-nistp256 \w+$/);
    const authorized = ["jenkins-agent-0", "jenkins-agent-1"].map((name) =>
      files(planned, name).get("/etc/paasmas/agent/authorized_keys"),
    );
    expect(new Set(authorized).size).toBe(1);
    expect(keys).not.toContain(authorized[0]!.trim());
    expect(planned.names("tls:index/privateKey:PrivateKey")).toEqual([
      "jenkins-agent-0-host-key",
      "jenkins-agent-1-host-key",
      "jenkins-agents-key",
      "jenkins-ca-key",
      "jenkins-key",
    ]);
  });

  test("changes Jenkins, and no other agent, with an additional agent", async () => {
    const [one, two] = [(await host()).hashes(), (await host({ agents: 2 })).hashes()];
    expect(two["jenkins-agent-0"]).toBe(one["jenkins-agent-0"]);
    expect(two.jenkins).not.toBe(one.jenkins);
  });

  test("marks every value with a secret as secret, and outputs the login data", async () => {
    const planned = await host(
      { backup: { bucket: { endpoint: "https://s3.example", name: "saved" } } },
      (jenkins) => ({
        url: jenkins.url,
        address: jenkins.address,
        ca: jenkins.caCertificate,
        adminPassword: jenkins.adminPassword,
        webhookSecret: jenkins.webhookSecret,
        backupPassword: jenkins.backupPassword,
      }),
    );
    expect(planned.outputs).toMatchObject({
      url: "https://jenkins.ci.example.com/",
      address: "10.9.0.41",
      ca: expect.stringContaining("BEGIN CERTIFICATE"),
    });
    expect(planned.secretOutputs.sort()).toEqual(["adminPassword", "backupPassword", "webhookSecret"]);
    for (const machine of ["jenkins", "jenkins-agent-0"]) expect(planned.config(machine).secret).toBe(true);
    const installed = files(planned, "jenkins");
    expect(installed.get("/etc/paasmas/jenkins/secrets/admin-password")).toBe(planned.outputs.adminPassword);
    expect(installed.get("/etc/paasmas/jenkins/secrets/github-webhook-secret")).toBe(planned.outputs.webhookSecret);
    expect(installed.get("/etc/paasmas/jenkins/secrets/github-app-key")).toBe(appKey);
    expect(installed.get("/etc/paasmas/jenkins-backup/password")).toBe(planned.outputs.backupPassword);
    // In no input of another resource.
    for (const resource of planned.resources) {
      const text = JSON.stringify(resource.inputs);
      for (const secret of [planned.outputs.adminPassword, planned.outputs.webhookSecret, "app-key"]) {
        if (text.includes(String(secret))) expect(resource.name).toBe("jenkins-node");
      }
    }
  });

  test("applies every argument", async () => {
    const planned = await host({
      agents: 1,
      adminPassword: "a-password-of-ours",
      adminAddress: "ops@example.com",
      mail: { host: "smtp.example.com", port: 587, user: "jenkins", password: "hush-hush-mail" },
      library: { repository: "platform", path: "delivery/jenkins", ref: "v1" },
      pipelines: [
        {
          name: "sweep",
          script: { repository: "platform", path: "sweep.jenkinsfile" },
          cron: "H * * * *",
          repositories: ["shop"],
        },
      ],
      seed: { repository: "jobs", path: "*.groovy" },
      jobs: ["folder('x')\n"],
      credentials: { "deploy-tokens-staging": "hush-hush-token" },
      plugins: { slack: "795.v4b_9705b_e6d47", git: "5.11.0" },
      configuration: ["unclassified: {}\n"],
      agentSize: "large",
      agentVolumeGiB: 120,
      agentTools: { paasmas: { image: "registry.example.com/paasmas:1", path: "/opt/paasmas" } },
      services: { wiki: "10.9.0.70:8080", "pr-*": "10.9.0.60:8080" },
      certificate: {
        certificate: "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n",
        privateKey: "-----BEGIN PRIVATE KEY-----\nours\n-----END PRIVATE KEY-----\n",
      },
      allowFrom: ["192.0.2.0/24"],
      image: "registry.example.com/jenkins:1",
      proxyImage: "registry.example.com/nginx:1",
      backupImage: "registry.example.com/restic:1",
      backup: {
        bucket: {
          endpoint: "https://s3.example",
          name: "saved",
          region: "eu-central-1",
          accessKey: "key",
          secretKey: "hush-hush-key",
        },
        password: "hush-hush-password",
        schedule: "hourly",
      },
      heapMiB: 2048,
      firstHostNumber: 81,
      loadBalancerHostNumber: 90,
      machineSize: "large",
      volumeGiB: 200,
      readyTimeoutSeconds: 300,
      snippets: [
        JSON.stringify({
          ignition: { version: "3.4.0" },
          storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
        }),
      ],
    });
    expect(planned.machine("jenkins")).toMatchObject({ address: "10.9.0.81", size: "large", dataVolumeGiB: 200 });
    expect(planned.machine("jenkins-agent-0")).toMatchObject({
      address: "10.9.0.82",
      size: "large",
      dataVolumeGiB: 120,
    });
    expect(planned.one(factTypes.loadBalancer, "jenkins-front").inputs).toMatchObject({
      address: "10.9.0.90",
      allowFrom: ["192.0.2.0/24"],
    });
    expect(planned.one("command:local:Command", "jenkins-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "300",
    });
    const [installed, agent] = [files(planned, "jenkins"), files(planned, "jenkins-agent-0")];
    for (const config of [installed, agent]) expect(config.get("/etc/motd")).toBe("hello");
    expect(agent.get("/etc/paasmas/agent/tools")).toBe(
      `java registry.example.com/jenkins:1 /opt/java/openjdk\nnode ${images["build-node"]} /usr/local\npaasmas registry.example.com/paasmas:1 /opt/paasmas\n`,
    );
    expect(installed.get("/etc/paasmas/jenkins/plugins.txt")).toMatch(
      /^git:5\.11\.0$[\s\S]*^slack:795\.v4b_9705b_e6d47$/m,
    );
    expect(installed.get("/etc/paasmas/jenkins/casc/1.yaml")).toBe("unclassified: {}\n");
    expect(installed.get("/etc/paasmas/jenkins/secrets/credential-deploy-tokens-staging")).toBe("hush-hush-token");
    expect(installed.get("/etc/paasmas/jenkins/secrets/admin-password")).toBe("a-password-of-ours");
    expect(installed.get("/etc/paasmas/proxy/services")).toBe(
      "wiki 10.9.0.70:8080\npr-* 10.9.0.60:8080\njenkins 127.0.0.1:8080\n",
    );
    expect(installed.get("/etc/paasmas/proxy/certificate.pem")).toContain("ours");
    expect(installed.get("/etc/paasmas/jenkins-backup.env")).toBe(
      "IMAGE=registry.example.com/restic:1\nREPOSITORY=s3:https://s3.example/saved/jenkins\nREGION=eu-central-1\nBACKUP_NAME=jenkins\n",
    );
    expect(installed.get("/etc/paasmas/jenkins-backup/credentials")).toContain("aws_secret_access_key = hush-hush-key");
    expect(installed.get("/etc/paasmas/jenkins-backup/password")).toBe("hush-hush-password");
    expect(installed.get("/etc/paasmas/jenkins.env")).toContain("-Xmx2048m");
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual([]);
    const configured = casc(planned);
    expect(configured.unclassified.location).toEqual({
      url: "https://jenkins.ci.example.com/",
      adminAddress: "ops@example.com",
    });
    expect(configured.unclassified.mailer).toMatchObject({
      smtpHost: "smtp.example.com",
      smtpPort: "587",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Jenkins replaces the placeholder
      authentication: { username: "jenkins", password: "${mail-password}" },
    });
    expect(installed.get("/etc/paasmas/jenkins/secrets/mail-password")).toBe("hush-hush-mail");
    expect(configured.unclassified.globalLibraries.libraries[0]).toMatchObject({ defaultVersion: "v1" });
    expect(configured.jobs).toHaveLength(4);
    const unit = parseConfig(JSON.parse(planned.config("jenkins").text)).systemd?.units?.find(
      ({ name }) => name === "jenkins-backup.timer",
    );
    expect(unit?.contents).toContain("OnCalendar=hourly\n");
  });

  test("generates no password if users log in through GitHub", async () => {
    const login = { clientId: "Iv1.abc", clientSecret: "hush-hush-oauth", admins: ["octocat"] };
    const planned = await host({ login }, (jenkins) => ({ adminPassword: jenkins.adminPassword }));
    expect(planned.outputs.adminPassword).toBeUndefined();
    expect(planned.names("random:index/randomPassword:RandomPassword")).toEqual([
      "jenkins-metrics-key",
      "jenkins-webhook-secret",
    ]);
    expect([...files(planned, "jenkins").keys()].filter((path) => path.includes("/secrets/")).sort()).toEqual(
      ["agent-ssh-key", "github-app-key", "github-oauth-secret", "github-webhook-secret", "metrics-key"].map(
        (name) => `/etc/paasmas/jenkins/secrets/${name}`,
      ),
    );
  });

  test("lets its builds push to a registry, but not Jenkins", async () => {
    const planned = await plan((cloud) => {
      const registry = new MachineRegistry("registry", { cloud, repositories: ["app"] });
      make(cloud, { registry });
    });
    expect(planned.firewallRules()).toContain("jenkins-agents -> registry: 5000");
    expect(planned.waitsFor("jenkins-agent-0")).toEqual(["registry"]);
    expect(files(planned, "jenkins-agent-0").get("/root/.docker/config.json")).toContain("10.9.0.50:5000");
    expect(files(planned, "jenkins").has("/root/.docker/config.json")).toBe(false);
  });

  test("converts a key in GitHub's format to a format that Jenkins can read", async () => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const given = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    const planned = await host({ github: { ...github, privateKey: given } });
    expect(files(planned, "jenkins").get("/etc/paasmas/jenkins/secrets/github-app-key")).toBe(
      privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    );
  });
});

describe("on every cloud", () => {
  /** Number of resources by type, without the network and its resources. */
  const difference = (with_: Record<string, number>, without: Record<string, number>) =>
    Object.fromEntries(
      Object.entries(with_)
        .map(([type, count]) => [type, count - (without[type] ?? 0)] as const)
        .filter(([, count]) => count !== 0),
    );
  const counts = (planned: Plan, prefix: string) => {
    const found: Record<string, number> = {};
    for (const { type } of planned.resources.filter((resource) => resource.type.startsWith(prefix))) {
      const word = type.split(":").at(-1)!;
      found[word] = (found[word] ?? 0) + 1;
    }
    return found;
  };

  test("creates two instances with separate volumes and an internal network load balancer on AWS", async () => {
    const [empty, planned] = [await planAws(() => void newCloud()), await planAws(() => void make(newCloud()))];
    expect(difference(counts(planned, "aws:"), counts(empty, "aws:"))).toMatchObject({
      Instance: 2,
      NetworkInterface: 2,
      Volume: 2,
      VolumeAttachment: 2,
      LoadBalancer: 1,
      Listener: 2,
      TargetGroup: 2,
      PlacementGroup: 1,
      InstanceProfile: 2,
      BucketObjectv2: 2,
    });
    expect(planned.inputs("aws:lb/loadBalancer:LoadBalancer", "jenkins-front")).toMatchObject({
      internal: true,
      loadBalancerType: "network",
    });
    for (const instance of planned.all("Instance")) {
      const userData = String(instance.inputs.userData);
      expect(Object.keys(JSON.parse(userData).ignition)).not.toContain("storage");
      expect(userData).not.toMatch(/PRIVATE KEY|password/);
    }
  });

  test("creates two servers with separate volumes and a load balancer on OpenStack", async () => {
    const cloud = () =>
      new OpenstackCloud("net", {
        cidr: "10.30.0.0/24",
        flavors: { medium: "m1.medium" },
        imageId: "6f1d4b1c-0000-4000-8000-000000000044",
      });
    const evaluated = async (program: () => void) =>
      new Plan((await evaluate(() => void program(), { stack: "staging" })).resources);
    const [empty, planned] = [await evaluated(() => void cloud()), await evaluated(() => void make(cloud()))];
    expect(difference(counts(planned, "openstack:"), counts(empty, "openstack:"))).toMatchObject({
      Instance: 2,
      Port: 2,
      Volume: 2,
      LoadBalancer: 1,
      Listener: 2,
      Pool: 2,
      SecGroup: 2,
      ServerGroup: 1,
    });
    for (const instance of planned.all("Instance"))
      expect(String(instance.inputs.userData)).not.toMatch(/PRIVATE KEY|password/);
  });
});

test.each<[string, () => Cloud]>([
  ["aws", () => newCloud()],
  ["docker", () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" })],
  [
    "openstack",
    () =>
      new OpenstackCloud("cloud", {
        cidr: "10.9.0.0/24",
        flavors: { medium: "m1.medium" },
        imageId: "6f1d4b1c-0000-4000-8000-000000000044",
      }),
  ],
])("violates no policy on %s", async (_, cloudOf) => {
  const { resources } = await evaluate(
    () => {
      const cloud = cloudOf();
      const store = cloud.objectStore("saved", { description: "Jenkins' home" });
      make(cloud, { agents: 2, backup: { bucket: { endpoint: store.endpoint, name: store.bucket } } });
    },
    { stack: "test" },
  );
  const results = await runPolicies(policies, resources);
  const broken = results.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory");
  expect(broken).toEqual([]);
});

describe("an invalid argument", () => {
  test.each<[Partial<JenkinsHostArgs>, string]>([
    [{ domain: "ci" }, 'jenkins.domain: "ci" is not a domain; use one like ci.example.com'],
    [
      { github: undefined },
      "jenkins.github: is missing; give an organization, the id of a GitHub App and its private key",
    ],
    [
      { github: { ...github, organization: "github.com/example" } },
      'jenkins.github.organization: "github.com/example" is not the name of an organization; use the name from its URL: "example" in github.com/example',
    ],
    [
      { github: { ...github, appId: "my-app" } },
      'jenkins.github.appId: "my-app" is not the id of a GitHub App; use its number, in quotes',
    ],
    [
      { github: { ...github, forkTrust: "everyone" as never } },
      'jenkins.github.forkTrust: "everyone" is not allowed; use "nobody" or "write"',
    ],
    [
      { github: { ...github, privateKey: "hush-hush" } },
      "jenkins.github.privateKey: the given text is not an RSA private key; use the content of the .pem file from GitHub",
    ],
    [{ mail: { host: "smtp" } }, 'jenkins.mail.host: "smtp" is not a host name; use one like smtp.example.com'],
    [
      { mail: { host: "smtp.example.com", user: "jenkins" } },
      "jenkins.mail: has only one of user and password; give both, or none",
    ],
    [
      { mail: { host: "smtp.example.com", port: 0 } },
      "jenkins.mail.port: 0 is not allowed; use a whole number from 1 to 65535",
    ],
    [{ agents: 0 }, "jenkins.agents: 0 is not allowed; use a whole number from 1 to 8"],
    [{ volumeGiB: 5 }, "jenkins.volumeGiB: 5 is not allowed; use a whole number from 10 to 16384 GiB"],
    [{ heapMiB: 100 }, "jenkins.heapMiB: 100 is not allowed; use a whole number from 512 to 65536 MiB"],
    [
      { loadBalancerHostNumber: 52 },
      "jenkins.loadBalancerHostNumber: 52 is the host number of a machine; use one outside 51 to 52",
    ],
    [
      { firstHostNumber: 250, agents: 8 },
      "jenkins.firstHostNumber: host number 258 does not fit into 10.9.0.0/24: it has room for 2 to 254",
    ],
    [
      { allowFrom: ["10.9.0.0/24", "0.0.0.0/0"] },
      "jenkins.allowFrom[1]: 0.0.0.0/0 is far too wide; use the addresses of users, and publicEndpoint for webhooks",
    ],
    [{ allowFrom: ["everyone"] }, 'jenkins.allowFrom[0]: "everyone" is not an IPv4 range: write it like 10.0.0.0/16'],
    [{ services: { jenkins: "10.0.0.1:80" } }, "jenkins.services.jenkins: is the name of Jenkins; use another name"],
    [
      { services: { wiki: "wiki:80" } },
      'jenkins.services.wiki: "wiki:80" is not an address; use an IPv4 address and a port, 10.0.0.7:8080',
    ],
    [
      { plugins: { slack: "latest" } },
      'jenkins.plugins.slack: "latest" is not a version; use a version such as "5.10.1"',
    ],
    [
      { agentTools: { java: { image: "x", path: "/y" } } },
      'jenkins.agentTools.java: "java" is not allowed; use lower-case letters, digits and hyphens, but not java',
    ],
    [
      { agentTools: { k6: { image: "x", path: "k6" } } },
      'jenkins.agentTools.k6.path: "k6" is not an absolute path without spaces',
    ],
    [
      { adminPassword: "short" },
      "jenkins-admin-password: the given password is not allowed; use at least 12 printable ASCII characters without spaces",
    ],
    [
      { login: { clientId: "a", clientSecret: "b", admins: [] } },
      "jenkins.login.admins: is empty; name at least one GitHub user to administer Jenkins",
    ],
    [
      { login: { clientId: "a", clientSecret: "b", admins: ["c"] }, adminPassword: "long enough for one" },
      "jenkins.adminPassword: cannot be combined with login; remove one of them",
    ],
    [
      { library: { repository: "example/platform", path: "x" } },
      'jenkins.library.repository: "example/platform" is not the name of a repository; leave out the organization',
    ],
    [
      { seed: { repository: "jobs", path: "jobs'); evil('" } },
      `jenkins.seed.path: "jobs'); evil('" is not a path below the repository's root; use letters, digits and . _ - / *`,
    ],
    [
      { pipelines: [{ name: "seed", script: { repository: "a", path: "b" } }] },
      'jenkins.pipelines[0].name: "seed" is the name of another job',
    ],
    [
      { pipelines: [{ name: "a", script: { repository: "a", path: "b" }, cron: "often" }] },
      'jenkins.pipelines[0].cron: "often" is not in Jenkins\' cron format; use a value like "H * * * *"',
    ],
    [
      { credentials: { "github-app": "x" } },
      'jenkins.credentials.github-app: "github-app" is reserved for Jenkins; use another id',
    ],
    [
      { credentials: { kubernetes: "x" } },
      'jenkins.credentials.kubernetes: "kubernetes" is reserved for Jenkins; use another id',
    ],
    [
      { credentials: { "a b": "x" } },
      'jenkins.credentials.a b: "a b" cannot be an id; use lower-case letters, digits and hyphens',
    ],
    [
      { backup: { bucket: { endpoint: "s3.example", name: "saved" } } },
      'jenkins.backup.bucket.endpoint: "s3.example" is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path',
    ],
    [
      { backup: { bucket: { endpoint: "https://s3.example", name: "saved", accessKey: "a" } } },
      "jenkins.backup.bucket: has only one key; give accessKey and secretKey, or remove both to use the role of the machine",
    ],
    [
      { backup: { bucket: { endpoint: "https://s3.example", name: "saved" }, schedule: "daily\nExecStart=x" } },
      'jenkins.backup.schedule: "daily\\nExecStart=x" is not in the format of systemd\'s OnCalendar; use a time like "*-*-* 03:17:00"',
    ],
  ])("is rejected: %j", async (args, message) => {
    await expect(host(args)).rejects.toThrow(new ArgumentError([message]));
  });

  test("is rejected: a name that is too long for the names of agents", async () => {
    await expect(
      plan((cloud) => void new JenkinsHost("Jenkins", { cloud, domain: "ci.example.com", github })),
    ).rejects.toThrow(
      'Jenkins.name: "Jenkins" cannot start a host name; use up to 24 lower-case letters, digits and inner hyphens',
    );
  });
});
