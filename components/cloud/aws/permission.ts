import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import type { CloudPermission, MachineAccess } from "../cloud.ts";
import type { AwsAccount } from "./account.ts";

/** Statement that allows actions. */
export interface AllowStatement {
  /** Id of the statement: letters and digits. */
  sid: string;
  actions: readonly string[];
  /** ARNs; `*` for actions without a resource in IAM. */
  resources: pulumi.Input<pulumi.Input<string>[]>;
}

/** Role for one machine. It exists before the machine, because policies of other accounts contain it. */
export interface MachineIdentity {
  /** Name of the machine. */
  machine: string;
  roleName: pulumi.Input<string>;
  instanceProfile: pulumi.Input<string>;
}

/** Permission of a machine on AWS: statements for the machine's role, or another role for the machine. */
export class AwsPermission implements CloudPermission {
  readonly kind = "aws";
  /** Required account of the machine. */
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
 * Returns the permissions in the access of a machine.
 * @param provider Provider of the machine's cloud.
 * @throws ArgumentError if a permission is for another machine or account, or if there are several roles.
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
        `"${description}" is for machines in account ${account.id}; create the cloud with the provider of that account`,
      )
      .require(
        identity === undefined || identity.machine === machine,
        path,
        `"${description}" is for machine ${identity?.machine}; request access for this machine`,
      );
    return [permission];
  });
  const identities = permissions.filter(({ identity }) => identity !== undefined);
  check
    .require(identities.length <= 1, "access", `contains ${identities.length} roles for the machine; use at most one`)
    .throwIfInvalid();
  return permissions;
}

/** Returns a policy document with the given statements. */
export function allowDocument(statements: readonly AllowStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, actions, resources }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
    })),
  });
}
