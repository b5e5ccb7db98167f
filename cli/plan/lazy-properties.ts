import { createRequire } from "node:module";
import type { Resource } from "@pulumi/pulumi";

const require = createRequire(import.meta.url);

type Settle = (...answer: unknown[]) => void;
type Transfer = (onto: Resource, label: string, props: Record<string, unknown>) => Record<string, Settle>;
const rpc = require("@pulumi/pulumi/runtime/rpc.js") as { transferProperties: Transfer };

/**
 * The SDK makes an output, a dozen promises, of every property that a resource of its class can have, before the
 * resource is registered. A program reads few of them, and together they are most of what a plan takes: here each one
 * is made, by the SDK, when it is first read.
 * @returns what puts the SDK's own way back
 */
export function withLazyProperties(): () => void {
  const transfer = rpc.transferProperties;
  rpc.transferProperties = (onto, label, props) => {
    const names = Object.keys(props).filter((name) => name !== "id" && name !== "urn");
    return Object.fromEntries(names.map((name) => [name, lazily(transfer, onto, label, name)]));
  };
  return () => {
    rpc.transferProperties = transfer;
  };
}

/** Puts a property on a resource, and gives what settles it. */
function lazily(transfer: Transfer, onto: Resource, label: string, name: string): Settle {
  // The SDK's own error, about a property that is there already.
  if (Object.hasOwn(onto, name)) return transfer(onto, label, { [name]: undefined })[name]!;
  let settle: Settle | undefined;
  let answer: unknown[] | undefined;
  Object.defineProperty(onto, name, {
    configurable: true,
    enumerable: true,
    get() {
      delete onto[name as keyof Resource];
      settle = transfer(onto, label, { [name]: undefined })[name]!;
      if (answer) settle(...answer);
      return onto[name as keyof Resource];
    },
    set(value) {
      Object.defineProperty(onto, name, { value, configurable: true, enumerable: true, writable: true });
    },
  });
  return (...given) => {
    answer = given;
    settle?.(...given);
  };
}
