import * as pulumi from "@pulumi/pulumi";
import { PolicyPack, type PolicyPackConfig } from "@pulumi/policy";
import { policies } from "./all.ts";
import { normalizedConfig } from "./config.ts";

// Constructing a pack starts its server, so this file is for the engine only: `--policy-pack policies`. Everything else
// imports `policies` from `all.ts`. The stack's own `paasmas:policies` is the starting point here as it is in the plan;
// `--policy-pack-config` comes on top of it.
const stackConfig = new pulumi.Config("paasmas").getObject<unknown>("policies");

new PolicyPack(
  "paasmas",
  { policies: [...policies], enforcementLevel: "mandatory" },
  normalizedConfig(policies, stackConfig) as PolicyPackConfig,
);
