import { createPrivateKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { ArgumentError } from "../internal/argument-check.ts";
import { secretText, typedPassword } from "../internal/secrets.ts";

/** The given password, or a generated one; a secret. */
export function password(
  name: string,
  given: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return secretText(name, given, typedPassword, opts);
}

/** Creates an SSH key pair. The private key is a secret (PEM); the public key is in the format of `authorized_keys`. */
export function sshKeys(
  name: string,
  opts: pulumi.CustomResourceOptions,
): { privateKey: pulumi.Output<string>; publicKey: pulumi.Output<string> } {
  const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  return { privateKey: pulumi.secret(key.privateKeyPem), publicKey: key.publicKeyOpenssh.apply((text) => text.trim()) };
}

/**
 * Converts the private key of a GitHub App from PKCS #1, the format of GitHub, to PKCS #8, which Jenkins reads.
 * The result is a secret.
 * @throws (from within the output) ArgumentError when it is in neither format. The message does not show the key.
 */
export function appKey(component: string, given: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.secret(given).apply((text) => {
    if (/^\s*-----BEGIN PRIVATE KEY-----/.test(text)) return text;
    try {
      if (!/^\s*-----BEGIN RSA PRIVATE KEY-----/.test(text)) throw new Error("another kind of text");
      return createPrivateKey(text).export({ type: "pkcs8", format: "pem" }).toString();
    } catch {
      throw new ArgumentError([
        `${component}.github.privateKey: the given text is not an RSA private key; ` +
          "use the content of the .pem file from GitHub",
      ]);
    }
  });
}
