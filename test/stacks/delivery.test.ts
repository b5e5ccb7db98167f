import { describe, expect, test } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { readProject } from "../../delivery/project.ts";
import type { Config } from "../../ignition/index.ts";
import { policies } from "../../policies/all.ts";
import { parseEnvironment, type ProdEnvironment } from "../../stacks/environment.ts";
import type { Planned } from "../components/planned.ts";
import { installedFiles } from "../ignition/roles/contents.ts";
import { committed } from "./committed.ts";
import { evaluateAnew, evaluated } from "./evaluated.ts";
import { isIn, decode } from "./decode.ts";

const accounts = { prod: "000000000000", ci: "000000000001" };

/** A registry in staging, instead of that of prod. */
const ownRegistry = {
  "paasmas:registry": { repositories: ["three-services/db", "three-services/api", "three-services/front"] },
};
const instance = "aws:ec2/instance:Instance";
const ruleTypes = {
  in: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  out: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
};

/** Role of a machine's instance profile. */
function roleOf(planned: Planned, machine: string): string {
  const { urn } = planned.one(factTypes.machine, machine);
  const { iamInstanceProfile } = planned.resources.find(
    ({ type, parent }) => type === instance && parent === urn,
  )!.inputs;
  const profile = planned.resources.find(
    ({ type, outputs }) => type === "aws:iam/instanceProfile:InstanceProfile" && outputs.name === iamInstanceProfile,
  );
  return profile!.inputs.role as string;
}

/** Permissions of a role, by the name of the policy. */
function permissions(planned: Planned, role: string): Record<string, { actions: string[]; resources: string[] }[]> {
  const attached = planned.resources.filter(
    ({ type, inputs }) => type.startsWith("aws:iam/rolePolicy") && inputs.role === role,
  );
  return Object.fromEntries(
    attached.map(({ name, inputs }) => {
      const { Statement } = JSON.parse(inputs.policy as string) as {
        Statement: { Effect: string; Action: string[]; Resource: string | string[] }[];
      };
      expect(Statement.map(({ Effect }) => Effect)).toEqual(Statement.map(() => "Allow"));
      return [name, Statement.map(({ Action, Resource }) => ({ actions: Action, resources: [Resource].flat() }))];
    }),
  );
}

/** Config of a machine, from its object in the store. */
function configText(planned: Planned, machine: string): string {
  const names = [`${machine}-ignition`, `${machine}-config`];
  return planned.resources.find(
    ({ type, name }) => /:(BucketObjectv2|ContainerObject)$/.test(type) && names.includes(name),
  )!.inputs.content as string;
}

/** Whether a value contains the text. */
function has(planned: Planned, machine: string, text: string): boolean {
  return decode(configText(planned, machine)).some((reading) => reading.includes(text));
}

/** The config, and the contents of its files. */
function installed(planned: Planned, machine: string) {
  const config = JSON.parse(configText(planned, machine)) as Config;
  const own = config.storage?.files?.filter(({ contents }) => contents?.source?.startsWith("data:"));
  return { config, files: installedFiles({ ...config, storage: { files: own } }) };
}

const repositoryArns = ["db", "api", "front"].map(
  (name) => `arn:aws:ecr:eu-central-1:${accounts.prod}:repository/three-services/${name}`,
);
const logIn = { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] };
const pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const upload = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"];

/** The statement with which a machine on AWS can read its config, in every bucket. */
const ownConfig = (machine: string) => [
  {
    actions: ["s3:GetObject", "s3:GetObjectVersion"],
    resources: [expect.stringMatching(new RegExp(`^arn:aws:s3:::[a-z-]+-[0-9a-f]+/${machine}\\.ign$`))],
  },
];

