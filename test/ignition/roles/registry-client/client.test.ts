import { describe, expect, test } from "vitest";
import { config } from "../../../../ignition/index.ts";
import { registryClient, type RegistryLogin } from "../../../../ignition/roles/registry-client/client.ts";
import { installedFiles } from "../contents.ts";

const own: RegistryLogin = { address: "10.0.0.50:5000", ca: "the authority\n", credentials: { user: "pull", password: "secret" } };
const ecr: RegistryLogin = { address: "123456789012.dkr.ecr.eu-central-1.amazonaws.com", credentials: { helper: "ecr-login" } };

describe("registryClient", () => {
  test("has one file for all registries, and each registry's authority", () => {
    const files = installedFiles(config(registryClient([own, ecr])));
    expect(files.map(({ path, mode, uid }) => [path, mode.toString(8), uid])).toEqual([
      ["/root/.docker/config.json", "600", 0],
      ["/etc/docker/certs.d/10.0.0.50:5000/ca.crt", "644", 0],
    ]);
    expect(JSON.parse(files[0]!.text)).toEqual({
      auths: { "10.0.0.50:5000": { auth: Buffer.from("pull:secret").toString("base64") } },
      credHelpers: { "123456789012.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login" },
    });
    expect(files[1]!.text).toBe("the authority\n");
  });

  test("puts the credentials where somebody else looks for them, for them alone", () => {
    const made = config(registryClient([ecr], { path: "/var/lib/builder/.docker/config.json", uid: 1000 }));
    expect(made.storage?.directories).toEqual([{ path: "/var/lib/builder/.docker", mode: 0o700, user: { id: 1000 } }]);
    expect(installedFiles(made).map(({ path, mode, uid }) => [path, mode, uid])).toEqual([["/var/lib/builder/.docker/config.json", 0o600, 1000]]);
  });
});
