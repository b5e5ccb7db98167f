import * as pulumi from "@pulumi/pulumi";
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./all.ts";
import { engineConfig, PolicyConfigError } from "./config.ts";

// For the engine only (`--policy-pack policies`), because a PolicyPack starts a server; other code imports `all.ts`.
// The settings in `paasmas:policies` apply first, as in the plan; then those in `--policy-pack-config`.
try {
  const given = new pulumi.Config("paasmas").getObject<unknown>("policies");
  new PolicyPack("paasmas", { policies: [...policies], enforcementLevel: "mandatory" }, engineConfig(policies, given));
} catch (error) {
  if (!(error instanceof PolicyConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
