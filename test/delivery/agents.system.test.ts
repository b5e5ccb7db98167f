import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { deliveryToolParts } from "./delivery-tool.ts";

const root = join(import.meta.dirname, "..", "..");

test("the Containerfile copies all packages that the command line imports", () => {
  const text = readFileSync(join(root, "delivery/Containerfile"), "utf8");
  const folder = mkdtempSync(join(tmpdir(), "paasmas-agent-"));
  try {
    for (const part of deliveryToolParts(root)) {
      mkdirSync(dirname(join(folder, part)), { recursive: true });
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    expect(deliveryToolParts(root)).toEqual([
      "package.json",
      "LICENSE",
      "errors.ts",
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