describe("the plan of prod", () => {
  test("allows only build agents to call the deploy hook, from their account", async () => {
    const planned = await evaluated("prod");
    expect(planned.firewallRules().filter((opening) => opening.endsWith(" -> apps: 9010"))).toEqual([
      "jenkins-agents -> apps: 9010",
    ]);
    const callsIn = planned.resources.filter(({ type, inputs }) => type === ruleTypes.in && inputs.fromPort === 9010);
    const callsOut = planned.resources.filter(({ type, inputs }) => type === ruleTypes.out && inputs.fromPort === 9010);
    const name = (urns: string[] | undefined) => urns?.map((urn) => urn.split("::").at(-1));
    const half = ({ provider, inputs, propertyDependencies }: (typeof callsIn)[number]) => ({
      account: /::([a-z]+)::[^:]*$/.exec(provider ?? "")?.[1],
      group: name(propertyDependencies.securityGroupId),
      other: name(propertyDependencies.referencedSecurityGroupId),
      otherAccount: (inputs.referencedSecurityGroupId as string).split("/")[0],
    });
    const [agents, apps] = [["jenkins-agents-sg"], ["apps-sg"]];
    expect(callsIn.map(half)).toEqual([{ account: "prod", group: apps, other: agents, otherAccount: accounts.ci }]);
    expect(callsOut.map(half)).toEqual([{ account: "ci", group: agents, other: apps, otherAccount: accounts.prod }]);
  });

  test("opens only the database ports to apps", async () => {
    const firewallRules = async (changes = {}) =>
      (await evaluated("prod", changes))
        .firewallRules()
        .filter((opening) => opening.startsWith("apps -> ") && opening !== "apps -> logs: 3100");
    expect(await firewallRules()).toEqual(["apps -> lb-front: 3306", "apps -> lb-front: 3307"]);
    const apps = [{ name: "front", repository: "three-services/front", hosts: ["example.com"] }];
    expect(await firewallRules({ "paasmas:deployHook": { apps } })).toEqual([]);
  });

  test("opens the mail port only to Jenkins, if its config names a mail server", async () => {
    const jenkins = { ...(committed("prod")["paasmas:jenkins"] as object), mail: { host: "smtp.example.com" } };
    const outside = (planned: Planned) =>
      planned.resources
        .filter(
          ({ type, inputs }) => type === ruleTypes.out && inputs.cidrIpv4 === "0.0.0.0/0" && inputs.fromPort !== 443,
        )
        .map(({ name, inputs }) => `${name} ${inputs.fromPort}`);
    expect(outside(await evaluated("prod"))).toEqual([]);
    expect(outside(await evaluated("prod", { "paasmas:jenkins": jenkins }))).toEqual(["jenkins-mails-465-out 465"]);
  });

  test("has no other firewall rules between the two networks", async () => {
    const planned = await evaluated("prod");
    const firewallRules = planned.firewallRules();
    const ci = /^(jenkins|ci-gate|10\.31\.)/;
    const across = firewallRules.filter((opening) => {
      const [from = "", to = ""] = opening.split(" -> ");
      return ci.test(from) !== ci.test(to);
    });
    const agents = [0, 1].map(
      (ordinal) => `${planned.machine(`jenkins-agent-${ordinal}`).address as string}/32 -> paas-apps: 443`,
    );
    expect(across).toEqual([
      ...agents.sort(),
      "jenkins -> logs: 3100",
      "jenkins-agents -> apps: 9010",
      "jenkins-agents -> logs: 3100",
    ]);
  });

  test("opens the platform only to the addresses of build agents, with the login of the delivery user", async () => {
    const planned = await evaluated("prod");
    const addresses = [0, 1].map((ordinal) => planned.machine(`jenkins-agent-${ordinal}`).address as string);
    const inward = planned.resources.filter(
      ({ type, name }) => type === ruleTypes.in && name.startsWith("jenkins-to-paas-"),
    );
    expect(
      inward.map(({ inputs, provider, propertyDependencies }) => [
        inputs.cidrIpv4,
        inputs.fromPort,
        inputs.toPort,
        /::([a-z]+)::[^:]*$/.exec(provider ?? "")?.[1],
        propertyDependencies.securityGroupId?.map((urn) => urn.split("::").at(-1)),
      ]),
    ).toEqual(addresses.map((address) => [`${address}/32`, 443, 443, "prod", ["paas-apps-sg"]]));
    const { delivery, admin } = planned.outputs.paasPasswords as Record<string, string>;
    expect([delivery!, admin!].map((password) => has(planned, "jenkins", password))).toEqual([true, false]);
    expect(has(planned, "jenkins", "credential-deploy-tokens-production")).toBe(true);
  });

  test("has no peering without deploy hook, platform and logs, and no rules for a missing platform", async () => {
    const alone = { "paasmas:paas": undefined, "paasmas:monitoring": undefined };
    const without = await evaluateAnew("prod", alone);
    expect(without.firewallRules().filter((opening) => opening.includes("paas-apps"))).toEqual([]);
    expect(without.names("paasmas:aws:VpcPeering")).toEqual(["ci-to-production"]);
    const apart = await evaluateAnew("prod", { ...alone, "paasmas:deployHook": undefined, "paasmas:logs": undefined });
    expect(apart.names("paasmas:aws:VpcPeering")).toEqual([]);
    const platform = await evaluateAnew("prod", { "paasmas:deployHook": undefined, "paasmas:logs": undefined });
    expect(platform.names("paasmas:aws:VpcPeering")).toEqual(["ci-to-production"]);
  });

  test("watches the build machines from a monitoring host in their network, if it is configured", async () => {
    const jenkins = {
      ...(committed("prod")["paasmas:jenkins"] as object),
      monitoring: { webhook: "https://chat.example.com/hook" },
    };
    const planned = await evaluated("prod", { "paasmas:jenkins": jenkins });
    expect(planned.one("paasmas:index:MonitoringHost", "ci-monitoring").inputs.watched).toEqual([
      "jenkins-agent-0",
      "jenkins-agent-1",
      "jenkins",
    ]);
    expect(planned.firewallRules().filter((opening) => opening.includes("ci-monitoring"))).toEqual([
      "10.31.0.0/16 -> ci-monitoring: 3000",
      "ci-gate -> ci-monitoring: 9000",
      "ci-monitoring -> jenkins-agents: 9100",
      "ci-monitoring -> jenkins: 9100",
      // All machines of that network send their logs to that host.
      "ci-monitoring -> logs: 3100",
    ]);
    expect(planned.outputs).toMatchObject({
      ciMonitoringUrl: "https://10.31.64.46:3000",
      monitoringUrl: "https://10.30.64.46:3000",
    });
    expect(planned.secretOutputs).toContain("ciMonitoringAdminPassword");
    expect((await evaluated("prod")).names("paasmas:index:MonitoringHost")).toEqual(["monitoring"]);
  });

  test("names exactly the roles of the build agents in repository policies", async () => {
    const planned = await evaluated("prod");
    const agents = ["jenkins-agent-0", "jenkins-agent-1"].map(
      (name) => `arn:aws:iam::${accounts.ci}:role/${roleOf(planned, name)}`,
    );
    const documents = planned.resources.filter(({ type }) => type === "aws:ecr/repositoryPolicy:RepositoryPolicy");
    expect(documents.map(({ inputs }) => inputs.repository)).toEqual([
      "three-services/db",
      "three-services/api",
      "three-services/front",
    ]);
    for (const { inputs } of documents) {
      const { Statement } = JSON.parse(inputs.policy as string) as {
        Statement: { Effect: string; Principal: unknown; Action: string[]; Condition?: unknown }[];
      };
      const allowed = Statement.filter(({ Effect }) => Effect === "Allow");
      expect(allowed.map(({ Principal }) => Principal)).toEqual([{ AWS: agents }]);
      expect(
        Statement.filter(({ Condition }) => JSON.stringify(Condition ?? "").includes("PrincipalArn")),
      ).toMatchObject([
        { Effect: "Deny", Action: upload, Condition: { ArnNotEquals: { "aws:PrincipalArn": agents } } },
      ]);
    }
  });

  test("has one role for each additional build agent", async () => {
    const jenkins = { ...(committed("prod")["paasmas:jenkins"] as object), agents: 3 };
    const planned = await evaluated("prod", { "paasmas:jenkins": jenkins });
    const { inputs } = planned.one("aws:ecr/repositoryPolicy:RepositoryPolicy", "registry-three-services/db");
    const named = (inputs.policy as string).match(/role\/jenkins-agent-\d/g);
    expect([...new Set(named)].sort()).toEqual([
      "role/jenkins-agent-0",
      "role/jenkins-agent-1",
      "role/jenkins-agent-2",
    ]);
  });

  test("allows the deploy hook only to read its config and to pull images", async () => {
    const planned = await evaluated("prod");
    expect(permissions(planned, roleOf(planned, "apps-0"))).toEqual({
      "apps-0-ignition": ownConfig("apps-0"),
      "apps-0-access": [logIn, { actions: pull, resources: repositoryArns }],
    });
  });

  test("allows a build agent only to read its config, and to push and pull images", async () => {
    const planned = await evaluated("prod");
    for (const agent of ["jenkins-agent-0", "jenkins-agent-1"]) {
      expect(permissions(planned, roleOf(planned, agent))).toEqual({
        [`${agent}-ignition`]: ownConfig(agent),
        [`${agent}-push`]: [
          logIn,
          { actions: ["ecr:BatchCheckLayerAvailability", ...pull, ...upload], resources: repositoryArns },
        ],
      });
    }
  });

  test("allows Jenkins only to read its config and to use its backup bucket", async () => {
    const planned = await evaluated("prod");
    const { bucket } = planned.one("aws:s3/bucket:Bucket", "jenkins-backup-bucket").outputs as { bucket: string };
    expect(permissions(planned, roleOf(planned, "jenkins"))).toEqual({
      "jenkins-ignition": ownConfig("jenkins"),
      "jenkins-access": [
        { actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [`arn:aws:s3:::${bucket}`] },
        { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [`arn:aws:s3:::${bucket}/*`] },
      ],
    });
    expect([bucket, "OnCalendar=*-*-* 03:17:00"].map((text) => has(planned, "jenkins", text))).toEqual([true, true]);
  });

  test("allows Kubernetes workers and database machines only to read their configs", async () => {
    const planned = await evaluated("prod");
    const others = planned.names(factTypes.machine).filter((name) => !/^((apps|kube)-\d|jenkins|logs$)/.test(name));
    expect(others).toHaveLength(12);
    for (const name of others)
      expect(permissions(planned, roleOf(planned, name))).toEqual({ [`${name}-ignition`]: ownConfig(name) });
  });

  test("allows the log store only to read its config and to use the bucket for logs", async () => {
    const planned = await evaluated("prod");
    const bucket = `arn:aws:s3:::${planned.one("aws:s3/bucket:Bucket", "logs-chunks-bucket").outputs.bucket}`;
    expect(permissions(planned, roleOf(planned, "logs"))).toEqual({
      "logs-ignition": ownConfig("logs"),
      "logs-access": [
        { actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [bucket] },
        { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [`${bucket}/*`] },
      ],
    });
  });

  test("logs in to each of the two accounts with its settings", async () => {
    const roleArn = (id: string) => `arn:aws:iam::${id}:role/deploy`;
    const planned = await evaluateAnew("prod", {
      "paasmas:aws": {
        region: "eu-central-1",
        accountId: "111111111111",
        ciAccountId: "222222222222",
        image: "ami-0123456789abcdef0",
        login: { profile: "work", assumeRole: { roleArn: roleArn("111111111111"), externalId: "42x" } },
        ciLogin: { assumeRoleWithWebIdentity: { roleArn: roleArn("222222222222"), tokenFile: "/run/token" } },
      },
    });
    const session = { sessionName: "pulumi", duration: "3600s" };
    expect(planned.one("pulumi:providers:aws", "prod").inputs).toMatchObject({
      profile: "work",
      assumeRoles: JSON.stringify([{ roleArn: roleArn("111111111111"), ...session, externalId: "42x" }]),
    });
    const ci = planned.one("pulumi:providers:aws", "ci").inputs;
    expect(ci).toMatchObject({
      assumeRoleWithWebIdentity: JSON.stringify({
        roleArn: roleArn("222222222222"),
        ...session,
        webIdentityTokenFile: "/run/token",
      }),
    });
    expect(ci).not.toHaveProperty("profile");
  });

  test("uses one NAT gateway for each network with aws.natGateways single", async () => {
    const nat = "aws:ec2/natGateway:NatGateway";
    expect((await evaluated("prod")).names(nat)).toHaveLength(6);
    const aws = committed("prod")["paasmas:aws"] as object;
    const planned = await evaluateAnew("prod", { "paasmas:aws": { ...aws, natGateways: "single" } });
    expect(planned.names(nat)).toHaveLength(2);
  });

  test("uses one account without Jenkins", async () => {
    const planned = await evaluateAnew("prod", {
      "paasmas:jenkins": undefined,
      "paasmas:githubFlow": { owner: "example", repositories: ["shop"] },
    });
    expect(planned.names("pulumi:providers:aws")).toEqual(["prod"]);
    expect(planned.names("paasmas:cloud:Cloud")).toEqual(["paasmas"]);
    expect(planned.firewallRules().filter((opening) => opening.endsWith(": 9010"))).toEqual([]);
    expect(Object.keys(planned.outputs).filter((name) => name.startsWith("jenkins"))).toEqual([]);
  });
});

