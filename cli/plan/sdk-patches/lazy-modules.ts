import Module from "node:module";

/**
 * Modules that the SDK loads at its start and that a plan rarely uses: the TypeScript compiler, npm's tree reader,
 * the Automation API and others. They take more than half of the SDK's loading time.
 */
export const lazyModules: ReadonlySet<string> = new Set([
  "typescript",
  "@npmcli/arborist",
  "normalize-package-data",
  "execa",
  "js-yaml",
  "semver",
  "@opentelemetry/api",
  "./automation",
  "./provider",
]);

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;

/**
 * Makes the SDK load {@link lazyModules} at their first use. Has an effect only before the SDK is loaded.
 * @returns a function that restores Node's loader
 */
export function loadModulesLazily(): () => void {
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  loader._load = (request, parent, isMain) => {
    const bySdk = lazyModules.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");
    return bySdk
      ? whenUsed(() => load.call(loader, request, parent, isMain))
      : load.call(loader, request, parent, isMain);
  };
  return () => {
    loader._load = load;
  };
}

/** Exports of a CommonJS module: an object, or a function. */
type LoadedModule = ((...args: unknown[]) => unknown) & Record<PropertyKey, unknown>;

function whenUsed(load: () => unknown): unknown {
  let loaded: LoadedModule | undefined;
  const target = () => (loaded ??= load() as LoadedModule);
  return new Proxy(() => {}, {
    // TypeScript's import helper passes an ES module on as it is. It would copy the names of any other module,
    // and load it at once.
    get: (_, key) =>
      key === "__esModule" ? true : key === "default" && target().default === undefined ? target() : target()[key],
    has: (_, key) => key in target(),
    apply: (_, self, args) => Reflect.apply(target(), self, args),
    construct: (_, args) => Reflect.construct(target(), args),
  });
}
