import type { StandIn } from "../images.ts";

/** What may be said on the command line; what means nothing to a suite, it leaves alone. */
export interface Options {
  /** Only cases whose names contain one of these. */
  case?: readonly string[];
  /** Of the database server: `percona` or `mariadb`. */
  flavor?: string;
  /** Settings of the dev stack, `galera.size=5`. */
  set?: readonly string[];
  /** Whether every missed goal fails its case. */
  strict: boolean;
  /** Whether what was booted is left running. */
  keep: boolean;
}

/** How many cases ended how. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** The measured figures in Markdown, for the suite's block in docs/lab.md. */
  figures: string;
}

/** One part of the library, on nodes of its own. */
export interface Suite {
  /** `--suite` chooses by it. */
  name: string;
  /** Where its engine keeps what it has made; what an interrupted run has left is removed with it. */
  stateFile: string;
  /** The service images that its nodes need. */
  standIns: readonly StandIn[];
  /** Boots it, tries it, prints what came of it, and removes it. */
  run(report: (line: string) => void, options: Options): Promise<Outcome>;
  /** Stops what is going on, for an interrupted lab. */
  abandon?(): Promise<void>;
}
