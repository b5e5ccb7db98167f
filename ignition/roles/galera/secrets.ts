import type { GaleraNode } from "./node.ts";

/** SQL statements that create or update accounts and databases. Idempotent; to be run by root. Secret. */
export function accountStatements({ flavor, passwords, databases }: GaleraNode): string {
  const lines = [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${sqlText(passwords.root)};`,
    // Accounts of the images, some with well-known passwords.
    "DROP USER IF EXISTS 'root'@'%', 'monitor'@'localhost', 'clustercheck'@'localhost', 'xtrabackup'@'localhost';",
    ...account("health", "localhost", passwords.monitor),
  ];
  if (flavor === "mariadb") {
    lines.push(
      ...account("sst", "localhost", passwords.stateTransfer),
      "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO 'sst'@'localhost';",
    );
  }
  for (const { name, user, password } of databases) {
    lines.push(
      `CREATE DATABASE IF NOT EXISTS ${sqlName(name)};`,
      ...account(user, "%", password),
      // Escaped, because an underscore in a grant matches any character.
      `GRANT ALL ON ${sqlName(name.replaceAll("_", "\\_"))}.* TO ${sqlText(user)}@'%';`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function account(user: string, from: string, password: string): string[] {
  const name = `${sqlText(user)}@${sqlText(from)}`;
  return [
    `CREATE USER IF NOT EXISTS ${name} IDENTIFIED BY ${sqlText(password)};`,
    `ALTER USER ${name} IDENTIFIED BY ${sqlText(password)};`,
  ];
}

/** Option file with the login of a local client. Secret. */
export function clientFile(user: string, password: string): string {
  return `[client]\nuser = ${user}\npassword = ${optionText(password)}\n`;
}

/** Option file of the server with MariaDB's account for state transfers. Secret. */
export function stateTransferFile(password: string): string {
  return `[mariadbd]\nwsrep_sst_auth = ${optionText(`sst:${password}`)}\n`;
}

function sqlText(text: string): string {
  return `'${withoutControls(text).replace(/[\\']/g, "\\$&")}'`;
}

function sqlName(name: string): string {
  return `\`${withoutControls(name).replaceAll("`", "``")}\``;
}

function optionText(text: string): string {
  return `"${withoutControls(text).replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * Returns the text unchanged.
 * @throws RangeError if it contains a control character: a line break would end the statement or option.
 */
function withoutControls(text: string): string {
  if ([...text].some((character) => character < " " || character === "\x7f"))
    throw new RangeError("a name or password contains a control character; remove it");
  return text;
}
