import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { isEncrypted } from "../../components/internal/settings-schema.ts";
import { makeFolder, writeAll } from "../folder.ts";
import { environmentsOf, type Project, stackFile } from "../settings.ts";
import { type Steps, withValue } from "../yaml-edit.ts";

/**
 * The copy of the project's files that the engine works with. The engine rewrites stack files: it adds a salt and
 * removes comments. The committed files are the same after each run, also after `kill -9`.
 */
export class EngineProject {
  /** Working folder of the engine. */
  readonly dir: string;
  readonly #project: Project;
  /** Texts of the copied stack files, by environment. */
  #copied: ReadonlyMap<string, string> = new Map();

  constructor(project: Project) {
    this.#project = project;
    this.dir = join(project.dir, ".state", "engine");
  }

  /** Writes the copies anew. Call it before each run of the engine. */
  write(): void {
    const project = parse(readFileSync(join(this.#project.dir, "Pulumi.yaml"), "utf8"));
    const { stackConfigDir: _, ...copied } = { ...project, main: resolve(this.#project.dir, project.main ?? ".") };
    const texts = environmentsOf(this.#project).map(
      (name) => [name, readFileSync(stackFile(this.#project, name), "utf8")] as const,
    );
    this.#copied = new Map(texts);
    makeFolder(join(this.#project.dir, ".state"), 0o700);
    const stackFiles = texts.map(([name, text]) => [`Pulumi.${name}.yaml`, text]);
    writeAll(this.dir, { "Pulumi.yaml": stringify(copied), ...Object.fromEntries(stackFiles) });
  }

  /**
   * Takes over into the committed file of a stack the settings that the engine changed in its copy. A salt is taken
   * over with the encrypted settings that need it.
   */
  bringBack(environment: string): void {
    const path = stackFile(this.#project, environment);
    const was = parse(this.#copied.get(environment) ?? "") ?? {};
    const is = parse(readFileSync(join(this.dir, `Pulumi.${environment}.yaml`), "utf8")) ?? {};
    if (was.encryptionsalt === undefined && !hasEncrypted(is.config)) delete is.encryptionsalt;
    const text = readFileSync(path, "utf8");
    const changed = differences(was, is).reduce((result, { at, value }) => withValue(result, at, value), text);
    if (changed !== text) writeFileSync(path, changed);
  }
}

/** The places at which two contents differ, each with the new value; undefined for a removed one. */
function differences(was: unknown, is: unknown, at: Steps = []): { at: Steps; value: unknown }[] {
  if (isGroup(was) && isGroup(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => differences(was[key], is[key], [...at, key]));
  }
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length)
    return was.flatMap((item, index) => differences(item, is[index], [...at, index]));
  return sameText(was, is) ? [] : [{ at, value: is }];
}

/** The engine writes `true` back as `"true"`. */
function sameText(was: unknown, is: unknown): boolean {
  const isPlain = (value: unknown) => typeof value !== "object" || value === null;
  if (isPlain(was) && isPlain(is)) return (was === undefined) === (is === undefined) && String(was) === String(is);
  return JSON.stringify(was) === JSON.stringify(is);
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isEncrypted(value);
}

function hasEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isEncrypted(value) || Object.values(value).some(hasEncrypted);
}
