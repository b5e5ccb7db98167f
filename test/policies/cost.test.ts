import { expect, it } from "vitest";
import { packCost, podCost } from "./cost.ts";

// Measured: 20 to 35 µs. The limit allows a slow and busy machine, but no policy that compares all pairs of resources.
it("takes less than half a millisecond for each of 3,000 resources", async () => {
  const { resources, microsecondsPerResource } = await packCost(3000, 3);
  expect(resources).toBe(3000);
  expect(microsecondsPerResource).toBeLessThan(500);
});

// Measured: 80 to 110 µs.
it("takes less than a millisecond for each of 1,000 Kubernetes deployments", async () => {
  const { resources, microsecondsPerResource } = await podCost(1000, 3);
  expect(resources).toBe(1000);
  expect(microsecondsPerResource).toBeLessThan(1000);
});
