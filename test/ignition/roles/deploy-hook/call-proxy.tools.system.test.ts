import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HookTarget } from "../../../../delivery/targets/hook.ts";
import { selfSigned } from "../../../delivery/tls.ts";
import { freePort, startHaproxy } from "../local-servers.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["haproxy"] });
const token = "a-token-of-at-least-32-characters";
const digest = `sha256:${"a".repeat(64)}`;

/** The real HAProxy with the call proxy's configuration, and a server that reports its requests. */
describe.skipIf(reason !== undefined)(`the call proxy${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "call-proxy-"));
  const reached: string[] = [];
  let behind: Server;
  let haproxy: ChildProcess;
  let certificate = "";
  let ports = { plain: 0, secure: 0 };

  beforeAll(async () => {
    const identity = await selfSigned();
    certificate = `${identity.certificate.trimEnd()}\n`;
    writeFileSync(join(folder, "certificate.pem"), certificate + identity.key);
    writeFileSync(join(folder, "tokens.map"), `shop ${Buffer.from(token).toString("base64")}\n`);
    behind = createServer((asked, answer) => {
      reached.push(`${asked.method} ${asked.url} from ${asked.headers["x-caller"]}`);
      const body =
        asked.method === "GET"
          ? { apps: [] }
          : { app: "shop", name: "shop", digest, state: "running", outcome: "deployed" };
      answer.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => behind.listen(join(folder, "call.sock"), resolve));
    ports = { plain: await freePort(), secure: await freePort() };
    const settings = readFileSync(
      new URL("../../../../ignition/roles/deploy-hook/call-proxy.cfg", import.meta.url),
      "utf8",
    )
      .replaceAll(/\/(etc|run)\/paasmas\/deploy-hook/g, folder)
      .replace("bind :9010", `bind 127.0.0.1:${ports.plain}`)
      .replace("bind :9443", `bind 127.0.0.1:${ports.secure}`);
    writeFileSync(join(folder, "call-proxy.cfg"), settings);
    haproxy = await startHaproxy([join(folder, "call-proxy.cfg")], () =>
      hook("plain")
        .list()
        .then(() => true),
    );
  }, 30_000);
  afterAll(() => {
    haproxy?.kill("SIGKILL");
    behind?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function hook(way: "plain" | "secure", more: { ca?: string; tokens?: Record<string, string> } = {}): HookTarget {
    const url = way === "plain" ? `http://127.0.0.1:${ports.plain}` : `https://127.0.0.1:${ports.secure}`;
    return new HookTarget({ url, tokens: { shop: token }, tries: 1, ...more });
  }

  test.each(["plain", "secure"] as const)("passes on signed calls: %s", async (way) => {
    reached.length = 0;
    expect(await hook(way, { ca: certificate }).deploy("shop", digest)).toEqual({
      name: "shop",
      digest,
      changed: true,
    });
    expect(reached).toEqual(["POST /apps/shop from 127.0.0.1"]);
  });

  test.each(["plain", "secure"] as const)("rejects calls without a valid signature: %s", async (way) => {
    reached.length = 0;
    const stranger = hook(way, { ca: certificate, tokens: { shop: "another-token-of-32-characters-or-more" } });
    await expect(stranger.deploy("shop", digest)).rejects.toThrow("the signature is wrong (401)");
    expect(reached).toEqual([]);
  });

  test("fails certificate verification with another authority", async () => {
    reached.length = 0;
    await expect(hook("secure").deploy("shop", digest)).rejects.toThrow(/self-signed certificate/);
    expect(reached).toEqual([]);
  });
});
