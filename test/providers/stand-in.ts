import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import * as pulumi from "@pulumi/pulumi";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/index.js";
import { providers } from "../lab/monitor/monitor.ts";
import { changeOf, type Provider as LabProvider, type Values } from "../lab/monitor/provider.ts";
import { endWithEngine } from "./end-with-engine.ts";

/** Names of the inputs in the state of a resource. Its other properties are outputs. */
const inputNames = "paasmasInputs";

/** Returns its inputs: for packages whose real provider needs a cluster or an account that no test has. */
const echo: LabProvider = {
  updatable: "all",
  async create() {
    return { id: randomUUID(), outputs: {} };
  },
  async delete() {},
};

/** Packages without judgement of inputs in these tests. The resources of the others are those of the lab. */
const echoed: readonly string[] = ["kubernetes", "github"];

/**
 * A provider of the engine that makes resources as the lab does: real containers, certificates, passwords and commands.
 * It stands in for packages whose provider is not a Go module.
 */
function standIn(name: string): Provider {
  // The engine warns about a provider that is older than its package.
  const { version } = createRequire(import.meta.url)(`@pulumi/${name}/package.json`) as { version: string };
  const of = (urn: string): LabProvider => {
    const type = typeOf(urn);
    const found = echoed.includes(name) ? echo : providers[type];
    if (found === undefined) throw new Error(`the stand-in for ${name} cannot make ${type}`);
    return found;
  };
  return {
    version,
    schema: JSON.stringify({ name, version }),
    async check(_urn, _olds, news) {
      return { inputs: news };
    },
    async diff(_id, urn, olds, news) {
      const change = changeOf(of(urn), inputsOf(olds), plain(news) as Values);
      if (change.kind === "none") return { changes: false };
      return {
        changes: true,
        // Names and addresses are fixed, so the old one goes first.
        ...(change.kind === "replace" ? { replaces: change.properties, deleteBeforeReplace: true } : {}),
      };
    },
    async create(urn, inputs) {
      const { id, outputs } = await of(urn).create(nameOf(urn), plain(inputs) as Values);
      await pause("create", urn);
      return { id, outs: { ...inputs, ...outputs, [inputNames]: Object.keys(inputs) } };
    },
    async read(id, urn, props) {
      const { exists } = of(urn);
      if (exists !== undefined && !(await exists({ id, outputs: plain(props) as Values }))) return {};
      return { id, props };
    },
    async update(id, urn, olds, news) {
      const outputs = outputsOf(olds);
      const made = { id, outputs: plain(outputs) as Values };
      const after = (await of(urn).update?.(made, plain(news) as Values, inputsOf(olds))) ?? outputs;
      await pause("update", urn);
      return { outs: { ...news, ...after, [inputNames]: Object.keys(news) } };
    },
    async delete(id, urn, props) {
      await of(urn).delete({ id, outputs: plain(outputsOf(props)) as Values }, inputsOf(props));
      await pause("delete", urn);
    },
    async construct(component, type, _inputs, options) {
      const { urn } = new pulumi.ComponentResource(type, component, {}, options);
      return { urn, state: {} };
    },
    async invoke(token) {
      throw new Error(`the stand-in for ${name} has no function ${token}`);
    },
  };
}

/** For tests that kill the engine: never answers after an operation such as `create box`, which it notes in a file. */
async function pause(operation: string, urn: string): Promise<void> {
  const { STAND_IN_PAUSE, STAND_IN_PAUSED } = process.env;
  if (STAND_IN_PAUSE !== `${operation} ${nameOf(urn)}`) return;
  writeFileSync(STAND_IN_PAUSED!, "");
  await new Promise(() => {});
}

function inputsOf(state: Values): Values {
  const names = (state[inputNames] ?? []) as string[];
  return plain(Object.fromEntries(names.map((key) => [key, state[key]]))) as Values;
}

function outputsOf(state: Values): Values {
  const inputs = new Set([inputNames, ...((state[inputNames] ?? []) as string[])]);
  return Object.fromEntries(Object.entries(state).filter(([key]) => !inputs.has(key)));
}

/** A value without the wrappers of its secrets. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Values)[specialSigKey] === specialSecretSig) return plain((value as Values).value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}

endWithEngine();
const [name, ...args] = process.argv.slice(2);
await main(standIn(name!), args);
