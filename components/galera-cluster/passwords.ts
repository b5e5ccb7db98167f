import * as pulumi from "@pulumi/pulumi";
import type { GaleraDatabase, GaleraPasswords } from "../../ignition/roles/galera/node.ts";
import { secretText } from "../internal/secrets.ts";

export interface GaleraPasswordsArgs {
  /**
   * Password of `root@localhost`; there is no root from elsewhere.
   * Default: generated.
   */
  root?: pulumi.Input<string>;
  /**
   * Password of the health agent's account, which can only be used on the machine itself.
   * Default: generated.
   */
  monitor?: pulumi.Input<string>;
  /**
   * Password of the state transfer's account (MariaDB; Percona makes its own).
   * Default: generated.
   */
  stateTransfer?: pulumi.Input<string>;
}

export interface GaleraDatabaseArgs {
  /** Name of the database: up to 64 letters, digits and underscores. */
  name: string;
  /**
   * The one user that owns it, and nothing else.
   * Default: the database's name, cut to the 32 characters a user name may have.
   */
  user?: string;
  /**
   * The user's password.
   * Default: generated.
   */
  password?: pulumi.Input<string>;
}

/** A database with its defaults filled in. */
export interface ResolvedDatabase {
  name: string;
  user: string;
  password: pulumi.Output<string>;
}

const reservedDatabases = ["mysql", "sys", "information_schema", "performance_schema"];
const reservedUsers = ["root", "mysql", "health", "sst", "monitor", "clustercheck", "xtrabackup"];

/** What is wrong with the names of databases and their users. */
export function databaseProblems(
  databases: readonly { name: string; user?: string }[],
): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  databases.forEach((database, index) => {
    const user = databaseUser(database);
    const earlier = databases.slice(0, index);
    const refuse = (field: string, given: string, message: string) =>
      problems.push({ path: `databases[${index}].${field}`, message: `${JSON.stringify(given)} ${message}` });
    const rule = (length: number, reserved: string[]) =>
      `is not allowed; use 1 to ${length} letters, digits and underscores, and none of ${reserved.join(", ")}`;
    if (!isName(database.name, 64, reservedDatabases)) refuse("name", database.name, rule(64, reservedDatabases));
    else if (!isName(user, 32, reservedUsers)) refuse("user", user, rule(32, reservedUsers));
    if (earlier.some((other) => other.name === database.name)) {
      refuse("name", database.name, "is there already; use each name once");
    } else if (earlier.some((other) => databaseUser(other) === user)) {
      refuse("user", user, "owns another database already; use a user for each database");
    }
  });
  return problems;
}

function isName(text: string, length: number, reserved: readonly string[]): boolean {
  return new RegExp(`^[A-Za-z0-9_]{1,${length}}$`).test(text) && !reserved.includes(text.toLowerCase());
}

/** What a given password looks like: it passes through SQL, URLs, option files and shells. */
export const passwordPattern = /^(?=.{12,}$)[^'"\\$`\x00-\x20\x7f-\uffff]+$/;

/** {@link passwordPattern} in words. */
export const passwordRule = "at least 12 printable ASCII characters without spaces, quotes, backslashes, $ and `";

/** The user a database gets when none is named. */
function databaseUser(database: { name: string; user?: string }): string {
  return database.user ?? database.name.slice(0, 32);
}

/** The cluster's own passwords, generated where none was given; a secret. */
export function clusterPasswords(
  name: string,
  given: GaleraPasswordsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<GaleraPasswords> {
  return pulumi.output({
    root: password(`${name}-root-password`, given.root, opts),
    monitor: password(`${name}-monitor-password`, given.monitor, opts),
    stateTransfer: password(`${name}-state-transfer-password`, given.stateTransfer, opts),
  });
}

/** The databases with their defaults; passwords are secrets. */
export function resolveDatabases(
  name: string,
  databases: readonly GaleraDatabaseArgs[],
  opts: pulumi.CustomResourceOptions,
): ResolvedDatabase[] {
  return databases.map((database) => ({
    name: database.name,
    user: databaseUser(database),
    password: password(`${name}-database-${database.name}-password`, database.password, opts),
  }));
}

/** The databases as the role takes them. */
export function databaseValues(databases: readonly ResolvedDatabase[]): pulumi.Output<GaleraDatabase[]> {
  return pulumi.output([...databases]);
}

function password(
  name: string,
  given: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return secretText(name, given, { what: "password", length: 32, form: passwordPattern, rule: passwordRule }, opts);
}
