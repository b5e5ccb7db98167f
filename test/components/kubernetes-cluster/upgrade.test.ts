import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb.js";
import type { RegisterResourceHookRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { PlanMonitor } from "../../../cli/plan/monitor.ts";
import { computedOutputs } from "../../../cli/plan/outputs.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { upgradeProblem } from "../../../components/kubernetes-cluster/upgrade.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";

describe("an upgrade of Kubernetes", () => {
  test.each([
    ["1.35.8", "1.36.4", undefined],
    ["1.36.4", "1.36.3", undefined],
    ["1.34.9", "1.36.4", "1.36.4 would skip 1.35, because 1.34.9 runs; use 1.35.8"],
    [
      "1.36.3",
      "1.38.0",
      "1.38.0 would skip 1.37, because 1.36.3 runs; use 1.36.4 or 1.36.3 or a release of 1.37 after you add it with ignition/roles/kubernetes/refresh-versions",
    ],
    [
      "1.36.4",
      "1.35.8",
      "1.35.8 is older than the running 1.36.4, whose data does not support an older minor version; use 1.36.4 or 1.36.3",
    ],
  ])("from the running version %s to %s: %s", (version, to, problem) =>
    expect(upgradeProblem({ version, complete: true }, to)).toBe(problem),
  );

  test.each([
    ["1.36.3", "1.36.4", undefined],
    ["1.36.3", "1.35.8", undefined],
    ["1.35.8", "1.36.4", "1.36.4 is not possible yet, because the change to 1.35.8 is not complete; use 1.35.8"],
    [
      "1.36.3",
      "1.34.9",
      "1.34.9 is not possible yet, because the change to 1.36.3 is not complete; use 1.36.4 or 1.36.3 or 1.35.8",
    ],
  ])("during an upgrade to %s, a change to %s: %s", (version, to, problem) =>
    expect(upgradeProblem({ version, complete: false }, to)).toBe(problem),
  );
});

const require = createRequire(import.meta.url);
const { ResourceHookRequest, ResourceHookResponse } = require("@pulumi/pulumi/proto/resource_pb.js");
const { CallbackInvokeRequest } = require("@pulumi/pulumi/proto/callback_pb.js");
const { CallbacksClient } = require("@pulumi/pulumi/proto/callback_grpc_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const grpc = require("@grpc/grpc-js");

/** Accepts hooks in the same way as the engine. */
class HookedMonitor extends PlanMonitor {
  /** Registered hooks, by name. */
  readonly hooks = new Map<string, RegisterResourceHookRequest>();
  /** Names of the hooks before an update, by resource. */
  readonly beforeUpdate = new Map<string, string[]>();

  registerResourceHook(
    req: RegisterResourceHookRequest,
    callback: (error: Error | null, response?: unknown) => void,
  ): void {
    this.hooks.set(req.getName(), req);
    callback(null, {});
  }

  override async registerResource(
    req: RegisterResourceRequest,
    callback: (error: Error | null, response?: unknown) => void,
  ): Promise<void> {
    const names = req.getHooks()?.getBeforeUpdateList() ?? [];
    if (names.length > 0) this.beforeUpdate.set(req.getName(), names);
    return super.registerResource(req, callback);
  }

  /** Response of a hook to an update. */
  async ask(name: string, values: { oldInputs: object; oldOutputs: object; newInputs: object }): Promise<string> {
    const callback = this.hooks.get(name)!.getCallback()!;
    const request = new ResourceHookRequest();
    request.setOldInputs(Struct.fromJavaScript(values.oldInputs));
    request.setOldOutputs(Struct.fromJavaScript(values.oldOutputs));
    request.setNewInputs(Struct.fromJavaScript(values.newInputs));
    const invocation = new CallbackInvokeRequest();
    invocation.setToken(callback.getToken());
    invocation.setRequest(request.serializeBinary());
    const client = new CallbacksClient(callback.getTarget(), grpc.credentials.createInsecure());
    try {
      const response = await new Promise<CallbackInvokeResponse>((resolve, reject) =>
        client.invoke(invocation, (error: Error | null, answer: CallbackInvokeResponse) =>
          error ? reject(error) : resolve(answer),
        ),
      );
      return ResourceHookResponse.deserializeBinary(response.getResponse()).getError();
    } finally {
      client.close();
    }
  }
}

describe("a cluster with an upgrade hook", () => {
  const cluster = (opts?: pulumi.ComponentResourceOptions) =>
    new KubernetesCluster("kube", { cloud: new DockerCloud("cloud", { cidr: "10.9.0.0/24" }) }, opts);
  const asked = async (program: () => unknown = cluster) => {
    const monitor = new HookedMonitor();
    await evaluate(() => void program(), { stack: "dev", monitor });
    return monitor;
  };

  test("registers the hook for the update and for the preview", async () => {
    const monitor = await asked();
    expect([...monitor.beforeUpdate]).toEqual([["kube", ["kube.version"]]]);
    expect(monitor.hooks.get("kube.version")!.getOnDryRun()).toBe(true);
    expect(monitor.hooks.get("kube.version")!.getIgnoreErrors()).toBe(false);
  });

  test("rejects an upgrade according to the version in its state", async () => {
    const monitor = await asked();
    const ask = (from: string, to: string, oldOutputs: object = { version: from }) =>
      monitor.ask("kube.version", { oldInputs: { version: from }, oldOutputs, newInputs: { version: to } });
    expect(await ask("1.35.8", "1.36.4")).toBe("");
    expect(await ask("1.34.9", "1.36.4")).toBe("kube.version: 1.36.4 would skip 1.35, because 1.34.9 runs; use 1.35.8");
    expect(await ask("1.35.8", "1.36.4", {})).toBe(
      "kube.version: 1.36.4 is not possible yet, because the change to 1.35.8 is not complete; use 1.35.8",
    );
  });

  test("keeps additional hooks of its user", async () => {
    const monitor = await asked(() => cluster({ hooks: { beforeUpdate: [new pulumi.ResourceHook("own", () => {})] } }));
    expect(monitor.beforeUpdate.get("kube")).toEqual(["kube.version", "own"]);
  });

  test("has no hook if no engine is connected, as in a plan and with the mocks of the SDK", async () => {
    await evaluate(() => void cluster(), { stack: "dev" });
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => ({
        id: name,
        state: { ...computedOutputs(type, name, inputs), ...inputs },
      }),
      call: () => ({}),
    });
    expect(await new Promise((resolve) => cluster().version.apply(resolve))).toBe("1.36.4");
  });
});
