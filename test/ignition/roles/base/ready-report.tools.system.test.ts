import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { missing } from "../requirements.ts";
import { roles } from "../role-folder.ts";

const reason = missing({ programs: ["curl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

test("reports the reason while the role is not healthy, and then that it is", { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ready-report-"));
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  copyFileSync(`${roles}base/ready-report`, join(folder, "ready-report"));
  program("ready", "exit 1");
  program("diagnose", 'echo "@unit etcd.service failed"; exit 1');
  const reports: string[] = [];
  let child: ChildProcess | undefined;
  try {
    await new Promise<void>((resolve) => {
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (data) => (body += data));
        request.on("end", () => {
          response.writeHead(201).end();
          reports.push(`${request.method} ${request.url} ${body}`);
          program("ready", "exit 0");
          if (reports.length === 2) server.close(() => resolve());
        });
      }).listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/c/db-0.ready?temp_url_sig=s`;
        child = spawn(join(folder, "ready-report"), { env: { ...process.env, READY_REPORT_URL: url } });
      });
    });
  } finally {
    child?.kill();
  }
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
  expect(reports[0]).toMatch(
    new RegExp(String.raw`^PUT /c/db-0\.ready\?temp_url_sig=s not ready ${time}\n@unit etcd\.service failed$`),
  );
  expect(reports[1]).toMatch(new RegExp(String.raw`^PUT /c/db-0\.ready\?temp_url_sig=s ready ${time}$`));
});
