import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(import.meta.dirname, "..");

/** Compiled in addition to the exports: the engine loads it by its path. */
const policyPack = "policies/index.ts";

/** Folders with scripts, units and configs that the code reads from disk. */
const withFiles = ["ignition", "components", "policies"];

/** The first Node with JSON imports without a warning, and with `require` of ES modules for the engine. */
const engines = { node: ">=22.12" };

/** Entry point of the policy pack in the package. That of the sources needs a Node that runs TypeScript. */
const startPolicyPack = 'import("./index.js");\n';

interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  type: string;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

/**
 * Builds the npm package: a folder for `npm pack` and `npm publish`. It contains the modules that the `exports` of
 * package.json name, as JavaScript with types, and their files. It does not contain the command line and the stacks.
 */
export function build(out: string): void {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });

  compile([...Object.values(manifest.exports), policyPack], out);
  for (const folder of withFiles) copyFiles(folder, out);
  for (const name of ["LICENSE", "README.md"].filter((file) => existsSync(join(root, file)))) {
    copyFileSync(join(root, name), join(out, name));
  }
  writeFileSync(join(out, "policies", "start.js"), startPolicyPack);
  writeFileSync(join(out, "package.json"), `${JSON.stringify(published(manifest, out), null, 2)}\n`);
}

function compile(entries: string[], out: string): void {
  const project = join(out, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    outDir: out,
    rootDir: root,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions,
      include: [],
      files: entries.map((entry) => join(root, entry)),
    }),
  );
  const compiler = fileURLToPath(import.meta.resolve("@typescript/native/package.json"));
  execFileSync(process.execPath, [join(dirname(compiler), "bin/tsc"), "-p", project], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  rmSync(project);
}

function copyFiles(folder: string, out: string): void {
  cpSync(join(root, folder), join(out, folder), { recursive: true, filter: (source) => extname(source) !== ".ts" });
}

function published({ name, version, description, license, type, exports, dependencies }: Manifest, out: string) {
  const imported = importedPackages(out);
  const missing = imported.filter((one) => dependencies[one] === undefined);
  if (missing.length > 0)
    throw new Error(`package.json: dependencies: missing are ${missing.join(", ")}, which the package imports`);
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    exports: {
      ...Object.fromEntries(Object.entries(exports).map(([path, source]) => [path, conditions(source)])),
      "./package.json": "./package.json",
    },
    dependencies: Object.fromEntries(imported.map((one) => [one, dependencies[one]!])),
  };
}

function conditions(source: string): { types: string; default: string } {
  const module = source.replace(/\.ts$/, "");
  return { types: `${module}.d.ts`, default: `${module}.js` };
}

/** Names of the packages that the built code imports, sorted. */
function importedPackages(out: string): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    if (!/\.(js|d\.ts)$/.test(entry)) continue;
    const text = readFileSync(join(out, entry), "utf8");
    for (const match of text.matchAll(
      /^(?:import|export)\s[^"';]*\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\b(?:import|require)\(\s*"([^"]+)"\s*[,)]/gm,
    )) {
      const specifier = match.slice(1).find((one) => one !== undefined)!;
      if (specifier.startsWith(".") || specifier.startsWith("node:") || builtinModules.includes(specifier)) continue;
      found.add(
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    }
  }
  return [...found].sort();
}

if (process.argv[1] === import.meta.filename) {
  const out = resolve(process.argv[2] ?? join(root, "dist"));
  build(out);
  process.stdout.write(`Built the package; npm publish ${relative(process.cwd(), out) || "."}${sep} publishes it.\n`);
}
