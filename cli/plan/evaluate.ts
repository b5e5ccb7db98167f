import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { applyPatches } from "./sdk-patches/index.ts";
import { PlanMonitor } from "./monitor.ts";
import type { PlannedResource } from "./resource.ts";

const require = createRequire(import.meta.url);
// A separate store for each program isolates config, registrations and error count.
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
  /** Monitor that answers the program. Default: a new {@link PlanMonitor}. */
  monitor?: PlanMonitor;
  /**
   * Runs the program as in the engine's first preview: values from providers are unknown. Code in an `apply` on such a
   * value does not run, and its resources are missing. Default: false.
   */
  firstPreview?: boolean;
}

export interface Evaluation {
  /** Resources in the order of registration. */
  resources: PlannedResource[];
  /** Stack outputs of the program, with secrets unwrapped. */
  outputs: Record<string, unknown>;
  /** Names of the {@link outputs} that contain a secret. */
  secretOutputs: string[];
}

// biome-ignore lint/suspicious/noConfusingVoidType: a program without stack outputs returns nothing
export type Program = () => Record<string, unknown> | Promise<Record<string, unknown> | undefined> | void;

let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program in this process, without engine, cloud or credentials. Programs run one at a time, each with
 * a clean state.
 * @throws the error object that the program threw, also from an `apply`
 */
export function evaluate(program: Program, options: EvaluateOptions): Promise<Evaluation> {
  const turn = previous.then(() => withLocalStorage(() => run(program, options)));
  previous = turn.catch(() => {});
  return turn;
}

async function run(program: Program, options: EvaluateOptions): Promise<Evaluation> {
  const { firstPreview = false } = options;
  const monitor = options.monitor ?? new PlanMonitor({ firstPreview });
  pulumi.runtime.setMockOptions(monitor, options.project ?? "paasmas", options.stack, firstPreview);
  // The SDK asks the mock monitor for its features (secrets, aliases) only in this call.
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
 * Catches errors in an `apply`, which surface as unhandled rejections. While a program runs, unhandled rejections
 * belong to the program: other listeners, such as those of a test runner, are removed until its end.
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
  return (
    "the program waits for a value that never comes; is there a cycle between its resources? " +
    `Waiting: ${waiting.join(", ") || "the program itself"}`
  );
}

/** Waits two turns of the event loop: Node reports an unhandled rejection after the turn of the rejection. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

/** Removes the prefixes that the SDK adds while it serializes properties. */
function original(error: unknown): unknown {
  if (error instanceof Error) error.message = error.message.replace(/^(error serializing property "[^"]*": )+/, "");
  return error;
}
