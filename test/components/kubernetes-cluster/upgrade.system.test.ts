import { expect, test } from "vitest";
import { upgradeProblem } from "../../../components/kubernetes-cluster/upgrade.ts";
import { call } from "../../ignition/roles/bash.ts";

test("the machines refuse the same changes of version as the program", () => {
  const releases = ["1.34.9", "1.35.0", "1.35.8", "1.36.3", "1.36.4", "1.38.0"];
  const pairs = releases.flatMap((from) => releases.map((to) => [from, to] as const));
  const refused = (by: (from: string, to: string) => boolean) => pairs.filter(([from, to]) => by(from, to));
  expect(refused((version, to) => upgradeProblem({ version, complete: true }, to) !== undefined)).toEqual(
    refused((from, to) => call("kubernetes/version-step.sh", "version_step", [from, to]).startsWith("refuse")),
  );
});
