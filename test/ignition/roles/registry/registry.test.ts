import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Config } from "../../../../ignition/index.ts";
import { registry, type RegistryNode } from "../../../../ignition/roles/registry/role.ts";
import { installedFiles } from "../contents.ts";
import { registryNode, registrySecrets } from "../nodes.ts";

const folder = "/etc/paasmas/registry";
const bucket = {
  endpoint: "https://swift.example",
  name: "images",
  region: "us-east-1",
  keys: { accessKey: "key", secretKey: registrySecrets.bucket },
};

function fileOf(config: Config, path: string) {
  const found = installedFiles(config).find((file) => file.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}

const settings = (more: Partial<RegistryNode> = {}) =>
  JSON.parse(fileOf(registry(registryNode(more)), `${folder}/config.yml`).text);

describe("the configuration of the registry", () => {
  test("stores images on the data volume, listens on the socket only, and allows no deletion or redirect", () => {
    expect(settings()).toEqual({
      version: "0.1",
      log: { level: "warn", accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: "/var/lib/registry" },
        cache: { blobdescriptor: "inmemory" },
        delete: { enabled: false },
        redirect: { disable: true },
        maintenance: { uploadpurging: { enabled: true, age: "168h", interval: "24h", dryrun: false } },
      },
      http: { net: "unix", addr: "/run/paasmas/registry/registry.sock" },
      health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
    });
  });

  test("stores images in the bucket instead of the volume", () => {
    const { filesystem, s3 } = settings({ bucket }).storage;
    expect(filesystem).toBeUndefined();
    expect(s3).toEqual({
      regionendpoint: "https://swift.example",
      forcepathstyle: true,
      bucket: "images",
      region: "us-east-1",
      accesskey: "key",
      secretkey: registrySecrets.bucket,
      secure: true,
      v4auth: true,
    });
    expect(settings({ bucket: { ...bucket, endpoint: "http://10.0.0.9:7070" } }).storage.s3.secure).toBe(false);
  });
});

describe("the configuration of the proxy", () => {
  const paths = fileOf(registry(registryNode()), `${folder}/proxy/paths.lst`).text.trimEnd().split("\n");
  const allows = (path: string) => paths.some((pattern) => new RegExp(pattern).test(path));

  test.each(["/v2/shop/manifests/v1", "/v2/shop/api/blobs/uploads/", "/v2/shop/api/tags/list", "/v2/a.b/manifests/v1"])(
    "allows %s",
    (path) => {
      expect(allows(path)).toBe(true);
    },
  );

  test.each([
    "/v2/other/manifests/v1",
    "/v2/shop/front/manifests/v1",
    "/v2/shopping/manifests/v1",
    "/v2/axb/manifests/v1",
    "/v2/_catalog",
    "/x/v2/shop/manifests/v1",
  ])("does not allow %s", (path) => {
    expect(allows(path)).toBe(false);
  });

  test("stores only hashes of the users' headers", () => {
    const { text, mode, uid } = fileOf(registry(registryNode()), `${folder}/proxy/users.map`);
    const hash = (user: string, password: string) =>
      createHash("sha256")
        .update(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`)
        .digest("hex")
        .toUpperCase();
    expect(text).toBe(`${hash("push", registrySecrets.push)} push\n${hash("pull", registrySecrets.pull)} pull\n`);
    expect([mode, uid]).toEqual([0o400, 99]);
  });

  test("stores certificate and key in one file", () => {
    const { tls } = registryNode();
    const { text, mode, uid } = fileOf(registry(registryNode()), `${folder}/proxy/certificate.pem`);
    expect(text).toBe(`${tls.certificate}${tls.privateKey}`);
    expect([mode, uid]).toEqual([0o400, 99]);
  });
});

test("stores no password, and the key of the bucket in one file that only the registry can read", () => {
  const files = installedFiles(registry(registryNode({ bucket })));
  for (const { text } of files) {
    for (const secret of [registrySecrets.push, registrySecrets.pull]) expect(text).not.toContain(secret);
  }
  const keys = files.filter(({ text }) => text.includes(registrySecrets.bucket));
  expect(keys.map(({ path, mode, uid }) => [path, mode, uid])).toEqual([[`${folder}/config.yml`, 0o400, 5000]]);
});
