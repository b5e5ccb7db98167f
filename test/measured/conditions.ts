import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** The machine and its load during a measurement. */
export interface Conditions {
  /** The day of the measurement, `2026-11-22`. */
  date: string;
  processors: number;
  model: string;
  memoryGiB: number;
  node: string;
  /** Load average before the measurement. */
  load: number;
  /** Percentage of processor time that the hypervisor gave to other machines. Absent if it is unknown. */
  withheldPercent?: number;
}

/** Starts to observe the machine. Call the returned function after the measurement. */
export function observeConditions(): () => Conditions {
  const load = loadavg()[0]!;
  const before = ticks();
  return () => {
    const after = ticks();
    const passed = before && after ? after.all - before.all : 0;
    const processors = cpus();
    return {
      date: new Date().toISOString().slice(0, 10),
      processors: processors.length,
      model: processors[0]?.model.trim() ?? "unknown processor",
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      load,
      ...(passed > 0 && { withheldPercent: Math.round((100 * (after!.stolen - before!.stolen)) / passed) }),
    };
  };
}

/** The conditions as one line for a page. */
export function conditionsLine(conditions: Conditions): string {
  const { date, processors, model, memoryGiB, node, load, withheldPercent } = conditions;
  const withheld = withheldPercent === undefined ? "" : `, ${withheldPercent} % withheld by the host`;
  return `${date}, ${processors} × ${model}, ${memoryGiB} GiB, Node ${node}, load ${load.toFixed(1)}${withheld}`;
}

/** Processor time since the machine started, and the part that a hypervisor withheld. Only Linux reports it. */
function ticks(): { all: number; stolen: number } | undefined {
  if (!existsSync("/proc/stat")) return undefined;
  const times = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/ +/).slice(1, 9).map(Number);
  return { all: times.reduce((sum, time) => sum + time), stolen: times[7] ?? 0 };
}
