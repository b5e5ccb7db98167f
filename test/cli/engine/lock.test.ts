import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkLocks, lockProblem } from "../../../cli/engine/lock.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "paasmas-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const stack = () => ({ backend: pathToFileURL(dir).href, project: "paasmas", name: "dev" });
const lock = { pid: 4711, username: "ann", hostname: hostname(), timestamp: "2026-12-01T06:00:00Z" };

/** Writes a lock as the engine does. */
function locked(content: object | string, name = "dev"): string {
  const folder = join(dir, ".pulumi", "locks", "organization", "paasmas", name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "2f3e.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const yes = async () => true;
const no = async () => false;
const asksNothing = () => Promise.reject(new Error("asked"));
const runs = () => true;
const ended = () => false;

test("goes on without a lock, with a lock of another stack, and with one that is not written completely", async () => {
  await checkLocks(stack(), asksNothing);
  const other = locked(lock, "staging");
  const unfinished = locked("{");
  await checkLocks(stack(), asksNothing);
  expect([existsSync(other), existsSync(unfinished)]).toEqual([true, true]);
});

test("removes the lock of a process that ended, after a yes", async () => {
  const path = locked(lock);
  writeFileSync(`${path}.attrs`, "{}");
  const asked: string[] = [];
  await checkLocks(stack(), async (question) => asked.push(question) > 0, ended);
  expect(asked).toEqual(["dev is locked by process 4711 of ann, which ended without unlocking. Remove the lock?"]);
  expect([existsSync(path), existsSync(`${path}.attrs`)]).toEqual([false, false]);
});

test("keeps it after a no, and names the option", async () => {
  const path = locked(lock);
  await expect(checkLocks(stack(), no, ended)).rejects.toThrow(
    "dev is locked by process 4711 of ann, which ended without unlocking (2026-12-01T06:00:00Z); " +
      "run the command again with --unlock",
  );
  expect(existsSync(path)).toBe(true);
});

test.each([
  ["a process that runs", lock, runs, hostname()],
  ["a process of another machine", { ...lock, hostname: "elsewhere" }, ended, "elsewhere"],
])("never removes the lock of %s, and names its owner", async (_, content, isRunning, host) => {
  const path = locked(content);
  await expect(checkLocks(stack(), yes, isRunning)).rejects.toThrow(
    `dev is locked by ann on ${host} (process 4711, since 2026-12-01T06:00:00Z); wait until that command ends, ` +
      "or if it does not run any more: npm run pulumi -- cancel --stack dev --yes",
  );
  expect(existsSync(path)).toBe(true);
});

test("takes another program with the number of an ended process for ended", async () => {
  const path = locked({ ...lock, pid: process.pid });
  await checkLocks(stack(), yes);
  expect(existsSync(path)).toBe(false);
});

test.each([
  [
    "of a bucket",
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock " +
      "file with `pulumi cancel`.\n  s3://state/.pulumi/locks/x.json: created by ann@ci-7 (pid 12) at 2026-12-01T06:00:00Z\n",
    "dev is locked by ann on ci-7 (process 12, since 2026-12-01T06:00:00Z); wait",
  ],
  [
    "of Pulumi Cloud",
    "error: [409] Conflict: Another update is currently in progress.",
    "dev is locked by another command; wait",
  ],
])("explains the engine's message about a lock %s", (_, message, expected) => {
  expect(lockProblem(message, "dev")?.message).toContain(expected);
  expect(lockProblem(message, "dev")?.message).toContain("npm run pulumi -- cancel --stack dev --yes");
});

test("explains no other message", () => {
  expect(lockProblem("error: the quota is used up", "dev")).toBeUndefined();
});
