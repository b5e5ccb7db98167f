import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["socat", "jq"] });
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Runs deploy-call and app-call with a socket between them, and a fake `app` that records its arguments. */
describe.skipIf(reason !== undefined)(`calls${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  const root = mkdtempSync(join(tmpdir(), "calls-"));
  const at = (path: string) => join(root, path);
  const env = { ...process.env, PAASMAS_ROOT: root };
  let socket: ChildProcess;

  beforeAll(async () => {
    for (const folder of ["opt/paasmas/bin", "run/paasmas", "var/lib/paasmas/deploy-hook/nonces"])
      mkdirSync(at(folder), { recursive: true });
    for (const name of ["deploy-call", "app-call", "call.sh"])
      copyFileSync(`${roles}deploy-hook/${name}`, at(`opt/paasmas/bin/${name}`));
    for (const name of ["deploy-call", "app-call"]) chmodSync(at(`opt/paasmas/bin/${name}`), 0o755);
    writeFileSync(
      at("opt/paasmas/bin/app"),
      '#!/bin/bash\necho "$*" >>"$PAASMAS_ROOT/asked"\ncat "$PAASMAS_ROOT/answer"\nexit "$(cat "$PAASMAS_ROOT/code")"\n',
      { mode: 0o755 },
    );
    socket = spawn(
      "socat",
      [`UNIX-LISTEN:${at("run/paasmas/app-call.sock")},fork`, `EXEC:${at("opt/paasmas/bin/app-call")}`],
      { env, stdio: "ignore" },
    );
    while (!existsSync(at("run/paasmas/app-call.sock"))) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  afterAll(() => {
    socket?.kill();
    rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => {
    writeFileSync(at("asked"), "");
    says(0, '{"outcome":"deployed"}\n');
  });

  /** Sets the answer of `app`. */
  function says(code: number, answer: string) {
    writeFileSync(at("code"), String(code));
    writeFileSync(at("answer"), answer);
  }
  const asked = () => readFileSync(at("asked"), "utf8").trimEnd();
  const run = (script: string, input: string) =>
    spawnSync(at(`opt/paasmas/bin/${script}`), { env, input, encoding: "utf8" });

  function call(body: object, path = "/apps/shop"): { status: number; body: unknown } {
    const text = JSON.stringify({
      app: "shop",
      timestamp: Math.floor(Date.now() / 1000),
      nonce: crypto.randomUUID(),
      ...body,
    });
    return answered(`POST ${path} HTTP/1.1\r\nX-Caller: 10.0.0.7\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  }
  function answered(request: string) {
    const { stdout } = run("deploy-call", request);
    const [head = "", text = ""] = stdout.split("\r\n\r\n");
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(text)}`);
    return { status: Number(head.split(" ")[1]), body: JSON.parse(text) as unknown };
  }

  test("reach app unchanged and return its answer", () => {
    expect(call({ action: "deploy", digest })).toEqual({ status: 200, body: { outcome: "deployed" } });
    expect(call({ action: "remove", name: "pr-1-shop" })).toEqual({ status: 200, body: { outcome: "deployed" } });
    expect(asked()).toBe(`deploy shop ${digest} shop\nremove pr-1-shop shop`);
  });

  test("list the apps", () => {
    says(0, '{"apps":[]}\n');
    expect(answered("GET /apps HTTP/1.1\r\n\r\n")).toEqual({ status: 200, body: { apps: [] } });
    expect(asked()).toBe("list");
  });

  test.each([
    [3, 409],
    [4, 422],
    [5, 404],
    [1, 500],
  ])("with exit code %d of app return status %d and its reason", (code, status) => {
    says(code, '{"error":"so it is"}\n');
    expect(call({ action: "rollback" })).toEqual({ status, body: { error: "so it is" } });
  });

  test("return status 500 if app prints nothing", () => {
    says(137, "");
    expect(call({ action: "rollback" })).toEqual({
      status: 500,
      body: { error: "unexpected failure; see the journal" },
    });
  });

  test("reject a nonce that was used before", () => {
    const nonce = "a-nonce-that-is-used-twice";
    expect(call({ action: "rollback", nonce }).status).toBe(200);
    expect(call({ action: "rollback", nonce })).toEqual({ status: 403, body: { error: "the nonce was used before" } });
    expect(asked()).toBe("rollback shop shop");
    expect(readdirSync(at("var/lib/paasmas/deploy-hook/nonces"))).toContain(nonce);
  });

  test.each([
    "",
    "reconcile",
    "slots",
    "list; reboot",
    "deploy shop latest shop",
    `deploy shop ${digest}`,
    `deploy shop ${digest} shop --privileged`,
    `deploy ../shop ${digest} shop`,
    "build shop main shop",
    "remove pr-1-shop $(reboot)",
    `rollback ${"x".repeat(64)} shop`,
    `list${" list".repeat(100)}`,
  ])("are checked again by app-call, which rejects %j", (line) => {
    expect(run("app-call", `${line}\n`)).toMatchObject({
      stdout: "2\n",
      stderr: 'app-call: refused reason="not a valid call"\n',
      status: 0,
    });
    expect(asked()).toBe("");
  });
});
