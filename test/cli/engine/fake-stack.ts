import type { Deployment, EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Work } from "../../../cli/commands/deploy.ts";
import { changesBetween } from "../../../cli/plan/changes.ts";
import type { SavedPlan, SavedResource } from "../../../cli/plan/saved.ts";

/** The state that the engine has after the `up` of a plan. */
export function stateAfter(plan: SavedPlan, pending: { urn: string; type: string }[] = []): Deployment {
  const resources = plan.resources.map(
    ({ urn, type, parent, custom, inputs, protect, retainOnDelete, dependencies }) => ({
      ...{ urn, type, custom, inputs, dependencies, ...(custom && { id: `id of ${urn.split("::").at(-1)}` }) },
      // The engine leaves out what is false or empty.
      ...(parent !== undefined && { parent }),
      ...(protect && { protect }),
      ...(retainOnDelete && { retainOnDelete }),
    }),
  );
  const operations = pending.map(({ urn, type }) => ({ resource: { urn }, type }));
  return { version: 3, deployment: { resources, pending_operations: operations } };
}

/** The events of the engine's preview of a change from one plan to another. */
export function previewEvents(before: SavedPlan, after: SavedPlan): EngineEvent[] {
  const changes = new Map(changesBetween(before, after).map((change) => [change.resource.urn, change]));
  const ops = { create: "create", replace: "replace", update: "update", remove: "delete" };
  const planned = after.resources.map((resource) => {
    const change = changes.get(resource.urn);
    return stepOf(change ? ops[change.action] : "same", resource, change?.inputs, change?.reasons);
  });
  const removed = [...changes.values()].filter(({ action }) => action === "remove");
  return [...planned, ...removed.map(({ resource }) => stepOf("delete", resource))];
}

function stepOf(op: string, resource: SavedResource, diffs: string[] = [], keys: string[] = []): EngineEvent {
  const { urn, type, custom, inputs, parent, protect, retainOnDelete } = resource;
  const state = { urn, type, custom, inputs, parent, protect, retainOnDelete, id: "", outputs: {}, provider: "" };
  const metadata = { op, urn, type, diffs, keys, provider: "", ...(op === "delete" ? { old: state } : { new: state }) };
  return { sequence: 0, timestamp: 0, resourcePreEvent: { metadata, planning: true } } as EngineEvent;
}

/** A stack without an engine. Records the calls of its methods. */
export class FakeStack {
  readonly calls: string[] = [];
  readonly options: object[] = [];
  readonly #states: Deployment[];
  readonly #events: readonly EngineEvent[];

  /** @param states what each `exportStack()` returns, the last one again and again */
  constructor(states: Deployment[], events: readonly EngineEvent[] = []) {
    this.#states = states;
    this.#events = events;
  }

  /** The stack and a user, for `update` and `remove`. */
  work(confirm: Work["confirm"]): Work & { policyPacks: string[]; output: () => string } {
    let output = "";
    const write = (text: string) => {
      output += text;
    };
    const say = (message: string) => write(`${message}\n`);
    const progress = { onEvent: () => {}, onProblem: () => {} };
    const stack = this as unknown as Work["stack"];
    const { signal } = new AbortController();
    const cloud = { replace: [], refresh: false, clear: async () => {} };
    return {
      ...{ environment: "prod", stack, progress, cloud, say, write, confirm, signal },
      ...{ color: false, policyPacks: [], output: () => output },
    };
  }

  async exportStack() {
    return this.#states.length > 1 ? this.#states.shift() : this.#states[0];
  }

  async preview(options: { onEvent: (event: EngineEvent) => void }) {
    this.#called("preview", options);
    for (const event of this.#events) options.onEvent(event);
    return { changeSummary: {} };
  }

  async up(options: object) {
    this.#called("up", options);
    return { summary: { resourceChanges: { create: 1 } }, outputs: { address: { value: "here", secret: false } } };
  }

  async destroy(options: object) {
    this.#called("destroy", options);
    return { summary: { resourceChanges: { delete: 1 } } };
  }

  async refresh(options: object) {
    this.#called("refresh", options);
  }

  #called(name: string, options: object): void {
    this.calls.push(name);
    this.options.push(options);
  }
}
