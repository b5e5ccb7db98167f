/** What other projects test with: a program's plan, without engine, cloud or credentials, and policies over it. */
export { type EvaluateOptions, type Evaluation, evaluate, type Program } from "./evaluate.ts";
export {
  type PolicyResult,
  type PolicySettings,
  runPolicies,
  type RunnablePolicy,
  type Violation,
} from "./policies.ts";
export type { PlannedResource } from "./resource.ts";
