import * as pulumi from "@pulumi/pulumi";
import { type Config, config, merge } from "../../ignition/index.ts";
import { registryClient, type RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { NodeAgents } from "./node-agents.ts";
import type { CloudKind, ConfigContext, MachineArgs } from "./cloud.ts";

/** A machine's own config with its cloud's agents, and with what the things it may use put into it. */
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

/** Ignition would try for ever to download what cannot be had: then nobody learns why a machine does not boot. */
const downloadSeconds = 300;

function clientConfig(logins: readonly RegistryLogin[]): Config {
  const client = config(registryClient(logins));
  if (!logins.some(({ credentials }) => "helper" in credentials)) return client;
  return { ...client, ignition: { ...client.ignition, timeouts: { httpTotal: downloadSeconds } } };
}

/** What a machine was given, as its facts have it. */
export function accessFacts({ access = [] }: MachineArgs): { access?: string[] } {
  return access.length === 0 ? {} : { access: access.map(({ description }) => description) };
}

/**
 * Refuses what this cloud cannot permit.
 * @throws ArgumentError naming the machine and what it was to be given.
 */
export function checkAccess(machine: string, kind: CloudKind, { access = [] }: MachineArgs): void {
  if (access.length === 0) return;
  const check = new ArgumentCheck(machine);
  access.forEach(({ description, permission }, index) =>
    check.require(
      permission === undefined || permission.kind === kind,
      `access[${index}]`,
      `"${description}" needs a permission of ${permission?.kind}, which a machine on ${kind} cannot have`,
    ),
  );
  check.throwIfInvalid();
}
