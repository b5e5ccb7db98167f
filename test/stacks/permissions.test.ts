import { expect, test } from "vitest";
import { type Caller, PlannedIam } from "../components/ecr-registry/iam.ts";
import { evaluated } from "./evaluated.ts";

// Permissions in the two accounts of prod, as the committed stack plans them and an IAM simulator evaluates them.
// test/components/ecr-registry/permissions.test.ts tests registry policies in general.

const iam = new PlannedIam((await evaluated("prod")).resources);
const accounts = { prod: "000000000000", ci: "000000000001" };

const everything = [
  { Version: "2012-10-17", Statement: [{ Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" }] },
];
const administrator = (account: string): Caller => ({
  arn: `arn:aws:iam::${account}:role/admin`,
  policies: everything,
});
const callers = {
  "an agent": iam.roleOf("jenkins-agent-0"),
  "the other agent": iam.roleOf("jenkins-agent-1"),
  Jenkins: iam.roleOf("jenkins"),
  "the hook's machine": iam.roleOf("apps-0"),
  "the log store": iam.roleOf("logs"),
  "a database node": iam.roleOf("galera-0"),
  "a control plane": iam.roleOf("kube-0"),
  "a worker": iam.roleOf("kube-worker-0"),
  "the platform's registry login": iam.userOf("paas-registry-user"),
  "staging's hook": iam.userOf("registry-staging-user"),
  "the platform's builder": iam.userOf("paas-builder-user"),
  "the platform's DNS login": iam.userOf("paas-domain-user"),
  "CI's administrator": administrator(accounts.ci),
  "prod's administrator": administrator(accounts.prod),
  "a stranger with all rights elsewhere": administrator("999999999999"),
} satisfies Record<string, Caller>;

const repository = iam.repository("three-services/api");
const other = repository.replace("three-services/api", "billing");
const configs = { prod: iam.bucket("paasmas-ignition-bucket"), ci: iam.bucket("ci-ignition-bucket") };
const saved = iam.bucket("jenkins-backup-bucket");
const logs = iam.bucket("logs-chunks-bucket");
const builder = iam.bucket("paas-builder-bucket");
const snapshots = iam.bucket("kube-backups-bucket");
const zone = "arn:aws:route53:::hostedzone/Z0000000000000000000";

type Row = [who: keyof typeof callers, action: string, on: string, expected: "yes" | "no", because: string];

const own = (machine: string, bucket = configs.prod) => `${bucket}/${machine}.ign`;

const table: Row[] = [
  // Images: agents push new images, and cannot delete any.
  ["an agent", "ecr:GetAuthorizationToken", "*", "yes", "role LogInToPushToRegistry"],
  ["an agent", "ecr:PutImage", repository, "yes", "role PushToRegistry, repository PushAndPull"],
  ["the other agent", "ecr:UploadLayerPart", repository, "yes", "role PushToRegistry, repository PushAndPull"],
  ["an agent", "ecr:BatchGetImage", repository, "yes", "role PushToRegistry, repository PushAndPull"],
  ["an agent", "ecr:PutImage", other, "no", "nothing allows it"],
  ["an agent", "ecr:BatchDeleteImage", repository, "no", "denied by repository NobodyDeletes"],
  ["an agent", "ecr:SetRepositoryPolicy", repository, "no", "nothing allows it"],
  ["an agent", "ecr:DeleteRepository", repository, "no", "nothing allows it"],
  ["an agent", "sts:AssumeRole", `arn:aws:iam::${accounts.prod}:role/admin`, "no", "nothing allows it"],
  ["Jenkins", "ecr:GetAuthorizationToken", "*", "no", "nothing allows it"],
  ["Jenkins", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["the hook's machine", "ecr:GetAuthorizationToken", "*", "yes", "role LogInToPullFromRegistry"],
  ["the hook's machine", "ecr:BatchGetImage", repository, "yes", "role PullFromRegistry"],
  ["the hook's machine", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["the platform's registry login", "ecr:GetAuthorizationToken", "*", "yes", "user LogInToPullFromRegistry"],
  ["the platform's registry login", "ecr:GetDownloadUrlForLayer", repository, "yes", "user PullFromRegistry"],
  ["the platform's registry login", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["the platform's registry login", "s3:GetObject", `${builder}/home/app`, "no", "nothing allows it"],
  ["staging's hook", "ecr:GetAuthorizationToken", "*", "yes", "user LogInToPullFromRegistry"],
  ["staging's hook", "ecr:BatchGetImage", repository, "yes", "user PullFromRegistry"],
  ["staging's hook", "ecr:GetDownloadUrlForLayer", repository, "yes", "user PullFromRegistry"],
  ["staging's hook", "ecr:BatchGetImage", other, "no", "nothing allows it"],
  ["staging's hook", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["staging's hook", "ecr:BatchDeleteImage", repository, "no", "denied by repository NobodyDeletes"],
  ["staging's hook", "ecr:SetRepositoryPolicy", repository, "no", "nothing allows it"],
  ["staging's hook", "s3:GetObject", own("apps-0"), "no", "nothing allows it"],
  ["staging's hook", "sts:AssumeRole", `arn:aws:iam::${accounts.prod}:role/admin`, "no", "nothing allows it"],
  [
    "staging's hook",
    "iam:CreateAccessKey",
    `arn:aws:iam::${accounts.prod}:user/paasmas/admin`,
    "no",
    "nothing allows it",
  ],
  ["a worker", "ecr:BatchGetImage", repository, "no", "nothing allows it"],
  ["a database node", "ecr:GetAuthorizationToken", "*", "no", "nothing allows it"],
  ["CI's administrator", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["CI's administrator", "ecr:BatchGetImage", repository, "no", "only role Everything"],
  ["prod's administrator", "ecr:PutImage", repository, "no", "denied by repository OnlyTheyPush"],
  ["a stranger with all rights elsewhere", "ecr:BatchGetImage", repository, "no", "only role Everything"],
  // Configs, which hold secrets: each machine reads only its own.
  ["a database node", "s3:GetObject", own("galera-0"), "yes", "role OwnIgnitionConfig"],
  ["a database node", "s3:GetObject", own("galera-1"), "no", "nothing allows it"],
  ["a database node", "s3:PutObject", own("galera-0"), "no", "nothing allows it"],
  ["a database node", "s3:ListBucket", configs.prod, "no", "nothing allows it"],
  ["an agent", "s3:GetObject", own("jenkins-agent-0", configs.ci), "yes", "role OwnIgnitionConfig"],
  ["an agent", "s3:GetObject", own("jenkins", configs.ci), "no", "nothing allows it"],
  ["an agent", "s3:GetObject", own("apps-0"), "no", "nothing allows it"],
  ["Jenkins", "s3:GetObject", own("kube-0"), "no", "nothing allows it"],
  ["a stranger with all rights elsewhere", "s3:GetObject", own("kube-0"), "no", "only role Everything"],
  ["CI's administrator", "s3:GetObject", own("kube-0"), "no", "only role Everything"],
  // Buckets: only their users have access.
  ["Jenkins", "s3:PutObject", `${saved}/data/1`, "yes", "role UseObjects"],
  ["Jenkins", "s3:DeleteObjectVersion", `${saved}/data/1`, "no", "nothing allows it"],
  ["Jenkins", "s3:DeleteBucket", saved, "no", "nothing allows it"],
  ["an agent", "s3:GetObject", `${saved}/data/1`, "no", "nothing allows it"],
  ["the log store", "s3:PutObject", `${logs}/chunk`, "yes", "role UseObjects"],
  ["the hook's machine", "s3:GetObject", `${logs}/chunk`, "no", "nothing allows it"],
  ["a control plane", "s3:PutObject", `${snapshots}/etcd/kube/1.db`, "yes", "role WriteObjects"],
  ["a control plane", "s3:GetObject", `${snapshots}/etcd/kube/1.db`, "no", "nothing allows it"],
  ["a control plane", "s3:DeleteObject", `${snapshots}/etcd/kube/1.db`, "no", "nothing allows it"],
  ["a worker", "s3:PutObject", `${snapshots}/etcd/kube/1.db`, "no", "nothing allows it"],
  ["the platform's builder", "s3:PutObject", `${builder}/home/app`, "yes", "user UseObjects"],
  ["the platform's builder", "s3:GetObject", `${logs}/chunk`, "no", "nothing allows it"],
  ["the platform's builder", "ecr:GetAuthorizationToken", "*", "no", "nothing allows it"],
  // DNS: the platform changes only records of its zone, for certificates.
  ["the platform's DNS login", "route53:ChangeResourceRecordSets", zone, "yes", "user ChangeRecords"],
  ["the platform's DNS login", "route53:ChangeResourceRecordSets", `${zone}X`, "no", "nothing allows it"],
  ["the platform's DNS login", "route53:DeleteHostedZone", zone, "no", "nothing allows it"],
  ["a control plane", "route53:ChangeResourceRecordSets", zone, "no", "nothing allows it"],
  [
    "a control plane",
    "ec2:RunInstances",
    `arn:aws:ec2:eu-central-1:${accounts.prod}:instance/i-1`,
    "no",
    "nothing allows it",
  ],
];

test("the table has enough questions, each of them once", () => {
  expect(table.length).toBeGreaterThanOrEqual(45);
  expect(new Set(table.map(([who, action, on]) => `${who} ${action} ${on}`)).size).toBe(table.length);
});

test.each(table)("answers whether %s has the right %s on %s: %s", async (who, action, on, expected, because) => {
  const verdict = await iam.ask({ who: callers[who], action, on });
  expect({ allowed: verdict.allowed ? "yes" : "no", because: verdict.because }).toEqual({ allowed: expected, because });
});

test.each([
  ["Jenkins", "s3:PutObject", `${saved}/data/1`, "denied by bucket TlsOnly"],
  ["prod's administrator", "s3:GetObject", own("galera-0"), "denied by bucket TlsOnly"],
  ["an agent", "ecr:PutImage", repository, "denied by repository TlsOnly"],
] as const)("%s does not get %s on %s without TLS", async (who, action, on, because) => {
  expect(await iam.ask({ who: callers[who], action, on, tls: false })).toEqual({ allowed: false, because });
});
