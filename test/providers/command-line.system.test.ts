import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commandsIn } from "../cli/printed-commands.ts";
import { projectCopy } from "../cli/project-copy.ts";
import { killedWhile, paasmas } from "../cli/run.ts";
import { repository } from "../lab/paths.ts";
import { noEngine } from "./requirements.ts";

function projectFile(main: string): string {
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  return `name: paasmas\n${runtime}main: ${main}\nstackConfigDir: stacks\n`;
}

const reason = noEngine(["random"]);
beforeEach(({ skip }) => skip(reason !== undefined, reason));
// A command in CI reads the state of the cloud first, and prints more lines.
process.env.CI = "";

// The command line with the real engine and a program of one resource. dev.system.test.ts deploys the whole dev.
describe("preview, up and destroy", { timeout: 600_000 }, () => {
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

  const committed = (name = "dev") => readFileSync(join(dir, "stacks", `Pulumi.${name}.yaml`), "utf8");
  const locks = () => {
    const folder = join(dir, ".state", ".pulumi", "locks", "organization", "paasmas", "dev");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  };

  test("create a stack in the local state folder and remove it, and change no committed file", async () => {
    const before = committed();
    const preview = await paasmas(dir, ["preview", "dev"]);
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.stdout).toBe("+ RandomPassword password would be created\nPreviewed dev: 2 created.\n");
    expect(preview.stderr).toBe(`State: file://${dir}/.state\n`);

    const unasked = await paasmas(dir, ["up", "dev"]);
    expect(unasked.code).toBe(2);
    expect(unasked.stdout).toBe("dev  up will change 1 resource\n\n  1 created\n");
    expect(unasked.stderr).toContain("npm run up -- dev --yes");

    const up = await paasmas(dir, ["up", "dev", "--yes"]);
    expect(up.code).toBe(0);
    expect(up.stdout).toMatch(
      /\n\+ RandomPassword password created.*\ndev is up: 2 created\.\n {2}password: \[secret\]\n {2}place: here\n$/,
    );
    expect(existsSync(join(dir, ".state", ".pulumi", "stacks", "paasmas", "dev.json"))).toBe(true);

    const again = await paasmas(dir, ["preview", "dev"]);
    expect(again.stdout).toBe("Previewed dev: 2 unchanged.\n");
    const same = await paasmas(dir, ["up", "dev"]);
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining("dev is up: 2 unchanged.") });
    expect(await paasmas(dir, ["drift", "dev"])).toMatchObject({ code: 0, stdout: "dev: no drift.\n" });

    const replaced = await paasmas(dir, ["up", "dev", "--yes", "--replace", "password"]);
    expect(replaced.stdout).toContain("  Replaced\n    ± password (random RandomPassword)\n\n  1 replaced\n");
    expect(replaced.stdout).toContain("dev is up: 1 replaced, 1 unchanged.");

    const destroy = await paasmas(dir, ["destroy", "dev", "--yes"]);
    expect(destroy.code).toBe(0);
    expect(destroy.stdout).toMatch(/\n- RandomPassword password deleted.*\ndev is destroyed: 2 deleted\.\n$/);
    expect([committed(), locks()]).toEqual([before, []]);
  });

  test("refuse to destroy protected resources, and destroy them after the printed command", async () => {
    writeFileSync(join(dir, "Pulumi.yaml"), projectFile("protected.ts"));
    writeFileSync(
      join(dir, "protected.ts"),
      'import { RandomId, RandomPassword } from "@pulumi/random";\n' +
        'new RandomId("id", { byteLength: 4 });\n' +
        'new RandomPassword("password", { length: 16 }, { protect: true });\n',
    );
    try {
      expect(await paasmas(dir, ["up", "dev", "--yes"])).toMatchObject({ code: 0 });
      const refused = await paasmas(dir, ["destroy", "dev", "--yes"]);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain("dev has 1 protected resource; nothing was deleted:\n  ! password (");
      const [command] = commandsIn({ where: "", text: refused.stderr });
      expect(await paasmas(dir, [command!.script, ...command!.args])).toMatchObject({ code: 0 });
      const destroy = await paasmas(dir, ["destroy", "dev", "--yes"]);
      expect(destroy).toMatchObject({ code: 0, stdout: expect.stringContaining("dev is destroyed: 3 deleted.") });
    } finally {
      writeFileSync(join(dir, "Pulumi.yaml"), projectFile("program.ts"));
    }
  });

  test("name a lock before the preview, remove it with --unlock, and keep the file after kill -9", async () => {
    const before = committed();
    writeFileSync(join(dir, "Pulumi.yaml"), projectFile("slow.ts"));
    writeFileSync(
      join(dir, "slow.ts"),
      'import { isDryRun } from "@pulumi/pulumi/runtime/settings.js";\nimport { RandomId } from "@pulumi/random";\n' +
        'new RandomId("id", { byteLength: 4 });\nif (!isDryRun()) await new Promise((done) => setTimeout(done, 20_000));\n',
    );
    try {
      await killedWhile(dir, () => locks().length > 0);
      expect(locks()).toHaveLength(1);
      expect(committed()).toBe(before);
      writeFileSync(join(dir, "Pulumi.yaml"), projectFile("program.ts"));

      const locked = await paasmas(dir, ["up", "dev", "--yes"]);
      expect(locked).toMatchObject({ code: 1, stdout: "" });
      expect(locked.stderr).toMatch(/paasmas: dev is locked by process \d+ of \S+, which ended.*--unlock\n$/);
      const up = await paasmas(dir, ["up", "dev", "--yes", "--unlock"]);
      expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining("dev is up: ") });
      expect(locks()).toEqual([]);
      expect(`${up.stdout}${up.stderr}`).not.toContain("pending operations");
      expect(await paasmas(dir, ["destroy", "dev", "--yes"])).toMatchObject({ code: 0 });
    } finally {
      writeFileSync(join(dir, "Pulumi.yaml"), projectFile("program.ts"));
    }
  });

  test("use secrets of npm run config, and end with code 2 for one that cannot be decrypted or used", async () => {
    const file = join(dir, "stacks", "Pulumi.dev.yaml");
    const before = committed();
    const state = join(dir, "other-state");
    mkdirSync(state);
    const right = { PULUMI_BACKEND_URL: pathToFileURL(state).href, PULUMI_CONFIG_PASSPHRASE: "right" };
    const setting = "galera.passwords.root";
    const told = (message: string) => ({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^(State: .*\\n)?paasmas: ${message}\\n$`)),
    });
    try {
      const set = await paasmas(dir, ["config", "dev", setting, "Long-Enough-For-All", "--secret"], right);
      expect(set).toEqual({ code: 0, stdout: "", stderr: "" });
      const encrypted = /^ {4}passwords:\n {6}root:\n {8}secure: v1:\S+\n/m;
      expect(committed()).toMatch(encrypted);
      expect(
        committed()
          .replace(encrypted, "")
          .replace(/^encryptionsalt: .*\n/m, ""),
      ).toBe(before);
      expect(await paasmas(dir, ["preview", "dev"], right)).toMatchObject({ code: 0 });
      expect(await paasmas(dir, ["config", "dev", setting], right)).toMatchObject({ stdout: "[secret]\n" });

      expect(await paasmas(dir, ["up", "dev"], { ...right, PULUMI_CONFIG_PASSPHRASE: "wrong" })).toEqual(
        told(
          "the given passphrase cannot decrypt the secrets of dev \\(encryptionsalt in stacks/Pulumi.dev.yaml\\); " +
            "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it",
        ),
      );
      expect(await paasmas(dir, ["config", "dev", setting, "hunter2", "--secret"], right)).toEqual(
        told(
          "galera.passwords.root: the given secret is not allowed; " +
            "use at least 12 printable ASCII characters without spaces, quotes, backslashes, \\$ and `",
        ),
      );
      writeFileSync(
        file,
        committed().replace(/secure: v1:.*/, "secure: v1:AAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"),
      );
      expect(await paasmas(dir, ["up", "dev"], right)).toEqual(
        told(
          `stacks/Pulumi.dev.yaml: paasmas:${setting}: cannot be decrypted with the stack's key; ` +
            `set it again:\\n  npm run config -- dev '${setting}' --secret`,
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
    const ran = await paasmas(dir, ["up", "dev", "--yes"]);
    expect(ran.code).toBe(1);
    expect(`${ran.stdout}${ran.stderr}`).toContain("galera.size: 4 is even; use 3 or 5");
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/^ +at /m);
    expect(ran.stdout).not.toContain("RandomPassword");
  });
});
