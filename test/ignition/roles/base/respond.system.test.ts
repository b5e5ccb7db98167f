import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";

describe("respond", () => {
  /** Runs the script as a server, sends a request, and returns the answer. */
  async function ask(command: readonly string[], request: string): Promise<string> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const child = spawn(`${roles}base/respond`, command);
      socket.pipe(child.stdin);
      child.stdout.pipe(socket);
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    try {
      return await new Promise((resolve, reject) => {
        const asking = spawn("bash", [
          "-c",
          `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '%b' "$1" >&3; timeout 10 cat <&3`,
          "client",
          request,
        ]);
        let answer = "";
        asking.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
        asking.on("error", reject).on("close", () => resolve(answer));
      });
    } finally {
      server.close();
    }
  }

  const request = "GET /ready HTTP/1.1\\r\\nHost: x\\r\\nUser-Agent: test\\r\\n\\r\\n";
  test("answers 200 if the command succeeds", async () => {
    expect(await ask(["true"], request)).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nready\n",
    );
  });

  test("answers the reason on its path, only for `ready` and only if it fails", async () => {
    const folder = mkdtempSync(join(tmpdir(), "respond-"));
    const program = (name: string, text: string) =>
      writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    program("diagnose", 'echo "unit überlauf.service failed"; exit 1');
    program("other", "exit 1");
    const reason = request.replace("/ready", "/diagnose");
    program("ready", "exit 1");
    expect(await ask([join(folder, "ready")], reason)).toBe(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n" +
        "Connection: close\r\n\r\nunit überlauf.service failed\n",
    );
    expect(await ask([join(folder, "ready")], request)).toMatch(/\r\n\r\nnot ready\n$/);
    expect(await ask([join(folder, "other")], reason)).toMatch(/\r\n\r\nnot ready\n$/);
    program("ready", "exit 0");
    expect(await ask([join(folder, "ready")], reason)).toMatch(/^HTTP\/1\.1 200 OK.*\r\n\r\nready\n$/s);
  });

  test("answers 503 if the command fails", async () => {
    expect(await ask(["false"], request)).toBe(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n" +
        "Connection: close\r\n\r\nnot ready\n",
    );
  });
});
