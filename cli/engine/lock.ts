import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OperationError } from "../../errors.ts";

/** A lock of a stack: one command changes a stack at a time. */
export interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/** A lock as a file, in a backend that is a folder. */
interface LockFile extends Lock {
  path: string;
}

/**
 * Removes the locks of commands that do not run any more on this machine, after a yes.
 * @param removes asks, or knows the answer; gets a question
 * @throws OperationError for a lock that stays. It names the owner.
 */
export async function checkLocks(
  stack: { backend: string; project: string; name: string },
  removes: (question: string) => Promise<boolean>,
  runs: (pid: number) => boolean = isEngine,
): Promise<void> {
  for (const lock of lockFiles(stack)) {
    if (lock.hostname !== hostname() || runs(lock.pid)) throw locked(stack.name, lock);
    const owner = `${stack.name} is locked by process ${lock.pid} of ${lock.username}, which ended without unlocking`;
    if (!(await removes(`${owner}. Remove the lock?`)))
      throw new OperationError(`${owner} (${lock.timestamp}); run the command again with --unlock`);
    // The engine stores the attributes of a file beside it.
    for (const path of [lock.path, `${lock.path}.attrs`]) rmSync(path, { force: true });
  }
}

/** Explains the engine's message about a lock, for backends that are not a folder. */
export function lockProblem(message: string, stack: string): OperationError | undefined {
  const [, username, host, pid, timestamp] = /created by (\S+)@(\S+) \(pid (\d+)\) at ([^\s\\]+)/.exec(message) ?? [];
  if (username !== undefined && host !== undefined && timestamp !== undefined)
    return locked(stack, { username, hostname: host, pid: Number(pid), timestamp });
  if (!/currently locked by|Another update is currently in progress/i.test(message)) return undefined;
  return new OperationError(`${stack} is locked by another command; ${remedy(stack)}`);
}

function locked(stack: string, { username, hostname: host, pid, timestamp }: Lock): OperationError {
  const owner = `${username} on ${host} (process ${pid}, since ${timestamp})`;
  return new OperationError(`${stack} is locked by ${owner}; ${remedy(stack)}`);
}

function remedy(stack: string): string {
  const command = `npm run pulumi -- cancel --stack ${stack} --yes`;
  return `wait until that command ends, or if it does not run any more: ${command}`;
}

function lockFiles({ backend, project, name }: { backend: string; project: string; name: string }): LockFile[] {
  if (!/^file:\/\/\//.test(backend)) return [];
  const dir = join(fileURLToPath(backend), ".pulumi", "locks", "organization", project, name);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => {
      const path = join(dir, file);
      try {
        return [{ ...(JSON.parse(readFileSync(path, "utf8")) as Lock), path }];
      } catch {
        // Removed in the meantime, or not written completely: the engine reports it.
        return [];
      }
    });
}

/** Whether a process runs and is an engine: the system gives the number of an ended process to another one. */
function isEngine(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    // A zombie has ended: its parent, which was killed too, does not collect it.
    return /^Name:\tpulumi/m.test(status) && !/^State:\tZ/m.test(status);
  } catch {
    return process.platform !== "linux";
  }
}
