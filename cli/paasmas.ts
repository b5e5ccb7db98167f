#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiling the SDK is a third of a plan's time, and the same every time. What is imported below comes from the cache.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "paasmas"));
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv);
