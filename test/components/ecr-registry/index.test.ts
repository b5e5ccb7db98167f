import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsAccount } from "../../../components/cloud/aws/index.ts";
import { lifecycleDefaults } from "../../../components/ecr-registry/settings-schema.ts";
import { EcrRegistry, type EcrRegistryArgs } from "../../../components/ecr-registry/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { releasedTag } from "../../../delivery/image-records.ts";
import { policies } from "../../../policies/all.ts";
import { brief, plan, type Plan } from "../cloud/aws-plan.ts";
import { plan as dockerPlan } from "../planned.ts";
import { ciId, machine, prodId, region, twoAccounts, usual } from "./two-accounts.ts";

const address = `${prodId}.dkr.ecr.${region}.amazonaws.com`;
const repository = (name: string) => `arn:aws:ecr:${region}:${prodId}:repository/${name}`;

/** Resources of the registry, by account. */
const parts = (planned: Plan, account: string) =>
  planned
    .aws()
    .filter(({ urn, provider }) => urn.includes("paasmas:index:EcrRegistry$") && provider?.includes(`::${account}::`))
    .map(({ urn }) => brief(urn))
    .sort();

/** One plan for all tests that do not change it. */
const asUsual = usual();

const policyOf = (planned: Plan, type: string, name: string) => JSON.parse(planned.inputs(type, name).policy);

