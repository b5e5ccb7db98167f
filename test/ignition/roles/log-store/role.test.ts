import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { logStore, type LogStoreNode } from "../../../../ignition/roles/log-store/role.ts";
import { installedFiles } from "../contents.ts";
import { logSecrets, logStoreNode } from "../nodes.ts";

const folder = "/etc/paasmas/log-store";
const bucket = {
  endpoint: "https://s3.example",
  name: "logs",
  region: "eu-central-1",
  keys: { accessKey: "key", secretKey: logSecrets.bucket },
};
const files = (more: Partial<LogStoreNode> = {}) => installedFiles(logStore(logStoreNode(more)));
const settings = (more: Partial<LogStoreNode> = {}) =>
  JSON.parse(files(more).find(({ path }) => path === `${folder}/loki.json`)!.text);
const guard = (more: Partial<LogStoreNode>) =>
  logStore(logStoreNode(more)).systemd!.units!.find(({ name }) => name === "metadata-guard.service")!.dropins;

describe("the configuration of Loki", () => {
  test("listens for the proxy only and sends no usage reports", () => {
    const { auth_enabled, analytics, server } = settings();
    expect([auth_enabled, analytics, server.http_listen_address, server.grpc_listen_address]).toEqual([
      false,
      { reporting_enabled: false },
      "127.0.0.1",
      "127.0.0.1",
    ]);
  });

  test("stores logs on the volume or in a bucket", () => {
    expect(settings().common.storage).toEqual({
      filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" },
    });
    expect(settings().schema_config.configs).toMatchObject([
      { object_store: "filesystem", store: "tsdb", schema: "v13" },
    ]);
    const kept = settings({ bucket });
    expect(kept.common.storage).toEqual({
      s3: {
        endpoint: "https://s3.example",
        bucketnames: "logs",
        region: "eu-central-1",
        s3forcepathstyle: true,
        insecure: false,
        access_key_id: "key",
        secret_access_key: logSecrets.bucket,
      },
    });
    expect(kept.schema_config.configs).toMatchObject([{ object_store: "s3" }]);
    expect(kept.compactor).toEqual({ retention_enabled: true, delete_request_store: "s3" });
    expect(settings({ bucket: { ...bucket, endpoint: "http://store:7070" } }).common.storage.s3.insecure).toBe(true);
  });

  test("deletes logs after the retention time", () => {
    expect(settings({ retentionDays: 7 }).limits_config).toMatchObject({
      retention_period: "168h",
      max_query_lookback: "168h",
    });
  });
});

test("stores only hashes of the users' headers", () => {
  const { text, mode, uid } = files().find(({ path }) => path === `${folder}/proxy/users.map`)!;
  const hash = (user: string, password: string) =>
    createHash("sha256")
      .update(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`)
      .digest("hex")
      .toUpperCase();
  expect(text).toBe(`${hash("write", logSecrets.write)} write\n${hash("read", logSecrets.read)} read\n`);
  expect([mode, uid]).toEqual([0o400, 99]);
});

test("stores no password, and the key of the bucket in one file that only Loki can read", () => {
  for (const { text } of files({ bucket }))
    for (const secret of [logSecrets.write, logSecrets.read]) expect(text).not.toContain(secret);
  const keys = files({ bucket }).filter(({ text }) => text.includes(logSecrets.bucket));
  expect(keys.map(({ path, mode, uid }) => [path, mode, uid])).toEqual([[`${folder}/loki.json`, 0o400, 10001]]);
});

test("allows Loki to use the metadata service only if it needs the IAM role of the machine", () => {
  const { keys: _, ...withRole } = bucket;
  expect([guard({}), guard({ bucket })]).toEqual([undefined, undefined]);
  expect(guard({ bucket: withRole })).toEqual([
    {
      name: "log-store.conf",
      contents:
        "[Service]\nExecStartPost=/usr/sbin/nft insert rule inet paasmas_metadata output " +
        "meta skuid 10001 ip daddr 169.254.169.254 accept\n",
    },
  ]);
});
