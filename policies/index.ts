import * as pulumi from "@pulumi/pulumi";
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./all.ts";
import { engineConfig, PolicyConfigError } from "./config.ts";

// Constructing a pack starts its server, so this file is for the engine only: `--policy-pack policies`. Everything else
// imports `policies` from `all.ts`. The stack's own `paasmas:policies` is the starting point here as it is in the plan;
// `--policy-pack-config` comes on top of it.
try {
  const given = new pulumi.Config("paasmas").getObject<unknown>("policies");
  new PolicyPack("paasmas", { policies: [...policies], enforcementLevel: "mandatory" }, engineConfig(policies, given));
} catch (error) {
  if (!(error instanceof PolicyConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