describe("EcrRegistry", () => {
  test("creates the expected resources in two accounts", async () => {
    const planned = await asUsual;
    expect(parts(planned, "prod")).toEqual([
      "LifecyclePolicy registry-app",
      "LifecyclePolicy registry-shop/api",
      "RegistryScanningConfiguration registry-scanning",
      "Repository registry-app",
      "Repository registry-shop/api",
      "RepositoryPolicy registry-app",
      "RepositoryPolicy registry-shop/api",
    ]);
    expect(parts(planned, "ci")).toEqual([
      "InstanceProfile jenkins-profile",
      "Role jenkins-role",
      "RolePolicy jenkins-push",
    ]);
    expect(planned.inputs("paasmas:index:EcrRegistry", "registry")).toEqual({
      kind: "ecr",
      repositories: ["app", "shop/api"],
      push: [`jenkins in ${ciId}`],
      pull: [`machines in ${prodId}`],
    });
    for (const [name, id] of [
      ["prod", prodId],
      ["ci", ciId],
    ]) {
      expect(planned.inputs("pulumi:providers:aws", name!).allowedAccountIds).toBe(JSON.stringify([id]));
    }
  });

  test("creates immutable, scanned, encrypted and retained repositories", async () => {
    const planned = await asUsual;
    for (const name of ["app", "shop/api"]) {
      const made = planned.one("Repository", `registry-${name}`);
      expect(made.inputs).toEqual({
        name,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS" }],
        forceDelete: false,
        tags: { Project: "paasmas", Environment: "prod", ManagedBy: "pulumi", Role: "registry", Name: name },
      });
      expect([made.protect, made.retainOnDelete]).toEqual([true, true]);
    }
    expect(planned.inputs("RegistryScanningConfiguration", "registry-scanning")).toEqual({
      scanType: "BASIC",
      rules: [
        {
          scanFrequency: "SCAN_ON_PUSH",
          repositoryFilters: [
            { filter: "app", filterType: "WILDCARD" },
            { filter: "shop/api", filterType: "WILDCARD" },
          ],
        },
      ],
    });
  });

  test("removes old images, and keeps releases", async () => {
    const { rules } = policyOf(await asUsual, "LifecyclePolicy", "registry-app");
    expect(rules).toEqual([
      {
        rulePriority: 1,
        description: "Untagged images go after 14 days",
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: "The 50 newest releases stay",
        selection: {
          tagStatus: "tagged",
          tagPatternList: ["released-*"],
          countType: "imageCountMoreThan",
          countNumber: 50,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 3,
        description: "The 200 newest other images stay",
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 200 },
        action: { type: "expire" },
      },
    ]);
  });

  test("identifies releases by the tag that the pipeline sets", () => {
    expect(lifecycleDefaults.releaseTags).toEqual([`${releasedTag}*`]);
  });

  test("names the role that pushes in a repository's policy, which waits for the role", async () => {
    const planned = await usual({ organizationId: "o-abcdefghij" });
    const role = `arn:aws:iam::${ciId}:role/${planned.one("Role", "jenkins-role").outputs.name}`;
    expect(policyOf(planned, "RepositoryPolicy", "registry-shop/api")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "PushAndPull",
          Effect: "Allow",
          Principal: { AWS: [role] },
          Action: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
          ],
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } },
        },
        {
          Sid: "OnlyTheyPush",
          Effect: "Deny",
          Principal: "*",
          Action: ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"],
          Condition: { ArnNotEquals: { "aws:PrincipalArn": [role] } },
        },
        { Sid: "NobodyDeletes", Effect: "Deny", Principal: "*", Action: ["ecr:BatchDeleteImage"] },
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: ["ecr:*"],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(planned.dependencies("RepositoryPolicy", "registry-app")).toEqual([
      "Repository registry-app",
      "Role jenkins-role",
    ]);
  });

  test("gives the build machine only the role that was created for it", async () => {
    const planned = await asUsual;
    const role = planned.one("Role", "jenkins-role");
    expect(planned.all("Role").map(({ name }) => name)).toEqual([
      "app-role",
      "cache-role",
      "ci-net-gate-role",
      "ci-net-refused",
      "jenkins-role",
      "mail-role",
      "prod-net-gate-role",
      "prod-net-refused",
    ]);
    const policies = planned.all("RolePolicy").filter(({ inputs }) => inputs.role === role.outputs.name);
    expect(policies.map(({ name }) => name)).toEqual(["jenkins-ignition", "jenkins-push"]);
    expect(policyOf(planned, "RolePolicy", "jenkins-push").Statement).toEqual([
      { Sid: "LogInToPushToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      {
        Sid: "PushToRegistry",
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        Resource: [repository("app"), repository("shop/api")],
      },
    ]);
    expect(JSON.parse(role.inputs.assumeRolePolicy as string).Statement).toEqual([
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    const instance = planned.inputs("Instance", "jenkins-instance");
    expect(instance.iamInstanceProfile).toBe(planned.one("InstanceProfile", "jenkins-profile").outputs.name);
    expect(instance.metadataOptions).toEqual({
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
  });

  test("lets a machine that runs images pull them with its role before it boots", async () => {
    const planned = await asUsual;
    const policies = planned
      .all("RolePolicy")
      .filter(({ inputs }) => inputs.role === planned.one("Role", "app-role").outputs.name);
    expect(policies.map(({ name }) => name)).toEqual(["app-access", "app-ignition"]);
    expect(policyOf(planned, "RolePolicy", "app-access").Statement).toEqual([
      { Sid: "LogInToPullFromRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      {
        Sid: "PullFromRegistry",
        Effect: "Allow",
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [repository("app"), repository("shop/api")],
      },
    ]);
    expect(planned.dependencies("Instance", "app-instance")).toContain("RolePolicy app-access");
    expect(planned.all("RolePolicy").map(({ name }) => name)).not.toContain("mail-access");
  });

  test("installs the credential helper on machines, without credentials", async () => {
    const planned = await asUsual;
    for (const name of ["jenkins", "app"]) {
      const { storage, ignition } = JSON.parse(planned.inputs("BucketObjectv2", `${name}-ignition`).content);
      expect(ignition).toEqual({ version: "3.4.0", timeouts: { httpTotal: 300 } });
      const { files, directories } = storage;
      expect(directories).toEqual([{ path: "/root/.docker", mode: 0o700, user: { id: 0 } }]);
      const [login, helper, ...others] = files;
      expect(others).toEqual([]);
      expect(JSON.parse(decodeURIComponent(login.contents.source.slice("data:,".length)))).toEqual({
        auths: {},
        credHelpers: { [address]: "ecr-login" },
      });
      expect(helper).toEqual({
        path: "/usr/local/bin/docker-credential-ecr-login",
        mode: 0o755,
        contents: {
          source:
            "https://amazon-ecr-credential-helper-releases.s3.us-east-2.amazonaws.com/0.12.0/linux-amd64/docker-credential-ecr-login",
          verification: { hash: "sha256-a22ab6d59dbac777b8fb31984709461da00a4c778b6ae14c8d3729e8d5ded1a6" },
        },
      });
    }
    expect(JSON.parse(planned.inputs("BucketObjectv2", "mail-ignition").content)).toEqual({
      ignition: { version: "3.4.0" },
    });
  });

  test("applies every argument", async () => {
    const pullRole = "arn:aws:iam::333333333333:role/staging";
    const key = `arn:aws:kms:${region}:${prodId}:key/1`;
    const hash = `sha512-${"0".repeat(128)}`;
    const planned = await twoAccounts(
      {
        repositories: ["one"],
        pullRoles: [pullRole],
        scanning: "enhanced",
        kmsKey: key,
        lifecycle: { untaggedDays: 3, keepImages: 10, keepReleases: 5, releaseTags: ["v*"] },
        credentialHelper: { helper: "ecr-login", source: "https://mirror.example.com/ecr-login", hash },
        protect: false,
        tags: { Team: "platform" },
      },
      ({ registry, prodCloud }) => machine(prodCloud, "app", 20, [registry.pull()]),
    );
    const made = planned.one("Repository", "registry-one");
    expect(made.inputs).toMatchObject({
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key }],
      forceDelete: true,
      tags: { Team: "platform" },
    });
    expect([made.protect, made.retainOnDelete]).toEqual([false, false]);
    expect(policyOf(planned, "RepositoryPolicy", "registry-one").Statement[1]).toEqual({
      Sid: "Pull",
      Effect: "Allow",
      Principal: { AWS: [pullRole] },
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    });
    expect(planned.inputs("RegistryScanningConfiguration", "registry-scanning")).toMatchObject({
      scanType: "ENHANCED",
      rules: [{ scanFrequency: "CONTINUOUS_SCAN" }],
    });
    const { rules } = policyOf(planned, "LifecyclePolicy", "registry-one");
    expect(
      rules.map(({ selection }: { selection: Record<string, unknown> }) => [
        selection.countNumber,
        selection.tagPatternList,
      ]),
    ).toEqual([
      [3, undefined],
      [5, ["v*"]],
      [10, undefined],
    ]);
    const { files } = JSON.parse(planned.inputs("BucketObjectv2", "app-ignition").content).storage;
    expect(files[1].contents).toEqual({ source: "https://mirror.example.com/ecr-login", verification: { hash } });
    expect(planned.inputs("paasmas:index:EcrRegistry", "registry").pull).toEqual([`machines in ${prodId}`, pullRole]);
  });

  test("accepts scans by the account, and a helper for another processor", async () => {
    const planned = await twoAccounts({ scanning: "account", architecture: "aarch64" }, ({ registry, prodCloud }) =>
      machine(prodCloud, "app", 20, [registry.pull()]),
    );
    expect(planned.all("RegistryScanningConfiguration")).toEqual([]);
    const { files } = JSON.parse(planned.inputs("BucketObjectv2", "app-ignition").content).storage;
    expect(files[1].contents.source).toContain("/0.12.0/linux-arm64/");
  });

  test("creates a user with keys for pulls from outside of AWS", async () => {
    const planned = await twoAccounts({ pullers: ["staging", "lab"] });
    for (const type of ["User", "UserPolicy", "AccessKey"])
      expect(planned.all(type).map(({ name }) => name)).toEqual(["registry-lab-user", "registry-staging-user"]);
    expect(planned.inputs("User", "registry-staging-user")).toEqual({
      path: "/paasmas/",
      tags: {
        Project: "paasmas",
        Environment: "prod",
        ManagedBy: "pulumi",
        Role: "registry",
        Name: "registry-staging-user",
      },
    });
    expect(policyOf(planned, "UserPolicy", "registry-staging-user").Statement).toEqual([
      { Sid: "LogInToPullFromRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      {
        Sid: "PullFromRegistry",
        Effect: "Allow",
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [repository("app"), repository("shop/api")],
      },
    ]);
    expect(planned.one("User", "registry-staging-user").provider).toContain("::prod::");
    expect(planned.inputs("paasmas:index:EcrRegistry", "registry").pull).toEqual([
      `machines in ${prodId}`,
      "the user of staging",
      "the user of lab",
    ]);
    // No repository policy names the user: the policy of the user's account is sufficient.
    expect(policyOf(planned, "RepositoryPolicy", "registry-app")).toEqual(
      policyOf(await asUsual, "RepositoryPolicy", "registry-app"),
    );

    const { outputs, secretOutputs } = await evaluate(
      () => {
        const account = new AwsAccount("prod", { id: prodId, region });
        const { accessKey, secretKey } = new EcrRegistry("registry", {
          account,
          repositories: ["app"],
          pullers: ["staging"],
        }).pullerKeys.staging!;
        return { accessKey, secretKey };
      },
      { stack: "prod" },
    );
    expect([Object.keys(outputs), secretOutputs]).toEqual([["accessKey", "secretKey"], ["secretKey"]]);
  });

  test("lets its machines push without a CI account, and names no role", async () => {
    const planned = await twoAccounts({ ci: undefined }, ({ registry, prodCloud }) =>
      machine(prodCloud, "builder", 20, [registry.push("builder")]),
    );
    expect(
      policyOf(planned, "RepositoryPolicy", "registry-app").Statement.map(({ Sid }: { Sid: string }) => Sid),
    ).toEqual(["NobodyDeletes", "TlsOnly"]);
    expect(policyOf(planned, "RolePolicy", "builder-access").Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      "LogInToPushToRegistry",
      "PushToRegistry",
    ]);
    expect(planned.inputs("paasmas:index:EcrRegistry", "registry").push).toEqual([`machines in ${prodId}`]);
  });

  test("outputs the prefix of image references", async () => {
    const { outputs, secretOutputs } = await evaluate(
      () => {
        const account = new AwsAccount("prod", { id: prodId, region });
        const registry = new EcrRegistry("registry", { account, repositories: ["shop/api"] });
        const china = new EcrRegistry("china", {
          account: new AwsAccount("china", { id: prodId, region: "cn-north-1" }),
          repositories: ["app"],
        });
        return {
          address: registry.address,
          api: registry.url("shop/api"),
          china: china.url("app"),
          ca: registry.ready.length,
        };
      },
      { stack: "prod" },
    );
    expect(outputs).toEqual({
      address,
      api: `${address}/shop/api`,
      china: `${prodId}.dkr.ecr.cn-north-1.amazonaws.com.cn/app`,
      ca: 3,
    });
    expect(secretOutputs).toEqual([]);
  });
});

