import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import type { CloudPermission, MachineAccess } from "../cloud.ts";
import type { AwsAccount } from "./account.ts";

/** Something that a machine's role may do. */
export interface AllowStatement {
  /** Name of the statement: letters and digits. */
  sid: string;
  actions: readonly string[];
  /** ARNs; `*` where IAM knows no resource for the actions. */
  resources: pulumi.Input<pulumi.Input<string>[]>;
}

/** A role that was made for one machine, and named in other accounts' policies, before the machine is. */
export interface MachineIdentity {
  /** Name of the machine. */
  machine: string;
  roleName: pulumi.Input<string>;
  instanceProfile: pulumi.Input<string>;
}

/** What AWS must permit a machine: by statements for its own role, or by a role that it takes on. */
export class AwsPermission implements CloudPermission {
  readonly kind = "aws";
  /** The account that the machine has to be in. */
  readonly account: AwsAccount;
  readonly statements: readonly AllowStatement[];
  readonly identity: MachineIdentity | undefined;

  constructor(args: { account: AwsAccount; statements?: readonly AllowStatement[]; identity?: MachineIdentity }) {
    this.account = args.account;
    this.statements = args.statements ?? [];
    this.identity = args.identity;
  }
}

/**
 * The permissions among the things a machine is given.
 * @param provider The provider of the machine's cloud.
 * @throws ArgumentError naming what is not this machine's, belongs into another account, or comes twice.
 */
export function awsPermissions(
  machine: string,
  access: readonly MachineAccess[],
  provider: pulumi.ProviderResource | undefined,
): AwsPermission[] {
  if (access.length === 0) return [];
  const check = new ArgumentCheck(machine);
  const permissions = access.flatMap(({ description, permission }, index) => {
    if (!(permission instanceof AwsPermission)) return [];
    const { account, identity } = permission;
    const path = `access[${index}]`;
    check
      .require(
        account.provider === provider,
        path,
        `"${description}" is for machines in account ${account.id}; make the machine's cloud with that account's provider`,
      )
      .require(
        identity === undefined || identity.machine === machine,
        path,
        `"${description}" is for the machine ${identity?.machine}; ask for one of this machine's own`,
      );
    return [permission];
  });
  const identities = permissions.filter(({ identity }) => identity !== undefined);
  check
    .require(identities.length <= 1, "access", "has several roles for the machine to take on; it can only have one")
    .throwIfInvalid();
  return permissions;
}
