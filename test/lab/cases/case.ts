import type { Lab } from "../lab.ts";
import type { Load } from "../load.ts";

/** What a case works with. */
export interface Scene {
  lab: Lab;
  /** Writes that go on all the while. */
  load: Load;
  /** States something that has to hold; what does not is reported, and fails the case. */
  check(holds: boolean, statement: string): void;
}

/** Something that happens to the cluster under load. */
export interface Case {
  /** As it stands in the table; `--case` chooses by a part of it. */
  name: string;
  /** The longest time without an acknowledged write that is promised, seconds; absent where there is none to promise. */
  gapGoalSeconds?: number;
  /** Also run with the other flavour of the server. Default: false. */
  everyFlavor?: boolean;
  /** Makes it happen and sees it through; the machines need not be healthy again when it returns. */
  run(scene: Scene): Promise<void>;
}

/** What is promised for the loss of one node, however it dies. */
export const lossOfOne = 3;

/** What is promised for anything that is planned. */
export const planned = 0.5;

/**
 * How many times its goal a gap may last before the case fails. Two processors run eight nodes, four writers and whatever
 * else the machine does: time that the database never got is not the database's. What is over its goal is listed all
 * the same, and `--strict` allows nothing.
 */
export const tolerance = 4;
