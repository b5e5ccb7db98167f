import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../lab/table.ts";
import { conditionsLine, observeConditions } from "../measured/conditions.ts";
import { withMeasured } from "../measured/page.ts";

// `npm run bench` measures the cost of a plan in separate processes and prints a table. `--report` writes the table to
// docs/performance.md: use it on an idle machine. The load stands beside the date.

const unknownOption = process.argv.slice(2).find((argument) => argument !== "--report");
if (unknownOption !== undefined) {
  console.error(`bench: ${unknownOption}: is not an option; use --report, or none`);
  process.exit(2);
}

const here = import.meta.dirname;
const root = join(here, "..", "..");

interface Figures {
  milliseconds: number;
  megabytes: number;
  resources: number;
  total: number;
}

function measure(script: string, ...args: (string | number)[]): Figures {
  return JSON.parse(
    execFileSync(process.execPath, [join(here, script), ...args.map(String)], {
      encoding: "utf8",
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Wall time of a command in ms: the median of several runs. A first run fills the caches and does not count. */
function wallTime(runs: number, command: string, args: readonly string[]): number {
  const times = Array.from({ length: runs + 1 }, () => {
    const started = performance.now();
    execFileSync(command, args, { cwd: root, stdio: "ignore" });
    return performance.now() - started;
  });
  return median(times.slice(1));
}

const rows: string[][] = [];
const row = (...cells: string[]) => rows.push(cells);
const observed = observeConditions();

const out = mkdtempSync(join(tmpdir(), "paasmas-bench-"));
const all = wallTime(7, "npm", ["run", "--silent", "plan", "--", "--out", out]);
row("npm run plan: dev, staging and prod, with page and files", `${(all / 1000).toFixed(2)} s`, "at most 2.5 s");
rmSync(out, { recursive: true });

for (const count of [10, 100, 1000]) {
  const { milliseconds, megabytes, resources } = measure("machines.ts", count);
  row(
    `${count} more machines on AWS, per machine`,
    `${(milliseconds / count).toFixed(1)} ms, ${(megabytes / count).toFixed(2)} MB`,
    "",
  );
  row(
    `  per resource (${resources / count} a machine)`,
    `${(milliseconds / resources).toFixed(2)} ms, ${(megabytes / resources).toFixed(2)} MB`,
    "at most 2 ms, 0.3 MB",
  );
}

installCdk();
for (const count of [10, 100, 1000]) {
  const ours = measure("instances.ts", count);
  const cdk = measure("cdk/synth.js", count);
  const ratio = cdk.milliseconds / ours.milliseconds;
  row(`${count} EC2 instances`, `${ours.milliseconds.toFixed(0)} ms, ${ours.total.toFixed(0)} MB`, "");
  row(
    "  the same number through cdk synth",
    `${cdk.milliseconds.toFixed(0)} ms, ${cdk.megabytes.toFixed(0)} MB`,
    `${ratio.toFixed(1)} times ours`,
  );
}

const policies = measure("policies.ts");
row(
  `policy pack over prod, per resource (${policies.resources})`,
  `${(policies.milliseconds / policies.resources).toFixed(3)} ms`,
  "",
);
const ignition = measure("ignition.ts");
row(
  `Ignition render and validate, per node (${ignition.resources})`,
  `${(ignition.milliseconds / ignition.resources).toFixed(2)} ms`,
  "",
);

const conditions = conditionsLine(observed());
const table = markdownTable(
  ["what", "measured", "goal or ratio"].map((title, index) => ({ title, of: (cells: string[]) => cells[index]! })),
  rows,
);
console.log(`${conditions}\n\n${table}`);
if (process.argv.includes("--report")) {
  const page = join(root, "docs", "performance.md");
  writeFileSync(page, withMeasured(readFileSync(page, "utf8"), "bench", `${conditions}\n\n${table}`));
  console.error("docs/performance.md: replaced the figures");
}

function installCdk(): void {
  const dir = join(here, "cdk");
  if (existsSync(join(dir, "node_modules", "aws-cdk-lib"))) return;
  console.error("Installing aws-cdk-lib, to compare with.");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], {
    cwd: dir,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
