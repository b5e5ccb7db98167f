import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { expect } from "vitest";

const starters = ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const;

// Replaced in the module itself, so that the rule also holds for shared files and for installed packages.
for (const name of starters) {
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
