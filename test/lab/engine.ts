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
  /** The steps of this run, in order. */
  steps: Step[];
}

/** A program that gets the config of the stack. */
export type Program = (config: StackConfig) => Record<string, unknown> | Promise<Record<string, unknown>>;

/** Deploys a program on the Docker daemon of this machine, as `pulumi up` does. */
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

  /** @throws The first error of the program or of a resource. Created resources stay, and the next call continues. */
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
    await monitor.removeUnregistered();
    return { resources, outputs, steps };
  }

  /** Removes the resources that `up` created, in the reverse order. */
  async destroy(): Promise<void> {
    await remove(new State(this.#stateFile), undefined, this.#onStep);
  }

  /** Removes everything that the lab created on this machine, by force. */
  async purge(): Promise<void> {
    stopCommands();
    await removeLabelled(this.#stateFile);
  }
}
