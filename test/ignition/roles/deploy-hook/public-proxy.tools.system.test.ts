import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployHook } from "../../../../ignition/roles/deploy-hook/role.ts";
import { selfSigned } from "../../../delivery/tls.ts";
import { installedFiles } from "../contents.ts";
import { freePort, startHaproxy } from "../local-servers.ts";
import { missing } from "../requirements.ts";
import { hookedApp, hookNode } from "./nodes.ts";

const reason = missing({ programs: ["haproxy"] });
const [publicName, insideName] = ["shop.example.com", "shop.internal.example.com"];

/** The real HAProxy with the machine's files, and an app that reports its requests. */
describe.skipIf(reason !== undefined)(`the public proxy${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "public-proxy-"));
  const asked: string[] = [];
  let app: Server;
  let haproxy: ChildProcess;
  let ca = "";
  let ports = { inside: 0, public: 0, health: 0 };

  beforeAll(async () => {
    app = createServer((question, answer) => {
      asked.push(
        `${question.headers.host} ${question.headers["x-forwarded-proto"]} ${question.headers["x-forwarded-for"]}`,
      );
      answer.end("served");
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    ports = { inside: await freePort(), public: await freePort(), health: await freePort() };
    const { certificate, key } = await selfSigned();
    ca = certificate;
    const shop = hookedApp({ name: "shop", hosts: [insideName, publicName] });
    const config = deployHook(
      hookNode({ apps: [shop], public: { names: [publicName], tls: { ca, certificate, privateKey: key } } }),
    );
    for (const { path, text } of installedFiles(config)) {
      const name = /^\/etc\/paasmas\/proxy\/(.+)$/.exec(path)?.[1];
      if (name === undefined) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), moved(text));
    }
    const files = ["proxy.cfg", "apps.cfg", "public"].map((name) => join(folder, name));
    haproxy = await startHaproxy(files, () => ask(publicName).then(() => true));
  }, 30_000);
  afterAll(() => {
    haproxy?.kill("SIGKILL");
    app?.closeAllConnections();
    app?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A file of the machine with the paths and ports of this test, and the first slot enabled. */
  function moved(text: string): string {
    const { port } = app.address() as AddressInfo;
    return text
      .replaceAll("/etc/paasmas/proxy", folder)
      .replace(/^\tstats socket .*$/m, "")
      .replace("bind :8080", `bind 127.0.0.1:${ports.inside}`)
      .replace("bind :8443", `bind 127.0.0.1:${ports.public}`)
      .replace("bind :8404", `bind 127.0.0.1:${ports.health}`)
      .replace(/server blue \S+ disabled/, `server blue 127.0.0.1:${port}`);
  }

  function ask(host: string, headers: Record<string, string> = {}): Promise<[number, ...string[]]> {
    asked.length = 0;
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: ports.public,
        ca,
        agent: false,
        headers: { host, ...headers },
        checkServerIdentity: () => undefined,
      };
      request(options, (answer) => answer.resume().on("end", () => resolve([answer.statusCode!, ...asked])))
        .on("error", reject)
        .end();
    });
  }

  test("routes the public name to the app and replaces forwarding headers of the client", async () => {
    expect(await ask(publicName, { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http" })).toEqual([
      200,
      `${publicName} https 127.0.0.1`,
    ]);
    expect(await ask(`${publicName.toUpperCase()}:443`)).toEqual([
      200,
      `${publicName.toUpperCase()}:443 https 127.0.0.1`,
    ]);
  });

  test.each([insideName, "www.example.org", "127.0.0.1"])("answers 404 for the host %s", async (host) => {
    expect(await ask(host)).toEqual([404]);
  });

  test("serves both names of the app in the private network", async () => {
    for (const host of [insideName, publicName]) {
      const answer = await fetchInside(host);
      expect(answer).toBe(200);
    }
  });

  async function fetchInside(host: string): Promise<number> {
    const { request: plain } = await import("node:http");
    return new Promise((resolve, reject) => {
      plain({ host: "127.0.0.1", port: ports.inside, agent: false, headers: { host } }, (answer) =>
        answer.resume().on("end", () => resolve(answer.statusCode!)),
      )
        .on("error", reject)
        .end();
    });
  }
});

test("the folder of the public proxy is empty without a public endpoint", () => {
  const config = deployHook(hookNode());
  expect(config.storage?.directories?.map(({ path }) => path)).toContain("/etc/paasmas/proxy/public");
  expect(installedFiles(config).filter(({ path }) => path.startsWith("/etc/paasmas/proxy/public/"))).toEqual([]);
  const service = readFileSync(
    new URL("../../../../ignition/roles/deploy-hook/proxy.service", import.meta.url),
    "utf8",
  );
  expect(service).toContain("-f /etc/paasmas/proxy/public\n");
});
