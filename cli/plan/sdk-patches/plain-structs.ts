import { inOrder } from "../order.ts";
import { type PatchedName, replace, requireOfSdk } from "./replace.ts";

const protobuf = "google-protobuf/google/protobuf/struct_pb.js";

export const structFromJavaScript: PatchedName = { module: protobuf, path: "Struct.fromJavaScript" };

/**
 * Passes values between the SDK and the monitor as they are, with sorted keys. The SDK packs each value into protobuf
 * messages, and the monitor unpacks them; in one process only the order of the keys matters.
 * @returns a function that restores protobuf
 */
export function keepStructsPlain(): () => void {
  const { Struct } = requireOfSdk()(protobuf) as { Struct: new () => object };
  return replace<(value: object) => object>(
    structFromJavaScript,
    () => (value) => Object.assign(new Struct(), { toJavaScript: () => inOrder(value) }),
  );
}
