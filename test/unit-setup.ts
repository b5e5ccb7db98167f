import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, expect } from "vitest";

// Replaced in the module itself, so that the rule also holds for shared files and for installed packages.
for (const name of ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"]) {
  Object.assign(childProcess, {
    [name]: (program: unknown) => {
      const file = expect.getState().testPath ?? "a test file";
      throw new Error(
        `child_process.${name}(${JSON.stringify(String(program))}): ${file} must not start programs; ` +
          "move the test to a file named x.system.test.ts",
      );
    },
  });
}
syncBuiltinESMExports();

// The files of a worker share one process: each leaves folder and environment as it found them.
const found = { folder: process.cwd(), environment: { ...process.env } };
afterAll(() => {
  process.chdir(found.folder);
  for (const name of Object.keys(process.env)) if (!(name in found.environment)) delete process.env[name];
  Object.assign(process.env, found.environment);
});
