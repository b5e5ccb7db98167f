/** For tests of other projects: plans a program and runs policies, without engine, cloud or credentials. */
export { type EvaluateOptions, type Evaluation, evaluate, type Program } from "./evaluate.ts";
export {
  type PolicyResult,
  type PolicySettings,
  runPolicies,
  type RunnablePolicy,
  type Violation,
} from "./policies.ts";
export type { PlannedResource } from "./resource.ts";
