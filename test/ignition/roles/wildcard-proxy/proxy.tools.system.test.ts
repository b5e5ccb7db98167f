import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serviceProblems } from "../../../../ignition/roles/wildcard-proxy/proxy.ts";
import { call } from "../bash.ts";
import { named } from "../requirements.ts";
import { domain, Nginx, noNginx } from "./nginx.ts";

describe("the map", () => {
  const file = `${mkdtempSync(`${tmpdir()}/services-`)}/services`;
  const map = (text: string) => {
    writeFileSync(file, text);
    return call("wildcard-proxy/services.sh", "nginx_map", [file]);
  };

  test("has a line per service, with the longest prefix first", () => {
    expect(map("# comment\n\npr-* 10.0.0.1:80\nwiki 10.0.0.7:8080\npr-7-* 10.0.0.2:80\n")).toBe(
      '"~^pr-7-" 10.0.0.2:80;\n"~^pr-" 10.0.0.1:80;\nwiki 10.0.0.7:8080;',
    );
  });

  test("uses the later of two lines for a service", () => {
    expect(map("wiki 10.0.0.7:8080\nwiki 10.0.0.8:8080\n")).toBe("wiki 10.0.0.8:8080;");
  });

  test("is empty without services", () => {
    expect(map("")).toBe("");
  });

  test.each([
    "wiki",
    "wiki 10.0.0.7",
    "wiki 10.0.0.7:0",
    "wiki 10.0.0.7:65536",
    "wiki 10.0.0.256:80",
    "wiki host:80",
    "wiki 10.0.0.7:80 more",
    "Wiki 10.0.0.7:80",
    "-wiki 10.0.0.7:80",
    "a.b 10.0.0.7:80",
    "wiki; 10.0.0.7:80",
    "* 10.0.0.7:80",
    'x"y 10.0.0.7:80',
    "wiki 010.0.0.7:80",
  ])("rejects %j", (line) => {
    expect(() => map(`${line}\n`)).toThrow(`${file}: "${line}`);
  });
});

describe("services of a config", () => {
  test("accept names and addresses that nginx supports", () => {
    expect(serviceProblems({ wiki: "10.0.0.7:8080", "pr-*": "10.0.0.9:80", a: "1.2.3.4:65535" })).toEqual([]);
  });

  test.each([
    [
      { "A b": "10.0.0.7:80" },
      "services.A b",
      '"A b" is not allowed; use lower-case letters, digits and inner hyphens, and a * at the end for all names with this prefix',
    ],
    [
      { wiki: "wiki:80" },
      "services.wiki",
      '"wiki:80" is not an address; use an IPv4 address and a port, 10.0.0.7:8080',
    ],
    [
      { wiki: "10.0.0.7:70000" },
      "services.wiki",
      '"10.0.0.7:70000" is not an address; use an IPv4 address and a port, 10.0.0.7:8080',
    ],
  ])("rejects %j", (services, path, message) => {
    expect(serviceProblems(services)).toEqual([{ path, message }]);
  });
});

