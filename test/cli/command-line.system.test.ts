import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectCopy } from "./project-copy.ts";
import { paasmas } from "./run.ts";

// bad-input.test.ts and plan-command.test.ts have all cases and call main(); here the program runs as users start it.

let dir: string;
beforeAll(() => {
  dir = projectCopy();
});
afterAll(() => rmSync(dir, { recursive: true }));

describe.concurrent("the command line as a process", { timeout: 60_000 }, () => {
  test.each<[string, string[], string]>([
    ["an unknown command", ["frobnicate"], "paasmas: unknown command 'frobnicate'\n"],
    [
      "an unknown environment",
      ["plan", "qa"],
      'paasmas: there is no environment "qa"; use dev, staging, prod, or add stacks/Pulumi.qa.yaml\n',
    ],
    [
      "a wrong setting",
      ["plan", "dev", "--set", "galera.size=4"],
      "paasmas: The config of stack dev cannot be used:\n  galera.size: 4 is even; use 3 or 5\n",
    ],
  ])("ends with code 2 and one message for %s", async (_, args, stderr) => {
    expect(await paasmas(dir, args)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("prints a plan without colours when the output is not a terminal", async () => {
    const ran = await paasmas(dir, ["plan", "dev"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^dev ─{3,}/m);
    expect(ran.stdout).not.toContain(String.fromCharCode(27));
  });

  test("ends without a message when the reader of its output stops early", async () => {
    const program = join(import.meta.dirname, "../../cli/paasmas.js");
    const pipe = `"${process.execPath}" "${program}" plan dev --json | head -c 1; exit "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", pipe], { cwd: dir });
    expect([stdout, stderr]).toEqual(["{", ""]);
  });
});
