import { type Case, tolerance } from "./cases/case.ts";
import type { Lab } from "./lab.ts";
import { Load, type LoadReport } from "./load.ts";
import type { Result } from "./table.ts";
import { type Acknowledged, verify } from "./verify.ts";

// galera-agent restarts a server that gave up, on a busy machine after minutes.
const recoverySeconds = 300;

/** Runs cases against one cluster in sequence, each under a separate write load. */
export class Runner {
  readonly #lab: Lab;
  readonly #flavor: string;
  readonly #strict: boolean;
  readonly #earlier: Acknowledged = new Map();
  #runs = 0;
  #load: Load | undefined;

  /** @param strict Whether every missed goal fails its case. */
  constructor(lab: Lab, flavor: string, strict: boolean) {
    this.#lab = lab;
    this.#flavor = flavor;
    this.#strict = strict;
  }

  /** Never throws for a fault of the cluster: each problem is a failure of the case. */
  async run(chosen: Case): Promise<Result> {
    const run = ++this.#runs;
    const result: Result = {
      case: chosen.name,
      flavor: this.#flavor,
      acknowledged: 0,
      lost: 0,
      gapGoalSeconds: chosen.gapGoalSeconds,
      missed: [],
      failures: [],
    };
    const check = (holds: boolean, statement: string) => {
      if (!holds) result.failures.push(`does not hold: ${statement}`);
    };
    // True if the work came to its end.
    const attempt = async (work: () => Promise<void>): Promise<boolean> => {
      try {
        await work();
        return true;
      } catch (error) {
        result.failures.push((error as Error).message);
        return false;
      }
    };

    const load = new Load(this.#lab.connection, run);
    this.#load = load;
    const loadStart = performance.now();
    let start = loadStart;
    await attempt(async () => {
      await load.flowing(200, 20);
      start = performance.now();
      // A case that stopped early has failed. Restore the machines that it left without power, for the next cases.
      if (!(await attempt(() => chosen.run({ lab: this.#lab, load, check })))) await this.#lab.restore();
      await this.#lab.healthy(recoverySeconds).catch(async (error: Error) => {
        result.unhealthy = await this.#lab.diagnosis();
        throw error;
      });
      result.healthySeconds = (performance.now() - start) / 1000;
      await load.flowing(200, 20);
    });
    const report = await load.stop();
    this.#load = undefined;
    this.#judge(result, report, (start - loadStart) / 1000);
    await attempt(async () => {
      const { lost, failures } = await verify(this.#lab, run, report, this.#earlier);
      result.lost = lost;
      if (lost > 0) result.failures.push(`${lost} acknowledged writes are lost`);
      result.failures.push(...failures);
    });
    this.#earlier.set(run, report.acknowledged);
    return result;
  }

  /** Stops the current case, for an interrupted lab. */
  async abandon(): Promise<void> {
    await this.#load?.abandon();
  }

  #judge(result: Result, report: LoadReport, faultSeconds: number): void {
    result.acknowledged = report.acknowledged;
    result.errors = report.errors;
    result.gaps = report.gaps.map(({ atSeconds, seconds }) => ({ atSeconds: atSeconds - faultSeconds, seconds }));
    result.longestGapSeconds = Math.max(0, ...result.gaps.map(({ seconds }) => seconds));
    const goal = result.gapGoalSeconds;
    if (goal !== undefined && result.longestGapSeconds > goal) {
      const when = result.gaps
        .filter(({ seconds }) => seconds > goal)
        .map(({ atSeconds, seconds }) => `${seconds.toFixed(2)} s at ${atSeconds.toFixed(1)} s`);
      const times = when.join(", ");
      const missed = `no write was acknowledged for longer than the goal of ${goal} s: ${times} after the fault`;
      if (this.#strict || result.longestGapSeconds > goal * tolerance) result.failures.push(missed);
      else result.missed.push(missed);
    }
  }
}
