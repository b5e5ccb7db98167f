import { execFile, execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call } from "../../ignition/roles/bash.ts";
import { missing } from "../../ignition/roles/requirements.ts";
import vector from "./vector.json" with { type: "json" };

const script = fileURLToPath(new URL("../../../components/deploy-hook/paasmas-deploy", import.meta.url));
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function inScript(command: string, parameters: readonly string[], input = ""): string {
  return execFileSync("bash", ["-euo", "pipefail", "-c", `. "$1"; shift; ${command}`, "test", script, ...parameters], {
    input,
    encoding: "utf8",
  }).trim();
}

const reason = missing({ programs: ["openssl", "jq", "curl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

describe("the signature of a call", () => {
  // The first case is test case 2 of RFC 4231.
  test.each([
    ["Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    [
      "a".repeat(131),
      "longer than a block",
      createHmac("sha256", "a".repeat(131)).update("longer than a block").digest("hex"),
    ],
    ["a".repeat(64), "", createHmac("sha256", "a".repeat(64)).update("").digest("hex")],
    [vector.token, vector.body, vector.signature.slice("sha256=".length)],
  ])("is an HMAC with key %s of the message %s", (key, message, hash) => {
    expect(inScript('hmac "$1"', [key], message)).toBe(hash);
  });

  test("is the same in the client and in the hook", () => {
    const { nonce, timestamp } = JSON.parse(vector.body) as { nonce: string; timestamp: number };
    expect(inScript('body "$@"', ["deploy", "shop", digest, "pr-12-shop", String(timestamp), nonce])).toBe(vector.body);
    expect(call("deploy-hook/call.sh", "call", ["/apps/shop", String(timestamp)], vector.body)).toBe(
      `deploy pr-12-shop ${digest} ${nonce}`,
    );
    expect(`sha256=${createHmac("sha256", vector.token).update(vector.body).digest("hex")}`).toBe(vector.signature);
  });
});

describe("a call of the deploy hook", () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  let seen: { path: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        seen.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
        response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
      });
    });
    url = await new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`)),
    );
  });
  afterAll(() => server.close());

  function deploy(
    parameters: readonly string[],
    env: Record<string, string> = { DEPLOY_TOKEN: vector.token },
    to = url,
  ) {
    seen = [];
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) =>
      execFile(script, [to, ...parameters], { env: { PATH: process.env.PATH!, ...env } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      ),
    );
  }

  test.each<[string[], string, object]>([
    [["deploy", "shop", digest], "POST /apps/shop", { action: "deploy", app: "shop", digest }],
    [
      ["deploy", "shop", digest, "pr-1-shop"],
      "POST /apps/shop",
      { action: "deploy", app: "shop", name: "pr-1-shop", digest },
    ],
    [["build", "shop", "c".repeat(40)], "POST /apps/shop", { action: "build", app: "shop", commit: "c".repeat(40) }],
    [["rollback", "shop"], "POST /apps/shop", { action: "rollback", app: "shop" }],
    [["remove", "shop", "pr-1-shop"], "POST /apps/shop", { action: "remove", app: "shop", name: "pr-1-shop" }],
  ])("sends %j", async (parameters, path, body) => {
    answer = { status: 200, body: '{"outcome":"deployed"}' };
    expect(await deploy(parameters)).toEqual({ code: 0, stdout: '{"outcome":"deployed"}', stderr: "" });
    expect(seen).toHaveLength(1);
    const [{ path: asked, headers, body: sent }] = seen as [(typeof seen)[0]];
    expect(asked).toBe(path);
    expect(headers["x-paasmas-signature"]).toBe(
      `sha256=${createHmac("sha256", vector.token).update(sent).digest("hex")}`,
    );
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(sent)));
    const { timestamp, nonce, ...rest } = JSON.parse(sent) as Record<string, unknown>;
    expect(rest).toEqual(body);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(30);
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  test("lists apps without a token", async () => {
    answer = { status: 200, body: '{"apps":[]}' };
    expect(await deploy(["list"], {})).toEqual({ code: 0, stdout: '{"apps":[]}', stderr: "" });
    expect(seen).toMatchObject([{ path: "GET /apps", body: "" }]);
    expect(seen[0]!.headers).not.toHaveProperty("x-paasmas-signature");
  });

  test("accepts a token in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "paasmas-deploy-"));
    writeFileSync(join(folder, "token"), `${vector.token}\n`);
    answer = { status: 200, body: "{}" };
    expect((await deploy(["rollback", "shop"], { DEPLOY_TOKEN_FILE: join(folder, "token") })).code).toBe(0);
    expect(seen[0]!.headers["x-paasmas-signature"]).toBe(
      `sha256=${createHmac("sha256", vector.token).update(seen[0]!.body).digest("hex")}`,
    );
    rmSync(folder, { recursive: true });
  });

  test.each([
    [409, 3],
    [401, 1],
    [422, 1],
    [500, 4],
    [504, 4],
  ])("with status %i ends with exit code %i and the reason of the hook", async (status, code) => {
    answer = { status, body: '{"error":"because"}' };
    expect(await deploy(["rollback", "shop"])).toMatchObject({ code, stdout: '{"error":"because"}' });
  });

  test("fails if the hook is not reachable", async () => {
    const { code, stderr } = await deploy(["rollback", "shop"], undefined, "http://127.0.0.1:1");
    expect(code).toBe(1);
    expect(stderr).toMatch(/Failed to connect|Couldn't connect/);
  });

  test.each([[[]], [["deploy", "shop"]], [["remove", "shop"]], [["explode", "shop", "x"]]])(
    "with the parameters %j prints the usage",
    async (parameters) => {
      const { code, stdout, stderr } = await deploy(parameters);
      expect([code, stdout, seen]).toEqual([2, "", []]);
      expect(stderr).toMatch(/^Calls a deploy hook and waits for the result:/);
    },
  );

  test("without a token sends no request", async () => {
    expect(await deploy(["rollback", "shop"], {})).toEqual({
      code: 2,
      stdout: "",
      stderr: "paasmas-deploy: there is no token in $DEPLOY_TOKEN or in the file $DEPLOY_TOKEN_FILE\n",
    });
    expect(seen).toEqual([]);
  });
});
