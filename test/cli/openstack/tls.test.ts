import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError, OperationError } from "../../../errors.ts";
import { selfSigned } from "../../delivery/tls.ts";
import { FakeOpenstack } from "./fake-openstack.ts";
import { healthy } from "./healthy.ts";

let cloud: FakeOpenstack;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "paasmas-"));
  const pair = await selfSigned();
  writeFileSync(join(dir, "ca.pem"), pair.certificate);
  cloud = await new FakeOpenstack(healthy, pair).start();
});
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await cloud.end();
});

test.each([
  ["OS_CACERT", () => ({ OS_CACERT: join(dir, "ca.pem") })],
  ["OS_INSECURE", () => ({ OS_INSECURE: "true" })],
])("a private authority is accepted with %s", async (_, variables) => {
  const client = await cloud.client(variables());
  expect(await client.get("compute", "/servers/detail")).toEqual({ servers: [] });
});

test("a private authority is refused without them, with what to set", async () => {
  await expect(cloud.client()).rejects.toThrow(OperationError);
  await expect(cloud.client()).rejects.toThrow(
    `${cloud.url} cannot be reached: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); ` +
      "set OS_CACERT, or cacert of the cloud, to its authority",
  );
});

test("a file that cannot be read is named", async () => {
  const missing = join(dir, "missing.pem");
  await expect(cloud.client({ OS_CACERT: missing })).rejects.toThrow(InputError);
  await expect(cloud.client({ OS_CACERT: missing })).rejects.toThrow(
    `OS_CACERT, or cacert of the cloud: ${missing}: cannot be read: ENOENT`,
  );
});
