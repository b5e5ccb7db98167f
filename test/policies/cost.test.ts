import { expect, it } from "vitest";
import { packCost, podCost } from "./cost.ts";

// Measured: 20 to 35 µs. The bound leaves room for a slow and busy machine, and none for a policy that compares every
// resource with every other.
it("costs less than half a millisecond for each of 3,000 resources", async () => {
  const { resources, microsecondsPerResource } = await packCost(3000, 3);
  expect(resources).toBe(3000);
  expect(microsecondsPerResource).toBeLessThan(500);
});

// Measured: 80 to 110 µs.
it("costs less than a millisecond for each of 1,000 deployments to Kubernetes", async () => {
  const { resources, microsecondsPerResource } = await podCost(1000, 3);
  expect(resources).toBe(1000);
  expect(microsecondsPerResource).toBeLessThan(1000);
});