describe("an AWS account", () => {
  test("rejects an invalid account id, and a role of another account", async () => {
    const account = (args: Partial<ConstructorParameters<typeof AwsAccount>[1]>) =>
      plan(() => void new AwsAccount("prod", { id: prodId, region, ...args }));
    await expect(account({ id: "1234" })).rejects.toThrow(
      new ArgumentError(['prod.id: "1234" is not an account id; use its 12 digits, in quotes']),
    );
    await expect(account({ region: "Frankfurt" })).rejects.toThrow(
      new ArgumentError(['prod.region: "Frankfurt" is not a region; use one like eu-central-1']),
    );
    await expect(account({ assumeRole: `arn:aws:iam::${ciId}:role/deploy` })).rejects.toThrow(
      new ArgumentError([
        `prod.assumeRole.roleArn: "arn:aws:iam::${ciId}:role/deploy" is not a role of account ${prodId} in ${region}; use arn:aws:iam::${prodId}:role/...`,
      ]),
    );
  });

  test("has a provider that works only in this account, with the given role", async () => {
    const planned = await plan(() => {
      new AwsAccount("ci", {
        id: ciId,
        region,
        assumeRole: `arn:aws:iam::${ciId}:role/deploy`,
        tags: { Team: "platform" },
      });
      new AwsAccount("other", { id: prodId, region, profile: "prod" });
    });
    expect(planned.inputs("pulumi:providers:aws", "ci")).toMatchObject({
      region,
      allowedAccountIds: JSON.stringify([ciId]),
      assumeRoles: JSON.stringify([
        { roleArn: `arn:aws:iam::${ciId}:role/deploy`, sessionName: "pulumi", duration: "3600s" },
      ]),
      defaultTags: JSON.stringify({ tags: { Team: "platform" } }),
    });
    expect(planned.inputs("pulumi:providers:aws", "other")).toMatchObject({
      profile: "prod",
      allowedAccountIds: JSON.stringify([prodId]),
    });
  });

  test("is rejected as CI account if it is the registry's account", async () => {
    await expect(twoAccounts(({ prod }) => ({ ci: { account: prod, machines: ["jenkins"] } }))).rejects.toThrow(
      new ArgumentError([
        `registry.ci.account: ${prodId} is the account of the registry; use another account for CI, without access to production`,
      ]),
    );
  });

  test("does not let machines take the role of another account, for pushes or pulls", async () => {
    await expect(
      twoAccounts({}, ({ registry, prodCloud }) => machine(prodCloud, "jenkins", 20, [registry.push("jenkins")])),
    ).rejects.toThrow(
      new ArgumentError([
        `jenkins.access[0]: "push to registry" is for machines in account ${ciId}; create the cloud with the provider of that account`,
      ]),
    );
    await expect(
      twoAccounts({}, ({ registry, ciCloud }) => machine(ciCloud, "app", 20, [registry.pull()])),
    ).rejects.toThrow(
      new ArgumentError([
        `app.access[0]: "pull from registry" is for machines in account ${prodId}; create the cloud with the provider of that account`,
      ]),
    );
  });

  test("accepts one machine for each role, and one role for each machine", async () => {
    await expect(
      twoAccounts({}, ({ registry, ciCloud }) => machine(ciCloud, "other", 20, [registry.push("jenkins")])),
    ).rejects.toThrow(
      new ArgumentError([
        'other.access[0]: "push to registry" is for machine jenkins; request access for this machine',
      ]),
    );
    await expect(
      twoAccounts({}, ({ registry, ciCloud }) =>
        machine(ciCloud, "jenkins", 20, [registry.push("jenkins"), registry.push("jenkins")]),
      ),
    ).rejects.toThrow(new ArgumentError(["jenkins.access: contains 2 roles for the machine; use at most one"]));
    await expect(twoAccounts({}, ({ registry }) => void registry.push("other"))).rejects.toThrow(
      new ArgumentError(['registry.ci.machines: does not contain "other"; only jenkins may push']),
    );
  });

  test("is required: another cloud cannot give access to the registry", async () => {
    await expect(
      dockerPlan((cloud) => {
        const registry = new EcrRegistry("registry", {
          account: new AwsAccount("prod", { id: prodId, region }),
          repositories: ["app"],
        });
        const firewall = cloud.firewall("app", { description: "app" });
        cloud.machine("app", {
          role: "app",
          hostNumber: 20,
          firewall,
          access: [registry.pull()],
          config: () => ({ ignition: { version: "3.4.0" } }),
        });
      }),
    ).rejects.toThrow(
      new ArgumentError([
        'app.access[0]: "pull from registry" needs a permission of aws, which a machine on docker cannot have',
      ]),
    );
  });
});

