import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { HookTarget } from "../../delivery/targets/hook.ts";
import { missing } from "../ignition/roles/requirements.ts";
import { FakeServices } from "./fake-services.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

let services: FakeServices;
beforeAll(async () => {
  services = await new FakeServices().start();
});
afterAll(() => services.stop());

const digest = `sha256:${"a".repeat(64)}`;

test("the script of the hook accepts the calls of the command line", async () => {
  const target = new HookTarget({ url: `http://${services.host}/staging/`, tokens: services.tokens });
  await target.deploy("api", digest);
  await target.deploy("api", digest, "pr-12-api");
  await target.rollback("api");
  await target.remove("api", "pr-12-api");
  const script = join(import.meta.dirname, "../../ignition/roles/deploy-hook/call.sh");
  const understood = services.bodies.map((input) => {
    const { nonce } = JSON.parse(input) as { nonce: string };
    const command = `source ${script}; call /apps/api ${Math.floor(Date.now() / 1000)}`;
    return execFileSync("bash", ["--norc", "-c", command], { input, encoding: "utf8" }).trim().replace(nonce, "NONCE");
  });
  expect(understood).toEqual([
    `deploy api ${digest} NONCE`,
    `deploy pr-12-api ${digest} NONCE`,
    "rollback api NONCE",
    "remove pr-12-api NONCE",
  ]);
});
