import { resolve } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { InputError, OperationError } from "../../errors.ts";
import { parseEnvironment, type StagingEnvironment } from "../../stacks/environment.ts";
import { Openstack } from "../openstack/api.ts";
import type { Blocking, Stack as CloudStack } from "../openstack/condition.ts";
import { loadBalancerCondition } from "../openstack/load-balancers.ts";
import { openstackLogin } from "../openstack/login.ts";
import { settingProblems } from "../openstack/names.ts";
import { quotaProblems } from "../openstack/quotas.ts";
import { remove } from "../openstack/removal.ts";
import { serverCondition } from "../openstack/servers.ts";
import type { StateResource } from "../openstack/stack-objects.ts";
import { volumeCondition } from "../openstack/volumes.ts";
import type { PlannedResource } from "../plan/resource.ts";
import type { StackConfig } from "../settings.ts";

export interface CloudCheck {
  command: "preview" | "up" | "destroy";
  /** Name of the Pulumi project. */
  project: string;
  /** Name of the stack. */
  stackName: string;
  /** Fully qualified config, decrypted. */
  config: StackConfig;
  /** The planned resources; none for a destroy. */
  resources: readonly PlannedResource[];
  stack: Pick<Stack, "exportStack"> & { workspace: Pick<Stack["workspace"], "envVars"> };
  /** Prints a line. */
  say(line: string): void;
}

/** Options for the engine, from what the cloud has. */
export interface CloudResult {
  /** URNs of resources that the engine must replace, because their objects never worked. */
  replace: string[];
  /** Whether the engine must read the cloud first: its state has something that is gone, or of another size. */
  refresh: boolean;
  /** Deletes what would block a destroy: load balancers in ERROR, and what an interrupted update left. */
  clear(): Promise<void>;
}

const nothing: CloudResult = { replace: [], refresh: false, clear: async () => {} };

/**
 * Looks at the cloud before the engine works on a stack: login, names in the settings, services, quotas, and the status
 * of machines, volumes and load balancers. The engine compares settings with its state only. Today: OpenStack.
 * @throws InputError with all settings that the cloud does not know
 * @throws OperationError before an `up`, with all objects that do not work and all quotas that are too small
 */
export async function checkCloud(check: CloudCheck): Promise<CloudResult> {
  const environment = parseEnvironment(check.stackName, check.config);
  return environment.environment === "staging" ? checkOpenstack(environment, check) : nothing;
}

async function checkOpenstack(environment: StagingEnvironment, check: CloudCheck): Promise<CloudResult> {
  const { command, project, config, resources, say } = check;
  const login = openstackLogin(config);
  const cloud = new Openstack(login);
  // The gates read this variable, but not clouds.yaml.
  if (login.cacert !== undefined) check.stack.workspace.envVars.OS_CACERT = resolve(login.cacert);
  const [state] = await Promise.all([stateOf(check.stack), cloud.connect()]);
  const stack: CloudStack = { cloud, environment, project, resources, state };
  const looks = await Promise.all([serverCondition(stack), volumeCondition(stack), loadBalancerCondition(stack)]);
  const blocking = looks.flatMap((look) => look.blocking);
  const refresh = looks.some((look) => look.refresh);
  if (command === "destroy")
    return { replace: [], refresh: refresh || blocking.length > 0, clear: clearing(cloud, blocking, say) };

  const { problems, unchecked } = await settingProblems({ cloud, environment, resources });
  const settings = [...problems, ...looks.flatMap((look) => look.settings)];
  if (settings.length > 0)
    throw new InputError(listed(`OpenStack does not accept settings of ${check.stackName}`, settings));
  const existing = new Set(state.map(({ urn }) => urn));
  const planned = resources.filter(({ urn }) => !existing.has(urn));
  const broken = [...looks.flatMap((look) => look.broken), ...(await quotaProblems(cloud, planned))];
  if (command === "up" && broken.length > 0)
    throw new OperationError(listed(`${check.stackName} cannot be updated`, broken));
  const warnings = broken.map((line) => `up would stop: ${line}`);
  for (const line of [...unchecked, ...warnings, ...looks.flatMap((look) => look.notes)]) say(`OpenStack: ${line}`);
  return { ...nothing, replace: looks.flatMap((look) => look.replace), refresh };
}

function listed(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

async function stateOf(stack: Pick<Stack, "exportStack">): Promise<StateResource[]> {
  const { deployment } = (await stack.exportStack()) as { deployment?: { resources?: StateResource[] } };
  return deployment?.resources ?? [];
}

function clearing(cloud: Openstack, blocking: readonly Blocking[], say: CloudCheck["say"]): CloudResult["clear"] {
  return async () => {
    for (const { kind, name, id } of blocking)
      say(`OpenStack: deletes ${kind} ${name} (${id}), which blocks the destroy`);
    await Promise.all(blocking.map((each) => remove(cloud, each)));
  };
}
