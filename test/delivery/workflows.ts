import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");
export const shared = "examples/delivery/github-actions/.github/workflows";
export const own = "examples/three-services/.github/workflows";

/** Workflows of GitHub Actions in the examples, as paths below the root. */
export const workflows = [
  `${shared}/delivery.yml`,
  `${shared}/sweep.yml`,
  `${own}/delivery.yml`,
  `${own}/sweep.yml`,
  "examples/ci/github-actions.yml",
];
