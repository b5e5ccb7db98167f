import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** `require` as the SDK sees it, so that a patch reaches the same module instances. Paths start at the SDK's folder. */
export function requireOfSdk(): NodeJS.Require {
  return createRequire(require.resolve("@pulumi/pulumi"));
}

/** A function of the SDK, or of a module that it uses. */
export interface PatchedName {
  /** Module, as {@link requireOfSdk} resolves it. */
  module: string;
  /** Path below the module's exports: `Resource.callsites`. */
  path: string;
}

/** The patched function, and the object that holds it. */
export function find({ module, path }: PatchedName): { owner: Record<string, unknown>; key: string; value: unknown } {
  const steps = path.split(".");
  const key = steps.pop()!;
  const owner = steps.reduce(
    (object, step) => object?.[step] as Record<string, unknown> | undefined,
    requireOfSdk()(module) as Record<string, unknown> | undefined,
  );
  if (owner === undefined) throw new Error(`${module}: ${path} does not exist in the installed Pulumi SDK`);
  return { owner, key, value: owner[key] };
}

/**
 * Replaces a function of the SDK.
 * @returns a function that restores the original
 * @throws when the SDK has no function of that name
 */
export function replace<F extends (...args: never[]) => unknown>(
  name: PatchedName,
  replacement: (original: F) => F,
): () => void {
  const { owner, key, value } = find(name);
  if (typeof value !== "function") throw new Error(`${name.module}: ${name.path} is not a function of the Pulumi SDK`);
  owner[key] = replacement(value as F);
  return () => {
    owner[key] = value;
  };
}
