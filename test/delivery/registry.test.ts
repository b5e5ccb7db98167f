import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ImageRepository, withoutTls } from "../../delivery/registry.ts";
import { selfSigned } from "./tls.ts";
import { FakeServices } from "./fake-services.ts";

let services: FakeServices;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  environment = { ...process.env };
  services = await new FakeServices().start();
  process.env.DOCKER_CONFIG = join(services.dir, "docker");
  delete process.env.REGISTRY_AUTH_FILE;
});
afterEach(async () => {
  // Restore each key: os.homedir() reads only the real environment.
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  await services.stop();
});

const bytes = Buffer.from('{"schemaVersion":2}');
const type = "application/vnd.oci.image.manifest.v1+json";
const digest = "sha256:d2171ed9a1e35ac0ecb0ffc7d02bd0b5d0d2b6e54f6ca7f7dc1d1a2a3a1ae5ff";
const other = `sha256:${"b".repeat(64)}`;

function pushed(): ImageRepository {
  services.manifests.set(digest, { type, bytes });
  services.tags.set("shop/api:tree-1", digest);
  return new ImageRepository(`${services.host}/shop/api`);
}

function login(config: object): void {
  mkdirSync(join(services.dir, "docker"), { recursive: true });
  writeFileSync(join(services.dir, "docker/config.json"), JSON.stringify(config));
}

describe("tags of a registry", () => {
  test("have a digest, or do not exist", async () => {
    const repository = pushed();
    expect(await repository.digest("tree-1")).toBe(digest);
    expect(await repository.digest("tree-2")).toBeUndefined();
  });

  test("are never moved, even if the registry allows it", async () => {
    const repository = pushed();
    services.manifests.set(other, { type, bytes: Buffer.from("{}") });
    await expect(repository.tag(other, "tree-1")).rejects.toThrow(
      `${services.host}/shop/api:tree-1 already points to ${digest}; it cannot be moved to ${other}`,
    );
    expect(services.tags.get("shop/api:tree-1")).toBe(digest);
    await repository.tag(digest, "tree-1");
  });

  test("are set on existing manifests without a change of the bytes", async () => {
    const repository = new ImageRepository(`${services.host}/shop/api`);
    const response = await fetch(`http://${services.host}/v2/shop/api/manifests/tree-1`, {
      method: "PUT",
      headers: { "Content-Type": type },
      body: bytes,
    });
    const real = response.headers.get("docker-content-digest")!;
    await repository.tag(real, "acceptance-1");
    expect(services.tags.get("shop/api:acceptance-1")).toBe(real);
    await expect(repository.tag(other, "capacity-1")).rejects.toThrow(`${services.host}/shop/api has no ${other} (404`);
  });

  test("are read with the login of docker or podman (Basic)", async () => {
    const repository = pushed();
    services.registryAuthorization = `Basic ${Buffer.from("ci:secret").toString("base64")}`;
    await expect(repository.digest("tree-1")).rejects.toThrow(
      `${services.host} requires a login, but none is configured; use docker login or a credential helper`,
    );
    login({ auths: { [services.host]: { auth: Buffer.from("ci:secret").toString("base64") } } });
    expect(await new ImageRepository(`${services.host}/shop/api`).digest("tree-1")).toBe(digest);
    process.env.REGISTRY_AUTH_FILE = join(services.dir, "docker/config.json");
    process.env.DOCKER_CONFIG = join(services.dir, "none");
    expect(await new ImageRepository(`${services.host}/shop/api`).digest("tree-1")).toBe(digest);
  });

  test("are read with a token for push and pull (Bearer)", async () => {
    pushed();
    services.registryAuthorization = "Bearer for-repository:shop/api:pull,push";
    const challenge = {
      realm: `http://${services.host}/token`,
      service: "registry",
      scope: "repository:shop/api:pull",
    };
    const fields = Object.entries(challenge).map(([key, value]) => `${key}="${value}"`);
    services.registryChallenge = `Bearer ${fields.join(",")}`;
    expect(await new ImageRepository(`${services.host}/shop/api`).digest("tree-1")).toBe(digest);
  });

  test("accept a private CA only if podman trusts it", async () => {
    const { certificate, key } = await selfSigned();
    const server = createServer({ cert: certificate, key }, (_, response) =>
      response.writeHead(200, { "Docker-Content-Digest": digest }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      process.env.HOME = services.dir;
      expect([
        withoutTls(host, []),
        withoutTls("registry.example.com", []),
        withoutTls("10.0.0.5:5000", ["10.0.0.5:5000"]),
      ]).toEqual([true, false, true]);
      const folder = join(services.dir, ".config/containers/certs.d", host);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "ca.crt"), (await selfSigned()).certificate);
      expect(withoutTls(host, [])).toBe(false);
      await expect(new ImageRepository(`${host}/shop/api`).digest("x")).rejects.toThrow(
        `${host}/shop/api: self-signed certificate`,
      );
      rmSync(folder, { recursive: true });
      const other = join(services.dir, "other");
      process.env.HOME = other;
      mkdirSync(join(other, ".config/containers/certs.d", host), { recursive: true });
      writeFileSync(join(other, ".config/containers/certs.d", host, "ca.crt"), certificate);
      expect(await new ImageRepository(`${host}/shop/api`).digest("x")).toBe(digest);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("report a registry that is not reachable", async () => {
    await expect(new ImageRepository("127.0.0.1:9/shop/api").digest("x")).rejects.toThrow(
      /^127\.0\.0\.1:9\/shop\/api: /,
    );
  });
});
