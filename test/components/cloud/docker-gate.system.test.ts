import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = readFileSync(new URL("../../../components/cloud/docker/gate.sh", import.meta.url), "utf8");

/** Runs the gate in the same way as the command provider, with a fake docker command. */
function gate(docker: string, timeoutSeconds: number): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\ncd ${folder}\n${docker}`, { mode: 0o755 });
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    MACHINE: "db-1",
    CONTAINER: "paasmas-dev-db-1",
    TIMEOUT_SECONDS: String(timeoutSeconds),
  };
  return new Promise((resolve) => {
    const child = execFile("/bin/sh", ["-c", script], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

test.concurrent("opens after the machine's check succeeds, and calls no other Docker commands", async () => {
  const docker = `
case $1 in
  exec) echo x >>asked; [ "$*" = "exec paasmas-dev-db-1 timeout 10 /opt/paasmas/bin/ready" ] && [ "$(wc -l <asked)" -ge 3 ] ;;
  inspect) echo 7 ;;
  *) exit 64 ;;
esac`;
  expect(await gate(docker, 20)).toEqual({ code: 0, stdout: "machine db-1 is ready\n", stderr: "" });
});

test.concurrent("fails after the time limit, with the machine's last answer and its log", async () => {
  const docker = `
case $1 in
  exec) echo "not Synced: state 2 (Donor)"; exit 1 ;;
  inspect) echo 0 ;;
  logs) echo "a line of the log" ;;
esac`;
  expect(await gate(docker, 1)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "machine db-1: not ready after 1 s\nlast answer of /opt/paasmas/bin/ready: not Synced: state 2 (Donor)\n" +
      "last lines of its log:\na line of the log\n",
  });
});

test.concurrent("fails immediately for a removed container", async () => {
  const { code, stderr } = await gate('echo "No such container" >&2; exit 1', 60);
  expect(code).toBe(1);
  expect(stderr).toContain("machine db-1: its container is gone: No such container\n");
});

test.concurrent("fails immediately for a container that repeatedly stops", async () => {
  const docker = `
case $1 in
  exec) exit 1 ;;
  inspect) echo x >>restarts; wc -l <restarts ;;
  logs) echo "node-init: Ignition refused the config, see above" ;;
esac`;
  const { code, stderr } = await gate(docker, 60);
  expect(code).toBe(1);
  expect(stderr).toContain("machine db-1: its container keeps stopping\n");
  expect(stderr).toContain("node-init: Ignition refused the config, see above\n");
});
