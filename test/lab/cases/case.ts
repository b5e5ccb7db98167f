import type { Lab } from "../lab.ts";
import type { Load } from "../load.ts";

/** The cluster, the load and the checks that a case uses. */
export interface Scene {
  lab: Lab;
  /** Writes that run during the whole case. */
  load: Load;
  /** Checks a statement. A false one is reported and fails the case. */
  check(holds: boolean, statement: string): void;
}

/** A fault or a change of the cluster under load. */
export interface Case {
  /** Name in the table. `--case` selects cases by a part of it. */
  name: string;
  /** Longest time without an acknowledged write that is a goal, seconds. Absent: no goal. */
  gapGoalSeconds?: number;
  /** Whether the case also runs with the other flavour of the server. Default: false. */
  everyFlavor?: boolean;
  /** Runs the case to its end. The machines need not be healthy again when it returns. */
  run(scene: Scene): Promise<void>;
}

/** Goal for the loss of one node, in seconds, however it fails. */
export const lossOfOne = 3;

/** Goal for a planned change, in seconds. */
export const planned = 0.5;

/**
 * A gap that is longer than its goal times this number fails the case. The lab runs eight nodes and four writers on two
 * processors, so the database does not get all the time. A gap over its goal is always listed. With `--strict` it
 * fails.
 */
export const tolerance = 4;
