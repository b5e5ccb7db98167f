import { runPolicies } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";
import { prod } from "./prod.ts";

const { resources } = await prod();
const rounds = 20;
const started = performance.now();
for (let i = 0; i < rounds; i++) await runPolicies(policies, resources);
console.log(JSON.stringify({ milliseconds: (performance.now() - started) / rounds, resources: resources.length }));
