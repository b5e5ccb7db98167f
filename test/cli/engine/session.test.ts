import { expect, test } from "vitest";
import { decrypted } from "../../../cli/engine/session.ts";
import { prepare } from "../../../cli/plan/environment.ts";
import { readProject, stackConfig } from "../../../cli/settings.ts";

const project = readProject(process.cwd());

/** The engine's answer: structures as JSON, and secrets in clear text. */
function stackOf(config: Record<string, unknown>) {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const all = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value: text(value) }]));
  return { getAllConfig: async () => all };
}

test.each(["staging", "prod"])("the decrypted config of %s has the form of its file", async (environment) => {
  const config = stackConfig(project, environment);
  const encrypted = { ...config, "github:token": { secure: "v1:abc" } };
  const clear = { ...config, "github:token": "{not JSON" };
  const found = await decrypted(stackOf(clear), encrypted);
  // The engine has only texts and structures.
  const expected = Object.entries(clear).map(([key, value]) => [
    key,
    typeof value === "object" ? value : String(value),
  ]);
  expect(found).toEqual(Object.fromEntries(expected));
  expect(() => prepare(project, environment, found)).not.toThrow();
});
