import { requireOfSdk } from "./replace.ts";

/** SDK versions that the patches are tested with: `from` is included, `below` is not. */
export const testedVersions = { from: "3.270.0", below: "3.271.0" } as const;

/** Why patches are on or off. */
export type PatchState = "on" | "switched off" | "untested version";

/** Version of the installed `@pulumi/pulumi`. `none` on a build agent, which only runs `paasmas delivery`. */
export function sdkVersion(): string {
  try {
    return (requireOfSdk()("./package.json") as { version: string }).version;
  } catch {
    return "none";
  }
}

/**
 * State of all patches.
 * @param version SDK version. Default: the installed one.
 * @param setting `off` turns all patches off. Default: the environment variable `PAASMAS_SDK_PATCHES`.
 */
export function patchState(version = sdkVersion(), setting = process.env.PAASMAS_SDK_PATCHES): PatchState {
  if (setting === "off") return "switched off";
  return isTested(version) ? "on" : "untested version";
}

/** One line for the operator when the installed SDK is outside of the tested versions. */
export function untestedNotice(version: string): string {
  const { from, below } = testedVersions;
  const tested = `${from} to below ${below} are`;
  return `paasmas: SDK patches are off: @pulumi/pulumi ${version} is not tested (${tested}); plans take longer`;
}

/** A pre-release counts as untested. */
function isTested(version: string): boolean {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return false;
  return compare(version, testedVersions.from) >= 0 && compare(version, testedVersions.below) < 0;
}

/** Negative if `a` is older than `b`. The package semver takes longer to load than the patches save. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing < 0 ? 0 : left[differing]! - right[differing]!;
}
