import { describe, expect, test } from "vitest";
import { type Caller, PlannedIam } from "./iam.ts";
import { ciId, prodId, region, usual } from "./two-accounts.ts";

// Permissions for the images of prod. A simulator (iam.ts) evaluates the planned identity and resource policies
// together.

const organization = "o-abcdefghij";
const iam = new PlannedIam((await usual({ organizationId: organization, pullers: ["staging"] })).resources);

const member = (caller: Caller): Caller => ({ ...caller, organization });
const everything = (action: string) => [
  { Version: "2012-10-17", Statement: [{ Sid: "Everything", Effect: "Allow", Action: action, Resource: "*" }] },
];

const jenkins = member(iam.roleOf("jenkins"));
const callers = {
  "CI's machine": jenkins,
  "another machine of CI's account": member(iam.roleOf("cache")),
  "CI's administrator": member({ arn: `arn:aws:iam::${ciId}:role/admin`, policies: everything("*") }),
  "a user of CI's account with all rights on ECR": member({
    arn: `arn:aws:iam::${ciId}:user/me`,
    policies: everything("ecr:*"),
  }),
  "the root of CI's account": member({ arn: `arn:aws:iam::${ciId}:root`, policies: everything("*") }),
  "production's app": member(iam.roleOf("app")),
  "another machine of production": member(iam.roleOf("mail")),
  "staging's user": member(iam.userOf("registry-staging-user")),
  "production's administrator": member({ arn: `arn:aws:iam::${prodId}:role/admin`, policies: everything("*") }),
  "a user of production with all rights on ECR": member({
    arn: `arn:aws:iam::${prodId}:user/me`,
    policies: everything("ecr:*"),
  }),
  "a stranger with all rights in an account of theirs": {
    arn: "arn:aws:iam::999999999999:role/admin",
    policies: everything("*"),
  },
  "a namesake of CI's role in another account": {
    arn: jenkins.arn.replace(ciId, "999999999999"),
    organization,
    policies: everything("ecr:*"),
  },
  "CI's machine after its account left the organisation": { ...jenkins, organization: "o-zzzzzzzzzz" },
  "CI's machine in no organisation": { arn: jenkins.arn },
} satisfies Record<string, Caller>;

const app = iam.repository("app");
const api = iam.repository("shop/api");
const other = `arn:aws:ecr:${region}:${prodId}:repository/other`;
const elsewhere = app.replace(region, "us-east-1");
const cisOwn = app.replace(prodId, ciId);

type Row = [who: keyof typeof callers, action: string, on: string, expected: "yes" | "no", because: string];

const pushes: Row[] = [
  "InitiateLayerUpload",
  "UploadLayerPart",
  "CompleteLayerUpload",
  "PutImage",
  "BatchCheckLayerAvailability",
].map((action): Row => ["CI's machine", `ecr:${action}`, app, "yes", "role PushToRegistry, repository PushAndPull"]);

