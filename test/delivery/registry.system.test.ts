import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ImageRepository } from "../../delivery/registry.ts";
import { FakeServices } from "./fake-services.ts";

let services: FakeServices;
beforeEach(async () => {
  services = await new FakeServices().start();
  vi.stubEnv("DOCKER_CONFIG", join(services.dir, "docker"));
  vi.stubEnv("REGISTRY_AUTH_FILE", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await services.stop();
});

const bytes = Buffer.from('{"schemaVersion":2}');
const type = "application/vnd.oci.image.manifest.v1+json";
const digest = "sha256:d2171ed9a1e35ac0ecb0ffc7d02bd0b5d0d2b6e54f6ca7f7dc1d1a2a3a1ae5ff";

function login(config: object): void {
  mkdirSync(join(services.dir, "docker"), { recursive: true });
  writeFileSync(join(services.dir, "docker/config.json"), JSON.stringify(config));
}

test("a registry is read with the login of a credential helper, as for ECR", async () => {
  services.manifests.set(digest, { type, bytes });
  services.tags.set("shop/api:tree-1", digest);
  services.registryAuthorization = `Basic ${Buffer.from("AWS:token").toString("base64")}`;
  mkdirSync(join(services.dir, "bin"));
  const helper = join(services.dir, "bin/docker-credential-ecr-login");
  writeFileSync(
    helper,
    `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = "${services.host}" ] && echo '{"Username":"AWS","Secret":"token"}'\n`,
  );
  chmodSync(helper, 0o755);
  vi.stubEnv("PATH", `${join(services.dir, "bin")}:${process.env.PATH}`);
  login({ credHelpers: { [services.host]: "ecr-login" } });
  expect(await new ImageRepository(`${services.host}/shop/api`).digest("tree-1")).toBe(digest);
  login({ credHelpers: { [services.host]: "../evil" } });
  await expect(new ImageRepository(`${services.host}/shop/api`).digest("tree-1")).rejects.toThrow(
    '"../evil" is not the name of a credential helper',
  );
});
