import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envFile } from "../../ignition/index.ts";

function textOf(values: Record<string, string | number>): string {
  const source = envFile({ path: "/etc/paasmas/a.env", values }).storage?.files?.[0]?.contents?.source ?? "";
  return decodeURIComponent(source.replace("data:,", ""));
}

/** Values of the variables after bash has sourced the file. */
function sourced(values: Record<string, string | number>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "paasmas-env-"));
  try {
    writeFileSync(join(folder, "env"), textOf(values));
    const names = Object.keys(values);
    const run = spawnSync(
      "bash",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: bash resolves the reference
      ["--norc", "-euc", 'source "$0"; for name; do printf "%s\\0" "${!name}"; done', join(folder, "env"), ...names],
      { encoding: "utf8" },
    );
    expect(run.stderr).toBe("");
    return run.stdout.split("\0").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("envFile gives bash exactly the given values", () => {
  const values = {
    A: "",
    B: "a b",
    C: "\"'`$\\!#~*?[]{}()<>|&;%",
    D: " both ends ",
    E: "\ttab",
    F: "\\",
    G: "$(id)",
    H: "ü€",
    I: 12.5,
    J: "a=b",
  };
  expect(sourced(values)).toEqual(Object.values(values).map(String));
});
