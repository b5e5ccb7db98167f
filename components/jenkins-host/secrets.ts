import { createPrivateKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { ArgumentError } from "../internal/argument-check.ts";
import { secretText, typedPassword } from "../internal/secrets.ts";

/** A password that was given, or a generated one; a secret. */
export function password(
  name: string,
  given: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return secretText(name, given, typedPassword, opts);
}

/** A key pair for SSH: the private part is a secret (PEM), the public part is in the form of `authorized_keys`. */
export function sshKeys(
  name: string,
  opts: pulumi.CustomResourceOptions,
): { privateKey: pulumi.Output<string>; publicKey: pulumi.Output<string> } {
  const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  return { privateKey: pulumi.secret(key.privateKeyPem), publicKey: key.publicKeyOpenssh.apply((text) => text.trim()) };
}

/**
 * The private key of a GitHub App in the one form that Jenkins reads (PKCS #8); GitHub hands out another one (PKCS #1).
 * A secret.
 * @throws (from within the output) ArgumentError when it is neither, without showing it.
 */
export function appKey(component: string, given: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.secret(given).apply((text) => {
    if (/^\s*-----BEGIN PRIVATE KEY-----/.test(text)) return text;
    try {
      if (!/^\s*-----BEGIN RSA PRIVATE KEY-----/.test(text)) throw new Error("another kind of text");
      return createPrivateKey(text).export({ type: "pkcs8", format: "pem" }).toString();
    } catch {
      throw new ArgumentError([
        `${component}.github.privateKey: the given text is not an RSA private key; use the whole .pem file that GitHub hands out for the app`,
      ]);
    }
  });
}
