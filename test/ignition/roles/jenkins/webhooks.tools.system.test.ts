import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jenkins, jenkinsName } from "../../../../ignition/roles/jenkins/role.ts";
import { installedFiles } from "../contents.ts";
import { named } from "../requirements.ts";
import { domain, Nginx, noNginx } from "../wildcard-proxy/nginx.ts";
import { jenkinsNode } from "./nodes.ts";

const name = `hooks.${domain}`;

test("a machine without a public endpoint has nothing for the internet", () => {
  const paths = installedFiles(jenkins(jenkinsNode())).map(({ path }) => path);
  expect(paths.filter((path) => path.includes("/public/"))).toEqual([]);
});

describe.skipIf(noNginx !== undefined)(named("what the internet reaches", noNginx), () => {
  const asked: string[] = [];
  let nginx: Nginx;
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers["x-forwarded-proto"]} ${request.headers.host}`);
      response.end("taken");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const services = { [jenkinsName]: `127.0.0.1:${(server.address() as AddressInfo).port}` };
    nginx = await Nginx.start(services, (tls) => jenkins(jenkinsNode({ webhooks: { name, tls } })));
  });
  afterAll(() => {
    nginx?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  const ask = async (method: string, path: string, host = name) => {
    asked.length = 0;
    const { status } = await nginx.https(path, host, {}, { port: nginx.ports.public, method });
    return [status, ...asked];
  };

  test.each(["/github-webhook/", "/generic-webhook-trigger/invoke?token=sesame"])("passes on POST %s", async (path) => {
    expect(await ask("POST", path)).toEqual([200, `POST ${path} https ${name}`]);
    expect(await ask("GET", path)).toEqual([403]);
  });

  test.each([
    "/",
    "/login",
    "/github-webhook/x",
    "/job/shop/build",
    "//github-webhook/../login",
    "/generic-webhook-trigger/invoke/x",
  ])("answers 404 for POST %s", async (path) => {
    expect(await ask("POST", path)).toEqual([404]);
  });

  test("answers a webhook path without its slash and does not pass it on", async () => {
    expect(await ask("POST", "/github-webhook")).toEqual([301]);
  });

  test.each([`${jenkinsName}.${domain}`, `wiki.${domain}`, "hooks.example.org", "127.0.0.1"])(
    "answers 404 for the host %s",
    async (host) => {
      expect(await ask("POST", "/github-webhook/", host)).toEqual([404]);
    },
  );

  test("serves Jenkins in the private network, but not under the public name", async () => {
    expect((await nginx.https("/login", jenkinsName)).status).toBe(200);
    expect((await nginx.https("/github-webhook/", name)).status).toBe(404);
  });
});
