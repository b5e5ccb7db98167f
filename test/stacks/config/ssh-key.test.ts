import { describe, expect, test } from "vitest";
import { sshKeyProblem } from "../../../stacks/config/ssh-key.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL7h3z8egOgso1IskAsBFScl+30X1VNE5pImYejDhEta";
const p256 =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAvQVdWec4FsigSGIwdkPdOjzdoIuOjrQs0pP8KGLosT0IjQsSmmUGIPCqQqJqHkcTi5r5hBXQqA+I5KgVxn4vk=";
const p521 =
  "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAG+g2YynCispQpM9713ZehnOkunTieua3Q+3/T7HerCfS9jNrO3LTdlgtHgmouZyQHqf7n2yGbMsKdUFx8ePZqAKQGR1/qxQpD12rH/OxOwc/eqGSirRsnYX9GktnQOc27jImR81FgBJwn7mxSl7/HFJR+uNMpk/2Mgey6Nx/ftUx8/2Q==";
const rsa2048 =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCYve4zkCkL0wPWuPKnwocV41zc5LUINJCqjRX4wcKjy+FDaqpMxtIedrKdPOwOu7dKDlzW5bM9i1q8CaT+uikQvDg+5CoNppbntZp6BTM/UlzbxnsV85yIYB73BVJhZvnxUpe2k7yTESDEvm3FMWQQ713NEiv2kzFfID/69kSgjXKolc4gLmaRM2cbBn0xQ3OFjMWzNOD/CTXJfrkjV67ObPrqMVX+ptTi+TZJfU3s5BfFwGauEIwx3SzBWQAFQXx7bgaeDwuSJCc80hK8q1kBvXpUnfCe3mFS7QC5/wTjuxIJQSZibogVCIgw1dF9mPeWDkUO6+1/XiYXM+W1yxPZ";
const rsa1024 =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDZ0uq8faSTaoUYOsxa/aRXBWEMSd15nddVCkCNx+KktoWtBV+qKODb1uZsjtvHI5oayR4NX0VrugQGkf30cTttkvndV3v1m4gCFruCwPpxw9XuEVNm9ldC6E1o66QJfBGgc8rA/4a3WdmIHRTZwvF4uVrXFmINVUdklfxVIQzvXw==";

const use = "use the one line of a .pub file, such as `ssh-ed25519 AAAA... name@host`";
const types =
  "ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, sk-ecdsa-sha2-nistp256@openssh.com, ssh-rsa";
const encoded = (text: string) => text.split(" ")[1]!;

describe("sshKeyProblem", () => {
  test.each([
    ["ed25519", ed25519],
    ["with a comment", `${ed25519} name@host`],
    ["with a trailing newline, as read from a file", `${ed25519}\n`],
    ["without base64 padding", p256.replace(/=+$/, "")],
    ["P-256", p256],
    ["P-521", p521],
    ["RSA of 2048 bits", rsa2048],
  ])("accepts %s", (_, key) => {
    expect(sshKeyProblem(key)).toBeUndefined();
  });

  test.each([
    ["nothing", "", `"" does not start with a known key type; use one of ${types}`],
    [
      "DSA",
      "ssh-dss AAAAB3NzaC1kc3M=",
      `"ssh-dss AAAAB3NzaC1kc3M=" does not start with a known key type; use one of ${types}`,
    ],
    [
      "options before the key",
      `from="10.0.0.1" ${ed25519}`,
      `"from=\\"10.0.0.1\\" ssh-ed25519 AAAAC3Nza..." does not start with a known key type; use one of ${types}`,
    ],
    ["no blob", "ssh-ed25519", `"ssh-ed25519" has no base64 after ssh-ed25519; ${use}`],
    ["no base64", "ssh-ed25519 ???", `"ssh-ed25519 ???" has no base64 after ssh-ed25519; ${use}`],
    ["a cut key", ed25519.slice(0, 60), `"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI..." is cut short; ${use}`],
    [
      "another type inside",
      `ssh-rsa ${encoded(ed25519)}`,
      `"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIL7h3..." names ssh-rsa, but its key has the type "ssh-ed25519"; ${use}`,
    ],
    [
      "the right type around the wrong curve",
      `ecdsa-sha2-nistp256 ${Buffer.from(Buffer.from(encoded(p256), "base64").toString("latin1").replace("\u0008nistp256", "\u0008nistp384"), "latin1").toString("base64")}`,
      `"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoY..." is for the curve "nistp384", not nistp256; ${use}`,
    ],
    [
      "a short RSA key",
      rsa1024,
      `"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAg..." is an RSA key of 1024 bits, fewer than 2048; ${use}`,
    ],
    ["two lines", `${ed25519}\n${p256}`, `more than one line was given; ${use}`],
  ])("rejects %s", (_, key, message) => {
    expect(sshKeyProblem(key)).toBe(message);
  });

  test("does not repeat a private key in its message", () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----";
    expect(sshKeyProblem(key)).toBe(`a private key was given; ${use}`);
  });
});
