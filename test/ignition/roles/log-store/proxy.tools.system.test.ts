import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { userMap } from "../../../../ignition/roles/base/users.ts";
import { freePort, startHaproxy } from "../local-servers.ts";
import { logSecrets } from "../nodes.ts";
import { missing } from "../requirements.ts";
import { writeCertificate } from "../certificate.ts";

const reason = missing({ programs: ["haproxy", "openssl"] });

/** The real HAProxy with the configuration of the proxy; the server behind it returns the request. */
describe.skipIf(reason !== undefined)(
  `the proxy of the log store${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "log-proxy-"));
    let behind: Server;
    let haproxy: ChildProcess;
    let port = 0;
    let certificate = "";

    beforeAll(async () => {
      writeCertificate({
        name: "logs",
        days: 1,
        key: join(folder, "key"),
        certificate: join(folder, "cert"),
        alternativeNames: "IP:127.0.0.1",
      });
      certificate = readFileSync(join(folder, "cert"), "utf8");
      writeFileSync(join(folder, "certificate.pem"), certificate + readFileSync(join(folder, "key"), "utf8"));
      writeFileSync(join(folder, "users.map"), userMap({ write: logSecrets.write, read: logSecrets.read }));
      behind = createServer((asked, answer) => answer.end(JSON.stringify({ path: asked.url, headers: asked.headers })));
      await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
      port = await freePort();
      const settings = readFileSync(new URL("../../../../ignition/roles/log-store/proxy.cfg", import.meta.url), "utf8")
        .replaceAll("/etc/paasmas/log-store/proxy", folder)
        .replace("bind :3100", `bind 127.0.0.1:${port}`)
        .replace("127.0.0.1:3101", `127.0.0.1:${(behind.address() as AddressInfo).port}`)
        .replace("127.0.0.1:8404", `127.0.0.1:${await freePort()}`);
      writeFileSync(join(folder, "proxy.cfg"), settings);
      haproxy = await startHaproxy(
        [join(folder, "proxy.cfg")],
        async () => (await ask("GET", "/loki/api/v1/labels", "read")).status === 200,
      );
    }, 30_000);
    afterAll(() => {
      haproxy?.kill("SIGKILL");
      behind?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    function ask(
      method: string,
      path: string,
      user?: "write" | "read",
      more: Record<string, string> = {},
    ): Promise<{ status: number; text: string }> {
      const headers = {
        ...(user && { authorization: `Basic ${Buffer.from(`${user}:${logSecrets[user]}`).toString("base64")}` }),
        ...more,
      };
      return new Promise((resolve, reject) => {
        const asking = request(
          { host: "127.0.0.1", port, path, method, headers, ca: certificate, agent: false },
          (answer) => {
            let text = "";
            answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
            answer.on("end", () => resolve({ status: answer.statusCode!, text }));
          },
        );
        asking.on("error", reject).end(method === "POST" ? "{}" : undefined);
      });
    }

    const push = "/loki/api/v1/push";
    test.each([
      ["POST", push, "write", 200],
      ["GET", "/loki/api/v1/query_range?query=%7B%7D", "read", 200],
      ["GET", "/loki/api/v1/label/unit/values", "read", 200],
      ["GET", "/metrics", "read", 200],
      ["POST", push, "read", 403],
      ["GET", "/loki/api/v1/query?query=%7B%7D", "write", 403],
      ["GET", "/metrics", "write", 403],
      ["GET", push, "write", 405],
      ["POST", "/loki/api/v1/query", "read", 405],
      ["DELETE", push, "write", 405],
      // Requests that delete, stop or show settings.
      ["POST", "/loki/api/v1/delete?query=%7B%7D", "read", 404],
      ["GET", "/config", "read", 404],
      ["POST", "/flush", "write", 404],
      ["GET", "/ingester/shutdown", "read", 404],
      ["GET", "/loki/api/v1/label/unit/values/more", "read", 404],
      ["POST", "/loki/api/v1/push/", "write", 404],
      ["GET", "/", "read", 404],
    ] as const)("answers %s %s of user %s with %i", async (method, path, user, status) => {
      expect((await ask(method, path, user)).status).toBe(status);
    });

    test("answers 401 to every request without a valid login", async () => {
      const wrong = { authorization: `Basic ${Buffer.from(`write:${logSecrets.read}`).toString("base64")}` };
      const asked = [
        ["POST", push, {}],
        ["POST", push, wrong],
        ["GET", "/config", {}],
        ["GET", "/loki/api/v1/labels", wrong],
      ] as const;
      expect(
        await Promise.all(
          asked.map(async ([method, path, headers]) => (await ask(method, path, undefined, headers)).status),
        ),
      ).toEqual([401, 401, 401, 401]);
    });

    test("does not forward the password or a tenant to Loki", async () => {
      const { text } = await ask("POST", push, "write", { "x-scope-orgid": "other" });
      const { path, headers } = JSON.parse(text);
      expect(path).toBe(push);
      expect([headers.authorization, headers["x-scope-orgid"]]).toEqual([undefined, undefined]);
    });
  },
);
