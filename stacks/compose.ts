import { dev } from "./dev.ts";
import type { Environment } from "./environment.ts";
import type { Outputs } from "./outputs.ts";
import { prod } from "./prod.ts";
import { staging } from "./staging.ts";

/** Creates the resources of an environment. Call it in a Pulumi program. */
export async function compose(environment: Environment): Promise<Outputs> {
  switch (environment.environment) {
    case "dev":
      return dev(environment);
    case "staging":
      return staging(environment);
    case "prod":
      return prod(environment);
  }
}
