import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deployHook } from "../../../../ignition/roles/deploy-hook/role.ts";
import { selfSigned } from "../../../delivery/tls.ts";
import { installedFiles } from "../contents.ts";
import { missing, rootEnv } from "../requirements.ts";
import { node } from "./sample-node.ts";

const files = installedFiles(deployHook(node));
const text = (path: string) => files.find((file) => file.path === path)!.text;

test("HAProxy accepts both configurations of the deploy hook", async ({ skip }) => {
  const reason = missing({ programs: ["haproxy"] });
  skip(reason !== undefined, reason);
  const folder = mkdtempSync(join(tmpdir(), "paasmas-haproxy-"));
  const check = (...names: string[]) => {
    const paths = names.map((name) => {
      // Only where the maps are is another place here.
      const path = join(folder, name.replaceAll("/", "-"));
      writeFileSync(path, text(`/etc/paasmas/${name}`).replaceAll(/\/(etc|run)\/paasmas\/[a-z-]+/g, folder));
      return path;
    });
    const { status, stderr } = spawnSync("haproxy", ["-c", ...paths.flatMap((path) => ["-f", path])], {
      encoding: "utf8",
      env: rootEnv,
    });
    return { status, complaints: stderr.split("\n").filter((line) => /ALERT|WARNING/.test(line)) };
  };
  writeFileSync(join(folder, "tokens.map"), text("/etc/paasmas/deploy-hook/tokens.map"));
  for (const map of ["hosts.map", "callers.map", "uses.map"])
    writeFileSync(join(folder, map), text(`/etc/paasmas/proxy/${map}`));
  const { certificate, key } = await selfSigned();
  writeFileSync(join(folder, "certificate.pem"), `${certificate.trimEnd()}\n${key}`);
  expect(check("deploy-hook/call-proxy.cfg")).toEqual({ status: 0, complaints: [] });
  expect(check("proxy/proxy.cfg", "proxy/apps.cfg")).toEqual({ status: 0, complaints: [] });
  rmSync(folder, { recursive: true });
});
