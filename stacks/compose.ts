import { dev } from "./dev.ts";
import type { Environment } from "./environment.ts";
import type { Outputs } from "./outputs.ts";
import { prod } from "./prod.ts";

/** Makes the resources of an environment. To be called within a Pulumi program. */
export function compose(environment: Environment): Outputs {
  switch (environment.environment) {
    case "dev":
      return dev(environment);
    case "staging":
      throw new Error("staging comes with its cloud");
    case "prod":
      return prod(environment);
  }
}
