import { expect, it } from "vitest";
import { projectCopy } from "./project-copy.ts";
import { paasmas } from "./run.ts";

it.each(["dev", "staging", "prod"])("plans the same bytes for %s with and without SDK patches", async (environment) => {
  const dir = projectCopy();
  const plan = (env: NodeJS.ProcessEnv) => paasmas(dir, ["plan", environment, "--json"], env);
  const [patched, unpatched] = [await plan({}), await plan({ PAASMAS_SDK_PATCHES: "off" })];

  expect(patched).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(patched.stdout)).toMatchObject({ environment });
  // Compared as a boolean: a diff of a megabyte of JSON takes minutes.
  expect(unpatched.stdout === patched.stdout).toBe(true);
  expect(unpatched).toMatchObject({ code: 0, stderr: "" });
});