describe.each(["staging", "prod"] as const)("an app of %s with a database", (stack) => {
  test("gets the database settings in its environment, in the secret config of the hook's machine", async () => {
    const planned = await evaluated(stack);
    const { app } = planned.outputs.connections as Record<string, Record<string, string>>;
    const password = app!.DATABASE_PASSWORD!;
    const holders = planned.resources.flatMap(({ type, name, inputs, secretPaths }) =>
      Object.entries(inputs)
        .filter(([, value]) => typeof value === "string" && isIn(password, decode(value)))
        .map(
          ([key]) => `${type.split(":").at(-1)} ${name} ${key} ${secretPaths.includes(`$.${key}`) ? "secret" : "open"}`,
        ),
    );
    const object = { staging: "ContainerObject", prod: "BucketObjectv2" }[stack];
    const name = (machine: string) =>
      planned.resources.find((one) => one.type.endsWith(`:${object}`) && one.name.startsWith(machine))!.name;
    const machines = ["apps-0", "galera-0", "galera-1", "galera-2"];
    expect(holders.sort()).toEqual(machines.map((machine) => `${object} ${name(machine)} content secret`));
  });

  test("an app without a database gets no database settings", () => {
    const { deployHook } = parseEnvironment(stack, committed(stack));
    expect(deployHook?.apps.map(({ name, database }) => [name, database])).toEqual([
      ["db", undefined],
      ["api", "app"],
      ["front", undefined],
    ]);
  });
});

