import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
}

/** Runs the gate in the same way as the command provider, with one answer for each request; the last one repeats. */
async function gate(answers: Answer[], timeoutSeconds: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status, timestamp } = answers[Math.min(asked.length, answers.length) - 1]!;
    response.writeHead(status, timestamp ? { "X-Timestamp": timestamp } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/AUTH_x/c/db-1.ready?temp_url_sig=s&temp_url_expires=1`;
  const env = { PATH: process.env.PATH, MACHINE: "db-1", READY_URL: url, TIMEOUT_SECONDS: String(timeoutSeconds) };
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
  expect(result.asked).toEqual(Array(3).fill("HEAD /v1/AUTH_x/c/db-1.ready?temp_url_sig=s&temp_url_expires=1"));
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

test.concurrent.each<[Answer, string]>([
  [{ status: 404 }, "it never reported"],
  [{ status: 200, timestamp: "1.0" }, "its last report is old: it was healthy once, or its predecessor was"],
  [{ status: 401 }, "Swift refuses the temporary URL (HTTP 401): expired, or sha256 is not among its allowed_digests"],
  [{ status: 503 }, "Swift request failed: 503"],
])("fails after the time limit, with the reason: %o", async (answer, why) => {
  const { code, stdout, stderr } = await gate([answer], 1);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: `machine db-1: not ready after 1 s: ${why}\n`,
  });
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
