import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "../../cli/build.ts";

export const root = resolve(import.meta.dirname, "../..");

/** A user's project with the installed package. */
export interface InstalledProject {
  dir: string;
  /** Folder of the package in node_modules. */
  packageDir: string;
  /** Paths in the package, as packed by npm. */
  files: string[];
}

/**
 * Copies the example project to a separate folder, and installs the package that `npm publish` would publish. The
 * dependencies are links to those of this checkout, so nothing is downloaded.
 */
export function installExample(): InstalledProject {
  const work = mkdtempSync(join(tmpdir(), "paasmas-package-"));
  build(join(work, "dist"));
  const packed = JSON.parse(npm("pack", join(work, "dist"), "--json", "--pack-destination", work)) as [
    { filename: string; files: { path: string }[] },
  ];
  const [{ filename, files }] = packed;

  const dir = join(work, "shop");
  const packageDir = join(dir, "node_modules", "paasmas");
  cpSync(join(root, "examples", "own-project"), dir, { recursive: true });
  mkdirSync(packageDir, { recursive: true });
  execFileSync("tar", [
    "--extract",
    "--gzip",
    "--strip-components=1",
    `--file=${join(work, filename)}`,
    `--directory=${packageDir}`,
  ]);

  const { dependencies } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(dependencies), "@types/node"]) {
    const link = join(dir, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  return { dir, packageDir, files: files.map(({ path }) => path).sort() };
}

function npm(...args: string[]): string {
  return execFileSync("npm", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
