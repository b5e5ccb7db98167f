import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { swiftEndpoint } from "../../../components/cloud/openstack/object-store.ts";
import { signedFolderUrl, signedUrl } from "../../../components/cloud/openstack/signed-url.ts";
import { missing } from "../../ignition/roles/requirements.ts";

const reason = missing({ programs: ["curl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const script = readFileSync(new URL("../../../components/cloud/openstack/gate.sh", import.meta.url), "utf8");

interface Answer {
  status: number;
  /** Timestamp of the object, in the form of Swift. */
  timestamp?: string;
  /** Text of the object. Default: the report of a ready machine. */
  report?: string;
}

/**
 * Runs the gate in the same way as the command provider, with one answer for each request; the last one repeats.
 * @param client Script that stands in for the OpenStack client. Default: it is not installed.
 */
async function gate(answers: Answer[], timeoutSeconds: number, client?: string) {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  if (client !== undefined) writeFileSync(join(folder, "openstack"), `#!/bin/sh\n${client}\n`, { mode: 0o755 });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status, timestamp, report } = answers[Math.min(asked.length, answers.length) - 1]!;
    response
      .writeHead(status, timestamp ? { "X-Timestamp": timestamp } : {})
      .end(status === 200 ? (report ?? "ready 2026-12-01T06:30:00Z") : "<html>\nready or not\n</html>\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/AUTH_x/c/db-1.ready?temp_url_sig=s&temp_url_expires=1`;
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    MACHINE: "db-1",
    SERVER_ID: "4f1c",
    READY_URL: url,
    TIMEOUT_SECONDS: String(timeoutSeconds),
  };
  try {
    return await new Promise<{ code: number; stdout: string; stderr: string; asked: string[] }>((resolve) => {
      const child = execFile("/bin/sh", ["-c", script], { env }, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr, asked });
      });
    });
  } finally {
    server.close();
  }
}

const ready = { code: 0, stdout: "machine db-1 is ready\n", stderr: "" };

test.concurrent("opens after the first report of a new machine", async () => {
  const result = await gate([{ status: 404 }, { status: 404 }, { status: 200, timestamp: "1.0" }], 30);
  expect(result).toMatchObject(ready);
  expect(result.asked).toEqual(Array(3).fill("GET /v1/AUTH_x/c/db-1.ready?temp_url_sig=s&temp_url_expires=1"));
});

test.concurrent("ignores an existing report, and opens after the next report", async () => {
  const old = { status: 200, timestamp: "1764000000.10000" };
  const result = await gate([old, old, { status: 200, timestamp: "1764000000.20000" }], 30);
  expect(result).toMatchObject(ready);
  expect(result.asked).toHaveLength(3);
});

test.concurrent("ignores an existing report also after a failed first request", async () => {
  const old = { status: 200, timestamp: "1764000000.10000" };
  const result = await gate([{ status: 503 }, old, old, { status: 200, timestamp: "1764000009.00000" }], 30);
  expect(result).toMatchObject(ready);
  expect(result.asked).toHaveLength(4);
});

const hint = "see all with: openstack server show 4f1c; openstack console log show 4f1c\n";
const old: Answer = { status: 200, timestamp: "1.0" };

test.concurrent("opens when a machine that was not ready reports that it is", async () => {
  const result = await gate(
    [
      { status: 404 },
      { status: 200, timestamp: "1.0", report: "not ready 2026-12-01T06:30:00Z\nready later" },
      { status: 200, timestamp: "2.0" },
    ],
    30,
  );
  expect(result).toMatchObject(ready);
  expect(result.asked).toHaveLength(3);
});

test.concurrent.each<[string, Answer[], string]>([
  ["it never reported", [{ status: 404 }], "it never reported"],
  ["an old report", [old], "its last report is old: it was healthy once, or its predecessor was"],
  [
    "an old report of a machine that was not ready",
    [{ ...old, report: "not ready 2026-12-01T06:30:00Z\nunit etcd.service failed" }],
    "its last report is old: it was healthy once, or its predecessor was",
  ],
  [
    "a report with the reason",
    [{ status: 404 }, { ...old, report: "not ready 2026-12-01T06:30:00Z\nunit etcd.service failed\n  disk full\n" }],
    "its last report: not ready 2026-12-01T06:30:00Z\nunit etcd.service failed\n  disk full",
  ],
  [
    "a refusal",
    [{ status: 401 }],
    "Swift refuses the temporary URL (HTTP 401): expired, or sha256 is not among its allowed_digests",
  ],
  ["a failure", [{ status: 503 }], "Swift request failed: 503"],
])("fails after the time limit, with the reason: %s", async (_, answers, why) => {
  const { code, stdout, stderr } = await gate(answers, answers.length > 1 ? 3 : 1);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: `machine db-1: not ready after ${answers.length > 1 ? 3 : 1} s: ${why}\n${hint}`,
  });
});

