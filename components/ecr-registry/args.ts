import type * as pulumi from "@pulumi/pulumi";
import type { CredentialHelper } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import type { AwsAccount } from "../cloud/aws/account.ts";
import { checkRepositories } from "../internal/registry.ts";
import type { HelperArchitecture } from "./credential-helper.ts";
import { pullerPattern, pullerRule } from "./keys.ts";
import type { Lifecycle } from "./policies.ts";

export interface EcrRegistryArgs {
  /** The account that the images are in: the one that runs them. */
  account: AwsAccount;
  /**
   * Names of the repositories, `["shop/api", "shop/front"]`.
   * One cannot be taken off the list while it is protected.
   */
  repositories: string[];
  /**
   * The account that builds, and its machines that push.
   * Default: none; machines of the registry's own account push.
   */
  ci?: EcrCiArgs;
  /**
   * ARNs of other accounts' roles that may pull.
   * Default: none. Machines of the registry's own account are given `pull()` instead.
   */
  pullRoles?: pulumi.Input<string>[];
  /**
   * Names of plannedMachines without roles, outside of AWS, that pull: each gets a user of the registry's account who may do that and
   * nothing else. Its keys are in `pullerKeys`, for a {@link RemoteEcrRegistry} there.
   * Default: none.
   */
  pullers?: string[];
  /**
   * AWS organisation that the named roles' accounts have to be in, `o-abcdefghij`.
   * Default: none, the roles are enough.
   */
  organizationId?: string;
  /**
   * How images are looked through for known weaknesses, by the account's one setting for all of its repositories:
   * `basic` on each push, `enhanced` by Amazon Inspector all the time, at a price, or `account`, as it is.
   * Default: `basic`.
   */
  scanning?: "basic" | "enhanced" | "account";
  /**
   * ARN of the KMS key that images are encrypted with.
   * Default: the account's `aws/ecr` key, whose use is on record and which nobody can delete.
   * A change replaces the repositories.
   */
  kmsKey?: pulumi.Input<string>;
  /**
   * What is kept.
   * Default: 14 days for untagged images, the newest 50 releases (`released-*`, as the pipeline tags them) and 200 other images.
   */
  lifecycle?: Partial<Lifecycle>;
  /**
   * The credential helper that machines download, a mirror of one's own for example.
   * Default: Amazon's release, for processors of the given `architecture`.
   */
  credentialHelper?: CredentialHelper;
  /**
   * Processors of the machines that push and pull: `x86_64` or `aarch64`.
   * Default: `x86_64`.
   */
  architecture?: HelperArchitecture;
  /**
   * Whether repositories are protected from deletion and stay when the stack goes.
   * Default: true.
   */
  protect?: boolean;
  /**
   * Tags of everything, beside Role and Name.
   * Default: Project and Environment from the Pulumi project and stack, ManagedBy `pulumi`; given ones win.
   */
  tags?: Record<string, string>;
}

/** Who builds. */
export interface EcrCiArgs {
  /** The account that builds; another one than the registry's. */
  account: AwsAccount;
  /** Names of the machines that push: each gets a role of its own, which the repositories' policies name. */
  machines: string[];
}

/** What is kept unless something else is said. */
export const lifecycleDefaults: Lifecycle = {
  untaggedDays: 14,
  releaseTags: ["released-*"],
  keepReleases: 50,
  keepImages: 200,
};

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * Checks everything that an EcrRegistry is given.
 * @throws ArgumentError listing the arguments that cannot be used.
 */
export function checkEcrRegistry(name: string, args: EcrRegistryArgs): void {
  const {
    account,
    repositories,
    ci,
    pullRoles = [],
    organizationId,
    pullers = [],
    lifecycle = {},
    credentialHelper,
  } = args;
  const check = new ArgumentCheck(name, args).require(
    account !== undefined,
    "account",
    "is missing; give the account that the images are in",
  );
  checkRepositories(repositories, check);
  if (ci) {
    check
      .require(
        ci.account?.id !== account?.id,
        "ci.account",
        `${ci.account?.id} is the registry's own account; CI belongs into another one, where a broken build reaches nothing that runs`,
      )
      .require(ci.machines.length > 0, "ci.machines", "is empty; name the machines that push, or leave ci out");
    ci.machines.forEach((machine, index) => {
      check.require(
        ci.machines.indexOf(machine) === index,
        `ci.machines[${index}]`,
        `${JSON.stringify(machine)} is there twice`,
      );
    });
  }
  pullRoles.forEach((arn, index) => {
    const wrong = typeof arn === "string" && !roleArn.test(arn);
    check.require(
      !wrong,
      `pullRoles[${index}]`,
      `${JSON.stringify(arn)} is not the ARN of a role; use arn:aws:iam::<account>:role/<name>`,
    );
  });
  pullers.forEach((puller, index) => {
    const path = `pullers[${index}]`;
    check
      .require(pullerPattern.test(puller), path, `${JSON.stringify(puller)} is not allowed; use ${pullerRule}`)
      .require(pullers.indexOf(puller) === index, path, `${JSON.stringify(puller)} is there twice`);
  });
  check.require(
    organizationId === undefined || /^o-[a-z0-9]{10,32}$/.test(organizationId),
    "organizationId",
    `${JSON.stringify(organizationId)} is not the id of an organisation; use one like o-abcdefghij`,
  );
  const { untaggedDays, keepImages, keepReleases, releaseTags } = { ...lifecycleDefaults, ...lifecycle };
  check
    .integer("lifecycle.untaggedDays", untaggedDays, bounds.registry.untaggedDays)
    .integer("lifecycle.keepImages", keepImages, bounds.registry.images)
    .integer("lifecycle.keepReleases", keepReleases, bounds.registry.images);
  check.require(
    releaseTags.length > 0 && releaseTags.every((pattern) => /^[\w.*-]{1,128}$/.test(pattern)),
    "lifecycle.releaseTags",
    `${JSON.stringify(releaseTags)} is not a list of tags; use ["released-*"]`,
  );
  check.require(
    credentialHelper === undefined || /^sha(256-[0-9a-f]{64}|512-[0-9a-f]{128})$/.test(credentialHelper.hash),
    "credentialHelper.hash",
    `${JSON.stringify(credentialHelper?.hash)} is not a sum; use sha256- or sha512- and the hexadecimal sum of the program`,
  );
  check.throwIfInvalid();
}
