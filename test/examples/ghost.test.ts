import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blog } from "../../examples/ghost/blog.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { readProject } from "../../delivery/project.ts";

const folder = join(import.meta.dirname, "../../examples/ghost");
const require = createRequire(import.meta.url);
const { sign, encoded } = require(join(folder, "storage/sign.js"));

test("documents every setting of the script", () => {
  const script = readFileSync(join(folder, "ghost-environment"), "utf8");
  const rows = [...readFileSync(join(folder, "README.md"), "utf8").matchAll(/^\| `([A-Z0-9_]+)` \| (.+?) \|/gm)].map(
    ([, given = "", settings = ""]) => [given, settings] as const,
  );
  const read = new Set([...script.matchAll(/\$\{?([A-Z][A-Z0-9_]+)/g)].map(([, name]) => name));
  expect(new Set(rows.map(([name]) => name))).toEqual(read);
  for (const [given, settings] of rows) {
    const [first, ...others] = [...settings.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(script).toMatch(new RegExp(`${first}=.*\\$\\{?${given}\\b`));
    for (const other of others) expect(script).toContain(`${other}=`);
  }
});

test("signs requests like AWS' example", () => {
  const headers = sign({
    method: "GET",
    url: new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
    region: "us-east-1",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    headers: { Range: "bytes=0-9" },
    now: new Date("2013-05-24T00:00:00Z"),
  });
  expect(headers.authorization).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
      "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, " +
      "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
  expect(encoded("content/images/a b!('ü').png")).toBe("content/images/a%20b%21%28%27%C3%BC%27%29.png");
});

/** The storage adapter of the example, which is JavaScript. */
interface Storage {
  config: object;
  save(file: object): Promise<string>;
  saveRaw(content: Buffer, path: string): Promise<string>;
  exists(name: string, folder?: string): Promise<boolean>;
  read(file: { path: string }): Promise<Buffer>;
  serve(): (request: object, response: object, next: () => void) => Promise<void>;
  delete(name: string, folder: string): Promise<void>;
}

describe("images in the object store", () => {
  const stored = new Map<string, { body: Buffer; type: string }>();
  let server: Server;
  let dir: string;
  let storage: Storage;
  let here: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const body = Buffer.concat(parts);
      const url = new URL(request.url!, `http://${request.headers.host}`);
      const time = String(request.headers["x-amz-date"]).replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5");
      const headers = request.method === "PUT" ? { "content-type": request.headers["content-type"] } : {};
      const expected = sign({
        method: request.method,
        url,
        body,
        headers,
        region: "eu-central-1",
        accessKeyId: "id",
        secretAccessKey: "secret",
        now: new Date(time),
      });
      const found = stored.get(url.pathname);
      if (
        request.headers.authorization !== expected.authorization ||
        createHash("sha256").update(body).digest("hex") !== request.headers["x-amz-content-sha256"]
      )
        response.writeHead(403);
      else if (request.method === "PUT") stored.set(url.pathname, { body, type: request.headers["content-type"]! });
      else if (found === undefined) response.writeHead(404);
      else if (request.method === "DELETE") stored.delete(url.pathname);
      else response.writeHead(200, { "Content-Type": found.type, "Content-Length": found.body.length });
      response.end(request.method === "GET" && found ? found.body : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    dir = mkdtempSync(join(tmpdir(), "paasmas-ghost-"));
    // The name that Ghost's base class would choose.
    mkdirSync(join(dir, "current/node_modules/ghost-storage-base"), { recursive: true });
    writeFileSync(
      join(dir, "current/node_modules/ghost-storage-base/index.js"),
      `const path = require("node:path");
module.exports = class {
  getTargetDir() { return "2026/11"; }
  async getUniqueFileName(file, dir) {
    const { name, ext } = path.parse(file.name);
    for (let i = 0; ; i++) {
      const unique = name + (i ? "-" + i : "") + ext;
      if (!(await this.exists(unique, dir))) return path.join(dir, unique);
    }
  }
};`,
    );
    here = process.cwd();
    process.chdir(dir);
    const ObjectStorage = require(join(folder, "storage/index.js"));
    storage = new ObjectStorage({
      bucket: "images",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      region: "eu-central-1",
      accessKeyId: "id",
      secretAccessKey: "secret",
    });
    writeFileSync(join(dir, "upload"), "a picture");
  });
  afterAll(async () => {
    process.chdir(here);
    rmSync(dir, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  });

  test("are stored under a free name, read, served and removed", async () => {
    const file = { name: "büro.png", path: join(dir, "upload"), type: "image/png" };
    expect(await storage.save(file)).toBe("/content/images/2026/11/büro.png");
    expect(await storage.save(file)).toBe("/content/images/2026/11/büro-1.png");
    expect([...stored.keys()]).toEqual([
      "/images/content/images/2026/11/b%C3%BCro.png",
      "/images/content/images/2026/11/b%C3%BCro-1.png",
    ]);
    expect(stored.get("/images/content/images/2026/11/b%C3%BCro.png")).toEqual({
      body: Buffer.from("a picture"),
      type: "image/png",
    });
    expect(await storage.exists("büro.png", "2026/11")).toBe(true);
    expect(await storage.exists("other.png", "2026/11")).toBe(false);
    expect(String(await storage.read({ path: "https://blog.example.com/content/images/2026/11/büro.png" }))).toBe(
      "a picture",
    );

    const answer: { headers: Record<string, string>; body?: string; next: number } = { headers: {}, next: 0 };
    const response = {
      set: (headers: Record<string, string>) => Object.assign(answer.headers, headers),
      send: (body: Buffer) => (answer.body = String(body)),
    };
    await storage.serve()({ method: "GET", path: "/2026/11/b%C3%BCro.png" }, response, () => answer.next++);
    expect(answer).toEqual({
      headers: {
        "Content-Type": "image/png",
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
      },
      body: "a picture",
      next: 0,
    });
    await storage.serve()({ method: "GET", path: "/none.png" }, response, () => answer.next++);
    expect(answer.next).toBe(1);

    await storage.delete("büro.png", "2026/11");
    await storage.delete("büro.png", "2026/11");
    expect([...stored.keys()]).toEqual(["/images/content/images/2026/11/b%C3%BCro-1.png"]);
    expect(await storage.saveRaw(Buffer.from("raw"), "thumbs/x.webp")).toBe("/content/images/thumbs/x.webp");
  });

  test("cannot leave their folder of the bucket", async () => {
    await storage.saveRaw(Buffer.from("x"), "../../../other/x");
    expect([...stored.keys()].at(-1)).toBe("/images/content/images/other/x");
  });

  test("reports the answer of a store that rejects a request", async () => {
    const Wrong = storage.constructor as new (settings: object) => Storage;
    const wrong = new Wrong({ ...storage.config, secretAccessKey: "wrong" });
    await expect(wrong.saveRaw(Buffer.from("x"), "x")).rejects.toThrow(
      "PUT of x in images: the object store answers 403",
    );
    await expect(wrong.exists("x")).rejects.toThrow("HEAD of x in images: the object store answers 403");
    expect(() => new Wrong({ ...storage.config, bucket: "" })).toThrow("storage__s3__bucket is not set");
  });
});

describe("the machines of the blog", () => {
  test("have the database in the environment, and the password in no other place", async () => {
    const images = {
      endpoint: "http://10.77.0.1:7070",
      bucket: "images",
      accessKeyId: "id",
      secretAccessKey: "secret",
    };
    const program = () =>
      void blog(new DockerCloud("cloud", { cidr: "10.77.0.0/24" }), {
        ci: "10.77.0.70/32",
        images,
        repository: "registry.example.com/ghost",
      });
    const { resources } = await evaluate(program, { stack: "example" });
    const hook = resources.filter(({ type }) => type === "paasmas:index:DeployHook");
    expect(hook.map(({ inputs }) => inputs)).toMatchObject([{ apps: ["ghost"], machines: ["apps-0"] }]);
    expect(
      resources.filter(({ type }) => type === "paasmas:index:GaleraCluster").map(({ inputs }) => inputs.databases),
    ).toEqual([["ghost"]]);
  });

  test("have a valid delivery.yaml, and an image of Ghost with two added files", () => {
    expect(Object.keys(readProject(join(folder, "delivery.yaml")).apps)).toEqual(["ghost"]);
    const text = readFileSync(join(folder, "Dockerfile"), "utf8");
    expect(text).toMatch(/^ARG BASE_IMAGE=docker\.io\/library\/ghost:6\nFROM \$\{BASE_IMAGE\}$/m);
    expect([...text.matchAll(/^COPY (\S+)/gm)].map(([, name]) => name)).toEqual(["ghost-environment", "storage"]);
  });
});
