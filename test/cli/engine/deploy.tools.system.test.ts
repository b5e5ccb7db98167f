import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectCopy } from "../project-copy.ts";
import { paasmas } from "../run.ts";

function onPath(...commands: string[]): boolean {
  return commands.every((command) => {
    try {
      execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

const engine = onPath("pulumi", "pulumi-language-nodejs", "pulumi-resource-random");

// The command line against the real engine, with a program of one resource; the whole dev is test/engine's.
describe("preview, up and destroy", { timeout: 180_000 }, () => {
  let dir: string;
  beforeAll(() => {
    dir = projectCopy();
    symlinkSync(join(import.meta.dirname, "..", "..", "..", "node_modules"), join(dir, "node_modules"));
    writeFileSync(join(dir, "package.json"), '{"type": "module"}');
    writeFileSync(
      join(dir, "Pulumi.yaml"),
      "name: paasmas\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: program.ts\nstackConfigDir: stacks\n",
    );
    writeFileSync(
      join(dir, "program.ts"),
      'import { RandomPassword } from "@pulumi/random";\nexport const password = new RandomPassword("password", { length: 16 }).result;\nexport const place = "here";\n',
    );
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test("bring a stack up in the local state folder and take it away again", async ({ skip }) => {
    skip(!engine, "no Pulumi engine with the nodejs language and the random plugin on the PATH");
    const preview = await paasmas(dir, ["preview", "dev"]);
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.stdout).toBe("+ RandomPassword password would be created\nPreviewed dev: 2 created.\n");
    expect(preview.stderr).toBe(`State: file://${dir}/.state\n`);

    const up = await paasmas(dir, ["up", "dev"]);
    expect(up.code).toBe(0);
    expect(up.stdout).toMatch(
      /^\+ RandomPassword password created.*\ndev is up: 2 created\.\n  password: \[secret\]\n  place: here\n$/,
    );
    expect(existsSync(join(dir, ".state", ".pulumi", "stacks", "paasmas", "dev.json"))).toBe(true);

    const again = await paasmas(dir, ["preview", "dev"]);
    expect(again.stdout).toBe("Previewed dev: 2 unchanged.\n");

    const destroy = await paasmas(dir, ["destroy", "dev"]);
    expect(destroy.code).toBe(0);
    expect(destroy.stdout).toMatch(/^- RandomPassword password deleted.*\ndev is gone: 2 deleted\.\n$/);
  });

  test("a secret that cannot be read, or used, is the user's to put right: one message, code 2", async ({ skip }) => {
    skip(!engine, "no Pulumi engine with the nodejs language and the random plugin on the PATH");
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
          "the passphrase given is not the one that the secrets of dev are encrypted with \\(encryptionsalt in stacks/Pulumi.dev.yaml\\); set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it",
        ),
      );
      set("hunter2");
      expect(await paasmas(dir, ["up", "dev"], right)).toEqual(
        told(
          "The config of stack dev cannot be used:\\n  galera.passwords.root: the given secret is not allowed; use at least 12 printable ASCII characters without spaces, quotes, backslashes, \\$ and `",
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
          `stacks/Pulumi.dev.yaml: ${setting}: cannot be decrypted with the stack's key; set it anew:\\n  pulumi config set --stack dev --secret --path '${setting}'`,
        ),
      );
    } finally {
      writeFileSync(file, before);
    }
  });

  test("a program that fails is one message and exit code 1, and nothing has been made", async ({ skip }) => {
    skip(!engine, "no Pulumi engine with the nodejs language and the random plugin on the PATH");
    const program = join(dir, "failing.ts");
    writeFileSync(
      program,
      'import { RunError } from "@pulumi/pulumi";\nimport { RandomPassword } from "@pulumi/random";\n' +
        'new RandomPassword("password", { length: 16 }).result.apply(() => {});\nawait new Promise((done) => setTimeout(done, 2000));\nthrow new RunError("galera.size: 4 is even; use 3 or 5");\n',
    );
    writeFileSync(
      join(dir, "Pulumi.yaml"),
      "name: paasmas\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: failing.ts\nstackConfigDir: stacks\n",
    );
    const ran = await paasmas(dir, ["up", "dev"]);
    expect(ran.code).toBe(1);
    expect(`${ran.stdout}${ran.stderr}`).toContain("galera.size: 4 is even; use 3 or 5");
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/^ +at /m);
    expect(ran.stdout).not.toContain("RandomPassword");
  });
});
