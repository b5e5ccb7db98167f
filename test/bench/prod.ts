import { join } from "node:path";
import { prepare } from "../../cli/plan/environment.ts";
import type { PlannedEnvironment } from "../../cli/plan/saved.ts";
import { readProject, stackConfig } from "../../cli/settings.ts";

/** Plans prod with its committed config. */
export function prod(): Promise<PlannedEnvironment> {
  const project = readProject(join(import.meta.dirname, "..", ".."));
  return prepare(project, "prod", stackConfig(project, "prod")).plan();
}