describe.skipIf(noNginx !== undefined)(named("nginx", noNginx), () => {
  let nginx: Nginx;
  const backends: Server[] = [];

  /** A service that returns its name and the request, and echoes on a socket. */
  async function backend(name: string): Promise<string> {
    const server = createServer((request, response) => {
      setTimeout(
        () => response.end(JSON.stringify({ name, url: request.url, headers: request.headers })),
        request.url === "/slow" ? 400 : 0,
      );
    });
    server.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.on("data", (data) => socket.write(`${name}: ${data}`));
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    backends.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  let wiki: string;
  let other: string;
  beforeAll(async () => {
    [wiki, other] = [await backend("wiki"), await backend("other")];
    nginx = await Nginx.start({ wiki, "pr-*": other });
  });
  afterAll(() => {
    nginx?.stop();
    for (const server of backends) {
      server.closeAllConnections();
      server.close();
    }
  });

  const from = async (name: string) => {
    const answer = await nginx.https("/", name);
    return answer.status === 200 ? JSON.parse(answer.body).name : answer.status;
  };
  /** Answer to a word on an open socket. */
  const echo = (socket: NodeJS.ReadWriteStream, word: string) =>
    new Promise<string>((resolve, reject) => {
      socket.once("data", (data) => resolve(String(data)));
      socket.once("close", () => reject(new Error("the connection was closed")));
      socket.write(word);
    });

  test("routes a name to its service, with headers for name, client and HTTPS", async () => {
    const { status, headers, body } = await nginx.https("/page?x=1", "wiki", {
      "X-Forwarded-For": "6.6.6.6",
      "X-Forwarded-Proto": "http",
    });
    expect(status).toBe(200);
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
    expect(JSON.parse(body)).toMatchObject({
      name: "wiki",
      url: "/page?x=1",
      headers: {
        host: `wiki.${domain}`,
        "x-forwarded-for": "127.0.0.1",
        "x-real-ip": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-port": "443",
        "x-forwarded-host": `wiki.${domain}`,
      },
    });
  });

  test("routes all names with a prefix to one service", async () => {
    expect(await from("pr-12-shop")).toBe("other");
    expect(await from("pr")).toBe(404);
  });

  test.each([
    "nobody",
    "wikis",
    "a.wiki.ci.example.com",
    "ci.example.com",
    "wiki.example.org",
    "127.0.0.1",
    "wikixci.example.com",
  ])("answers 404 for %s", async (name) => {
    expect(await nginx.https("/", name)).toMatchObject({ status: 404, body: "no such service\n" });
  });

  test("redirects HTTP to HTTPS for known names", async () => {
    expect(await nginx.http("/page?x=1", `wiki.${domain}`)).toMatchObject({
      status: 308,
      headers: { location: `https://wiki.${domain}/page?x=1` },
    });
    expect((await nginx.http("/", `nobody.${domain}`)).status).toBe(404);
    expect((await nginx.http("/", "wiki.example.org")).status).toBe(404);
  });

  test("rejects TLS 1.1", async () => {
    const { connect } = await import("node:tls");
    const refused = await new Promise<string>((resolve) => {
      connect(
        {
          host: "127.0.0.1",
          port: nginx.ports.https,
          maxVersion: "TLSv1.1",
          minVersion: "TLSv1",
          ciphers: "DEFAULT@SECLEVEL=0",
          rejectUnauthorized: false,
        },
        () => resolve("accepted"),
      ).on("error", () => resolve("refused"));
    });
    expect(refused).toBe("refused");
  });

  test("changes the map without closing WebSockets and requests", async () => {
    const socket = await nginx.upgrade("wiki");
    expect(await echo(socket, "before")).toBe("wiki: before");

    // Parallel requests on new connections, while services are added, moved and removed.
    let failed = 0;
    let served = 0;
    let busy = true;
    const client = async () => {
      while (busy) {
        const { status } = await nginx.https(served % 10 === 0 ? "/slow" : "/", "wiki").catch(() => ({ status: 0 }));
        if (status === 200) served++;
        else failed++;
      }
    };
    const clients = Array.from({ length: 4 }, client);
    const changes: (number | null)[] = [];
    for (let round = 0; round < 4; round++) {
      changes.push((await nginx.services("set", `app-${round}`, other)).status);
      expect(await from(`app-${round}`)).toBe("other");
      expect(await echo(socket, `round ${round}`)).toBe(`wiki: round ${round}`);
    }
    changes.push((await nginx.services("set", "app-0", wiki)).status, (await nginx.services("remove", "app-1")).status);
    busy = false;
    await Promise.all(clients);

    expect(changes).toEqual([0, 0, 0, 0, 0, 0]);
    expect({ failed, enough: served > 50 }).toEqual({ failed: 0, enough: true });
    expect([await from("app-0"), await from("app-1")]).toEqual(["wiki", 404]);
    expect(await echo(socket, "after")).toBe("wiki: after");
    socket.destroy();
  }, 30_000);

  test("lists the services", async () => {
    const { stdout, status } = await nginx.services("list");
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      `app-0 ${wiki}`,
      `app-2 ${other}`,
      `app-3 ${other}`,
      `pr-* ${other}`,
      `wiki ${wiki}`,
    ]);
  });

  test.each([
    [["set", "wiki", "127.0.0.1:1"], 1, `proxy-services: "wiki" is set by the config of the machine\n`],
    [
      ["set", "new", "somewhere"],
      2,
      'proxy-services: "new somewhere" is not NAME ADDRESS:PORT; use for example wiki 10.0.0.7:8080\n',
    ],
    [["remove", "nobody"], 1, 'proxy-services: "nobody" is not an added service\n'],
    [["frobnicate"], 2, "usage: proxy-services list | set NAME ADDRESS:PORT | remove NAME\n"],
  ])("rejects %j and changes nothing", async (parameters, status, stderr) => {
    const before = (await nginx.services("list")).stdout;
    expect(await nginx.services(...parameters)).toMatchObject({ status, stderr });
    expect((await nginx.services("list")).stdout).toBe(before);
    expect(await from("wiki")).toBe("wiki");
  });

  test("answers 502 for a service that is down", async () => {
    expect((await nginx.services("set", "down", "127.0.0.1:1")).status).toBe(0);
    expect(await from("down")).toBe(502);
    expect((await nginx.services("remove", "down")).status).toBe(0);
  });
});
