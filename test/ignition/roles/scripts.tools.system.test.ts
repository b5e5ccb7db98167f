import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { missing } from "./requirements.ts";
import { files } from "./role-files.ts";

test("systemd accepts every unit", ({ skip }) => {
  const reason = missing({ programs: ["systemd-analyze"] });
  skip(reason !== undefined, reason);
  const units = files.filter((path) => /\.(service|socket)$/.test(path));
  // The programs of the units are not installed here, and systemd can be older than on the machines.
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...units], {
    encoding: "utf8",
  });
  const own = stderr
    .split("\n")
    .filter((line) => units.some((unit) => line.includes(unit)) || /Unknown|Invalid|Failed to parse/.test(line));
  expect(
    own.filter(
      (line) => !/is not executable|Unknown key name 'CollectMode'|Unknown key 'LogFilterPatterns'/.test(line),
    ),
  ).toEqual([]);
});
