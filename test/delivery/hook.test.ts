import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HookTarget } from "../../delivery/targets/hook.ts";
import { World } from "./world.ts";

let world: World;
let target: HookTarget;
beforeAll(async () => {
  world = await new World().start();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.calls.staging.length = 0;
  world.running.staging.length = 0;
  world.hookAnswers = [];
  target = new HookTarget({ url: `http://${world.host}/staging/`, tokens: world.tokens, retryMs: 1, tries: 3 });
});

const digest = `sha256:${"a".repeat(64)}`;
// The messages of ignition/roles/deploy-hook/app.
const busy = { status: 409, body: { error: "another release of it is under way" } };
const full = { status: 409, body: { error: "5 previews of api are all there may be; remove one" } };

describe("HookTarget", () => {
  test("uses the signature of the client of the hook", () => {
    const { token, body, signature } = JSON.parse(
      readFileSync(join(import.meta.dirname, "../components/deploy-hook/vector.json"), "utf8"),
    ) as Record<string, string>;
    expect(`sha256=${createHmac("sha256", token!).update(body!).digest("hex")}`).toBe(signature);
  });

  test("deploys, reports changes, lists, rolls back and removes", async () => {
    expect(await target.deploy("api", digest)).toEqual({ name: "api", digest, changed: true });
    expect(await target.deploy("api", digest)).toEqual({ name: "api", digest, changed: false });
    expect(await target.deploy("api", digest, "pr-1-api")).toEqual({ name: "pr-1-api", digest, changed: true });
    expect(await target.list()).toEqual([
      { app: "api", name: "api", digest, state: "running", since: expect.stringMatching(/^2026-11-21T12:/) },
      { app: "api", name: "pr-1-api", digest, state: "running", since: expect.stringMatching(/^2026-11-21T12:/) },
    ]);
    expect(await target.rollback("api", "pr-1-api")).toMatchObject({ name: "pr-1-api", changed: true });
    await target.remove("api", "pr-1-api");
    await target.remove("api", "pr-1-api");
    expect(world.calls.staging).toEqual([
      `deploy api ${digest}`,
      `deploy api ${digest}`,
      `deploy pr-1-api ${digest}`,
      "rollback pr-1-api",
      "remove pr-1-api",
    ]);
  });

  test("sends calls that the script of the hook accepts", async () => {
    world.bodies.length = 0;
    await target.deploy("api", digest);
    await target.deploy("api", digest, "pr-12-api");
    await target.rollback("api");
    await target.remove("api", "pr-12-api");
    const script = join(import.meta.dirname, "../../ignition/roles/deploy-hook/call.sh");
    const understood = world.bodies.map((input) => {
      const { nonce } = JSON.parse(input) as { nonce: string };
      const command = `source ${script}; call /apps/api ${Math.floor(Date.now() / 1000)}`;
      return execFileSync("bash", ["--norc", "-c", command], { input, encoding: "utf8" })
        .trim()
        .replace(nonce, "NONCE");
    });
    expect(understood).toEqual([
      `deploy api ${digest} NONCE`,
      `deploy pr-12-api ${digest} NONCE`,
      "rollback api NONCE",
      "remove pr-12-api NONCE",
    ]);
  });

  test("retries with a new nonce while another call is in progress", async () => {
    world.hookAnswers = [busy, busy];
    expect(await target.deploy("api", digest)).toMatchObject({ changed: true });
    expect(world.calls.staging).toHaveLength(3);
  });

  test("stops after the last attempt", async () => {
    world.hookAnswers = [busy, busy, busy, busy];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      `deploy of api at http://${world.host}/staging: another release of it is under way (409)`,
    );
    expect(world.calls.staging).toHaveLength(3);
  });

  test("does not retry if the maximum number of previews is reached", async () => {
    world.hookAnswers = [full];
    await expect(target.deploy("api", digest, "pr-6-api")).rejects.toThrow(
      /5 previews of api are all there may be; remove one \(409\)$/,
    );
    expect(world.calls.staging).toHaveLength(1);
    const role = join(import.meta.dirname, "../../ignition/roles/deploy-hook");
    const own = readdirSync(role)
      .filter((name) => name.startsWith("app"))
      .map((name) => readFileSync(join(role, name), "utf8"))
      .join("\n");
    expect(own).toContain('stop 3 "another release of it is under way"');
    expect(own).toContain('stop 3 "$PREVIEWS previews of $app are all there may be; remove one"');
  });

  test("checks the running digest after a lost answer", async () => {
    world.hookAnswers = [{ status: 0, body: {}, drop: true, act: true }];
    expect(await target.deploy("api", digest)).toEqual({ name: "api", digest, changed: true });
  });

  test("reports an unknown outcome if the digest does not run after a lost answer", async () => {
    world.hookAnswers = [{ status: 0, body: {}, drop: true }];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      /^deploy of api at .*: socket hang up; the outcome is unknown, check the apps that the hook lists$/,
    );
    world.hookAnswers = [{ status: 502, body: { error: "the hook stopped" } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(/: the hook stopped \(502\); the outcome is unknown/);
  });

  test.each([
    [422, "health: 503 after 30 s"],
    [401, "the signature is wrong"],
    [404, "no such name"],
  ])("does not retry status %i and reports the reason of the hook", async (status, error) => {
    world.hookAnswers = [{ status, body: { error } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(new RegExp(`: ${error} \\(${status}\\)$`));
    expect(world.calls.staging).toHaveLength(1);
  });

  test("calls nothing without a token and prints no token", async () => {
    await expect(target.deploy("db", digest)).rejects.toThrow(
      `no token for db at http://${world.host}/staging; tokens are given for: api, front`,
    );
    expect(world.calls.staging).toEqual([]);
  });

  test("reports a hook that is not reachable", async () => {
    const away = new HookTarget({ url: "http://127.0.0.1:9", tokens: world.tokens });
    await expect(away.list()).rejects.toThrow("ECONNREFUSED");
    const other = new HookTarget({ url: `http://${world.host}/github`, tokens: world.tokens });
    await expect(other.list()).rejects.toThrow(/Bad credentials|401/);
  });
});
