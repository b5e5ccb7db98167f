import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("GitHub's provider is loaded where a config asks for it, and nowhere else", () => {
  const root = new URL("../../", import.meta.url);
  const program = `
    import { createRequire } from "node:module";
    import { evaluate } from "./cli/plan/evaluate.ts";
    import { compose } from "./stacks/compose.ts";
    import { parseEnvironment } from "./stacks/environment.ts";
    import { committed } from "./test/stacks/committed.ts";
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("/@pulumi/github/"));
    const plan = async (githubFlow) => {
      const environment = parseEnvironment("prod", { ...committed("prod"), "paasmas:githubFlow": githubFlow });
      await evaluate(() => compose(environment), { stack: "prod" });
      return loaded();
    };
    console.log(JSON.stringify([await plan(undefined), await plan({ repositories: ["shop"] })]));
  `;
  const printed = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  expect(JSON.parse(printed)).toEqual([false, true]);
});
