import Module from "node:module";

/**
 * The SDK loads the TypeScript compiler and npm's tree reader with its first line, to serialize functions into
 * resources: more than half of its loading time, for something a plan hardly ever does. In a process that imports
 * this module before the SDK, both are loaded when they are first used, and so is the Automation API.
 */
const late = new Set([
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
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function (request, parent, isMain) {
  const bySdk = late.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");
  return bySdk
    ? whenUsed(() => load.call(loader, request, parent, isMain))
    : load.call(loader, request, parent, isMain);
};

function whenUsed(real: () => unknown): unknown {
  let loaded: any;
  const target = () => (loaded ??= real());
  return new Proxy(() => {}, {
    // As an ES module it is handed on as it is; as any other its names would be copied, and it loaded, at once.
    get: (_, key) =>
      key === "__esModule" ? true : key === "default" && target().default === undefined ? target() : target()[key],
    has: (_, key) => key in target(),
    apply: (_, self, args) => Reflect.apply(target(), self, args),
    construct: (_, args) => Reflect.construct(target(), args),
  });
}
