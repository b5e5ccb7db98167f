import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Provider, Values } from "./provider.ts";
import { refuseUnknown } from "./provider.ts";

const classes = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;
type Class = keyof typeof classes;

const passwordInputs = [
  "length",
  "keepers",
  "lower",
  "upper",
  "numeric",
  "number",
  "special",
  "overrideSpecial",
  "minLower",
  "minUpper",
  "minNumeric",
  "minSpecial",
];

/** `random.RandomPassword`. */
export const password: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("RandomPassword", inputs, passwordInputs);
    return { id: "none", outputs: { result: passwordFrom(inputs) } };
  },
  async delete() {},
};

/** `random.RandomId`. */
export const id: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("RandomId", inputs, ["byteLength", "keepers", "prefix"]);
    const bytes = randomBytes(Number(inputs.byteLength));
    const prefix = String(inputs.prefix ?? "");
    const b64Url = bytes.toString("base64url");
    return {
      id: b64Url,
      outputs: {
        hex: prefix + bytes.toString("hex"),
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + b64Url,
        dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
      },
    };
  },
  async delete() {},
};

/** `random.RandomBytes`. */
export const bytes: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("RandomBytes", inputs, ["length", "keepers"]);
    const result = randomBytes(Number(inputs.length));
    return { id: "none", outputs: { base64: result.toString("base64"), hex: result.toString("hex") } };
  },
  async delete() {},
};

/** `random.RandomUuid`. */
export const uuid: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("RandomUuid", inputs, ["keepers"]);
    const result = randomUUID();
    return { id: result, outputs: { result } };
  },
  async delete() {},
};

/** At least `min…` characters of every class, the rest from all allowed ones, in random order. */
export function passwordFrom(inputs: Values): string {
  const length = Number(inputs.length);
  const allowed: Record<Class, string> = {
    lower: inputs.lower === false ? "" : classes.lower,
    upper: inputs.upper === false ? "" : classes.upper,
    numeric: (inputs.numeric ?? inputs.number) === false ? "" : classes.numeric,
    special: inputs.special === false ? "" : String(inputs.overrideSpecial ?? classes.special),
  };
  const characters: string[] = [];
  for (const name of Object.keys(classes) as Class[]) {
    const least = Number(inputs[`min${name[0]!.toUpperCase()}${name.slice(1)}`] ?? 0);
    for (let i = 0; i < least; i++) characters.push(pick(allowed[name] || classes[name]));
  }
  const any = Object.values(allowed).join("");
  while (characters.length < length) characters.push(pick(any));
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j]!, characters[i]!];
  }
  return characters.join("");
}

function pick(from: string): string {
  return from[randomInt(from.length)]!;
}