const cut = "x".repeat(198);
test.concurrent.each<[string, string, string]>([
  [
    "state, fault and console of the server",
    'case "$*" in "server show 4f1c --format value --column status --column fault") echo ERROR; echo "No valid host" ;; ' +
      `"console log show --lines 15 4f1c") echo "GET https://swift/c?temp_url_sig=hunter2&x=1"; echo ${"x".repeat(400)} ;; ` +
      "*) exit 64 ;; esac",
    "server 4f1c in Nova: ERROR No valid host \nlast lines of its console:\n" +
      `  GET https://swift/c?temp_url_sig=[secret]\n  ${cut}\n`,
  ],
  [
    "the state of a server without a console",
    'case "$*" in server*) echo ACTIVE ;; *) echo no console >&2; exit 1 ;; esac',
    "server 4f1c in Nova: ACTIVE \n",
  ],
  ["nothing of a client without access", "echo Missing value auth-url >&2; exit 1", ""],
])("adds %s to the reason", async (_, client, text) => {
  const { stderr } = await gate([{ status: 404 }], 1, client);
  expect(stderr).toBe(`machine db-1: not ready after 1 s: it never reported\n${text}${hint}`);
});

const providers =
  "https://swift.example.org:8080/v1/AUTH_abc/box/db-0.ready?temp_url_sig=2ad0f1b0ff7a4cbf8ba3b5b07fd26a0f0cbb0f6c&temp_url_expires=1900000000";

// Expected signatures: printf 'GET\n1900000000\n/v1/AUTH_abc/box/db-0.ready' | openssl dgst -sha256 -hmac secret
test.each([
  ["GET", "1112b25255f598c8c43d82e86446deca28a9221e6f229435fb912012c754bd14"],
  ["PUT", "5379058300a3fbd308679f1af76788c9b35f34211cf979acb612b26c508a4308"],
] as const)("signs a URL for %s according to Swift's documentation", (method, signature) => {
  expect(signedUrl(providers, method, "secret")).toBe(
    `https://swift.example.org:8080/v1/AUTH_abc/box/db-0.ready?temp_url_sig=${signature}&temp_url_expires=1900000000`,
  );
});

// Expected: printf 'PUT\n1900000000\nprefix:/v1/AUTH_abc/box/etcd/kube/' | openssl dgst -sha256 -hmac secret
test("signs a URL for a folder according to Swift's documentation", () => {
  const given =
    "https://swift.example.org/swift/v1/AUTH_abc/box/etcd/kube?temp_url_sig=2ad0&temp_url_expires=1900000000";
  expect(signedFolderUrl(given, "etcd/kube", "secret")).toBe(
    "https://swift.example.org/swift/v1/AUTH_abc/box/etcd/kube/?temp_url_sig=b7d8c3a37f809647135d4033d496b10eb2302f55980409a2d1005a3cc62d4103&temp_url_expires=1900000000&temp_url_prefix=etcd%2Fkube%2F",
  );
});

test("does not sign the path before the API version", () => {
  const signature = (url: string) => new URL(signedUrl(url, "GET", "secret")).searchParams.get("temp_url_sig");
  expect(signature(providers.replace("/v1/", "/swift/v1/"))).toBe(signature(providers));
});

test("rejects an invalid temporary URL, without its secrets in the message", () => {
  expect(() => signedUrl("https://swift.example.org/v1/AUTH_abc/box/x?temp_url_sig=hush", "GET", "k")).toThrow(
    /^https:\/\/swift\.example\.org\/v1\/AUTH_abc\/box\/x is not a temporary URL of Swift$/,
  );
});

const catalog = [
  { type: "compute", endpoints: [] },
  {
    type: "object-store",
    endpoints: [
      { interface: "internal", region: "one", url: "http://internal" },
      { interface: "public", region: "one", url: "https://one" },
      { interface: "public", region: "two", url: "https://two" },
    ],
  },
];

test("finds Swift's public endpoint in the service catalog, by region", () => {
  expect(swiftEndpoint(catalog)).toBe("https://one");
  expect(swiftEndpoint(catalog, "two")).toBe("https://two");
  expect(() => swiftEndpoint(catalog, "three")).toThrow(
    "OpenStack has no public object-store endpoint in three; its services: compute, object-store",
  );
});
