import * as pulumi from "@pulumi/pulumi";
import type { GaleraDatabase, GaleraPasswords } from "../../ignition/roles/galera/node.ts";
import { secretText } from "../internal/secrets.ts";

export interface GaleraPasswordsArgs {
  /**
   * Password of `root@localhost`. There is no other root account.
   * Default: generated.
   */
  root?: pulumi.Input<string>;
  /**
   * Password of the account of the health agent. The account can log in only on the machine itself.
   * Default: generated.
   */
  monitor?: pulumi.Input<string>;
  /**
   * Password of the account for state transfers, for MariaDB. Percona creates its own account.
   * Default: generated.
   */
  stateTransfer?: pulumi.Input<string>;
}

export interface GaleraDatabaseArgs {
  /** Name of the database: up to 64 letters, digits and underscores. */
  name: string;
  /**
   * User with all rights on this database only.
   * Default: the name of the database, its first 32 characters.
   */
  user?: string;
  /**
   * Password of the user.
   * Default: generated.
   */
  password?: pulumi.Input<string>;
}

/** Database with defaults. */
export interface ResolvedDatabase {
  name: string;
  user: string;
  password: pulumi.Output<string>;
}

const reservedDatabases = ["mysql", "sys", "information_schema", "performance_schema"];
const reservedUsers = ["root", "mysql", "health", "sst", "monitor", "clustercheck", "xtrabackup"];

/** Returns the problems of the names of databases and users. */
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
      refuse("name", database.name, "is used twice; use each name once");
    } else if (earlier.some((other) => databaseUser(other) === user)) {
      refuse("user", user, "owns another database; use a separate user for each database");
    }
  });
  return problems;
}

function isName(text: string, length: number, reserved: readonly string[]): boolean {
  return new RegExp(`^[A-Za-z0-9_]{1,${length}}$`).test(text) && !reserved.includes(text.toLowerCase());
}

/** Pattern of a given password: SQL, URLs, option files and shells must not change its meaning. */
export const passwordPattern = /^[!#%&(-[\]-_a-~]{12,}$/;

/** Description of {@link passwordPattern}. */
export const passwordRule = "at least 12 printable ASCII characters without spaces, quotes, backslashes, $ and `";

/** Returns the user of a database, with its default. */
function databaseUser(database: { name: string; user?: string }): string {
  return database.user ?? database.name.slice(0, 32);
}

/** Returns the passwords of the system accounts, given or generated; a secret. */
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

/** Returns the databases with defaults; the passwords are secrets. */
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

/** Returns the databases for the role. */
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
