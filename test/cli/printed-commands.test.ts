import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommanderError } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "../../cli/main.ts";
import { readProject, stackConfig } from "../../cli/settings.ts";
import { missingSettings, parseEnvironment } from "../../stacks/environment.ts";
import { runMain } from "./in-process.ts";
import { commandsIn, printedTexts } from "./printed-commands.ts";
import { projectCopy } from "./project-copy.ts";

const root = resolve(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const texts = printedTexts();
const commands = texts.flatMap(commandsIn);
/** Commands of the command line: `npm run up` runs `paasmas up`. */
const own = commands.filter(({ script }) => scripts[script]?.includes("cli/paasmas.js"));

/** The problem of the command line with some arguments, without running a command. */
async function problemOf(args: readonly string[]): Promise<string | undefined> {
  const program = commandLine(() => async () => {});
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync(["node", "paasmas", ...args]);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

describe("the commands that the program prints and the pages show", () => {
  test("are found", () => {
    expect(commands.length).toBeGreaterThan(100);
    for (const script of ["config", "pulumi", "up", "destroy", "drift", "preview", "plan"])
      expect(own.filter((command) => command.script === script).length).toBeGreaterThan(0);
  });

  test("are scripts of the project", () => {
    expect(commands.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  test("are accepted by the command line", async () => {
    const refused: string[] = [];
    for (const { where, script, args } of own) {
      // "npm run plan shows defaults" names a command without its arguments.
      if (args.length === 0) continue;
      const problem = await problemOf([script, ...args]);
      if (problem !== undefined) refused.push(`${where}: npm run ${script} -- ${args.join(" ")}: ${problem}`);
    }
    expect(refused).toEqual([]);
  });

  test("need no variables for the state: no text shows a plain command of the engine", () => {
    // The pages of components are for other projects, which use the engine in their own way.
    const plain = /(?:^|[`$(>] ?|run |with )pulumi (?:config|stack|state|cancel|refresh|up|preview|destroy|import)\b/m;
    const found = texts.filter(({ where, text }) => !/^docs\/components\/|\.json$/.test(where) && plain.test(text));
    expect(found.map(({ where, text }) => `${where}: ${plain.exec(text)?.[0]}`)).toEqual([]);
  });
});

test.each([
  [["up"], "missing required argument"],
  [["up", "dev", "--force"], "unknown option"],
  [["config", "dev", "a", "b", "c"], "too many arguments"],
])("the command line refuses %j", async (args, problem) => {
  expect(await problemOf(args)).toContain(problem);
});

test("the engine gets its options and its help", async () => {
  expect(await problemOf(["pulumi", "stack", "--stack", "dev", "--show-urns", "--help", "-y"])).toBeUndefined();
});

/** A value for each setting that has a placeholder. */
const given: Readonly<Record<string, string>> = {
  "openstack.externalNetworkId": "11111111-2222-3333-4444-555555555555",
  "openstack.imageId": "11111111-2222-3333-4444-555555555555",
  "openstack.volumeType": "luks",
  "paas.dns.zoneId": "11111111-2222-3333-4444-555555555555",
  "registry.ecr.accessKey": "AKIAIOSFODNN7EXAMPLE",
  "registry.ecr.host": "111111111111.dkr.ecr.eu-central-1.amazonaws.com",
  "sshAuthorizedKeys[0]": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1Jf2b7nDkP3Yb1c9r8Y0eV4o3c5uY2m0wq1o9f8d7e me@laptop",
};

describe("in a fresh clone, the commands for required settings", () => {
  let dir: string;
  beforeAll(() => {
    dir = projectCopy();
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** The settings of an environment that miss, each with the words of its printed command. */
  function missing(environment: string) {
    const settings = missingSettings(parseEnvironment(environment, stackConfig(readProject(dir), environment)), {});
    return settings.map(({ key, command }) => {
      const [{ script, args }] = commandsIn({ where: key, text: command }) as [ReturnType<typeof commandsIn>[0]];
      return { key, script, args, secret: args.includes("--secret") };
    });
  }

  test.each(["staging", "prod"])("of %s are accepted", async (environment) => {
    const printed = missing(environment);
    expect(printed.length).toBeGreaterThan(5);
    for (const { key, script, args } of printed)
      expect([key, await problemOf([script, ...args])]).toEqual([key, undefined]);
  });

  test("of staging work without an engine, except those for secrets", { timeout: 120_000 }, async () => {
    const printed = missing("staging");
    for (const { key, script, args } of printed.filter(({ secret }) => !secret)) {
      const ran = await runMain(dir, [script, args[0]!, args[1]!, given[key]!]);
      expect([key, ran]).toEqual([key, { code: 0, stdout: "", stderr: "" }]);
    }
    expect(missing("staging")).toEqual(printed.filter(({ secret }) => secret));
    expect(existsSync(join(dir, ".state"))).toBe(false);
  });
});
