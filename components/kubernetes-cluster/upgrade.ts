import * as pulumi from "@pulumi/pulumi";
import { releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { ArgumentError } from "../internal/argument-check.ts";

/** Release of the last update of a cluster. */
export interface LastRelease {
  /** Release, `1.36.4`. */
  version: string;
  /** Whether all control planes run it. If not, some may run the previous release. */
  complete: boolean;
}

/**
 * Checks a change of the release. Kubernetes supports upgrades by one minor version, and no downgrades of its data.
 * Machines check this too (`version-step.sh`), but only at boot, after Pulumi replaced the first one.
 * @returns The problem and the allowed releases, or undefined if the change is allowed.
 */
export function upgradeProblem(last: LastRelease, version: string): string | undefined {
  const step = minor(version) - minor(last.version);
  // An incomplete change can be completed or reverted. Each machine checks its own version.
  const [down, up] = last.complete ? [0, 1] : [-1, 0];
  if (step >= down && step <= up) return undefined;
  const reason = last.complete
    ? step > up
      ? `${version} would skip 1.${minor(last.version) + 1}, because ${last.version} runs`
      : `${version} is older than the running ${last.version}, whose data does not support an older minor version`
    : `${version} is not possible yet, because the change to ${last.version} is not complete`;
  const next = minor(last.version) + (step > 0 ? up : 0);
  const allowed = releases.filter(
    (release) => minor(release) - minor(last.version) >= down && minor(release) - minor(last.version) <= up,
  );
  if (!allowed.some((release) => minor(release) === next))
    allowed.push(`a release of 1.${next} after you add it with ignition/roles/kubernetes/refresh-versions`);
  return `${reason}; use ${allowed.join(" or ")}`;
}

/**
 * Adds a hook that checks a change of the version in a preview and at the start of an update.
 * @param opts Options of the cluster.
 */
export function withUpgradeCheck(
  cluster: string,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  // A plan and the mocks of the SDK have no engine that could call the hook.
  if (typeof pulumi.runtime.getMonitor()?.registerResourceHook !== "function") return opts;
  const checkUpgrade: pulumi.ResourceHookFunction = ({ oldInputs, oldOutputs, newInputs }) => {
    const problem = upgradeProblem(
      { version: oldInputs!.version, complete: oldOutputs?.version === oldInputs!.version },
      newInputs!.version,
    );
    if (problem !== undefined) throw new ArgumentError([`${cluster}.version: ${problem}`]);
  };
  const hook = new pulumi.ResourceHook(`${cluster}.version`, checkUpgrade, { onDryRun: true });
  return { ...opts, hooks: { ...opts.hooks, beforeUpdate: [hook, ...(opts.hooks?.beforeUpdate ?? [])] } };
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}