describe("the plan of staging", () => {
  const host = "000000000000.dkr.ecr.eu-central-1.amazonaws.com";
  const keys = { accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  const registry = committed("staging")["paasmas:registry"] as { repositories: string[]; ecr: { host: string } };

  test("lets only the hook's machine pull from prod's registry", async () => {
    const planned = await evaluated("staging");
    const access = planned
      .names(factTypes.machine)
      .map((name) => [name, planned.machine(name).access])
      .filter(([, given]) => given !== undefined);
    expect(access).toEqual([["apps-0", ["pull from registry"]]]);
    expect(planned.outputs).toMatchObject({ registryAddress: host, deployHookUrl: "http://10.20.0.60:9010" });
    expect(planned.outputs.registryAddress).toBe((await evaluated("prod")).outputs.registryAddress);
    expect(Object.keys(planned.outputs.deployTokens as object)).toEqual(["api", "db", "front"]);
  });

  test("uses one repository for each app in staging and prod, so that a tested digest can be released", async () => {
    const repositories = async (stack: "staging" | "prod") => {
      const { files } = installed(await evaluated(stack), "apps-0");
      return ["db", "api", "front"].map(
        (app) =>
          /^REPOSITORY=(.*)$/m.exec(files.find(({ path }) => path === `/etc/paasmas/apps/${app}/app.env`)!.text)![1],
      );
    };
    expect(await repositories("staging")).toEqual(["db", "api", "front"].map((app) => `${host}/three-services/${app}`));
    expect(await repositories("prod")).toEqual(await repositories("staging"));
    const { registryPullKeys } = (await evaluated("prod")).outputs as {
      registryPullKeys: Record<string, Record<string, string>>;
    };
    expect(Object.entries(registryPullKeys).map(([name, made]) => [name, Object.keys(made)])).toEqual([
      ["staging", ["accessKey", "secretKey"]],
    ]);
  });

  test("allows only build agents of the CI account to call the hook", async () => {
    const planned = await evaluated("staging");
    expect(planned.firewallRules().filter((opening) => /-> apps: 9(010|443)$/.test(opening))).toEqual([
      "10.31.0.0/16 -> apps: 9443",
    ]);
    expect((committed("prod")["paasmas:jenkins"] as { network: { cidr: string } }).network.cidr).toBe("10.31.0.0/16");
  });

  test("has the registry keys in a file that only root can read, and in no input without secret mark", async () => {
    const planned = await evaluated("staging", {
      "paasmas:registry": { ...registry, ecr: { ...registry.ecr, ...keys } },
    });
    const holders = planned.resources.flatMap(({ name, inputs, secretPaths }) =>
      Object.entries(inputs)
        .filter(([, value]) => typeof value === "string" && isIn(keys.secretKey, decode(value)))
        .map(([key]) => `${name} ${key} ${secretPaths.includes(`$.${key}`) ? "secret" : "open"}`),
    );
    expect(holders).toEqual(["apps-0-config content secret"]);
    const { files, config } = installed(planned, "apps-0");
    const [file, ...others] = files.filter(({ text }) => text.includes(keys.secretKey));
    expect([file, others]).toEqual([
      {
        path: "/root/.aws/credentials",
        mode: 0o600,
        uid: 0,
        text: `[default]\naws_access_key_id = ${keys.accessKey}\naws_secret_access_key = ${keys.secretKey}\n`,
      },
      [],
    ]);
    expect(config.storage?.directories).toContainEqual({ path: "/root/.aws", mode: 0o700 });
    expect(JSON.parse(files.find(({ path }) => path === "/root/.docker/config.json")!.text)).toEqual({
      auths: {},
      credHelpers: { [host]: "ecr-login" },
    });
    expect(config.storage?.files?.map(({ path }) => path)).toContain("/usr/local/bin/docker-credential-ecr-login");
  });

  test("has a separate registry for its build agents, if it is configured", async () => {
    const planned = await evaluated("staging", ownRegistry);
    expect(planned.firewallRules().filter((opening) => opening.includes("-> registry"))).toEqual([
      "apps -> registry: 5000",
      "monitoring -> registry: 9100",
    ]);
    expect(planned.outputs.registryAddress).toBe("10.20.0.50:5000");
  });

  test("stores images in Swift, if the config names a bucket", async () => {
    const bucket = {
      endpoint: "https://swift.example.org",
      name: "images",
      accessKey: "swift-user",
      secretKey: "swift-secret-key",
    };
    const planned = await evaluated("staging", { "paasmas:registry": { ...ownRegistry["paasmas:registry"], bucket } });
    const { text, mode, uid } = installed(planned, "registry").files.find(
      ({ path }) => path === "/etc/paasmas/registry/config.yml",
    )!;
    expect([mode, uid]).toEqual([0o400, 5000]);
    expect(JSON.parse(text).storage.s3).toMatchObject({
      regionendpoint: bucket.endpoint,
      bucket: "images",
      accesskey: "swift-user",
      secretkey: "swift-secret-key",
    });
    expect(planned.resources.find(({ name }) => name === "registry-config")!.secretPaths).toContain("$.content");
  });
});

describe("the example examples/three-services", () => {
  const { environments, apps, repository } = readProject(
    new URL("../../examples/three-services/delivery.yaml", import.meta.url).pathname,
  );
  const { preview } = environments;

  test("calls the hooks of the committed stacks: of prod in its network, of staging from another network", async () => {
    const [staging, prod] = [(await evaluated("staging")).outputs, (await evaluated("prod")).outputs];
    expect(environments).toMatchObject({
      staging: { hook: staging.deployHookRemoteUrl },
      production: { hook: prod.deployHookUrl },
    });
    expect(preview?.hook).toBe(staging.deployHookRemoteUrl);
  });

  test.each(["staging", "prod"] as const)("has the apps of %s, with the same names and repositories", (stack) => {
    const { deployHook } = parseEnvironment(stack, committed(stack));
    const { domain } = stack === "prod" ? environments.production : environments.staging;
    const withoutRegistry = (image = "") => image.replace(/^[^/]*[.:][^/]*\//, "");
    expect(deployHook!.apps.map(({ name, repository: images }) => [name, withoutRegistry(images)])).toEqual(
      Object.entries(apps).map(([name, { image }]) => [name, withoutRegistry(image)]),
    );
    expect(deployHook!.apps.map(({ hosts }) => hosts)).toEqual([[`db.${domain}`], [`api.${domain}`], [domain]]);
  });

  test("has preview slots for its pull requests, as configured in delivery.yaml", () => {
    const { deployHook } = parseEnvironment("staging", committed("staging"));
    expect(deployHook!.apps.map(({ previews }) => previews?.domain)).toEqual(
      Object.keys(apps).map(() => preview!.domain),
    );
    // By default, a hook keeps five previews of an app.
    const most = deployHook!.apps.reduce((sum, { previews }) => sum + (previews!.max ?? 5), 0);
    expect(preview!.quota).toBeLessThan(most);
  });

  test("uses the repository whose branches prod protects", () => {
    const { githubFlow, jenkins } = parseEnvironment("prod", committed("prod")) as ProdEnvironment;
    expect(githubFlow!.repositories.map((name) => `${jenkins!.github.organization}/${name}`)).toEqual([repository]);
  });
});

describe("a plan of staging with a Jenkins backup", () => {
  test("uses the S3 API of Swift, with the keys of the config", async () => {
    const jenkins = {
      domain: "ci.staging.example.com",
      github: { organization: "example", appId: "1" },
      backup: { accessKey: "swift-user", secretKey: "swift-secret-key" },
    };
    const planned = await evaluated("staging", { ...ownRegistry, "paasmas:jenkins": jenkins });
    expect(planned.names("openstack:objectstorage/container:Container")).toContain("jenkins-backup-container");
    const texts = ["swift-user", "swift-secret-key", "s3:https://swift.planned.invalid:8080/"];
    expect(texts.map((text) => has(planned, "jenkins", text))).toEqual([true, true, true]);
  });
});

describe("a stack with builds in pods", () => {
  const jenkins = {
    domain: "ci.staging.example.com",
    github: { organization: "example", appId: "1" },
    pods: { max: 4 },
  };
  const withPods = (changes: object = {}) =>
    evaluated("staging", { ...ownRegistry, "paasmas:jenkins": { ...jenkins, ...changes } });

  test("has a namespace for build pods in its cluster, and the cluster with an account in Jenkins", async () => {
    const planned = await withPods();
    expect(planned.one("paasmas:index:JenkinsPods", "jenkins-pods").inputs).toEqual({
      cluster: "kube",
      namespace: "jenkins-agents",
    });
    expect(planned.names("kubernetes:core/v1:Namespace").filter((name) => name.startsWith("jenkins"))).toEqual([
      "jenkins-pods-jenkins-agents",
    ]);
    const texts = [
      "https://10.20.0.79:6443",
      "namespace: jenkins-agents",
      'containerCapStr: "4"',
      "credentialsId: kubernetes",
    ];
    expect(texts.map((text) => has(planned, "jenkins", text))).toEqual([true, true, true, true]);
    const without = await evaluated("staging", { ...ownRegistry, "paasmas:jenkins": { ...jenkins, pods: undefined } });
    expect(without.names("paasmas:index:JenkinsPods")).toEqual([]);
    expect(has(without, "jenkins", "namespace: jenkins-agents")).toBe(false);
  });

  test("gives the pods the authority of Jenkins' certificate, which stays the same", async () => {
    const planned = await withPods();
    const { certPem } = planned.one("tls:index/selfSignedCert:SelfSignedCert", "jenkins-ca-certificate").outputs;
    expect(planned.one("kubernetes:core/v1:ConfigMap", "jenkins-pods-ca").inputs.data).toEqual({ "ca.pem": certPem });
    const authority = (one: Planned) => one.one("paasmas:index:CertificateAuthority", "jenkins-ca").urn;
    expect(
      authority(await evaluated("staging", { ...ownRegistry, "paasmas:jenkins": { ...jenkins, pods: undefined } })),
    ).toBe(authority(planned));
  });

  test("opens only Jenkins to pods and the API to Jenkins, if users are in another network", async () => {
    const planned = await withPods({ allowFrom: ["198.51.100.0/24"] });
    const from = (name: string) => planned.one(factTypes.loadBalancer, name).inputs.allowFrom;
    expect(from("jenkins-front")).toEqual(["198.51.100.0/24", "10.20.0.0/16"]);
    expect(from("kube-api")).toEqual(["10.20.0.0/16"]);
    const without = await evaluated("staging", {
      ...ownRegistry,
      "paasmas:jenkins": { ...jenkins, pods: undefined, allowFrom: ["198.51.100.0/24"] },
    });
    expect(without.one(factTypes.loadBalancer, "jenkins-front").inputs.allowFrom).toEqual(["198.51.100.0/24"]);
    expect(planned.firewallRules()).toEqual(without.firewallRules());
  });

  test("violates no mandatory policy", async () => {
    const broken = async (planned: Planned) =>
      (await runPolicies(policies, planned.resources))
        .flatMap(({ violations }) => violations)
        .filter(({ level, urn }) => level === "mandatory" && /jenkins/i.test(urn ?? ""));
    expect(await broken(await withPods())).toEqual([]);
  });

  test("plans build pods in dev too", async () => {
    const planned = await evaluated("dev", {
      ...everything,
      "paasmas:kubernetes": {},
      "paasmas:jenkins": { ...everything["paasmas:jenkins"], pods: {} },
    });
    expect(planned.names("paasmas:index:JenkinsPods")).toEqual(["jenkins-pods"]);
    expect(decode(planned.config("jenkins").text).some((text) => text.includes("https://10.77.0.79:6443"))).toBe(true);
  });
});

/** All components on one Docker host. */
const everything = {
  "paasmas:registry": { repositories: ["shop"], volumeGiB: 2 },
  "paasmas:deployHook": {
    volumeGiB: 2,
    apps: [
      {
        name: "shop",
        repository: "shop",
        hosts: ["shop.example.com"],
        database: "app",
        environment: { DATABASE_NAME: "mine" },
        previews: { domain: "preview.example.com" },
      },
      { name: "wiki", repository: "registry.example.com/wiki", hosts: ["wiki.example.com"] },
    ],
  },
  "paasmas:jenkins": {
    domain: "ci.example.com",
    github: {
      organization: "example",
      appId: "1",
      privateKey: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    },
    agents: 2,
    volumeGiB: 10,
    agentVolumeGiB: 10,
    backup: { schedule: "*-*-* 05:00:00" },
    pipelines: [{ name: "sweep", script: { repository: "ci-jobs", path: "sweep.jenkinsfile" }, cron: "H * * * *" }],
    agentTools: { paasmas: { image: "registry.example.com/paasmas:1", path: "/opt/paasmas" } },
  },
};

describe("a plan of dev with all components", () => {
  test("has a registry, a hook and Jenkins with two build agents in addition to the database", async () => {
    const planned = await evaluated("dev", everything);
    const added = planned.names(factTypes.machine).filter((name) => !/^(etcd|galera|lb)-/.test(name));
    expect(added.map((name) => [name, planned.machine(name).address, planned.machine(name).access])).toEqual([
      ["apps-0", "10.77.0.60", ["pull from registry"]],
      ["jenkins", "10.77.0.51", undefined],
      ["jenkins-agent-0", "10.77.0.52", ["push to registry"]],
      ["jenkins-agent-1", "10.77.0.53", ["push to registry"]],
      ["registry", "10.77.0.50", undefined],
    ]);
    expect(planned.firewallRules().filter((opening) => !/(etcd|galera|lb): /.test(opening))).toEqual([
      "10.77.0.0/24 -> apps: 8080",
      "10.77.0.41/32 -> jenkins: 8081",
      "10.77.0.41/32 -> jenkins: 8404",
      "10.77.0.41/32 -> jenkins: 8443",
      "apps -> registry: 5000",
      "jenkins -> jenkins-agents: 2222",
      "jenkins-agents -> apps: 9010",
      "jenkins-agents -> registry: 5000",
    ]);
    expect(planned.waitsFor("jenkins-agent-0")).toEqual(["registry"]);
    expect(planned.waitsFor("jenkins-agent-1")).toEqual(["jenkins-agent-0"]);
    expect(planned.waitsFor("jenkins")).toEqual(["jenkins-agent-0", "jenkins-agent-1"]);
  });

  test("violates no mandatory policy", async () => {
    const { resources } = await evaluated("dev", everything);
    const violations = (await runPolicies(policies, resources)).flatMap((result) => result.violations);
    expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
  });

  test("stores the hook's tokens in Jenkins for its pipelines", async () => {
    const planned = await evaluated("dev", everything);
    const { text, secret } = planned.config("jenkins");
    expect(secret).toBe(true);
    const read = decode(text);
    for (const token of Object.values(planned.outputs.deployTokens as Record<string, string>))
      expect(isIn(token, read)).toBe(true);
    expect(read.some((reading) => reading.includes("credential-deploy-tokens-preview"))).toBe(true);
  });

  test("saves Jenkins to a separate bucket, runs the sweep every hour, and gives its agents the tools", async () => {
    const planned = await evaluated("dev", everything);
    const has = (machine: string, text: string) =>
      decode(planned.config(machine).text).some((reading) => reading.includes(text));
    expect(planned.names(factTypes.objectStore)).toEqual(["jenkins-backup"]);
    expect([
      has("jenkins", "jenkins-backup"),
      has("jenkins", "OnCalendar=*-*-* 05:00:00"),
      has("jenkins", "sweep.jenkinsfile"),
      has("jenkins", "H * * * *"),
    ]).toEqual([true, true, true, true]);
    expect(has("jenkins-agent-0", "paasmas registry.example.com/paasmas:1 /opt/paasmas\n")).toBe(true);
    const without = await evaluated("dev", {
      ...everything,
      "paasmas:jenkins": { ...everything["paasmas:jenkins"], backup: undefined },
    });
    expect(without.names(factTypes.objectStore)).toEqual([]);
  });

  test("prefers variables of an app to those of the database, and keeps images of other registries", async () => {
    const planned = await evaluated("dev", everything);
    const read = decode(planned.config("apps-0").text);
    const has = (text: string) => read.some((reading) => reading.includes(text));
    expect([has("DATABASE_NAME=mine"), has("DATABASE_NAME=app"), has("DATABASE_USER=app")]).toEqual([
      true,
      false,
      true,
    ]);
    expect([has("10.77.0.50:5000/shop"), has("registry.example.com/wiki"), has("10.77.0.50:5000/registry")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
