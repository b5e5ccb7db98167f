import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { createColors } from "picocolors";
import { count, nameOf, shortType, typeOf } from "../plan/names.ts";
import { causeOf, violationOf } from "./diagnosis.ts";
import { orphanProblem } from "./orphans.ts";
import { ownCommands } from "./own-commands.ts";

export interface Screen {
  write(text: string): void;
  /** Whether it is a terminal. Only a terminal gets a status line. */
  interactive: boolean;
  columns: number;
}

const operations: Partial<Record<OpType, readonly [mark: string, doing: string, done: string]>> = {
  create: ["+", "creating", "created"],
  update: ["~", "updating", "updated"],
  delete: ["-", "deleting", "deleted"],
  replace: ["±", "replacing", "replaced"],
  "create-replacement": ["±", "creating anew", "created anew"],
  "delete-replaced": ["±", "deleting the old", "deleted the old"],
  read: [">", "reading", "read"],
  refresh: [">", "refreshing", "refreshed"],
  import: ["=", "importing", "imported"],
};

/** A problem with its resources: type, name and a colon; `""` without a resource. */
interface Problem {
  severity: "error" | "warning";
  text: string;
  subjects: Set<string>;
}

/**
 * Prints the progress of the engine: a line for each finished resource, a status line at the bottom for running
 * operations, and all problems at the end.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #environment: string;
  readonly #colors;
  readonly #underWay = new Map<string, { op: OpType; since: number }>();
  readonly #problems = new Map<string, Problem>();
  readonly #timer: NodeJS.Timeout | undefined;
  #violations = 0;
  #done = 0;
  #statusShown = false;
  #interrupted = false;

  /** @param environment for the commands in messages */
  constructor(screen: Screen, environment: string) {
    this.#screen = screen;
    this.#environment = environment;
    this.#colors = createColors(screen.interactive && !process.env.NO_COLOR);
    if (screen.interactive) this.#timer = setInterval(() => this.#status(), 500).unref();
  }

  /** Mandatory policy violations so far. */
  get violations(): number {
    return this.#violations;
  }

  readonly onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, policyEvent } = event;
    if (resourcePreEvent !== undefined) {
      const { op, urn } = resourcePreEvent.metadata;
      if (operations[op] !== undefined && isShown(resourcePreEvent.metadata))
        this.#underWay.set(`${op} ${urn}`, { op, since: Date.now() });
      this.#status();
    }
    if (resOutputsEvent !== undefined) this.#finished(resOutputsEvent.metadata, resOutputsEvent.planning ?? false);
    if (resOpFailedEvent !== undefined) {
      const { op, urn } = resOpFailedEvent.metadata;
      this.#underWay.delete(`${op} ${urn}`);
      this.#line(this.#colors.red(`✗ ${shortType(typeOf(urn))} ${nameOf(urn)} failed`));
    }
    if (
      diagnosticEvent !== undefined &&
      !diagnosticEvent.ephemeral &&
      /^(warning|error)$/.test(diagnosticEvent.severity)
    ) {
      const about = diagnosticEvent.urn
        ? `${shortType(typeOf(diagnosticEvent.urn))} ${nameOf(diagnosticEvent.urn)}: `
        : "";
      const text = causeOf(diagnosticEvent.message);
      const isStop = this.#interrupted && /context canceled|(update|preview|operation) cancell?ed/i.test(text ?? "");
      if (text !== undefined && !isStop)
        this.#problem(diagnosticEvent.severity === "error" ? "error" : "warning", this.#explained(text), about);
    }
    if (policyEvent !== undefined) {
      const mandatory = policyEvent.enforcementLevel === "mandatory";
      if (mandatory) this.#violations++;
      const about = policyEvent.resourceUrn ? ` on ${nameOf(policyEvent.resourceUrn)}` : "";
      const text = `policy ${policyEvent.policyName}${about}: ${violationOf(policyEvent.message)}`;
      this.#problem(mandatory ? "error" : "warning", text, "");
    }
  };

  /** Reports only errors and warnings, for the preview before `up`. */
  readonly onProblem = (event: EngineEvent): void => {
    if (event.diagnosticEvent !== undefined || event.policyEvent !== undefined) this.onEvent(event);
  };

  /** The user stopped the engine: its messages about that are no problems. */
  interrupted(): void {
    this.#interrupted = true;
  }

  /** Whether {@link end} prints an error. */
  get failed(): boolean {
    return [...this.#problems.values()].some(({ severity }) => severity === "error");
  }

  /** Removes the status line and prints the problems, errors last. */
  end(): void {
    clearInterval(this.#timer);
    this.#clear();
    const { error = [], warning = [] } = Object.groupBy(this.#problems.values(), ({ severity }) => severity);
    for (const { text, subjects } of warning) {
      const line = subjects.size === 1 ? `${[...subjects][0]}${text}` : `${text} (${count(subjects.size, "resource")})`;
      this.#screen.write(`${this.#colors.yellow("!")} ${line}\n`);
    }
    for (const { text, subjects } of error) {
      for (const subject of subjects) this.#screen.write(`${this.#colors.red("✗")} ${subject}${text}\n`);
    }
  }

  #explained(text: string): string {
    return orphanProblem(text) ?? ownCommands(text, this.#environment);
  }

  // The engine repeats messages of programs and providers, and providers repeat a warning for each resource.
  #problem(severity: Problem["severity"], text: string, subject: string): void {
    const key = `${severity} ${text}`;
    const problem = this.#problems.get(key) ?? { severity, text, subjects: new Set() };
    problem.subjects.add(subject);
    this.#problems.set(key, problem);
  }

  #finished(metadata: StepEventMetadata, planning: boolean): void {
    const { op, urn, type, diffs = [] } = metadata;
    const key = `${op} ${urn}`;
    const seconds = (Date.now() - (this.#underWay.get(key)?.since ?? Date.now())) / 1000;
    this.#underWay.delete(key);
    const [mark, doing, done] = operations[op] ?? [];
    if (mark === undefined || !isShown(metadata)) return;
    this.#done++;
    const subject = `${mark} ${this.#colors.bold(shortType(type))} ${nameOf(urn)}`;
    const inputs = diffs.length > 0 && op !== "create" ? ` (${diffs.join(", ")})` : "";
    const time = planning || seconds < 1 ? "" : this.#colors.dim(` ${seconds.toFixed(1)} s`);
    this.#line(`${subject} ${planning ? `would be ${done}` : (done ?? doing)}${inputs}${time}`);
  }

  #line(text: string): void {
    this.#clear();
    this.#screen.write(`${text}\n`);
    this.#status();
  }

  #status(): void {
    if (!this.#screen.interactive) return;
    this.#clear();
    const [oldest, ...others] = [...this.#underWay].sort(([, a], [, b]) => a.since - b.since);
    if (oldest === undefined) return;
    const [key, { op, since }] = oldest;
    const seconds = Math.round((Date.now() - since) / 1000);
    const more = others.length > 0 ? `, and ${others.length} more` : "";
    const text = `… ${operations[op]?.[1]} ${nameOf(key)} (${seconds} s)${more}; ${count(this.#done, "step")} done`;
    this.#screen.write(text.slice(0, this.#screen.columns - 1));
    this.#statusShown = true;
  }

  #clear(): void {
    if (this.#statusShown) this.#screen.write("\r\u001b[2K");
    this.#statusShown = false;
  }
}

/** Components and providers are not shown: no operation of a cloud belongs to them. */
function isShown({ type, new: after, old: before }: StepEventMetadata): boolean {
  return (after ?? before)?.custom === true && !type.startsWith("pulumi:providers:");
}
