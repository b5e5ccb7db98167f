import { createRequire } from "node:module";
import { inOrder } from "./order.ts";

const require = createRequire(import.meta.url);
// The very module that the SDK has.
const requireOfSdk = createRequire(require.resolve("@pulumi/pulumi"));
const { Struct } = requireOfSdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: { new (): object; fromJavaScript(value: object): object };
};

/**
 * The SDK makes a protobuf message of all that it sends, a dozen objects for each value, and whoever answers makes plain
 * values of it again, their keys in order. In one process nothing but the order is needed.
 * @returns what puts the SDK's own way back
 */
export function withPlainStructs(): () => void {
  const { fromJavaScript } = Struct;
  Struct.fromJavaScript = (value) => Object.assign(new Struct(), { toJavaScript: () => inOrder(value) });
  return () => {
    Struct.fromJavaScript = fromJavaScript;
  };
}
