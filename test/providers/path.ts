import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** Folder of `build.sh`, outside the repository. */
const cache =
  process.env.PAASMAS_PROVIDERS ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "paasmas", "providers");

/** Programs that stand in for those that are no Go modules. */
const standIns = join(import.meta.dirname, "programs");

// The engine finds its programs on the PATH: first the Node of the tests, then what build.sh makes. A stand-in comes
// after a real plugin that is on the PATH already.
process.env.PATH = [dirname(process.execPath), join(cache, "bin"), process.env.PATH, standIns].join(delimiter);

/** Whether a program is on the PATH, and not only its stand-in. */
export function isReal(program: string): boolean {
  const folders = process.env.PATH!.split(delimiter).filter((folder) => folder !== standIns);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The path of a file that build.sh made. */
export function providerFile(path: string): string {
  return join(cache, "bin", path);
}
