import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paasmas } from "../cli/run.ts";
import { selfSigned } from "./tls.ts";

let server: Server;
let dir: string;
let url: string;
let status = 200;
const said: unknown[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "paasmas-notify-"));
  const { certificate, key } = await selfSigned();
  writeFileSync(join(dir, "ca.pem"), certificate);
  server = createServer({ cert: certificate, key }, async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    said.push([request.method, request.url, request.headers["content-type"], JSON.parse(text)]);
    response.writeHead(status).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

const run = {
  repository: "example/shop",
  branch: "main",
  result: "failure",
  previous: "success",
  stage: "capacity",
  url: "https://ci.example.com/7/",
};
const notify = (more: object = {}, address = url) => {
  writeFileSync(join(dir, "run.json"), JSON.stringify({ ...run, ...more }));
  return paasmas(dir, ["delivery", "notify", "--slack", "--json", "--input", "run.json"], {
    SLACK_WEBHOOK_URL: address,
    NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"),
  });
};

describe("Slack", { timeout: 60_000 }, () => {
  test("gets the text of the notification", async () => {
    const ran = await notify();
    expect([ran.code, JSON.parse(ran.stdout)]).toEqual([
      0,
      {
        send: true,
        subject: "failed: example/shop main in capacity",
        text: "example/shop main failed in capacity.\nhttps://ci.example.com/7/\n",
      },
    ]);
    expect(said).toEqual([
      [
        "POST",
        "/services/T0/B0/secret",
        "application/json",
        { text: "example/shop main failed in capacity.\nhttps://ci.example.com/7/\n" },
      ],
    ]);
  });

  test("is not called without a notification", async () => {
    const before = said.length;
    expect(await notify({ result: "success" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"send":false'),
    });
    expect(said).toHaveLength(before);
  });

  test("fails with 1 on errors, without its address in the message", async () => {
    status = 403;
    expect(await notify()).toMatchObject({ code: 1, stdout: "", stderr: "paasmas: Slack answers 403\n" });
    const gone = await notify({}, "https://127.0.0.1:9/services/T0/B0/secret");
    expect(gone).toMatchObject({ code: 1, stdout: "" });
    expect(gone.stderr).toMatch(/^paasmas: Slack does not answer: /);
    expect(gone.stderr).not.toContain("secret");
  });

  test("rejects an address without TLS", async () => {
    expect(await notify({}, "http://127.0.0.1:9/secret")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "paasmas: SLACK_WEBHOOK_URL: is not a URL with https://\n",
    });
  });
});
