import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { OperationError } from "../../errors.ts";

/** No engine is installed, and installing one failed. */
export class NoEngineError extends OperationError {
  override name = "NoEngineError";
}

/** Where an engine comes from: `PulumiCommand` of the Automation API. */
export interface EngineSource {
  get(): Promise<PulumiCommand>;
  install(): Promise<PulumiCommand>;
}

/**
 * Finds the Pulumi engine on the PATH. Without one, installs the version of the SDK, where Pulumi itself would.
 * @param note gets a line before an installation, which takes some time
 * @throws NoEngineError with the result of both attempts
 */
export async function findEngine(note: (message: string) => void, source?: EngineSource): Promise<PulumiCommand> {
  const engines = source ?? (await import("@pulumi/pulumi/automation/index.js")).PulumiCommand;
  const onPath = await engines.get().catch((error: Error) => error);
  if (!(onPath instanceof Error)) return onPath;
  const found = !/ENOENT/.test(onPath.message);
  const reason = found
    ? `The pulumi on the PATH cannot be used: ${lastLine(onPath)}`
    : "There is no pulumi on the PATH";
  note(`${reason}; installing the one that matches the SDK.`);
  try {
    return await engines.install();
  } catch (error) {
    throw new NoEngineError(
      `there is no Pulumi engine: ${found ? lastLine(onPath) : "no pulumi on the PATH"}, ` +
        `and installing one failed (${lastLine(error as Error)}). ` +
        "Install it from https://www.pulumi.com/docs/install/ and try again; paasmas plan works without.",
    );
  }
}

/** The engine's message, which is at the end of an error of the Automation API. */
export function lastLine(error: Error): string {
  const lines = error.message
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return (
    lines.findLast((line) => line.startsWith("error:")) ??
    lines.findLast((line) => !/^(code|stdout|stderr|err\?):?$/.test(line)) ??
    ""
  )
    .replace(/^(stderr|stdout|err\?):\s*/, "")
    .replace(/^error:\s*/, "");
}
