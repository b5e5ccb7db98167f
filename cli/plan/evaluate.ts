import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { applyPatches } from "./sdk-patches/index.ts";
import { PlanMonitor } from "./monitor.ts";
import type { PlannedResource } from "./resource.ts";

const require = createRequire(import.meta.url);
// One store per program keeps its config, registrations and error count from the next one's.
const { withLocalStorage, getStore } = require("@pulumi/pulumi/runtime/state.js") as {
  withLocalStorage<T>(callback: () => T): T;
  getStore(): { pendingResourceRegistrations: Map<unknown, { name: string; type: string; inputProperty?: string }> };
};

export interface EvaluateOptions {
  /** Stack name, the environment. */
  stack: string;
  /** Default: `paasmas`. */
  project?: string;
  /** Fully qualified config, `{"paasmas:galera": "{\"size\":3}"}`. */
  config?: Record<string, string>;
  /** Keys of {@link config} that are secret. Default: none. */
  secretKeys?: string[];
  /** Who answers the program. Default: a new {@link PlanMonitor}. */
  monitor?: PlanMonitor;
}

export interface Evaluation {
  /** In the order of registration. */
  resources: PlannedResource[];
  /** The program's stack outputs, secrets unwrapped. */
  outputs: Record<string, unknown>;
  /** Names of the {@link outputs} that hold a secret. */
  secretOutputs: string[];
}

export type Program = () => Record<string, unknown> | Promise<Record<string, unknown> | undefined> | void;

let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program in this process, without engine, cloud or credentials. Programs run one after the other,
 * each from a clean state.
 * @throws the error that the program threw, the very object, also from within an `apply`.
 */
export function evaluate(program: Program, options: EvaluateOptions): Promise<Evaluation> {
  const turn = previous.then(() => withLocalStorage(() => run(program, options)));
  previous = turn.catch(() => {});
  return turn;
}

async function run(program: Program, options: EvaluateOptions): Promise<Evaluation> {
  const monitor = options.monitor ?? new PlanMonitor();
  pulumi.runtime.setMockOptions(monitor, options.project ?? "paasmas", options.stack, false);
  // The mock monitor lists what it supports (secrets, aliases...): the SDK asks when told to.
  await (pulumi.runtime as unknown as Runtime).awaitFeatureSupport();
  pulumi.runtime.setAllConfig(options.config ?? {}, options.secretKeys ?? []);

  const restoreSdk = applyPatches();
  const failure = new FirstFailure();
  try {
    await failure.orEndOf(async () => {
      await pulumi.runtime.runInPulumiStack(async () => (await program()) ?? {});
      await (pulumi.runtime as unknown as Runtime).waitForRPCs();
    });
    return {
      resources: monitor.planned,
      outputs: monitor.stackOutputs.values,
      secretOutputs: monitor.stackOutputs.secretNames,
    };
  } finally {
    restoreSdk();
    failure.stopListening();
  }
}

/** Exported by the SDK at run time, not in its types. */
interface Runtime {
  awaitFeatureSupport(): Promise<void>;
  waitForRPCs(): Promise<void>;
}

/**
 * An error in an `apply` reaches nobody who waits: it surfaces as an unhandled rejection. While a program runs
 * those are the program's failures, and nobody else's (a test runner's, say) to report.
 */
class FirstFailure {
  readonly #others = process.listeners("unhandledRejection");
  readonly #happened: Promise<never>;
  #report!: (reason: unknown) => void;
  readonly #pending = getStore().pendingResourceRegistrations;
  readonly #stuck = () => this.#report(new Error(stuckMessage([...this.#pending.values()])));

  constructor() {
    this.#happened = new Promise((_, reject) => {
      this.#report = reject;
    });
    this.#happened.catch(() => {});
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", this.#report);
    process.on("beforeExit", this.#stuck);
  }

  async orEndOf(work: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([work(), this.#happened]);
      await settled();
      await Promise.race([this.#happened, undefined]);
    } catch (error) {
      await settled();
      throw original(error);
    }
  }

  stopListening(): void {
    process.off("unhandledRejection", this.#report);
    process.off("beforeExit", this.#stuck);
    for (const listener of this.#others) process.on("unhandledRejection", listener);
  }
}

function stuckMessage(pending: { name: string; type: string; inputProperty?: string }[]): string {
  const waiting = pending.map((r) => `"${r.name}" [${r.type}]${r.inputProperty ? ` for its ${r.inputProperty}` : ""}`);
  return `the program waits for a value that never comes; is there a cycle between its resources? Waiting: ${waiting.join(", ") || "the program itself"}`;
}

/** Two turns of the event loop: unhandled rejections are announced after the turn that they happened in. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

/** The SDK writes on its way through which property was being serialized into the message; the cause is the message. */
function original(error: unknown): unknown {
  if (error instanceof Error) error.message = error.message.replace(/^(error serializing property "[^"]*": )+/, "");
  return error;
}
