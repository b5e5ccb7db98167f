import { loadModulesLazily } from "./lazy-modules.ts";
import { createPropertiesLazily, transferProperties } from "./lazy-properties.ts";
import { keepStructsPlain, structFromJavaScript } from "./plain-structs.ts";
import type { PatchedName } from "./replace.ts";
import { callsites, debuggablePromise, skipStackTraces } from "./stack-traces.ts";
import { patchState, sdkVersion, untestedNotice } from "./version.ts";

/** Functions that the patches replace. A test checks that the installed SDK has each of them. */
export const patchedNames: readonly PatchedName[] = [
  transferProperties,
  structFromJavaScript,
  callsites,
  debuggablePromise,
];

/**
 * Patches how Node loads the SDK. Call it before the first import of `@pulumi/pulumi`.
 * Does nothing when the patches are off, see {@link applyPatches}.
 */
export function patchLoading(): void {
  if (patchState() === "on") loadModulesLazily();
}

let noticed = false;

/**
 * Applies all patches of the SDK for the time of one plan. They make a plan faster and do not change its result.
 * They are off when `PAASMAS_SDK_PATCHES=off` is set, and when the SDK is outside of the tested versions. The first
 * call in a process with an untested SDK prints one line to standard error.
 * @param version SDK version. Default: the installed one.
 * @returns a function that restores the SDK
 */
export function applyPatches(version = sdkVersion()): () => void {
  const state = patchState(version);
  if (state === "untested version" && !noticed) {
    noticed = true;
    process.stderr.write(`${untestedNotice(version)}\n`);
  }
  if (state !== "on") return () => {};
  const undo = [skipStackTraces(), createPropertiesLazily(), keepStructsPlain()];
  return () => {
    for (const one of undo) one();
  };
}
