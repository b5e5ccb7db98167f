import type { GaleraNode } from "./role.ts";

/**
 * The statements that make accounts and databases what they should be, to be run on a node by root; they can be run
 * any number of times. Secret.
 */
export function accountStatements({ flavor, passwords, databases }: GaleraNode): string {
  const lines = [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${sqlText(passwords.root)};`,
    // What the images make, some of it with passwords that everybody knows.
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
      // An underscore in a grant stands for any character unless it is escaped.
      `GRANT ALL ON ${sqlName(name.replaceAll("_", "\\_"))}.* TO ${sqlText(user)}@'%';`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function account(user: string, from: string, password: string): string[] {
  const who = `${sqlText(user)}@${sqlText(from)}`;
  return [
    `CREATE USER IF NOT EXISTS ${who} IDENTIFIED BY ${sqlText(password)};`,
    `ALTER USER ${who} IDENTIFIED BY ${sqlText(password)};`,
  ];
}

/** An option file with which the local client logs in. Secret. */
export function clientFile(user: string, password: string): string {
  return `[client]\nuser = ${user}\npassword = ${optionText(password)}\n`;
}

/** MariaDB's account for state transfers, for the server. Secret. */
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

/** A line break would end the statement or the option; generated passwords have none. */
function withoutControls(text: string): string {
  if (/[\x00-\x1f\x7f]/.test(text))
    throw new RangeError("a name or password has a control character, which no client can type");
  return text;
}