const table: Row[] = [
  // CI builds: its machine logs in, and pushes to and pulls from the named repositories.
  ["CI's machine", "ecr:GetAuthorizationToken", "*", "yes", "role LogInToPushToRegistry"],
  ...pushes,
  ["CI's machine", "ecr:PutImage", api, "yes", "role PushToRegistry, repository PushAndPull"],
  ["CI's machine", "ecr:BatchGetImage", app, "yes", "role PushToRegistry, repository PushAndPull"],
  ["CI's machine", "ecr:GetDownloadUrlForLayer", api, "yes", "role PushToRegistry, repository PushAndPull"],
  // It has no other permissions.
  ["CI's machine", "ecr:PutImage", other, "no", "nothing allows it"],
  ["CI's machine", "ecr:BatchGetImage", other, "no", "nothing allows it"],
  ["CI's machine", "ecr:PutImage", elsewhere, "no", "nothing allows it"],
  ["CI's machine", "ecr:PutImage", cisOwn, "no", "nothing allows it"],
  ["CI's machine", "ecr:BatchDeleteImage", app, "no", "denied by repository NobodyDeletes"],
  ["CI's machine", "ecr:DeleteRepository", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:CreateRepository", other, "no", "nothing allows it"],
  ["CI's machine", "ecr:SetRepositoryPolicy", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:DeleteRepositoryPolicy", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:PutLifecyclePolicy", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:PutImageTagMutability", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:ListImages", app, "no", "nothing allows it"],
  ["CI's machine", "ecr:PutRegistryScanningConfiguration", "*", "no", "nothing allows it"],
  ["CI's machine", "iam:PassRole", `arn:aws:iam::${prodId}:role/admin`, "no", "nothing allows it"],
  ["CI's machine", "sts:AssumeRole", `arn:aws:iam::${prodId}:role/admin`, "no", "nothing allows it"],
  // Other principals of the CI account have no access, with any permissions in that account.
  ["another machine of CI's account", "ecr:GetAuthorizationToken", "*", "no", "nothing allows it"],
  ["another machine of CI's account", "ecr:BatchGetImage", app, "no", "nothing allows it"],
  ["another machine of CI's account", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["CI's administrator", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["CI's administrator", "ecr:BatchGetImage", app, "no", "only role Everything"],
  ["CI's administrator", "ecr:SetRepositoryPolicy", app, "no", "only role Everything"],
  ["a user of CI's account with all rights on ECR", "ecr:BatchGetImage", app, "no", "only user Everything"],
  ["the root of CI's account", "ecr:BatchGetImage", app, "no", "only role Everything"],
  // Production: machines with access can only pull.
  ["production's app", "ecr:GetAuthorizationToken", "*", "yes", "role LogInToPullFromRegistry"],
  ["production's app", "ecr:BatchGetImage", app, "yes", "role PullFromRegistry"],
  ["production's app", "ecr:GetDownloadUrlForLayer", api, "yes", "role PullFromRegistry"],
  ["production's app", "ecr:BatchGetImage", other, "no", "nothing allows it"],
  ["production's app", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["production's app", "ecr:BatchDeleteImage", app, "no", "denied by repository NobodyDeletes"],
  ["production's app", "ecr:SetRepositoryPolicy", app, "no", "nothing allows it"],
  ["another machine of production", "ecr:GetAuthorizationToken", "*", "no", "nothing allows it"],
  ["another machine of production", "ecr:BatchGetImage", app, "no", "nothing allows it"],
  // Clients outside of AWS pull as a user, which has no other permissions.
  ["staging's user", "ecr:GetAuthorizationToken", "*", "yes", "user LogInToPullFromRegistry"],
  ["staging's user", "ecr:BatchGetImage", app, "yes", "user PullFromRegistry"],
  ["staging's user", "ecr:GetDownloadUrlForLayer", api, "yes", "user PullFromRegistry"],
  ["staging's user", "ecr:BatchGetImage", other, "no", "nothing allows it"],
  ["staging's user", "ecr:BatchGetImage", elsewhere, "no", "nothing allows it"],
  ["staging's user", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["staging's user", "ecr:UploadLayerPart", api, "no", "denied by repository OnlyTheyPush"],
  ["staging's user", "ecr:BatchDeleteImage", app, "no", "denied by repository NobodyDeletes"],
  ["staging's user", "ecr:DeleteRepository", app, "no", "nothing allows it"],
  ["staging's user", "ecr:SetRepositoryPolicy", app, "no", "nothing allows it"],
  ["staging's user", "ecr:ListImages", app, "no", "nothing allows it"],
  ["staging's user", "iam:CreateAccessKey", `arn:aws:iam::${prodId}:user/me`, "no", "nothing allows it"],
  ["staging's user", "sts:AssumeRole", `arn:aws:iam::${prodId}:role/admin`, "no", "nothing allows it"],
  // Administrators of prod cannot push or delete images. They can change the policy, which CloudTrail
  // records.
  ["production's administrator", "ecr:BatchGetImage", app, "yes", "role Everything"],
  ["production's administrator", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["production's administrator", "ecr:BatchDeleteImage", app, "no", "denied by repository NobodyDeletes"],
  ["production's administrator", "ecr:SetRepositoryPolicy", app, "yes", "role Everything"],
  [
    "a user of production with all rights on ECR",
    "ecr:UploadLayerPart",
    api,
    "no",
    "denied by repository OnlyTheyPush",
  ],
  // Unknown principals.
  ["a stranger with all rights in an account of theirs", "ecr:BatchGetImage", app, "no", "only role Everything"],
  [
    "a stranger with all rights in an account of theirs",
    "ecr:PutImage",
    app,
    "no",
    "denied by repository OnlyTheyPush",
  ],
  ["a namesake of CI's role in another account", "ecr:PutImage", app, "no", "denied by repository OnlyTheyPush"],
  ["a namesake of CI's role in another account", "ecr:BatchGetImage", app, "no", "only role Everything"],
  ["CI's machine after its account left the organisation", "ecr:PutImage", app, "no", "only role PushToRegistry"],
  ["CI's machine after its account left the organisation", "ecr:BatchGetImage", app, "no", "only role PushToRegistry"],
  ["CI's machine in no organisation", "ecr:PutImage", app, "no", "only role PushToRegistry"],
];

test("the table has enough questions, each of them once", () => {
  expect(table.length).toBeGreaterThanOrEqual(50);
  expect(new Set(table.map(([who, action, on]) => `${who} ${action} ${on}`)).size).toBe(table.length);
  expect(table.filter(([, , , expected]) => expected === "yes")).toHaveLength(17);
});

describe("the registry's policies", () => {
  test.each(table)("decide whether %s can call %s on %s: %s", async (who, action, on, expected, because) => {
    const { allowed, because: reason } = await iam.ask({ who: callers[who], action, on });
    expect({ allowed: allowed ? "yes" : "no", because: reason }).toEqual({ allowed: expected, because });
  });

  test.each(["CI's machine", "production's app", "staging's user", "production's administrator"] as const)(
    "deny access to %s without TLS",
    async (who) => {
      const { allowed, because } = await iam.ask({
        who: callers[who],
        action: "ecr:BatchGetImage",
        on: app,
        tls: false,
      });
      expect({ allowed, because }).toEqual({ allowed: false, because: "denied by repository TlsOnly" });
    },
  );
});

test("roles of other accounts can only pull, and only from named repositories", async () => {
  const staging = "arn:aws:iam::333333333333:role/staging";
  const { resources } = await usual({ pullRoles: [staging], organizationId: organization });
  const planned = new PlannedIam(resources);
  const who: Caller = { arn: staging, organization, policies: everything("ecr:*") };
  const ask = (action: string, caller: Caller = who) => planned.ask({ who: caller, action, on: app });
  expect(await ask("ecr:BatchGetImage")).toEqual({ allowed: true, because: "role Everything, repository Pull" });
  expect(await ask("ecr:PutImage")).toEqual({ allowed: false, because: "denied by repository OnlyTheyPush" });
  expect(await ask("ecr:BatchGetImage", { ...who, policies: [] })).toEqual({
    allowed: false,
    because: "only repository Pull",
  });
  expect(await ask("ecr:BatchGetImage", { ...who, arn: "arn:aws:iam::333333333333:role/other" })).toEqual({
    allowed: false,
    because: "only role Everything",
  });
});

test("roles of other accounts have access without an organization", async () => {
  const planned = new PlannedIam((await usual()).resources);
  const { organization: _, ...alone } = jenkins;
  expect(await planned.ask({ who: alone, action: "ecr:PutImage", on: app })).toEqual({
    allowed: true,
    because: "role PushToRegistry, repository PushAndPull",
  });
});
