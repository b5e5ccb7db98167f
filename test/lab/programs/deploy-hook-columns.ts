import type { Column } from "../table.ts";
import type { HookResult } from "./deploy-hook-cases.ts";

/** The deploy hook's results as a table. */
export const hookColumns: readonly Column<HookResult>[] = [
  { title: "case", of: (result) => result.case },
  { title: "requests", of: ({ load }) => load?.requests.toLocaleString("en") ?? "-", right: true },
  { title: "failed", of: ({ load }) => (load === undefined ? "-" : String(load.failed)), right: true },
  {
    title: "longest gap",
    of: ({ load }) => (load === undefined ? "-" : `${(load.longestGapMs / 1000).toFixed(2)} s`),
    right: true,
  },
  { title: "took", of: ({ seconds }) => `${seconds.toFixed(1)} s`, right: true },
  { title: "verdict", of: ({ failures }) => (failures.length > 0 ? "FAILED" : "ok") },
];
