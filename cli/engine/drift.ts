import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { isDeepStrictEqual } from "node:util";
import { count, nameOf, shortType } from "../plan/names.ts";
import { redacted } from "../plan/saved.ts";

/** Collects the differences between state and cloud from the events of a refresh. */
export class Drift {
  readonly #lines: string[] = [];

  readonly onEvent = (event: EngineEvent): void => {
    const { metadata } = event.resOutputsEvent ?? {};
    if (metadata === undefined || (metadata.new ?? metadata.old)?.custom !== true) return;
    const subject = `${shortType(metadata.type)} ${nameOf(metadata.urn)}`;
    if (metadata.op === "delete") this.#lines.push(`- ${subject}: does not exist any more`);
    if (metadata.op !== "update") return;
    const differences = differencesOf(metadata);
    this.#lines.push(`~ ${subject}: ${differences.join(", ") || "differs"}`);
  };

  get found(): boolean {
    return this.#lines.length > 0;
  }

  /** One line for each resource, and a closing line. */
  text(environment: string): string {
    if (!this.found) return `${environment}: no drift.\n`;
    const lines = `${this.#lines.join("\n")}\n${environment}: drift in ${count(this.#lines.length, "resource")}`;
    return `${lines}; to restore the settings: npm run up -- ${environment} --refresh\n`;
  }
}

/** `size 10 → 20`, by the top-level properties that differ. */
function differencesOf({ detailedDiff, diffs = [], old, new: now }: StepEventMetadata): string[] {
  const named = [...Object.keys(detailedDiff ?? {}), ...diffs].map((path) => path.split(/[.[]/)[0]!);
  const [was, is] = [old?.outputs ?? {}, now?.outputs ?? {}];
  return [...new Set(named)]
    .filter((name) => !isDeepStrictEqual(was[name], is[name]))
    .sort()
    .map((name) => `${name} ${short(was[name])} → ${short(is[name])}`);
}

/** Key of a secret in the engine's events. */
const secretKey = "4dabf18193072939515e22adb298388d";

function short(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "object" && secretKey in value) return redacted;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [first = ""] = text.split("\n");
  return first.length < text.length || first.length > 60 ? `${first.slice(0, 59)}…` : first;
}
