// In JavaScript, so that the compile cache is on before Node loads its type stripper.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiling the imported modules takes a third of a plan's time without this cache.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "paasmas"));
// A reader such as `head` may close the pipe early. It does not need the rest of the output.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const { patchLoading } = await import("./plan/sdk-patches/index.ts");
patchLoading();
const { config } = await import("zod");
// zod compiles a schema at its first use, which only pays off after many uses. A plan uses most schemas once.
config({ jitless: true });
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv);
