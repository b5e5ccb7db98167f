import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ArgumentError } from "./argument-check.ts";

/** Rules of a secret text. */
export interface SecretPattern {
  /** Name for messages: `password`. */
  what: string;
  /** Length of a generated secret. It contains only letters and digits, which need no quoting. */
  length: number;
  /** Pattern of a given secret. */
  form: RegExp;
  /** Description of {@link SecretPattern.form}. */
  rule: string;
}

/** Rules of user passwords, some of which people type. */
export const typedPassword: SecretPattern = {
  what: "password",
  length: 32,
  form: /^[\x21-\x7e]{12,}$/,
  rule: "at least 12 printable ASCII characters without spaces",
};

/**
 * Returns a given or generated secret.
 * @param name Name of the resource that generates it, and the first word of messages.
 * @throws ArgumentError, inside the output, if a given secret does not match its pattern.
 */
export function secretText(
  name: string,
  given: pulumi.Input<string> | undefined,
  { what, length, form, rule }: SecretPattern,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  if (given === undefined)
    return pulumi.secret(new random.RandomPassword(name, { length, special: false }, opts).result);
  return pulumi.secret(given).apply((value) => {
    // The message must not show the secret.
    if (!form.test(value)) throw new ArgumentError([`${name}: the given ${what} is not allowed; use ${rule}`]);
    return value;
  });
}
