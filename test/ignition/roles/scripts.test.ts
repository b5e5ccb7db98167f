import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { roles } from "./bash.ts";

const files = readdirSync(roles, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replace("//", "/"))
  .sort();
const scripts = files.filter((path) => path.endsWith(".sh") || readFileSync(path, "utf8").startsWith("#!/bin/bash"));
// Scripts that do not run on machines: gates, command lines, the laboratory.
const others = ["components", "delivery", "examples", "test"].flatMap((folder) => {
  const path = new URL(`../../../${folder}/`, import.meta.url).pathname;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace("//", "/"))
    .filter((file) => /^#!\/(usr\/)?bin\/(env )?(ba)?sh\b/.test(readFileSync(file, "utf8")));
});

/**
 * Whether a program is installed.
 * @throws Error in CI, if it is not.
 */
function has(program: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
  if (!found && process.env.CI) throw new Error(`${program} is not installed, but CI must run this test; install it`);
  return found;
}

test("finds the scripts to check", () => {
  expect(scripts.length).toBeGreaterThanOrEqual(22);
  expect(others.map((path) => path.split("/").at(-1))).toEqual(
    expect.arrayContaining([
      "gate.sh",
      "node-init.sh",
      "object-store-setup.sh",
      "paasmas-deploy",
      "ghost-environment",
      "setup.sh",
    ]),
  );
});

test.each(scripts.filter((path) => !path.endsWith(".sh")))("%s stops at the first error", (path) => {
  expect(readFileSync(path, "utf8")).toMatch(/^set -euo pipefail$/m);
});

// shfmt takes an unquoted key with a slash for a division and puts spaces around the slash: another key.
test.each(scripts)("%s quotes array keys that contain a slash", (path) => {
  expect(readFileSync(path, "utf8")).not.toMatch(/\$\{\w+\[\w+ ?\/ ?\$/);
});

test.skipIf(!has("shellcheck"))("shellcheck accepts every script", { timeout: 120_000 }, () => {
  const { stdout, status } = spawnSync("shellcheck", ["-x", "-P", "SCRIPTDIR", ...scripts, ...others], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test.skipIf(!has("systemd-analyze"))("systemd accepts every unit", () => {
  const units = files.filter((path) => /\.(service|socket)$/.test(path));
  // The programs of the units are not installed here, and systemd can be older than on the machines.
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...units], {
    encoding: "utf8",
  });
  const own = stderr
    .split("\n")
    .filter((line) => units.some((unit) => line.includes(unit)) || /Unknown|Invalid|Failed to parse/.test(line));
  expect(
    own.filter(
      (line) => !/is not executable|Unknown key name 'CollectMode'|Unknown key 'LogFilterPatterns'/.test(line),
    ),
  ).toEqual([]);
});

describe("respond", () => {
  /** Runs the script as a server, sends a request, and returns the answer. */
  async function ask(command: readonly string[], request: string): Promise<string> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const child = spawn(`${roles}base/respond`, command);
      socket.pipe(child.stdin);
      child.stdout.pipe(socket);
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    try {
      return await new Promise((resolve, reject) => {
        const asking = spawn("bash", [
          "-c",
          `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '%b' "$1" >&3; timeout 10 cat <&3`,
          "client",
          request,
        ]);
        let answer = "";
        asking.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
        asking.on("error", reject).on("close", () => resolve(answer));
      });
    } finally {
      server.close();
    }
  }

  const request = "GET /ready HTTP/1.1\\r\\nHost: x\\r\\nUser-Agent: test\\r\\n\\r\\n";
  test("answers 200 if the command succeeds", async () => {
    expect(await ask(["true"], request)).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nready\n",
    );
  });

  test("answers 503 if the command fails", async () => {
    expect(await ask(["false"], request)).toBe(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n" +
        "Connection: close\r\n\r\nnot ready\n",
    );
  });
});