test.each<[Partial<EcrRegistryArgs>, string[]]>([
  [{ repositories: [] }, ["registry.repositories: is empty; give the names of the repositories for images"]],
  [
    { repositories: ["app", "4ever"] },
    [
      'registry.repositories[1]: "4ever" cannot name a repository; use 2 to 200 lower-case letters, digits and inner . _ - /, and start with a letter',
    ],
  ],
  [
    { pullRoles: [`arn:aws:iam::${ciId}:root`, "arn:aws:iam::333333333333:user/me"] },
    [
      `registry.pullRoles[0]: "arn:aws:iam::${ciId}:root" is not the ARN of a role; use arn:aws:iam::<account>:role/<name>`,
      'registry.pullRoles[1]: "arn:aws:iam::333333333333:user/me" is not the ARN of a role; use arn:aws:iam::<account>:role/<name>',
    ],
  ],
  [
    { pullers: ["staging", "Staging", "staging"] },
    [
      'registry.pullers[1]: "Staging" is not allowed; use up to 24 lower-case letters, digits and inner hyphens, such as staging',
      'registry.pullers[2]: "staging" is given twice; remove one of them',
    ],
  ],
  [
    { organizationId: "example" },
    ['registry.organizationId: "example" is not the id of an organization; use one like o-abcdefghij'],
  ],
  [
    { lifecycle: { untaggedDays: 0, keepImages: 0, keepReleases: 1.5, releaseTags: [] } },
    [
      "registry.lifecycle.untaggedDays: 0 is not allowed; use a whole number from 1 to 3650 days",
      "registry.lifecycle.keepImages: 0 is not allowed; use a whole number from 1 to 10000",
      "registry.lifecycle.keepReleases: 1.5 is not allowed; use a whole number from 1 to 10000",
      'registry.lifecycle.releaseTags: [] is not a list of tags; use ["released-*"]',
    ],
  ],
  [
    { credentialHelper: { helper: "ecr-login", source: "https://mirror.example.com/helper", hash: "latest" } },
    [
      'registry.credentialHelper.hash: "latest" is not a checksum; use sha256- or sha512- and the hexadecimal checksum of the program',
    ],
  ],
  [{ account: undefined as never, ci: undefined }, ["registry.account: is missing; give the account of the registry"]],
])("rejects %j", async (args, messages) => {
  await expect(twoAccounts(args)).rejects.toThrow(new ArgumentError(messages));
});

