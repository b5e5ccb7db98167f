import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { projectCopy } from "../cli/project-copy.ts";
import { killedWhile, paasmas } from "../cli/run.ts";
import { run } from "../lab/builds.ts";
import { repository } from "../lab/paths.ts";
import { noDocker, noEngine } from "./requirements.ts";

const reason = noEngine(["docker", "random", "tls", "command"]) ?? (await noDocker());
beforeEach(({ skip }) => skip(reason !== undefined, reason));
// A command in CI reads the state of the cloud first, and prints more lines.
process.env.CI = "";

const image = "paasmas-test/empty:1";
const prefix = `interrupted-${process.pid}`;

/** One resource of each kind. `PHASE` is the step that the program asks for. */
const program = `
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
const phase = process.env.PHASE;
const key = new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: phase === "replace" ? "P384" : "P256" });
const word = new random.RandomPassword("word", { length: phase === "replace" ? 20 : 16 });
const net = new docker.Network("net", { name: "${prefix}-net", ...(phase === "replace" ? { internal: true } : {}) });
const disk = new docker.Volume("disk", { name: "${prefix}-disk", ...(phase === "replace" ? { labels: [{ label: "a", value: "b" }] } : {}) });
const gate = new command.local.Command("gate", {
  create: "echo " + (phase === "update" ? "two" : "one"),
  triggers: phase === "replace" ? ["b"] : ["a"],
}, { dependsOn: key });
if (phase !== "delete") new docker.Container("box", {
  name: "${prefix}-box", image: "${image}", command: [phase === "replace" ? "/b" : "/a"], start: false, mustRun: false,
  memory: phase === "update" ? 128 : 64,
  networksAdvanced: [{ name: net.name }], volumes: [{ volumeName: disk.name, containerPath: "/data" }],
}, { deleteBeforeReplace: true });
`;

describe("up after a kill in the middle of one operation, with the real engine", { timeout: 600_000 }, () => {
  let dir: string;
  const paused = () => join(dir, "paused");
  const up = (phase: string) => paasmas(dir, ["up", "dev", "--yes", "--unlock"], { PHASE: phase });

  beforeAll(async () => {
    if (reason !== undefined) return;
    await run("sh", ["-c", `tar --create --files-from /dev/null | docker import - ${image}`]);
    dir = projectCopy();
    symlinkSync(join(repository, "node_modules"), join(dir, "node_modules"));
    writeFileSync(join(dir, "package.json"), '{"type": "module"}');
    writeFileSync(
      join(dir, "Pulumi.yaml"),
      "name: paasmas\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n" +
        "main: program.ts\nstackConfigDir: stacks\n",
    );
    writeFileSync(join(dir, "program.ts"), program);
  }, 120_000);
  afterAll(async () => {
    if (reason !== undefined) return;
    await paasmas(dir, ["destroy", "dev", "--yes", "--unlock"]);
    await run("docker", ["image", "rm", image]);
    rmSync(dir, { recursive: true });
  }, 120_000);

  const cases = [
    ...["key", "word", "net", "disk", "gate", "box"].map((name) => ["create", `create ${name}`]),
    ...["gate", "box"].map((name) => ["update", `update ${name}`]),
    ...["net", "disk", "box"].map((name) => ["replace", `delete ${name}`]),
    ...["key", "word", "net", "disk", "gate", "box"].map((name) => ["replace", `create ${name}`]),
    ["delete", "delete box"],
  ];
  // Each takes half a minute. By default two; all with TEST_ALL=true.
  const few = ["create: create box", "replace: create net"];
  const chosen = cases.filter((one) => process.env.TEST_ALL === "true" || few.includes(one.join(": ")));

  it.each(chosen)("%s: killed after %j", async (phase, operation) => {
    await paasmas(dir, ["destroy", "dev", "--yes", "--unlock"]);
    if (phase !== "create") expect(await up("create"), "before").toMatchObject({ code: 0 });
    rmSync(paused(), { force: true });
    await killedWhile(dir, () => existsSync(paused()), {
      PHASE: phase,
      STAND_IN_PAUSE: operation,
      STAND_IN_PAUSED: paused(),
    });
    expect(existsSync(paused())).toBe(true);

    // Docker's names are unique: each message has the command that removes what the engine does not know.
    let ran = await up(phase!);
    for (let attempt = 0; attempt < 3 && ran.code !== 0; attempt++) {
      const remedy = /remove it: (docker (?:rm --force|network rm) \S+)/.exec(`${ran.stdout}${ran.stderr}`)?.[1];
      expect(remedy, ran.stderr).toBeDefined();
      await run("sh", ["-c", remedy!]);
      ran = await up(phase!);
    }
    expect(ran).toMatchObject({ code: 0 });

    const after = await paasmas(dir, ["preview", "dev"], { PHASE: phase });
    expect(after.stdout).toMatch(/^Previewed dev: \d+ unchanged\.\n$/);
    expect(`${after.stdout}${after.stderr}`).not.toContain("pending operation");
    const named = await run("docker", ["ps", "--all", "--format", "{{.Names}}", "--filter", `name=${prefix}`]);
    expect(named.trim()).toBe(phase === "delete" ? "" : `${prefix}-box`);
  });
});
