import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { portBounds } from "../internal/bounds.ts";
import { domainPattern } from "../internal/name-patterns.ts";

export interface JenkinsMailArgs {
  /** Mail server, `smtp.example.com`. */
  host: string;
  /**
   * Port of the mail server. Port 465 uses TLS from the start; every other port uses STARTTLS.
   * Default: 465.
   */
  port?: number;
  /**
   * User for the login to the mail server.
   * Default: none; no login.
   */
  user?: string;
  /**
   * Password of the user; a secret.
   * Default: none; required with `user`.
   */
  password?: pulumi.Input<string>;
}

/** Default port of a mail server. */
export const mailPort = 465;

/** Checks the mail server. */
export function checkMail({ host, port = mailPort, user, password }: JenkinsMailArgs, check: ArgumentCheck): void {
  check
    .require(
      domainPattern.test(host ?? ""),
      "mail.host",
      `${JSON.stringify(host)} is not a host name; use one like smtp.example.com`,
    )
    .integer("mail.port", port, portBounds)
    .require(
      (user === undefined) === (password === undefined),
      "mail",
      "has only one of user and password; give both, or none",
    );
}
