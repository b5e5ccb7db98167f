import { fileURLToPath } from "node:url";
import * as openstack from "@pulumi/openstack";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { committed } from "../stacks/committed.ts";
import { evaluated } from "../stacks/evaluated.ts";
import { stagingWithEverything } from "../stacks/staging-everything.ts";
import { startKeystone } from "./keystone.ts";
import { engineEnv, noEngine } from "./requirements.ts";
import { EngineStack } from "./stack.ts";

const reason = noEngine(["openstack", "random", "tls", "command", "kubernetes"]);
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const policyPacks = [fileURLToPath(new URL("../../policies", import.meta.url))];
/** The ids in place of the zeros in the committed file. */
const ids = {
  imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a50",
  externalNetworkId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a51",
  zoneId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a52",
};
const everything = stagingWithEverything() as Record<string, object>;
const withIds = {
  ...everything,
  "paasmas:openstack": {
    ...everything["paasmas:openstack"],
    imageId: ids.imageId,
    externalNetworkId: ids.externalNetworkId,
  },
  // One of the settings is `openstack.antiAffinity: preferred`, which this policy does not accept.
  "paasmas:policies": { ...(committed("staging")["paasmas:policies"] as object), "quorum-spread": "advisory" },
};

describe("the real provider of OpenStack", { timeout: 300_000 }, () => {
  let keystone: Awaited<ReturnType<typeof startKeystone>>;
  beforeAll(async () => {
    if (reason === undefined) keystone = await startKeystone();
  });
  afterAll(() => keystone?.close());

  it.each([
    [
      "the committed staging",
      [
        `openstack.imageId=${ids.imageId}`,
        `openstack.externalNetworkId=${ids.externalNetworkId}`,
        `paas.dns.zoneId=${ids.zoneId}`,
        "registry.ecr.accessKey=AKIAIOSFODNN7EXAMPLE",
        "registry.ecr.secretKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      ],
      {},
    ],
    [
      "staging with every optional setting",
      Object.entries(withIds).map(([key, value]) => `${key.replace("paasmas:", "")}=${JSON.stringify(value)}`),
      withIds,
    ],
  ])("takes every resource of %s, and no policy has another verdict than in the plan", async (_, settings, config) => {
    const stack = new EngineStack("engine-preview", "staging", settings, [], keystone.env);
    await stack.open();
    try {
      const started = Date.now();
      const steps = await stack.preview({ policyPacks });
      const { resources } = await evaluated("staging", config);
      const ofProvider = (types: string[]) => types.filter((type) => type.startsWith("openstack:")).length;
      const created = steps.all.filter(({ op }) => op === "create").map(({ type }) => type);
      console.log(`${ofProvider(created)} resources of OpenStack in ${((Date.now() - started) / 1000).toFixed(0)} s`);
      expect(ofProvider(created)).toBe(ofProvider(resources.map(({ type }) => type)));
      expect(ofProvider(created)).toBeGreaterThan(180);
      expect(steps.violations).toEqual([]);
    } finally {
      await stack.close();
    }
  });

  it("refuses a value with the resource and its own words", async () => {
    const program = async () => {
      new openstack.objectstorage.TempUrl("upload", { container: "a", object: "b", method: "put", ttl: 60 });
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "refused", projectName: "paasmas-refused", program },
      { envVars: { ...engineEnv, ...keystone.env, PULUMI_BACKEND_URL: `file://${keystone.folder}` } },
    );
    await expect(stack.preview()).rejects.toThrow(
      /TempUrl upload.*(\n.*)*Only 'get', and 'post' are supported values for 'method'/,
    );
  });
});
