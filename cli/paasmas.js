#!/usr/bin/env node
// In JavaScript, so that Node need not load what strips types before anything comes from the cache.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiling what a plan imports is a third of its time, and the same every time: from here on it comes from a cache.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "paasmas"));
const { patchLoading } = await import("./plan/sdk-patches/index.ts");
patchLoading();
const { config } = await import("zod");
// A schema that is compiled first pays off after many uses; a plan uses most of them once.
config({ jitless: true });
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv);
