import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { ExitCode } from "../../errors.ts";
import { Drift } from "../engine/drift.ts";
import { withStack } from "../engine/with-stack.ts";

/** `paasmas drift`: lists the differences between state and cloud, and changes nothing. Exit code 3: there are some. */
export function drift(environment: string): Promise<ExitCode> {
  return withStack(environment, { create: { purpose: "compare" } }, async ({ stack, progress, signal }) => {
    const found = new Drift();
    const onEvent = (event: EngineEvent) => {
      found.onEvent(event);
      progress.onProblem(event);
    };
    await stack.previewRefresh({ onEvent, signal });
    return { text: found.text(environment).trimEnd(), exitCode: found.found ? 3 : 0 };
  });
}
