import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const program = join(import.meta.dirname, "..", "..", "cli", "paasmas.js");

it("prints one line and ends with 2 on a Node that does not run TypeScript", () => {
  // Without type stripping, as on an old Node.
  const args = ["--no-experimental-strip-types", program, "plan"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });

  expect(stderr).toBe(
    `paasmas: Node ${process.versions.node} is too old; ` +
      "use Node 22.19 or later, or npm run plan, which brings its own\n",
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

it("prints the required version when the engine runs the program on such a Node", () => {
  const program = join(import.meta.dirname, "..", "..", "stacks", "start.js");
  // The engine prints the message of an error with this property, and no stack trace.
  const run = `await import(${JSON.stringify(program)}).catch((error) => {
    console.log(error.__pulumiRunError, error.message);
  })`;
  const args = ["--no-experimental-strip-types", "--input-type=module", "--eval", run];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });

  expect([stdout, stderr]).toEqual([
    `true Node ${process.versions.node} is too old for this program; use Node 22.19 or later, or npm run up\n`,
    "",
  ]);
});
