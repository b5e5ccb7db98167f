import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";

interface Machine {
  /** Script of the role's `ready`. */
  ready?: string;
  /** Lines of `systemctl list-units`. */
  units?: string[];
  /** Lines of `systemctl show --property=Id,NRestarts`. */
  restarts?: string[];
  /** Lines of the journal, by the match or the option that selects them; "" for the whole journal. */
  journal?: Record<string, string[]>;
}

/** Runs the script with a fake systemd. */
function diagnose({ ready = "exit 1", units = [], restarts = [], journal = {} }: Machine): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "diagnose-"));
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  const data = (name: string, lines: readonly string[]) => {
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
    return `cat ${folder}/${name}`;
  };
  program("ready", ready);
  program(
    "systemctl",
    `case $1 in list-units) ${data("units", units)} ;; show) ${data("restarts", restarts)} ;; *) exit 64 ;; esac`,
  );
  const cases = Object.entries(journal).map(([match, lines], i) => `"${match}") ${data(`journal-${i}`, lines)} ;;`);
  program("journalctl", `case \${1/--lines=200/} in ${cases.join(" ")} esac`);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, READY: join(folder, "ready") };
  return new Promise((resolve, reject) => {
    execFile(`${roles}base/diagnose`, { env }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.replaceAll(folder, "/bin")),
    );
  });
}

describe.concurrent("diagnose", () => {
  test("prints failed units and units that do not start, with the lines of their processes or of systemd", async () => {
    const text = await diagnose({
      ready: 'echo "not Synced" >&2; exit 1',
      units: [
        "galera.service loaded activating auto-restart Galera node",
        "data.mount loaded failed failed Data of the node",
      ],
      journal: {
        "_SYSTEMD_UNIT=galera.service": ["try 1: no space left on device", "try 2: no space left on device", "gone"],
        "--unit=data.mount": ["Failed to mount data.mount"],
      },
    });
    expect(text).toBe(
      [
        "last answer of /bin/ready:",
        "  not Synced",
        "unit galera.service does not finish its start; last lines of its journal:",
        "  try 2: no space left on device",
        "  gone",
        "unit data.mount failed; last lines of its journal:",
        "  Failed to mount data.mount",
        "",
      ].join("\n"),
    );
  });

  test("prints units that run at the moment, but restarted, once", async () => {
    const text = await diagnose({
      units: ["etcd.service loaded activating start-pre etcd"],
      restarts: [
        "Id=a.service",
        "NRestarts=0",
        "",
        "NRestarts=4",
        "Id=b.service",
        "",
        "Id=etcd.service",
        "NRestarts=2",
      ],
    });
    expect(text.match(/^unit .*$/gm)).toEqual([
      "unit etcd.service does not finish its start; last lines of its journal:",
      "unit b.service restarts again and again; last lines of its journal:",
    ]);
  });

  test("prints the whole journal if all units run", async () => {
    expect(await diagnose({ journal: { "": ["etcd does not answer"] } })).toBe(
      "last answer of /bin/ready:\n  (none)\nall its units run; last lines of its journal:\n  etcd does not answer\n",
    );
  });

  test("does not wait for a hung check", { timeout: 15_000 }, async () => {
    const started = Date.now();
    expect(await diagnose({ ready: "exec sleep 60" })).toContain("all its units run");
    expect(Date.now() - started).toBeLessThan(12_000);
  });

  test("limits the length, and hides what looks like a secret", async () => {
    const secrets = [
      "dial mysql://app:hunter2@10.0.0.1/app failed",
      "DATABASE_PASSWORD=hunter2 is wrong",
      '{"password": "hunter2"}',
      "PUT https://swift/x?temp_url_sig=hunter2&temp_url_expires=1",
      "Authorization: Bearer hunter2",
      "AWS_SECRET_ACCESS_KEY=hunter2",
      "access token: hunter2",
    ];
    const letters = [..."abcdefghijklmnopqrstuvwxyz"].map((letter) => letter.repeat(1000));
    const text = await diagnose({
      ready: "echo password=hunter2; exit 1",
      units: [1, 2, 3, 4, 5].map((i) => `u${i}.service loaded failed failed U`),
      journal: {
        "_SYSTEMD_UNIT=u1.service": secrets,
        "_SYSTEMD_UNIT=u2.service": letters,
        "_SYSTEMD_UNIT=u3.service": letters,
      },
    });
    expect(text).not.toContain("hunter2");
    expect(text.match(/\[secret\]/g)).toHaveLength(secrets.length + 1);
    expect(text.match(/^unit /gm)).toHaveLength(3);
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2 + (1 + secrets.length) + 2 * (1 + 8));
    expect(Math.max(...lines.map(({ length }) => length))).toBe(200);
  });
});
