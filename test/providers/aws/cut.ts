import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

// The AWS provider has about 260 services, and building all of them takes an hour. This copies the provider with only
// the services that the tests use, and with what these import.
// Usage: cut.ts SOURCE TARGET SERVICE...

const [source, target, ...services] = process.argv.slice(2) as [string, string, ...string[]];
const importedService = /"github\.com\/hashicorp\/terraform-provider-aws\/internal\/service\/([a-z0-9]+)/g;
const isSource = (path: string) => !path.endsWith("_test.go") && !/\/(testdata|test-fixtures|acctest)(\/|$)/.test(path);

const kept = new Set<string>();
const waiting = [...services];
while (waiting.length > 0) {
  const service = waiting.pop()!;
  if (kept.has(service)) continue;
  kept.add(service);
  const texts = goFiles(join(source, "internal/service", service)).map((path) => readFileSync(path, "utf8"));
  waiting.push(...texts.flatMap((text) => [...text.matchAll(importedService)].map(([, imported]) => imported!)));
}

rmSync(target, { recursive: true, force: true });
const parts = readdirSync(join(source, "internal")).filter((part) => part !== "service" && part !== "acctest");
const ofAllServices = readdirSync(join(source, "internal/service"), { withFileTypes: true }).filter((entry) =>
  entry.isFile(),
);
const copied = [
  ...["go.mod", "go.sum", "names", "version"],
  ...parts.map((part) => join("internal", part)),
  ...[...ofAllServices.map(({ name }) => name), ...kept].map((name) => join("internal/service", name)),
];
for (const path of copied.flatMap(filesOf)) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), readFileSync(join(source, path)));
}

// The list of services.
edit("internal/provider/sdkv2/service_packages_gen.go", (text) =>
  text
    .split("\n")
    .filter((line) => {
      const service =
        /\/internal\/service\/([a-z0-9]+)"/.exec(line) ?? /^\t+([a-z0-9]+)\.ServicePackage\(ctx\),/.exec(line);
      return service === null || kept.has(service[1]!);
    })
    .join("\n"),
);

// One method for the client of each API, and its import. Only the called ones stay.
const calls = new Set(
  goFiles(join(target, "internal"))
    .filter((path) => !path.endsWith("awsclient_gen.go"))
    .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/\.([A-Za-z0-9]+Client)\(/g)].map(([, name]) => name!)),
);
edit("internal/conns/awsclient_gen.go", (text) => {
  const methods = text.replace(
    /^func \(c \*AWSClient\) ([A-Za-z0-9]+Client)\(ctx context\.Context\)[^\n]*\n.*?\n}\n\n?/gms,
    (method, name: string) => (calls.has(name) ? method : ""),
  );
  const end = methods.indexOf(")\n");
  const body = methods.slice(end);
  const imports = methods
    .slice(0, end)
    .split("\n")
    .filter((line) => {
      const found = /^\s+(?:(\w+) )?"(.*?)"/.exec(line);
      return found === null || new RegExp(`\\b${found[1] ?? found[2]!.split("/").at(-1)}\\.`).test(body);
    });
  return imports.join("\n") + body;
});
console.log(`services: ${[...kept].sort().join(" ")}`);

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(join(target, path), change(readFileSync(join(target, path), "utf8")));
}

/** A file, or all files of a folder. Go's copies are read-only, and copying folders would keep that. */
function filesOf(path: string): string[] {
  if (statSync(join(source, path)).isFile()) return [path];
  return readdirSync(join(source, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .filter(isSource);
}

function goFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isSource);
}
