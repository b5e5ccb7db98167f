import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** The committed config of a stack. */
export function committed(stack: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../stacks/Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/** The same config as the engine passes it to a program: structured values as JSON text. */
export function fromEngine(config: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
