import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

test("the Containerfile copies all packages that the command line imports", () => {
  const text = readFileSync(join(root, "delivery/Containerfile"), "utf8");
  const lines = [
    ...text.split(/FROM \$\{BASE_IMAGE\}\n/)[1]!.matchAll(/^COPY (--from=packages \/build\/)?(.+) (\S+)$/gm),
  ];
  const folder = mkdtempSync(join(tmpdir(), "paasmas-agent-"));
  try {
    for (const [, , sources = "", to = ""] of lines) {
      for (const source of sources.split(" ")) {
        const target = to.endsWith("/") ? join(folder, to, source) : join(folder, to);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(root, source), target, { recursive: true });
      }
    }
    expect(lines.map(([, , sources]) => sources)).toEqual([
      "package.json LICENSE errors.ts",
      "cli",
      "delivery",
      "node_modules/commander",
      "node_modules/yaml",
      "node_modules/zod",
    ]);
    const [, link, name] = /RUN ln -s (\S+) (\S+)/.exec(text)!;
    symlinkSync(link!, join(folder, name!));
    const state = {
      now: "2026-11-21T15:00:00Z",
      apps: ["api"],
      running: [{ name: "pr-1-api", since: "2026-11-21T14:00:00Z" }],
      open: [],
      closed: [1],
      rules: {},
    };
    // Through the link in a folder on the PATH, as on an agent.
    const result = execFileSync("bash", ["--norc", "-c", "paasmas delivery sweep --json --input -"], {
      cwd: tmpdir(),
      env: { ...process.env, PATH: `${join(folder, "bin")}:${dirname(process.execPath)}:${process.env.PATH}` },
      input: JSON.stringify(state),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    expect(JSON.parse(result)).toEqual({
      remove: [{ name: "pr-1-api", pullRequest: 1, reason: "closed" }],
      orphans: [],
      keep: [],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
