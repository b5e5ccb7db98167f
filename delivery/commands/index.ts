export { decide } from "./decide.ts";
export { buildImages, deploy, pass, promoteImages, remove, rollback } from "./deploy.ts";
export { commentPreviews, cycleTimes, notify } from "./report.ts";
export type { Outcome, Log } from "./common.ts";
export { sweepPreviews } from "./sweep.ts";
