import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { projectCopy } from "../cli/project-copy.ts";
import { repository } from "../lab/paths.ts";
import { paasmas } from "../cli/run.ts";
import { noEngine } from "./requirements.ts";

function projectFile(main: string): string {
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  return `name: paasmas\n${runtime}main: ${main}\nstackConfigDir: stacks\n`;
}

const reason = noEngine(["random"]);
beforeEach(({ skip }) => skip(reason !== undefined, reason));

// The command line with the real engine and a program of one resource. dev.system.test.ts deploys the whole dev.
describe("preview, up and destroy", { timeout: 180_000 }, () => {
  let dir: string;
  beforeAll(() => {
    dir = projectCopy();
    symlinkSync(join(repository, "node_modules"), join(dir, "node_modules"));
    writeFileSync(join(dir, "package.json"), '{"type": "module"}');
    writeFileSync(join(dir, "Pulumi.yaml"), projectFile("program.ts"));
    writeFileSync(
      join(dir, "program.ts"),
      'import { RandomPassword } from "@pulumi/random";\n' +
        'export const password = new RandomPassword("password", { length: 16 }).result;\n' +
        'export const place = "here";\n',
    );
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test("create a stack in the local state folder and remove it", async () => {
    const preview = await paasmas(dir, ["preview", "dev"]);
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.stdout).toBe("+ RandomPassword password would be created\nPreviewed dev: 2 created.\n");
    expect(preview.stderr).toBe(`State: file://${dir}/.state\n`);

    const up = await paasmas(dir, ["up", "dev"]);
    expect(up.code).toBe(0);
    expect(up.stdout).toMatch(
      /^\+ RandomPassword password created.*\ndev is up: 2 created\.\n {2}password: \[secret\]\n {2}place: here\n$/,
    );
    expect(existsSync(join(dir, ".state", ".pulumi", "stacks", "paasmas", "dev.json"))).toBe(true);

    const again = await paasmas(dir, ["preview", "dev"]);
    expect(again.stdout).toBe("Previewed dev: 2 unchanged.\n");

    const destroy = await paasmas(dir, ["destroy", "dev"]);
    expect(destroy.code).toBe(0);
    expect(destroy.stdout).toMatch(/^- RandomPassword password deleted.*\ndev is destroyed: 2 deleted\.\n$/);
  });

  test("end with one message and code 2 for a secret that cannot be decrypted or used", async () => {
    const file = join(dir, "stacks", "Pulumi.dev.yaml");
    const before = readFileSync(file, "utf8");
    const state = join(dir, "other-state");
    mkdirSync(state);
    const right = { PULUMI_BACKEND_URL: pathToFileURL(state).href, PULUMI_CONFIG_PASSPHRASE: "right" };
    const engineEnv = { ...process.env, ...right };
    const setting = "paasmas:galera.passwords.root";
    const set = (value: string) =>
      execFileSync("pulumi", ["config", "set", "--stack", "dev", "--secret", "--path", setting, value], {
        cwd: dir,
        env: engineEnv,
        stdio: "ignore",
      });
    const told = (message: string) => ({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^(State: .*\\n)?paasmas: ${message}\\n$`)),
    });
    try {
      execFileSync("pulumi", ["stack", "init", "dev"], { cwd: dir, env: engineEnv, stdio: "ignore" });
      set("Long-Enough-For-All");
      expect(await paasmas(dir, ["preview", "dev"], right)).toMatchObject({ code: 0 });

      expect(await paasmas(dir, ["up", "dev"], { ...right, PULUMI_CONFIG_PASSPHRASE: "wrong" })).toEqual(
        told(
          "the given passphrase cannot decrypt the secrets of dev \\(encryptionsalt in stacks/Pulumi.dev.yaml\\); " +
            "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it",
        ),
      );
      set("hunter2");
      expect(await paasmas(dir, ["up", "dev"], right)).toEqual(
        told(
          "The config of stack dev cannot be used:\\n  galera.passwords.root: the given secret is not allowed; " +
            "use at least 12 printable ASCII characters without spaces, quotes, backslashes, \\$ and `",
        ),
      );
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace(
          /secure: v1:.*/,
          "secure: v1:AAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB",
        ),
      );
      expect(await paasmas(dir, ["up", "dev"], right)).toEqual(
        told(
          `stacks/Pulumi.dev.yaml: ${setting}: cannot be decrypted with the stack's key; ` +
            `set it again:\\n  pulumi config set --stack dev --secret --path '${setting}'`,
        ),
      );
    } finally {
      writeFileSync(file, before);
    }
  });

  test("end with one message and code 1 for a failed program, without resources", async () => {
    const program = join(dir, "failing.ts");
    writeFileSync(
      program,
      'import { RunError } from "@pulumi/pulumi";\nimport { RandomPassword } from "@pulumi/random";\n' +
        'new RandomPassword("password", { length: 16 }).result.apply(() => {});\n' +
        "await new Promise((done) => setTimeout(done, 2000));\n" +
        'throw new RunError("galera.size: 4 is even; use 3 or 5");\n',
    );
    writeFileSync(join(dir, "Pulumi.yaml"), projectFile("failing.ts"));
    const ran = await paasmas(dir, ["up", "dev"]);
    expect(ran.code).toBe(1);
    expect(`${ran.stdout}${ran.stderr}`).toContain("galera.size: 4 is even; use 3 or 5");
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/^ +at /m);
    expect(ran.stdout).not.toContain("RandomPassword");
  });
});
