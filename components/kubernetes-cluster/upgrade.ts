import * as pulumi from "@pulumi/pulumi";
import { releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { ArgumentError } from "../internal/argument-check.ts";

/** What a cluster was last brought up with. */
export interface LastRelease {
  /** `1.36.4`. */
  version: string;
  /** Whether all control planes came to run it. Where not, some may still have the release before. */
  complete: boolean;
}

/**
 * Why a cluster cannot go to a release: Kubernetes goes forward a minor version at a time, and its data not back. Machines
 * judge for themselves as well (`version-step.sh`), but only at their boot, when the first one has been replaced already.
 * @returns what is wrong and what is allowed, after the path of the argument; undefined where nothing is wrong.
 */
export function upgradeProblem(last: LastRelease, version: string): string | undefined {
  const step = minor(version) - minor(last.version);
  // A change that stopped half-way is ended or taken back: which of its machines took part, they know themselves.
  const [down, up] = last.complete ? [0, 1] : [-1, 0];
  if (step >= down && step <= up) return undefined;
  const reason = last.complete
    ? step > up
      ? `${version} would skip 1.${minor(last.version) + 1}, since ${last.version} runs`
      : `${version} is older than ${last.version}, which runs and whose data cannot go back a minor version`
    : `${version} has to wait, since the change to ${last.version} has not come to its end`;
  const next = minor(last.version) + (step > 0 ? up : 0);
  const allowed = releases.filter(
    (release) => minor(release) - minor(last.version) >= down && minor(release) - minor(last.version) <= up,
  );
  if (!allowed.some((release) => minor(release) === next))
    allowed.push(`a release of 1.${next} once ignition/roles/kubernetes/refresh-versions has added it`);
  return `${reason}; use ${allowed.join(" or ")}`;
}

/**
 * Has the engine ask, in a preview and before an update changes anything in the cluster, whether its version may change so.
 * @param opts What was given to the cluster.
 */
export function refusingUpgrades(
  cluster: string,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  // Where no engine answers, in a plan or with the SDK's mocks, there is nothing that runs and nobody who would call.
  if (typeof pulumi.runtime.getMonitor()?.registerResourceHook !== "function") return opts;
  const refuse: pulumi.ResourceHookFunction = ({ oldInputs, oldOutputs, newInputs }) => {
    const problem = upgradeProblem(
      { version: oldInputs!.version, complete: oldOutputs?.version === oldInputs!.version },
      newInputs!.version,
    );
    if (problem !== undefined) throw new ArgumentError([`${cluster}.version: ${problem}`]);
  };
  const hook = new pulumi.ResourceHook(`${cluster}.version`, refuse, { onDryRun: true });
  return { ...opts, hooks: { ...opts.hooks, beforeUpdate: [hook, ...(opts.hooks?.beforeUpdate ?? [])] } };
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}
