import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const script = readFileSync(new URL("../../../components/cloud/docker/gate.sh", import.meta.url), "utf8");
const ready = "/opt/paasmas/bin/ready";
const container = "paasmas-dev-db-1";

/** Runs the gate in the same way as the command provider, with a fake docker command. */
function gate(
  docker: string,
  timeoutSeconds: number,
  readyScript = ready,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\ncd ${folder}\n${docker}`, { mode: 0o755 });
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    SUBJECT: "machine db-1",
    CONTAINER: container,
    READY: readyScript,
    TIMEOUT_SECONDS: String(timeoutSeconds),
  };
  return new Promise((resolve) => {
    const child = execFile("/bin/sh", ["-c", script], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe.concurrent("the gate of a Docker container", () => {
  test("opens after the machine's check succeeds, and calls no other Docker commands", async () => {
    const docker = `
case $1 in
  exec) echo x >>asked; [ "$*" = "exec ${container} timeout 10 ${ready}" ] && [ "$(wc -l <asked)" -ge 3 ] ;;
  inspect) echo "running 7 0 2026-12-01" ;;
  *) exit 64 ;;
esac`;
    expect(await gate(docker, 20)).toEqual({ code: 0, stdout: "machine db-1 is ready\n", stderr: "" });
  });

  test("opens for a container without a check when it keeps running", async () => {
    const docker = `
echo x >>asked
[ $1 = inspect ] && if [ "$(wc -l <asked)" -lt 3 ]; then echo "running 1 0 first"; else echo "running 1 0 second"; fi`;
    expect(await gate(docker, 20, "")).toEqual({ code: 0, stdout: "machine db-1 is ready\n", stderr: "" });
  });

  test("starts a container that never started", async () => {
    const docker = `
case "$*" in
  inspect*) if [ -e started ]; then echo "running 0 0 now"; else echo "created 0 128 never"; fi ;;
  "start ${container}") touch started ;;
  exec*) [ -e started ] ;;
esac`;
    expect(await gate(docker, 20)).toEqual({ code: 0, stdout: "machine db-1 is ready\n", stderr: "" });
  });

  test("fails after the time limit, with the machine's diagnosis", async () => {
    const docker = `
case $* in
  "exec ${container} timeout 30 /opt/paasmas/bin/diagnose") echo "unit etcd.service failed; last lines:"; echo "  no space left" ;;
  inspect*) echo "running 0 0 2026-12-01" ;;
  *) exit 1 ;;
esac`;
    expect(await gate(docker, 1)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "machine db-1: not ready after 1 s\nunit etcd.service failed; last lines:\n  no space left\n" +
        `see all with: docker exec ${container} journalctl\n`,
    });
  });

  test("fails after the time limit, with Docker's log if systemd does not run", async () => {
    const docker = `
case $* in
  exec*) exit 127 ;;
  inspect*) echo "running 0 0 2026-12-01" ;;
  "logs --tail 12 ${container}") echo "node-init: ${"x".repeat(400)}" >&2 ;;
esac`;
    const { stderr } = await gate(docker, 1);
    expect(stderr).toBe(
      `machine db-1: not ready after 1 s\nlast lines of its output:\n  node-init: ${"x".repeat(189)}\n` +
        `see all with: docker logs ${container}\n`,
    );
  });

  // Each ends before the time limit of 60 s.
  test.each([
    ["is missing", 'echo "Error: No such object: x" >&2; exit 1', `its container ${container} does not exist\n`],
    [
      "cannot start",
      `case $1 in start) echo "Error response from daemon: port is already allocated"; echo more; exit 1 ;; ` +
        "exec) exit 1 ;; inspect) echo created 0 0 never ;; esac",
      "its container cannot start: Error response from daemon: port is already allocated\n",
    ],
    [
      "stops after its start",
      'case $1 in inspect) echo exited 0 3 never ;; logs) echo "bad config" ;; exec) exit 1 ;; esac',
      `its container stopped with exit code 3\nlast lines of its output:\n  bad config\nsee all with: docker logs ${container}\n`,
    ],
    [
      "stops again and again",
      'case $1 in inspect) echo x >>n; echo restarting "$(wc -l <n)" 127 t ;; logs) echo "init: not found" ;; *) exit 1 ;; esac',
      `its container keeps stopping, with exit code 127\nlast lines of its output:\n  init: not found\nsee all with: docker logs ${container}\n`,
    ],
  ])("fails immediately for a container that %s", async (_, docker, message) => {
    expect(await gate(docker, 60)).toEqual({ code: 1, stdout: "", stderr: `machine db-1: ${message}` });
  });

  test.each([
    ["paused", "echo paused 0 0 t", "its container is paused\nlast lines of its output:\n"],
    [
      "without a daemon",
      'echo "Cannot connect to the Docker daemon" >&2; exit 1',
      "Docker answered: Cannot connect to",
    ],
  ])("says after the time limit that the container is %s", async (_, inspect, message) => {
    const { code, stderr } = await gate(`case $1 in inspect) ${inspect} ;; *) exit 1 ;; esac`, 1);
    expect(code).toBe(1);
    expect(stderr).toContain(`machine db-1: not ready after 1 s: ${message}`);
  });
});
