import { evaluate } from "../../cli/plan/evaluate.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import type { StackConfig } from "../../cli/settings.ts";
import { removeLabelled } from "./monitor/cleanup.ts";
import { stopCommands } from "./monitor/command.ts";
import { LabMonitor, remove, type Step } from "./monitor/monitor.ts";
import { State } from "./monitor/state.ts";

export interface Deployment {
  resources: PlannedResource[];
  outputs: Record<string, unknown>;
  /** What had to be done, in order. */
  steps: Step[];
}

/** A program, given the stack's config. */
export type Program = (config: StackConfig) => Record<string, unknown> | Promise<Record<string, unknown>>;

/** Brings a stack to what its program says, as `pulumi up` does, on this machine's Docker daemon. */
export class Engine {
  readonly #program: Program;
  readonly #stack: string;
  readonly #stateFile: string;
  readonly #onStep: (step: Step) => void;

  constructor(options: { program: Program; stack: string; stateFile: string; onStep?: (step: Step) => void }) {
    this.#program = options.program;
    this.#stack = options.stack;
    this.#stateFile = options.stateFile;
    this.#onStep = options.onStep ?? (() => {});
  }

  /** @throws the first error of the program or of a resource; what was made until then stays, for a next try. */
  async up(config: StackConfig): Promise<Deployment> {
    const steps: Step[] = [];
    const monitor = new LabMonitor(new State(this.#stateFile), (step) => {
      steps.push(step);
      this.#onStep(step);
    });
    const text = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
    const { resources, outputs } = await evaluate(() => this.#program(config), {
      stack: this.#stack,
      config: text,
      monitor,
    });
    await monitor.removeOthers();
    return { resources, outputs, steps };
  }

  /** Removes what `up` made, in the reverse order. */
  async destroy(): Promise<void> {
    await remove(new State(this.#stateFile), undefined, this.#onStep);
  }

  /** Removes everything the lab ever made on this machine, at once and without asking anyone to stop. */
  async purge(): Promise<void> {
    stopCommands();
    await removeLabelled(this.#stateFile);
  }
}
