import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noDocker, noEngine } from "./requirements.ts";
import { EngineStack } from "./stack.ts";

const reason = noEngine(["random", "tls", "command", "docker"]) ?? (await noDocker());
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const minutes = 60_000;
const policyPacks = [fileURLToPath(new URL("../../policies", import.meta.url))];
const stack = new EngineStack("engine-policies", "dev", []);

describe("dev checked against the policy pack, by the engine", { timeout: 10 * minutes }, () => {
  beforeAll(async () => {
    if (reason === undefined) await stack.open();
  }, 5 * minutes);
  afterAll(async () => {
    if (reason === undefined) await stack.close();
  }, 5 * minutes);

  it("violates no mandatory policy", async () => {
    const steps = await stack.preview({ policyPacks });
    expect(steps.count("create")).toBeGreaterThan(90);
    expect(steps.violations).toEqual([]);
  });

  it("fails if it opens the database to the developer's whole network", async () => {
    const { steps, message } = await stack.refusedPreview({ set: ["docker.publishAddress=0.0.0.0"], policyPacks });
    const found = steps.violations.map(
      ({ policy, resource, message: text }) =>
        `${policy}: ${resource}: ${/ports\[\d\]\.ip is "[^"]*"/.exec(text)?.[0]}`,
    );
    expect(found.sort()).toEqual(
      [0, 1].map((port) => `docker-loopback-ports: lb-front-haproxy: ports[${port}].ip is "0.0.0.0"`),
    );
    expect(message).toContain("docker-loopback-ports");
  });

  it("uses the settings of the stack for the pack", async () => {
    const set = [
      "docker.publishAddress=0.0.0.0",
      "docker.image=quay.io/fedora/fedora-coreos:stable",
      "policies.docker-loopback-ports=advisory",
      "policies.docker-fixed-image=mandatory",
    ];
    const { steps } = await stack.refusedPreview({ set, policyPacks });
    expect(steps.violations.map(({ policy, resource }) => ({ policy, resource }))).toEqual([
      { policy: "docker-fixed-image", resource: "paasmas-node-image" },
    ]);
  });
});