test("rejects a CI account without machines, and a machine that is given twice", async () => {
  await expect(twoAccounts(({ ci }) => ({ ci: { account: ci, machines: [] } }))).rejects.toThrow(
    new ArgumentError(["registry.ci.machines: is empty; give the names of the machines, or remove ci"]),
  );
  await expect(twoAccounts(({ ci }) => ({ ci: { account: ci, machines: ["jenkins", "jenkins"] } }))).rejects.toThrow(
    new ArgumentError(['registry.ci.machines[1]: "jenkins" is given twice; remove one of them']),
  );
});

test("violates no policy, and the policies check its resources", async () => {
  const results = await runPolicies(policies, [...(await asUsual).resources]);
  expect(results.flatMap(({ violations }) => violations)).toEqual([]);
  const ours = results.filter(({ name }) => name.startsWith("aws-ecr-"));
  expect(ours.map(({ name, resources }) => [name, resources > 0])).toEqual([
    ["aws-ecr-encryption", true],
    ["aws-ecr-immutable-tags", true],
    ["aws-ecr-lifecycle", true],
    ["aws-ecr-named-roles", true],
    ["aws-ecr-not-public", true],
    ["aws-ecr-scanned", true],
  ]);
});

test("has the permissions of machines in their facts", async () => {
  const machines = (await asUsual).all(factTypes.machine);
  expect(machines.map(({ name, inputs }) => [name, inputs.access])).toEqual([
    ["app", ["pull from registry"]],
    ["cache", undefined],
    ["jenkins", ["push to registry"]],
    ["mail", undefined],
  ]);
});
