import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";
import { missing, named } from "../requirements.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

// Runs the real script on a fake machine (machine.sh): its steps, their order, and the state after a kill at each step.

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const settings = `REPOSITORY=registry.example/shop
SOURCE=
DOCKERFILE=
PORT=8080
ADDRESSES="10.0.0.1 10.0.0.2"
HOST=shop.example.com
HEALTH_PATH=/healthz
HEALTH_SECONDS=0
WATCH_SECONDS=0
DRAIN_SECONDS=1
PREVIEWS=0
PREVIEW_DOMAIN=
`;

let root: string;
let sim: string;
function machineOfFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "paasmas-app-"));
  for (const name of ["sim/running", "sim/ready", "sim/images", "sim/bin", "opt/paasmas/bin", "etc/paasmas/apps/shop"])
    mkdirSync(join(folder, name), { recursive: true });
  for (const file of readdirSync(`${roles}deploy-hook`).filter((name) => /^app$|^apps?(-\w+)?\.sh$/.test(name)))
    copyFileSync(`${roles}deploy-hook/${file}`, join(folder, "opt/paasmas/bin", file));
  chmodSync(join(folder, "opt/paasmas/bin/app"), 0o755);
  for (const program of ["systemctl", "podman", "curl", "socat", "journalctl", "sync"])
    symlinkSync(join(import.meta.dirname, "machine.sh"), join(folder, "sim/bin", program));
  writeFileSync(join(folder, "etc/paasmas/apps/shop/app.env"), settings);
  writeFileSync(join(folder, "etc/paasmas/deploy-hook.env"), 'URL_TEMPLATE="https://%s"\n');
  return folder;
}

