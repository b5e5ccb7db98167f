import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ArgumentError } from "./argument-check.ts";

/** What a secret text looks like. */
export interface SecretPattern {
  /** What it is, in messages: `password`. */
  what: string;
  /** Length of a generated one; it has letters and digits only, which pass through whatever it is written into. */
  length: number;
  /** What a given one has to match. */
  form: RegExp;
  /** {@link SecretPattern.form} in words. */
  rule: string;
}

/** Passwords of users; some of them are typed. */
export const typedPassword: SecretPattern = {
  what: "password",
  length: 32,
  form: /^[\x21-\x7e]{12,}$/,
  rule: "at least 12 printable ASCII characters without spaces",
};

/**
 * A secret that was given, or a generated one.
 * @param name Name of the resource that generates it, and the first word of a refusal.
 * @throws (from within the output) ArgumentError when a given one has not its form.
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
    // Neither shows the value nor how it is wrong: it is meant to be secret.
    if (!form.test(value)) throw new ArgumentError([`${name}: the given ${what} is not allowed; use ${rule}`]);
    return value;
  });
}
