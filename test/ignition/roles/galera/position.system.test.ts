import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call } from "../bash.ts";
import { roles } from "../role-folder.ts";
import { spawnSync } from "node:child_process";

const uuid = "06478a63-e5a2-11f1-9faf-0b1a8a4f7c63";
const nowhere = "00000000-0000-0000-0000-000000000000";

function disk(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "galera-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const grastate = (seqno: string, of = uuid) =>
  `# GALERA saved state\nversion: 2.1\nuuid:    ${of}\nseqno:   ${seqno}\nsafe_to_bootstrap: 0\n`;

describe("has_data", () => {
  const whole = { ibdata1: "", "mysql/user.frm": "" };
  test.each([
    ["a complete database", whole, true],
    ["an empty disk", {}, false],
    ["an interrupted initialization", { ibdata1: "" }, false],
    ["an interrupted state transfer", { ...whole, sst_in_progress: "" }, false],
  ])("recognizes %s", (_, files, expected) => {
    const { status } = spawnSync("bash", [
      "-euc",
      '. "$1"; has_data "$2"',
      "test",
      `${roles}galera/position.sh`,
      disk(files),
    ]);
    expect(status).toBe(expected ? 0 : 1);
  });
});

describe("saved_position", () => {
  test.each([
    ["a clean stop", { "grastate.dat": grastate("1234") }, `${uuid}:1234`],
    ["a crash", { "grastate.dat": grastate("-1") }, `${uuid}:-1`],
    ["a crash during a schema change", { "grastate.dat": grastate("-1", nowhere) }, `${nowhere}:-1`],
    ["an empty disk", {}, `${nowhere}:-1`],
    ["an empty file", { "grastate.dat": "" }, `${nowhere}:-1`],
  ])("reads the position after %s", (_, files, expected) => {
    expect(call("galera/position.sh", "saved_position", [disk(files)])).toBe(expected);
  });
});

describe("recovered_position", () => {
  test.each([
    ["MariaDB", `2026-11-21 12:00:00 0 [Note] WSREP: Recovered position: ${uuid}:57`, `${uuid}:57`],
    ["MariaDB with a GTID", `2026-11-21 12:00:00 0 [Note] WSREP: Recovered position: ${uuid}:57,0-1-2`, `${uuid}:57`],
    ["Percona", `2026-11-21T12:00:00Z 0 [Note] [MY-000000] [WSREP] Recovered position: ${uuid}:58`, `${uuid}:58`],
    ["several recoveries", `Recovered position: ${uuid}:1\nRecovered position: ${uuid}:2`, `${uuid}:2`],
    ["a server without data", `[Note] WSREP: Recovered position: ${nowhere}:-1`, `${nowhere}:-1`],
    ["a server that did not start", "[ERROR] Aborting", `${nowhere}:-1`],
  ])("reads the position from the log of %s", (_, log, expected) => {
    expect(call("galera/position.sh", "recovered_position", [], `InnoDB: starting\n${log}\nshutdown complete\n`)).toBe(
      expected,
    );
  });
});

describe("remember", () => {
  const after = (before: string | undefined, cluster: string, nodes: readonly string[]) => {
    const file = join(disk(before === undefined ? {} : { cluster: before }), "cluster");
    call("galera/position.sh", "remember", [file, cluster, ...nodes]);
    return readFileSync(file, "utf8");
  };
  test.each([
    ["saves the current nodes", undefined, ["galera-1", "galera-0"], `${uuid}\ngalera-0\ngalera-1\n`],
    [
      "keeps former nodes",
      `${uuid}\ngalera-0\ngalera-2\n`,
      ["galera-0", "galera-1"],
      `${uuid}\ngalera-0\ngalera-1\ngalera-2\n`,
    ],
    ["drops the nodes of another cluster", `${nowhere}\ngalera-7\n`, ["galera-0"], `${uuid}\ngalera-0\n`],
  ])("%s", (_, before, nodes, expected) => {
    expect(after(before, uuid, nodes)).toBe(expected);
  });
});
