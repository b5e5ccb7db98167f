import { parseArgs } from "node:util";
import { alone } from "../alone.ts";
import { prepareImages } from "../images.ts";
import { stateFile } from "../lab.ts";
import { removeLabelled } from "../monitor/cleanup.ts";
import { whyNot } from "../requirements.ts";
import { proveDeployHook } from "./deploy-hook-proof.ts";

// The deploy hook's part of the lab: node test/lab/programs/deploy-hook-run.ts [--case TEXT] [--keep]
const { values: options } = parseArgs({ options: { case: { type: "string", multiple: true }, keep: { type: "boolean", default: false } } });
const started = performance.now();
const report = (line: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const reason = await whyNot();
if (reason !== undefined) throw new Error(`The lab cannot run here: ${reason}`);
await alone(report);
await removeLabelled(stateFile);
await prepareImages(report, ["git", "haproxy", "registry"]);
const results = await proveDeployHook(report, { cases: options.case, keep: options.keep });
if (!options.keep) await removeLabelled(stateFile);
process.exit(results.some(({ failures }) => failures.length > 0) ? 1 : 0);