beforeEach(() => {
  root = machineOfFiles();
  sim = join(root, "sim");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function app(parameters: readonly string[], killAt?: number) {
  writeFileSync(join(sim, "log"), "");
  const { status, signal, stdout } = spawnSync(
    "bash",
    ["-c", 'export APP=$$; exec "$0" "$@"', join(root, "opt/paasmas/bin/app"), ...parameters],
    {
      encoding: "utf8",
      env: {
        PATH: `${join(sim, "bin")}:${process.env.PATH}`,
        PAASMAS_ROOT: root,
        SIM: sim,
        ...(killAt !== undefined && { KILL_AT: String(killAt) }),
      },
    },
  );
  const log = readFileSync(join(sim, "log"), "utf8").split("\n").filter(Boolean);
  return {
    status,
    killed: signal === "SIGKILL",
    answer: stdout === "" ? undefined : (JSON.parse(stdout) as Record<string, unknown>),
    steps: log.map((line) => line.slice(line.indexOf(" ") + 1)),
    served: log.every((line) => line.startsWith("yes ")),
  };
}

/** Running containers, serving slots, and the record. */
function machine() {
  const record = join(root, "var/lib/paasmas/deploy-hook/apps/shop/state.json");
  const { current, previous } = existsSync(record)
    ? (JSON.parse(readFileSync(record, "utf8")) as Record<string, { digest: string; slot: string } | null>)
    : {};
  return {
    running: readdirSync(join(sim, "running")).map(
      (slot) => `${slot} ${readFileSync(join(sim, "running", slot), "utf8").slice(0, 1)}`,
    ),
    ready: readdirSync(join(sim, "ready")),
    current: current && `${current.slot} ${current.digest.slice(7, 8)}`,
    previous: previous && `${previous.slot} ${previous.digest.slice(7, 8)}`,
  };
}

const first = ["pull", "start blue", "ready blue", "record", "ready blue"];
const second = [
  "pull",
  "start green",
  "ready green",
  "drain blue",
  "record",
  "ready green",
  "drain blue",
  "maint blue",
  "stop blue",
];

describe("app deploy", { timeout: 120_000 }, () => {
  test("starts the first release", () => {
    const { status, answer, steps } = app(["deploy", "shop", digest("1")]);
    expect([status, answer]).toEqual([
      0,
      {
        app: "shop",
        name: "shop",
        digest: digest("1"),
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        state: "running",
        outcome: "deployed",
        url: "https://shop.example.com",
      },
    ]);
    expect(steps.filter((step) => !step.startsWith("maint "))).toEqual(first);
    expect(machine()).toEqual({ running: ["blue 1"], ready: ["blue"], current: "blue 1", previous: null });
  });

  test("starts a new release, switches to it, and then stops the old one", () => {
    app(["deploy", "shop", digest("1")]);
    const { status, steps, served } = app(["deploy", "shop", digest("2")]);
    expect([status, served]).toEqual([0, true]);
    expect(steps.slice(steps.indexOf("pull"))).toEqual(second);
    expect(machine()).toEqual({ running: ["green 2"], ready: ["green"], current: "green 2", previous: "blue 1" });
  });

  test("does nothing if the image already runs", () => {
    app(["deploy", "shop", digest("1")]);
    const { status, answer, steps } = app(["deploy", "shop", digest("1")]);
    expect([status, answer!.outcome, steps]).toEqual([0, "unchanged", []]);
  });

  test.each([
    ["an image that is missing", "a", "the image cannot be pulled: Error: manifest unknown"],
    ["an image that is never healthy", "b", "GET /healthz answered 503 for 0 s, not 200 to 399"],
    ["an image that exits at once", "c", "the container did not start: its last words "],
  ])("keeps the old release for %s", (_, digit, reason) => {
    app(["deploy", "shop", digest("1")]);
    const { status, answer, served } = app(["deploy", "shop", digest(digit)]);
    expect([status, answer, served]).toEqual([4, { error: reason, app: "shop", name: "shop" }, true]);
    expect(machine()).toEqual({ running: ["blue 1"], ready: ["blue"], current: "blue 1", previous: null });
  });

  test("rolls back to the previous release", () => {
    app(["deploy", "shop", digest("1")]);
    expect(app(["rollback", "shop"])).toMatchObject({
      status: 5,
      answer: { error: "there is no previous release" },
      steps: [],
    });
    app(["deploy", "shop", digest("2")]);
    expect(app(["rollback", "shop"])).toMatchObject({
      status: 0,
      answer: { outcome: "rolled back", digest: digest("1") },
      served: true,
    });
    expect(machine()).toEqual({ running: ["blue 1"], ready: ["blue"], current: "blue 1", previous: "green 2" });
  });

  test.each([
    [["deploy", "blog", digest("1")], 5, "there is no such app or preview"],
    [["deploy", "pr-1-shop", digest("1"), "shop"], 5, "shop has no previews"],
    [["build", "shop", "0".repeat(40)], 5, "the app has no source to build"],
    [["remove", "shop"], 5, "there is no such preview"],
  ])("rejects %j", (parameters, code, error) => {
    expect(app(parameters)).toMatchObject({ status: code, answer: { error }, steps: [] });
    expect(machine().running).toEqual([]);
  });
});

describe.skipIf(reason !== undefined)(named("killed at any step", reason), () => {
  // The machine runs the first release.
  let released: string;
  beforeAll(() => {
    root = released = machineOfFiles();
    sim = join(root, "sim");
    app(["deploy", "shop", digest("1")]);
    return () => rmSync(released, { recursive: true });
  });

  // It reconciles first, to remove leftovers of an earlier release.
  const steps = ["ready blue", "maint green", ...second];
  test.each(Array.from({ length: steps.length }, (_, index) => [index + 1, steps[index]!] as const))(
    "a kill before step %i (%s) does not interrupt service, and reconcile restores the record",
    (killAt) => {
      for (const folder of ["sim/running", "sim/ready", "sim/images", "var"])
        cpSync(join(released, folder), join(root, folder), { recursive: true });
      const release = app(["deploy", "shop", digest("2")], killAt);
      expect(release.killed).toBe(true);
      expect(release.served).toBe(true);
      const written = machine().current;
      const reconciled = app(["reconcile", "shop"]);
      expect([reconciled.status, reconciled.served]).toEqual([0, true]);
      const slot = written!.split(" ")[0]!;
      expect(machine()).toMatchObject({ running: [written], ready: [slot], current: written });
      // The old release is recorded until the new record is on disk.
      expect(written).toBe(killAt <= steps.indexOf("record") + 1 ? "blue 1" : "green 2");
    },
  );
});

test("reconcile starts the recorded release after a power failure", () => {
  app(["deploy", "shop", digest("1")]);
  app(["deploy", "shop", digest("2")], 7);
  for (const folder of ["running", "ready"])
    for (const slot of readdirSync(join(sim, folder))) rmSync(join(sim, folder, slot));
  const { status, steps } = app(["reconcile"]);
  expect(status).toBe(0);
  expect(steps.filter((step) => /^(start|ready)/.test(step))).toEqual(["start blue", "ready blue"]);
  expect(machine()).toEqual({ running: ["blue 1"], ready: ["blue"], current: "blue 1", previous: null });
});

test("reconcile ignores apps and previews that only an earlier machine had", () => {
  app(["deploy", "shop", digest("1")]);
  const folder = (name: string, of: string, index: string) => {
    const path = join(root, "var/lib/paasmas/deploy-hook/apps", name);
    mkdirSync(path);
    writeFileSync(join(path, "app"), `${of}\n`);
    writeFileSync(join(path, "seat"), `${index}\n`);
    writeFileSync(join(path, "state.json"), '{"current": {"slot": "blue", "image": "x"}, "previous": null}');
  };
  folder("blog", "blog", "0");
  folder("pr-1-shop", "shop", "1");
  expect(app(["reconcile"]).status).toBe(0);
  const { apps } = app(["list"]).answer as { apps: { name: string }[] };
  expect(apps.map(({ name }) => name)).toEqual(["shop"]);
  expect(app(["rollback", "pr-1-shop"])).toMatchObject({
    status: 5,
    answer: { error: "there is no such app or preview" },
  });
});
