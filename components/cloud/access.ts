import * as pulumi from "@pulumi/pulumi";
import { type Config, config, merge } from "../../ignition/index.ts";
import { registryClient, type RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { NodeAgents } from "./node-agents.ts";
import type { CloudKind, ConfigContext, MachineArgs } from "./cloud.ts";

/** Complete config of a machine: its role, the node agents of the cloud, and the registry logins of its access. */
export function machineConfig(
  name: string,
  args: MachineArgs,
  context: ConfigContext,
  agents: NodeAgents,
): pulumi.Output<Config> {
  const own = agents.config(args.config(context), { name, role: args.role, address: context.address }, args.firewall);
  const logins = (args.access ?? []).flatMap(({ login }) => (login === undefined ? [] : [login]));
  if (logins.length === 0) return own;
  const client = pulumi.all(logins).apply((given) => clientConfig(given as RegistryLogin[]));
  return own.apply((mine) => client.apply((given) => merge(mine, given)));
}

/** Time limit of a download, in seconds. Without one, Ignition retries until it succeeds and reports no error. */
const downloadSeconds = 300;

function clientConfig(logins: readonly RegistryLogin[]): Config {
  const client = config(registryClient(logins));
  if (!logins.some(({ credentials }) => "helper" in credentials)) return client;
  return { ...client, ignition: { ...client.ignition, timeouts: { httpTotal: downloadSeconds } } };
}

/** Access of a machine, for its facts. */
export function accessFacts({ access = [] }: MachineArgs): { access?: string[] } {
  return access.length === 0 ? {} : { access: access.map(({ description }) => description) };
}

/**
 * Checks that the cloud can grant the access of a machine.
 * @throws ArgumentError with the machine and the access, if a permission is for another cloud.
 */
export function checkAccess(machine: string, kind: CloudKind, { access = [] }: MachineArgs): void {
  if (access.length === 0) return;
  const check = new ArgumentCheck(machine);
  for (const [index, { description, permission }] of access.entries()) {
    check.require(
      permission === undefined || permission.kind === kind,
      `access[${index}]`,
      `"${description}" needs a permission of ${permission?.kind}, which a machine on ${kind} cannot have`,
    );
  }
  check.throwIfInvalid();
}
