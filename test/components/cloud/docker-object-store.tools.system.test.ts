import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, expect, test } from "vitest";
import { missing } from "../../ignition/roles/requirements.ts";

const reason = missing({ programs: ["curl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const script = readFileSync(new URL("../../../components/cloud/docker/object-store-setup.sh", import.meta.url), "utf8");

interface Request {
  line: string;
  hash: unknown;
  authorization: string | undefined;
  body: string;
}

/** Runs the script against a store that answers with the given statuses in turn. */
async function setup(statuses: number[]) {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { authorization, "x-amz-content-sha256": hash } = request.headers;
    requests.push({ line: `${request.method} ${request.url}`, hash, authorization, body });
    response.writeHead(statuses[requests.length - 1] ?? 500).end("<Error/>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = {
    PATH: process.env.PATH,
    ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    BUCKET: "files",
    ACCESS_KEY: "files",
    SECRET_KEY: "hush-hush",
  };
  try {
    return await new Promise<{ code: number; stderr: string; requests: Request[] }>((resolve) => {
      const child = execFile("/bin/sh", ["-c", script], { env }, (_error, _stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stderr, requests });
      });
    });
  } finally {
    server.close();
  }
}

test("waits for the server, creates the bucket and enables versioning, with signed requests", async () => {
  const { code, stderr, requests } = await setup([503, 200, 200]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(requests.map(({ line }) => line)).toEqual(["PUT /files", "PUT /files", "PUT /files?versioning="]);
  expect(requests[2]!.body).toContain("<Status>Enabled</Status>");
  for (const { body, hash, authorization } of requests) {
    expect(hash).toBe(createHash("sha256").update(body).digest("hex"));
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=files\/\d{8}\/us-east-1\/s3\/aws4_request, /);
    expect(authorization).not.toContain("hush-hush");
  }
});

test("keeps an existing bucket", async () => {
  expect(await setup([409, 200])).toMatchObject({ code: 0, stderr: "" });
});

test("fails with a message if the store does not support versioning", async () => {
  expect(await setup([200, 501])).toMatchObject({
    code: 1,
    stderr: "object store files: cannot enable versioning, status 501: <Error/>\n",
  });
});
