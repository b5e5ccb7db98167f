import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "@wasm-fmt/shfmt";
import { shellScripts } from "./files.ts";

/**
 * Checks every shell script of the repository: its format (shfmt, indented by tabs) and its faults (shellcheck).
 * `--write` formats instead of checking. Exit code 1 for a finding.
 */
const scripts = shellScripts();
const unformatted = scripts.filter((path) => {
  const text = readFileSync(path, "utf8");
  const formatted = format(text, "script.bash", { indent: 0 });
  if (process.argv.includes("--write")) writeFileSync(path, formatted);
  return formatted !== text;
});

if (process.argv.includes("--write")) {
  console.log(`formatted ${unformatted.length} of ${scripts.length} shell scripts`);
} else {
  for (const path of unformatted) console.error(`${path}: not formatted; run npm run format`);
  const faulty = shellcheck(scripts);
  if (unformatted.length > 0 || faulty) process.exitCode = 1;
}

/** True when shellcheck has findings. A machine without shellcheck skips the check, except in CI. */
function shellcheck(paths: readonly string[]): boolean {
  const result = spawnSync("shellcheck", ["--external-sources", "--source-path=SCRIPTDIR", ...paths], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (result.error === undefined) return result.status !== 0;
  const required = process.env.CI !== undefined;
  console.error(`shell: ${required ? "" : "skipped "}shellcheck: not installed; run apt-get install shellcheck`);
  return required;
}
