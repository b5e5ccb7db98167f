import { alone } from "../alone.ts";
import { prepareImages } from "../images.ts";
import { removeLabelled } from "../monitor/cleanup.ts";
import { stateFile } from "../lab.ts";
import { whyNot } from "../requirements.ts";
import { proveRegistry } from "./registry.ts";

// One program of the lab by itself: node test/lab/programs/registry-run.ts
const started = performance.now();
const report = (line: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const reason = await whyNot();
if (reason !== undefined) throw new Error(`The lab cannot run here: ${reason}`);
await alone(report);
await removeLabelled(stateFile);
await prepareImages(report, ["haproxy", "registry"]);
report("image registry");
const { failures } = await proveRegistry(report);
await removeLabelled(stateFile);
process.exit(failures.length > 0 ? 1 : 0);
