import type { StandIn } from "../images.ts";

/** Options of the command line. A suite ignores those that do not apply to it. */
export interface Options {
  /** Only cases whose names contain one of these texts. */
  case?: readonly string[];
  /** Flavour of the database server: `percona` or `mariadb`. */
  flavor?: string;
  /** Settings of the dev stack, such as `galera.size=5`. */
  set?: readonly string[];
  /** Whether every missed goal fails its case. */
  strict: boolean;
  /** Whether the machines stay running. */
  keep: boolean;
}

/** Number of cases by result. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** The measured figures in Markdown, for the suite's block in docs/lab.md. */
  figures: string;
}

/** One part of the library, tested on separate nodes. */
export interface Suite {
  /** Name for `--suite`. */
  name: string;
  /** File with the resources of its engine. The objects of an interrupted run are removed together with it. */
  stateFile: string;
  /** Service images that its nodes need. */
  standIns: readonly StandIn[];
  /** Boots the machines, runs the cases, prints the results, and removes the machines. */
  run(report: (line: string) => void, options: Options): Promise<Outcome>;
  /** Stops the current case, for an interrupted lab. */
  abandon?(): Promise<void>;
}
