import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { portBounds } from "../internal/bounds.ts";
import { domainPattern } from "../internal/name-patterns.ts";

export interface JenkinsMailArgs {
  /** The server that takes mails, `smtp.example.com`. */
  host: string;
  /**
   * Its port. 465 speaks TLS from the first byte, any other one changes to it (STARTTLS).
   * Default: 465.
   */
  port?: number;
  /**
   * Who logs in there.
   * Default: nobody.
   */
  user?: string;
  /**
   * The user's password; a secret.
   * Default: none; needed with `user`.
   */
  password?: pulumi.Input<string>;
}

/** The port of a server that says none. */
export const mailPort = 465;

/** Notes what is wrong with a server for mails. */
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
