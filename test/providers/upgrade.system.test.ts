import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { engineEnv, noEngine } from "./requirements.ts";
import { Steps } from "./steps.ts";

const reason = noEngine(["random", "tls", "command"]);
beforeEach(({ skip }) => skip(reason !== undefined, reason));

/** Steps of the engine, and the message if it failed. */
interface Outcome {
  steps: Steps;
  refusal?: string;
}

describe("an upgrade of Kubernetes, by the engine", { timeout: 300_000 }, () => {
  let folder: string;
  let stack: Stack;

  beforeAll(async () => {
    if (reason !== undefined) return;
    folder = mkdtempSync(join(tmpdir(), "engine-upgrade-"));
    const envVars = { ...engineEnv, PULUMI_BACKEND_URL: pathToFileURL(folder).href };
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "engine-upgrade", projectName: "paasmas", program: async () => {} },
      { envVars },
    );
  }, 60_000);
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  async function run(operation: "preview" | "up", version: string, broken: readonly string[] = []): Promise<Outcome> {
    const steps = new Steps();
    const program = async () => {
      new KubernetesCluster("kube", { cloud: new FakeCloud("cloud", broken), version });
    };
    try {
      await stack[operation]({ program, onEvent: steps.onEvent });
      return { steps };
    } catch (error) {
      return {
        steps,
        refusal:
          /error: (?:Preview failed: )?(?:before hook "kube\.version" failed: )?(.*)/.exec(
            (error as Error).message,
          )?.[1] ?? String(error),
      };
    }
  }

  /** Changes the state, as if another release were running. */
  async function pretend(version: string): Promise<void> {
    const state = await stack.exportStack();
    const cluster = state.deployment.resources.find(
      ({ type }: { type: string }) => type === "paasmas:index:KubernetesCluster",
    );
    cluster.inputs.version = cluster.outputs.version = version;
    await stack.importStack(state);
  }

  const state = async () => JSON.stringify((await stack.exportStack()).deployment.resources);

  /** Expects that preview and update fail with this message, and that the update changes nothing. */
  async function expectRefused(version: string, refusal: string): Promise<void> {
    const before = await state();
    expect((await run("preview", version)).refusal).toBe(refusal);
    const { steps, refusal: again } = await run("up", version);
    expect(again).toBe(refusal);
    expect(steps.order).toEqual([]);
    expect(await state()).toBe(before);
  }

  it("must be complete before the next one starts", async () => {
    const { refusal } = await run("up", "1.35.8", ["kube-1"]);
    expect(refusal).toMatch(/false/);
    await expectRefused(
      "1.36.4",
      "kube.version: 1.36.4 is not possible yet, because the change to 1.35.8 is not complete; use 1.35.8",
    );
    expect((await run("up", "1.35.8")).refusal).toBeUndefined();
    expect((await run("preview", "1.35.8")).steps.changes).toEqual([]);
  });

  it("continues with the next minor version, machine by machine", async () => {
    expect((await run("preview", "1.36.4")).refusal).toBeUndefined();
    const { steps, refusal } = await run("up", "1.36.4");
    expect(refusal).toBeUndefined();
    expect(steps.order).toEqual(
      ["kube-0", "kube-1", "kube-2", "kube-worker-0", "kube-worker-1"].flatMap((name) => [
        `delete ${name}-ready`,
        `create ${name}-ready`,
      ]),
    );
  });

  it("does not go back a minor version", async () => {
    await expectRefused(
      "1.35.8",
      "kube.version: 1.35.8 is older than the running 1.36.4, whose data " +
        "does not support an older minor version; use 1.36.4 or 1.36.3",
    );
    expect((await run("preview", "1.36.3")).refusal).toBeUndefined();
  });

  it("can be reverted or completed after a failure in the middle", async () => {
    await pretend("1.35.8");
    expect((await run("up", "1.36.3", ["kube-1"])).refusal).toMatch(/false/);
    for (const version of ["1.35.8", "1.36.3", "1.36.4"])
      expect((await run("preview", version)).refusal, version).toBeUndefined();
    expect((await run("up", "1.36.4")).refusal).toBeUndefined();
  });

  it("skips no minor version", async () => {
    await pretend("1.34.9");
    await expectRefused("1.36.4", "kube.version: 1.36.4 would skip 1.35, because 1.34.9 runs; use 1.35.8");
  });
});
