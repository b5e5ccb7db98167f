import type { Resource } from "@pulumi/pulumi";
import { type PatchedName, replace } from "./replace.ts";

type Resolve = (...answer: unknown[]) => void;
type Transfer = (onto: Resource, label: string, props: Record<string, unknown>) => Record<string, Resolve>;

export const transferProperties: PatchedName = { module: "./runtime/rpc.js", path: "transferProperties" };

/**
 * Creates a resource's output properties at their first read. The SDK creates all of them, a dozen promises each,
 * before it registers the resource, and a program reads few.
 * @returns a function that restores the SDK
 */
export function createPropertiesLazily(): () => void {
  return replace<Transfer>(transferProperties, (transfer) => (onto, label, props) => {
    const names = Object.keys(props).filter((name) => name !== "id" && name !== "urn");
    return Object.fromEntries(names.map((name) => [name, lazyProperty(transfer, onto, label, name)]));
  });
}

/** Defines a property on a resource, and returns the function that resolves it. */
function lazyProperty(transfer: Transfer, onto: Resource, label: string, name: string): Resolve {
  // The property exists: the SDK throws its error.
  if (Object.hasOwn(onto, name)) return transfer(onto, label, { [name]: undefined })[name]!;
  let resolve: Resolve | undefined;
  let answer: unknown[] | undefined;
  Object.defineProperty(onto, name, {
    configurable: true,
    enumerable: true,
    get() {
      delete onto[name as keyof Resource];
      resolve = transfer(onto, label, { [name]: undefined })[name]!;
      if (answer) resolve(...answer);
      return onto[name as keyof Resource];
    },
    set(value) {
      Object.defineProperty(onto, name, { value, configurable: true, enumerable: true, writable: true });
    },
  });
  return (...given) => {
    answer = given;
    resolve?.(...given);
  };
}
