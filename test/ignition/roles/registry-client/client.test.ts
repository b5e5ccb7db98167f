import { describe, expect, test } from "vitest";
import { ecrLogin } from "../../../../components/ecr-registry/credential-helper.ts";
import { config } from "../../../../ignition/index.ts";
import { registryClient, type RegistryLogin } from "../../../../ignition/roles/registry-client/client.ts";
import { installedFiles } from "../contents.ts";

const own: RegistryLogin = {
  address: "10.0.0.50:5000",
  ca: "the authority\n",
  credentials: { user: "pull", password: "secret" },
};
const ecr: RegistryLogin = {
  address: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  credentials: ecrLogin("x86_64"),
};

describe("registryClient", () => {
  test("installs one file with all logins and the authority of each registry", () => {
    const made = config(registryClient([own, ecr, { ...ecr, address: "other.dkr.ecr.eu-central-1.amazonaws.com" }]));
    // Files with contents in the config; downloads are checked below.
    const files = installedFiles({
      ...made,
      storage: { files: made.storage?.files?.filter(({ contents }) => contents?.source?.startsWith("data:")) },
    });
    expect(files.map(({ path, mode, uid }) => [path, mode.toString(8), uid])).toEqual([
      ["/root/.docker/config.json", "600", 0],
      ["/etc/docker/certs.d/10.0.0.50:5000/ca.crt", "644", 0],
    ]);
    expect(JSON.parse(files[0]!.text)).toEqual({
      auths: { "10.0.0.50:5000": { auth: Buffer.from("pull:secret").toString("base64") } },
      credHelpers: {
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login",
        "other.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login",
      },
    });
    expect(files[1]!.text).toBe("the authority\n");
    expect(made.storage?.files?.filter(({ contents }) => contents?.source?.startsWith("https:"))).toEqual([
      {
        path: "/usr/local/bin/docker-credential-ecr-login",
        mode: 0o755,
        contents: {
          source:
            "https://amazon-ecr-credential-helper-releases.s3.us-east-2.amazonaws.com/0.12.0/linux-amd64/docker-credential-ecr-login",
          verification: { hash: "sha256-a22ab6d59dbac777b8fb31984709461da00a4c778b6ae14c8d3729e8d5ded1a6" },
        },
      },
    ]);
  });

  test("uses the last of two logins to one registry", () => {
    const push: RegistryLogin = { ...own, credentials: { user: "push", password: "other" } };
    const [file] = installedFiles(config(registryClient([own, push])));
    expect(JSON.parse(file!.text).auths).toEqual({
      "10.0.0.50:5000": { auth: Buffer.from("push:other").toString("base64") },
    });
  });

  test("installs the keys of a helper for root only", () => {
    const keys = { accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
    const made = config(registryClient([own, { ...ecr, credentials: { ...ecrLogin("x86_64"), keys } }]));
    expect(made.storage?.directories).toEqual([
      { path: "/root/.docker", mode: 0o700, user: { id: 0 } },
      { path: "/root/.aws", mode: 0o700 },
    ]);
    const files = made.storage?.files ?? [];
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      ["/root/.docker/config.json", 0o600],
      ["/etc/docker/certs.d/10.0.0.50:5000/ca.crt", 0o644],
      ["/usr/local/bin/docker-credential-ecr-login", 0o755],
      ["/root/.aws/credentials", 0o600],
    ]);
    const [credentials] = installedFiles({
      ...made,
      storage: { files: files.filter(({ path }) => path === "/root/.aws/credentials") },
    });
    expect(credentials!.text).toBe(
      `[default]\naws_access_key_id = ${keys.accessKey}\naws_secret_access_key = ${keys.secretKey}\n`,
    );
  });

  test("installs the credentials at another path for another user only", () => {
    const made = config(registryClient([own], { path: "/var/lib/builder/.docker/config.json", uid: 1000 }));
    expect(made.storage?.directories).toEqual([{ path: "/var/lib/builder/.docker", mode: 0o700, user: { id: 1000 } }]);
    expect(installedFiles(made).map(({ path, mode, uid }) => [path, mode, uid])).toEqual([
      ["/var/lib/builder/.docker/config.json", 0o600, 1000],
      ["/etc/docker/certs.d/10.0.0.50:5000/ca.crt", 0o644, 0],
    ]);
  });
});
