import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HookTarget } from "../../delivery/targets/hook.ts";
import { FakeServices } from "./fake-services.ts";

let services: FakeServices;
let target: HookTarget;
beforeAll(async () => {
  services = await new FakeServices().start();
});
afterAll(() => services.stop());
beforeEach(() => {
  services.calls.staging.length = 0;
  services.running.staging.length = 0;
  services.hookAnswers = [];
  target = new HookTarget({ url: `http://${services.host}/staging/`, tokens: services.tokens, retryMs: 1, tries: 3 });
});

const digest = `sha256:${"a".repeat(64)}`;
// The messages of ignition/roles/deploy-hook/app.
const busy = { status: 409, body: { error: "another release of this name is under way; try again later" } };
const full = { status: 409, body: { error: "api already has 5 previews, the maximum; remove one" } };

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
    expect(services.calls.staging).toEqual([
      `deploy api ${digest}`,
      `deploy api ${digest}`,
      `deploy pr-1-api ${digest}`,
      "rollback pr-1-api",
      "remove pr-1-api",
    ]);
  });

  test("retries with a new nonce while another call is in progress", async () => {
    services.hookAnswers = [busy, busy];
    expect(await target.deploy("api", digest)).toMatchObject({ changed: true });
    expect(services.calls.staging).toHaveLength(3);
  });

  test("stops after the last attempt", async () => {
    services.hookAnswers = [busy, busy, busy, busy];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      `deploy of api at http://${services.host}/staging: ` +
        "another release of this name is under way; try again later (409)",
    );
    expect(services.calls.staging).toHaveLength(3);
  });

  test("does not retry if the maximum number of previews is reached", async () => {
    services.hookAnswers = [full];
    await expect(target.deploy("api", digest, "pr-6-api")).rejects.toThrow(
      /api already has 5 previews, the maximum; remove one \(409\)$/,
    );
    expect(services.calls.staging).toHaveLength(1);
    const role = join(import.meta.dirname, "../../ignition/roles/deploy-hook");
    const own = readdirSync(role)
      .filter((name) => name.startsWith("app"))
      .map((name) => readFileSync(join(role, name), "utf8"))
      .join("\n");
    expect(own).toContain('stop 3 "another release of this name is under way; try again later"');
    expect(own).toContain('stop 3 "$app already has $PREVIEWS previews, the maximum; remove one"');
  });

  test("checks the running digest after a lost answer", async () => {
    services.hookAnswers = [{ status: 0, body: {}, drop: true, act: true }];
    expect(await target.deploy("api", digest)).toEqual({ name: "api", digest, changed: true });
  });

  test("reports an unknown outcome if the digest does not run after a lost answer", async () => {
    services.hookAnswers = [{ status: 0, body: {}, drop: true }];
    await expect(target.deploy("api", digest)).rejects.toThrow(
      /^deploy of api at .*: socket hang up; the outcome is unknown, check the apps that the hook lists$/,
    );
    services.hookAnswers = [{ status: 502, body: { error: "the hook stopped" } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(/: the hook stopped \(502\); the outcome is unknown/);
  });

  test.each([
    [422, "health: 503 after 30 s"],
    [401, "the signature is wrong"],
    [404, "no such name"],
  ])("does not retry status %i and reports the reason of the hook", async (status, error) => {
    services.hookAnswers = [{ status, body: { error } }];
    await expect(target.deploy("api", digest)).rejects.toThrow(new RegExp(`: ${error} \\(${status}\\)$`));
    expect(services.calls.staging).toHaveLength(1);
  });

  test("calls nothing without a token and prints no token", async () => {
    await expect(target.deploy("db", digest)).rejects.toThrow(
      `no token for db at http://${services.host}/staging; tokens are given for: api, front`,
    );
    expect(services.calls.staging).toEqual([]);
  });

  test("reports a hook that is not reachable", async () => {
    const away = new HookTarget({ url: "http://127.0.0.1:9", tokens: services.tokens });
    await expect(away.list()).rejects.toThrow("ECONNREFUSED");
    const other = new HookTarget({ url: `http://${services.host}/github`, tokens: services.tokens });
    await expect(other.list()).rejects.toThrow(/Bad credentials|401/);
  });
});
