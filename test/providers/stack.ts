import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, type OutputMap, type Stack } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { withPolicyConfig } from "../../cli/engine/policy-config.ts";
import { readProject, type StackConfig, stackConfig } from "../../cli/settings.ts";
import { repository } from "../lab/paths.ts";
import { engineEnv } from "./requirements.ts";
import { Steps } from "./steps.ts";

/** A resource of the state, with its secrets in clear text. */
export interface StateResource {
  urn: string;
  type: string;
  name: string;
  id?: string;
  parent?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/**
 * A stack of this repository's program, `stacks/index.ts`, with the real engine. Its project file, config and state are
 * in a separate folder. If a test was killed, the next one destroys the remaining resources first.
 */
export class EngineStack {
  readonly name: string;
  readonly #dir: string;
  readonly #environment: string;
  readonly #settings: readonly string[];
  readonly #without: readonly string[];
  readonly #env: Record<string, string>;
  #stack: Stack | undefined;

  /**
   * @param name Name of the stack. It differs from the environment, so that a developer's stack is not changed.
   * @param environment Environment with the committed config.
   * @param settings Settings that replace those of the config, such as `galera.size=5`.
   * @param without Keys of the config that are left out.
   * @param env Environment variables for engine and providers.
   */
  constructor(
    name: string,
    environment: string,
    settings: readonly string[],
    without: readonly string[] = [],
    env: Record<string, string> = {},
  ) {
    this.name = name;
    this.#dir = join(repository, ".cache", "engine", name);
    this.#environment = environment;
    this.#settings = [`environment=${environment}`, ...settings];
    this.#without = without.map((key) => `paasmas:${key}`);
    this.#env = env;
  }

  /** Starts without resources. */
  async open(): Promise<void> {
    if (existsSync(this.#dir)) await this.close();
    mkdirSync(join(this.#dir, "state"), { recursive: true });
    const project = {
      name: "paasmas",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: relative(this.#dir, join(repository, "stacks", "index.ts")),
    };
    writeFileSync(join(this.#dir, "Pulumi.yaml"), stringify(project));
    await this.#select();
  }

  /** Removes the stack without its resources: their cloud is gone. */
  forget(): void {
    rmSync(this.#dir, { recursive: true, force: true });
    this.#stack = undefined;
  }

  /** Destroys the resources and removes the stack. */
  async close(): Promise<void> {
    if (existsSync(join(this.#dir, "Pulumi.yaml"))) {
      await this.#select();
      // A killed run left the lock of the engine.
      await this.#opened.cancel();
      await this.destroy();
    }
    this.forget();
  }

  /** The config with further settings, in the form of `paasmas plan --set`. */
  config(set: readonly string[] = []): StackConfig {
    const all = stackConfig(readProject(repository), this.#environment, { set: [...this.#settings, ...set] });
    return Object.fromEntries(Object.entries(all).filter(([key]) => !this.#without.includes(key)));
  }

  /** Deploys the stack with the given settings. */
  async up(...set: string[]): Promise<Steps> {
    const steps = new Steps();
    this.#configure(set);
    await this.#opened.up({ onEvent: steps.onEvent });
    return steps;
  }

  /** Previews `up`. */
  async preview(options: { set?: readonly string[]; refresh?: boolean; policyPacks?: string[] } = {}): Promise<Steps> {
    const steps = new Steps();
    await this.#preview(options, steps);
    return steps;
  }

  /** A preview that must fail: its steps before the error, and the message. */
  async refusedPreview(options: {
    set?: readonly string[];
    policyPacks?: string[];
  }): Promise<{ steps: Steps; message: string }> {
    const steps = new Steps();
    try {
      await this.#preview(options, steps);
    } catch (error) {
      return { steps, message: (error as Error).message };
    }
    throw new Error("the preview did not fail");
  }

  async #preview(
    options: { set?: readonly string[]; refresh?: boolean; policyPacks?: string[] },
    steps: Steps,
  ): Promise<void> {
    const { set, policyPacks, refresh } = options;
    this.#configure(set);
    await withPolicyConfig(policyPacks && this.config(set)["paasmas:policies"], (path) =>
      this.#opened.preview({
        policyPacks,
        policyPackConfigs: path === undefined ? undefined : [path],
        refresh,
        onEvent: steps.onEvent,
      }),
    );
  }

  async destroy(): Promise<Steps> {
    const steps = new Steps();
    await this.#opened.destroy({ onEvent: steps.onEvent });
    return steps;
  }

  async outputs(): Promise<OutputMap> {
    return this.#opened.outputs();
  }

  /** All resources of the state, in the order of their registration. */
  async resources(): Promise<StateResource[]> {
    const { deployment } = await this.#opened.exportStack();
    return (deployment.resources ?? []).map((resource: StateResource) => ({
      ...resource,
      name: resource.urn.split("::").at(-1)!,
      inputs: clear(resource.inputs ?? {}) as StateResource["inputs"],
      outputs: clear(resource.outputs ?? {}) as StateResource["outputs"],
    }));
  }

  get #opened(): Stack {
    if (this.#stack === undefined) throw new Error(`the stack ${this.name} is not open`);
    return this.#stack;
  }

  async #select(): Promise<void> {
    this.#configure();
    const envVars = { ...engineEnv, ...this.#env, PULUMI_BACKEND_URL: pathToFileURL(join(this.#dir, "state")).href };
    this.#stack ??= await LocalWorkspace.createOrSelectStack({ stackName: this.name, workDir: this.#dir }, { envVars });
  }

  /** Writes the config for the engine. Keys that the engine writes into the same file stay. */
  #configure(set: readonly string[] = []): void {
    const path = join(this.#dir, `Pulumi.${this.name}.yaml`);
    const before = existsSync(path) ? parse(readFileSync(path, "utf8")) : {};
    writeFileSync(path, stringify({ ...before, config: this.config(set) }));
  }
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** A value of the state without wrappers of secrets. */
function clear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value && "plaintext" in value) return clear(JSON.parse(value.plaintext as string));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clear(item)]));
}
