import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PlannedResource } from "../../../cli/plan/resource.ts";

// The simulator is AGPL-3.0: a development dependency of these tests, not of the package. An independent evaluator
// does not repeat our mistakes about the documentation of AWS. No other one evaluates identity and resource
// policies together, offline.

/** The caller. */
export interface Caller {
  /** ARN of a role, user or account root. */
  arn: string;
  /** Organization of the caller's account. Default: none. */
  organization?: string;
  /** Additional policies of the caller that are not planned, such as those of an administrator. */
  policies?: object[];
}

export interface Question {
  who: Caller;
  action: string;
  /** ARN, or `*` for actions without one. */
  on: string;
  /** Default: true. */
  tls?: boolean;
}

export interface Verdict {
  allowed: boolean;
  /** Names of the policies and statements that decided. */
  because: string;
}

/** Roles, users, repositories and buckets of a plan. All data comes from the planned resources. */
export class PlannedIam {
  readonly #resources: readonly PlannedResource[];

  constructor(resources: readonly PlannedResource[]) {
    this.#resources = resources;
  }

  /** Role of an instance. */
  roleOf(machine: string): Caller {
    const instance = this.#one("aws:ec2/instance:Instance", `${machine}-instance`);
    const profile = this.#resources.find(
      ({ type, outputs }) =>
        type === "aws:iam/instanceProfile:InstanceProfile" && outputs.name === instance.inputs.iamInstanceProfile,
    )!;
    return { arn: `arn:aws:iam::${this.accountOf(profile)}:role/${profile.inputs.role}` };
  }

  /** User of a program. */
  userOf(name: string): Caller {
    const user = this.#one("aws:iam/user:User", name);
    return { arn: `arn:aws:iam::${this.accountOf(user)}:user${user.inputs.path}${user.outputs.name}` };
  }

  /** ARN of a bucket. */
  bucket(name: string): string {
    return `arn:aws:s3:::${this.#one("aws:s3/bucket:Bucket", name).outputs.bucket}`;
  }

  /** ARN of a repository. */
  repository(name: string): string {
    const made = this.#one("aws:ecr/repository:Repository", name, "inputs.name");
    return `arn:aws:ecr:${this.#providerOf(made).region}:${this.accountOf(made)}:repository/${name}`;
  }

  /** The account of the resource's provider. */
  accountOf(resource: PlannedResource): string {
    const [account, ...others] = JSON.parse(String(this.#providerOf(resource).allowedAccountIds)) as string[];
    if (account === undefined || others.length > 0)
      throw new Error(`${resource.name} may be in any account, or in several`);
    return account;
  }

  /** Evaluates the policies of the caller and of the resource, in the same way as AWS within and across accounts. */
  async ask({ who, action, on, tls = true }: Question): Promise<Verdict> {
    const [, , , , callerAccount = ""] = who.arn.split(":");
    const resourceAccount = on === "*" ? callerAccount : this.#accountOf(on, callerAccount);
    const given = (who.policies ?? []).map((policy, index) => ({ name: `own-${index}`, policy }));
    const resourcePolicy = this.#resourcePolicy(on);
    const outcome = await runSimulation(
      {
        request: {
          principal: who.arn,
          action,
          resource: { resource: on, accountId: resourceAccount },
          contextVariables: {
            "aws:SecureTransport": String(tls),
            "aws:PrincipalArn": who.arn,
            "aws:PrincipalAccount": callerAccount,
            ...(who.organization !== undefined && { "aws:PrincipalOrgID": who.organization }),
          },
        },
        identityPolicies: [...this.#identityPolicies(who.arn), ...given],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(resourcePolicy !== undefined && { resourcePolicy }),
      },
      {},
    );
    if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome, null, 2));
    const { identityAnalysis, resourceAnalysis } = outcome.result.analysis;
    const sids = (statements: readonly { explain: { identifier: string } }[] = []) =>
      statements.map(({ explain }) => explain.identifier);
    const names = (side: string, statements: string[]) =>
      statements.length === 0 ? [] : [`${side} ${statements.join("+")}`];
    const own = who.arn.split(":")[5]!.split("/")[0] === "user" ? "user" : "role";
    const side = on.startsWith("arn:aws:s3:") ? "bucket" : "repository";
    const denials = [
      ...names(own, sids(identityAnalysis?.denyStatements)),
      ...names(side, sids(resourceAnalysis?.denyStatements)),
    ];
    const grants = [
      ...names(own, sids(identityAnalysis?.allowStatements)),
      ...names(side, sids(resourceAnalysis?.allowStatements)),
    ];
    const allowed = outcome.overallResult === "Allowed";
    const because =
      denials.length > 0
        ? `denied by ${denials.join(", ")}`
        : grants.length > 0
          ? `${allowed ? "" : "only "}${grants.join(", ")}`
          : "nothing allows it";
    return { allowed, because };
  }

  #identityPolicies(arn: string) {
    const [, , , , account, path = ""] = arn.split(":");
    const [kind, name] = [path.split("/")[0]!, path.split("/").at(-1)!];
    if (kind !== "role" && kind !== "user") return [];
    const attachments = this.#resources.filter(
      ({ type, inputs }) => type.startsWith(`aws:iam/${kind}PolicyAttachment`) && inputs[kind] === name,
    );
    if (attachments.length > 0) throw new Error(`${path} has managed policies, which are not in the plan`);
    return this.#resources
      .filter(
        (resource) =>
          resource.type.startsWith(`aws:iam/${kind}Policy:`) &&
          resource.inputs[kind] === name &&
          this.accountOf(resource) === account,
      )
      .map((resource) => ({ name: resource.name, policy: JSON.parse(String(resource.inputs.policy)) }));
  }

  /** Account of a resource. A bucket's ARN has no account, so its provider is used; the default is the caller's. */
  #accountOf(arn: string, callers: string): string {
    const [, , service, , account, path = ""] = arn.split(":");
    if (service !== "s3") return account || callers;
    const name = path.split("/")[0];
    return this.accountOf(
      this.#resources.find(({ type, outputs }) => type === "aws:s3/bucket:Bucket" && outputs.bucket === name)!,
    );
  }

  #resourcePolicy(arn: string): unknown {
    const [, , service, region, account, path = ""] = arn.split(":");
    const policies = this.#resources.filter((resource) =>
      service === "s3"
        ? resource.type === "aws:s3/bucketPolicy:BucketPolicy" && path.split("/")[0] === resource.inputs.bucket
        : service === "ecr" &&
          resource.type === "aws:ecr/repositoryPolicy:RepositoryPolicy" &&
          path === `repository/${resource.inputs.repository}` &&
          this.#providerOf(resource).region === region &&
          this.accountOf(resource) === account,
    );
    if (policies.length > 1) throw new Error(`${arn} has ${policies.length} policies`);
    return policies[0] && JSON.parse(String(policies[0].inputs.policy));
  }

  #providerOf({ name, provider }: PlannedResource): Record<string, unknown> {
    const found = this.#resources.find(({ urn }) => provider?.startsWith(`${urn}::`));
    if (!found) throw new Error(`${name} has no provider of its own: whose account it is in is left to chance`);
    return found.inputs;
  }

  #one(type: string, wanted: string, by: "name" | "inputs.name" = "name"): PlannedResource {
    const found = this.#resources.filter(
      (resource) => resource.type === type && (by === "name" ? resource.name : resource.inputs.name) === wanted,
    );
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${wanted}`);
    return found[0]!;
  }
}
