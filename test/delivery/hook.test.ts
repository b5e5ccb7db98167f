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
// In the words of ignition/roles/deploy-hook/app.
const busy = { status: 409, body: { error: "another release of this name is under way; try again later" } };
const full = { status: 409, body: { error: "api already has 5 previews, the maximum; remove one" } };

describe("the deploy hook as a target", () => {
  test("signs as the hook's own client does", () => {
    const { token, body, signature } = JSON.parse(
      readFileSync(join(import.meta.dirname, "../components/deploy-hook/vector.json"), "utf8"),
    ) as Record<string, string>;
    expect(`sha256=${createHmac("sha256", token!).update(body!).digest("hex")}`).toBe(signature);
  });

  test("deploys, says whether anything changed, lists, goes back and removes", async () => {
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

  test("calls what the hook's own script understands", async () => {
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

  test("waits while another call is under way, with a nonce of its own for each try", async () => {
    world.hookAnswers = [busy, busy];
    expect(await target.deploy("api", digest)).toMatchObject({ changed: true });
    expect(world.calls.staging).toHaveLength(3);
  });

  test("does not wait for ever", async () => {
    world.hookAnswers = [busy, busy, busy, busy];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      `deploy of api at http://${world.host}/staging: another release of this name is under way; try again later (409)`,
    );
    expect(world.calls.staging).toHaveLength(3);
  });

  test("does not wait for a preview's place at all", async () => {
    world.hookAnswers = [full];
    await expect(target.deploy("api", digest, "pr-6-api")).rejects.toThrow(
      /api already has 5 previews, the maximum; remove one \(409\)$/,
    );
    expect(world.calls.staging).toHaveLength(1);
    const role = join(import.meta.dirname, "../../ignition/roles/deploy-hook");
    const own = readdirSync(role)
      .filter((name) => name.startsWith("app"))
      .map((name) => readFileSync(join(role, name), "utf8"))
      .join("\n");
    expect(own).toContain('stop 3 "another release of this name is under way; try again later"');
    expect(own).toContain('stop 3 "$app already has $PREVIEWS previews, the maximum; remove one"');
  });

  test("an answer that is lost is asked for: what runs counts", async () => {
    world.hookAnswers = [{ status: 0, body: {}, drop: true, act: true }];
    expect(await target.deploy("api", digest)).toEqual({ name: "api", digest, changed: true });
  });

  test("an answer that is lost, and nothing changed: said to be unknown", async () => {
    world.hookAnswers = [{ status: 0, body: {}, drop: true }];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      /^deploy of api at .*: socket hang up; the outcome is unknown, see what the hook lists$/,
    );
    world.hookAnswers = [{ status: 502, body: { error: "the hook stopped" } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(/: the hook stopped \(502\); the outcome is unknown/);
  });

  test.each([
    [422, "health: 503 after 30 s"],
    [401, "the signature is wrong"],
    [404, "no such name"],
  ])("%i is the end of it, with the hook's reason", async (status, error) => {
    world.hookAnswers = [{ status, body: { error } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(new RegExp(`: ${error} \\(${status}\\)$`));
    expect(world.calls.staging).toHaveLength(1);
  });

  test("without a token nothing is called, and no token is named", async () => {
    await expect(target.deploy("db", digest)).rejects.toThrow(
      `there is no token of db for http://${world.host}/staging; the file of tokens holds api, front`,
    );
    expect(world.calls.staging).toEqual([]);
  });

  test("a hook that is not there is said to be", async () => {
    const away = new HookTarget({ url: "http://127.0.0.1:9", tokens: world.tokens });
    await expect(away.list()).rejects.toThrow("ECONNREFUSED");
    const other = new HookTarget({ url: `http://${world.host}/github`, tokens: world.tokens });
    await expect(other.list()).rejects.toThrow(/Bad credentials|401/);
  });
});
