import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { OperationError } from "../../errors.ts";

/** There is no engine, and none can be had. */
export class NoEngineError extends OperationError {
  override name = "NoEngineError";
}

/** Where an engine comes from: `PulumiCommand` of the Automation API. */
export interface EngineSource {
  get(): Promise<PulumiCommand>;
  install(): Promise<PulumiCommand>;
}

/**
 * The Pulumi engine: the one on the PATH, else the one that matches the SDK, installed where Pulumi itself would.
 * @param note told when an installation starts; it takes a while
 * @throws NoEngineError with what was tried.
 */
export async function findEngine(note: (message: string) => void, source?: EngineSource): Promise<PulumiCommand> {
  const engines = source ?? (await import("@pulumi/pulumi/automation/index.js")).PulumiCommand;
  const onPath = await engines.get().catch((error: Error) => error);
  if (!(onPath instanceof Error)) return onPath;
  const found = !/ENOENT/.test(onPath.message);
  note(
    `${found ? `The pulumi on the PATH cannot be used: ${lastLine(onPath)}` : "There is no pulumi on the PATH"}; installing the one that matches the SDK.`,
  );
  try {
    return await engines.install();
  } catch (error) {
    throw new NoEngineError(
      `there is no Pulumi engine: ${found ? lastLine(onPath) : "no pulumi on the PATH"}, and installing one failed (${lastLine(error as Error)}). ` +
        "Install it from https://www.pulumi.com/docs/install/ and try again; paasmas plan works without.",
    );
  }
}

/** The engine's own words are at the end of what the Automation API reports. */
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
