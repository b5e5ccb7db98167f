import type * as pulumi from "@pulumi/pulumi";
import type { CredentialHelper } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { AwsAccount } from "../cloud/aws/account.ts";
import { checkRepositories } from "../internal/registry.ts";
import type { HelperArchitecture } from "./credential-helper.ts";
import { pullerPattern, pullerRule } from "./keys.ts";
import type { Lifecycle } from "./policies.ts";
import { lifecycleDefaults, lifecycleNumbers } from "./settings-schema.ts";

export interface EcrRegistryArgs {
  /** Account of the registry: the account that runs the images. */
  account: AwsAccount;
  /**
   * Names of the repositories, `["shop/api", "shop/front"]`.
   * A protected repository cannot be removed from the list.
   */
  repositories: string[];
  /**
   * Account for builds, and its machines that push.
   * Default: none; machines of the registry's account push.
   */
  ci?: EcrCiArgs;
  /**
   * ARNs of roles of other accounts that may pull.
   * Default: none. For machines of the registry's account, use `pull()`.
   */
  pullRoles?: pulumi.Input<string>[];
  /**
   * Names of environments outside of AWS that pull and have no roles. For each name, the component creates a user of
   * the registry's account that may only pull. Its keys are in `pullerKeys`, for a {@link RemoteEcrRegistry} of the
   * environment.
   * Default: none.
   */
  pullers?: string[];
  /**
   * AWS organization of the accounts of the given roles, `o-abcdefghij`. Roles of other organizations have no access.
   * Default: none, roles of all organizations have access.
   */
  organizationId?: string;
  /**
   * Scan of images for known vulnerabilities. It is one setting for all repositories of the account: `basic` scans on
   * each push, `enhanced` scans continuously with Amazon Inspector (not free), `account` keeps the setting of the
   * account.
   * Default: `basic`.
   */
  scanning?: "basic" | "enhanced" | "account";
  /**
   * ARN of the KMS key for the encryption of images.
   * Default: the key `aws/ecr` of the account. AWS logs its use, and it cannot be deleted.
   * A change replaces the repositories.
   */
  kmsKey?: pulumi.Input<string>;
  /**
   * Retention of images.
   * Default: the defaults of {@link Lifecycle}.
   */
  lifecycle?: Partial<Lifecycle>;
  /**
   * Credential helper that machines download, for example from a mirror.
   * Default: the release of AWS, for processors of the given `architecture`.
   */
  credentialHelper?: CredentialHelper;
  /**
   * Processor architecture of the machines that push and pull: `x86_64` or `aarch64`.
   * Default: `x86_64`.
   */
  architecture?: HelperArchitecture;
  /**
   * Whether repositories are protected from deletion, and kept when the stack is destroyed.
   * Default: true.
   */
  protect?: boolean;
  /**
   * Tags of all resources, besides Role and Name.
   * Default: Project and Environment from the Pulumi project and stack, ManagedBy `pulumi`; given tags have precedence.
   */
  tags?: Record<string, string>;
}

/** Account for builds. */
export interface EcrCiArgs {
  /** Account of the builds. It must not be the account of the registry. */
  account: AwsAccount;
  /** Names of the machines that push. Each gets a separate role, which the policies of the repositories allow. */
  machines: string[];
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * Checks the arguments of an EcrRegistry.
 * @throws ArgumentError with all invalid arguments.
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
    "is missing; give the account of the registry",
  );
  checkRepositories(repositories, check);
  if (ci) {
    check
      .require(
        ci.account?.id !== account?.id,
        "ci.account",
        `${ci.account?.id} is the account of the registry; use another account for CI, without access to production`,
      )
      .require(ci.machines.length > 0, "ci.machines", "is empty; give the names of the machines, or remove ci");
    ci.machines.forEach((machine, index) => {
      check.require(
        ci.machines.indexOf(machine) === index,
        `ci.machines[${index}]`,
        `${JSON.stringify(machine)} is given twice; remove one of them`,
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
      .require(pullers.indexOf(puller) === index, path, `${JSON.stringify(puller)} is given twice; remove one of them`);
  });
  check.require(
    organizationId === undefined || /^o-[a-z0-9]{10,32}$/.test(organizationId),
    "organizationId",
    `${JSON.stringify(organizationId)} is not the id of an organization; use one like o-abcdefghij`,
  );
  const { releaseTags = lifecycleDefaults.releaseTags } = lifecycle ?? {};
  check.schemas(lifecycleNumbers, lifecycle ?? {}, ["lifecycle"]);
  check.require(
    releaseTags.length > 0 && releaseTags.every((pattern) => /^[\w.*-]{1,128}$/.test(pattern)),
    "lifecycle.releaseTags",
    `${JSON.stringify(releaseTags)} is not a list of tags; use ["released-*"]`,
  );
  check.require(
    credentialHelper === undefined || /^sha(256-[0-9a-f]{64}|512-[0-9a-f]{128})$/.test(credentialHelper.hash),
    "credentialHelper.hash",
    `${JSON.stringify(credentialHelper?.hash)} is not a checksum; ` +
      "use sha256- or sha512- and the hexadecimal checksum of the program",
  );
  check.throwIfInvalid();
}
