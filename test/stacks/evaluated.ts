import { evaluate } from "../../cli/plan/evaluate.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";

export type StackName = "dev" | "staging" | "prod";

export const stacks: StackName[] = ["dev", "staging", "prod"];

const done = new Map<string, Promise<Planned>>();

/**
 * Plan of a committed stack with some replaced settings. Cached for all tests of a file that use the same settings.
 */
export function evaluated(stack: StackName, changes: Record<string, unknown> = {}): Promise<Planned> {
  const key = JSON.stringify([stack, changes]);
  const planned = done.get(key) ?? evaluateAnew(stack, changes);
  done.set(key, planned);
  return planned;
}

/** The same plan, without the cache. */
export async function evaluateAnew(stack: StackName, changes: Record<string, unknown> = {}): Promise<Planned> {
  const environment = parseEnvironment(stack, { ...committed(stack), ...changes });
  return new Planned(await evaluate(() => compose(environment), { stack }));
}
