import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing } from "../requirements.ts";

const script = (name: string) => new URL(`../../../../ignition/roles/monitoring/${name}`, import.meta.url).pathname;
const reason = missing({ programs: ["bash", "sha512sum"] });

/** The machine's scripts, with a podman and a curl that note what they are asked. */
describe.skipIf(reason !== undefined)(
  `the machine's scripts${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    let root = "";
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "monitoring-"));
      mkdirSync(join(root, "data/grafana"), { recursive: true });
      mkdirSync(join(root, "etc/paasmas/monitoring/grafana"), { recursive: true });
      mkdirSync(join(root, "stubs"));
      settings("first-password");
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    const settings = (password: string) =>
      writeFileSync(join(root, "etc/paasmas/monitoring/grafana/admin-password"), password);
    const database = () => writeFileSync(join(root, "data/grafana/grafana.db"), "");
    const stub = (name: string, body: string) => {
      writeFileSync(join(root, "stubs", name), `#!/bin/bash\n${body}\n`);
      chmodSync(join(root, "stubs", name), 0o755);
    };
    const run = (name: string) =>
      spawnSync(script(name), {
        encoding: "utf8",
        env: {
          PATH: `${root}/stubs:${process.env.PATH}`,
          PAASMAS_ROOT: root,
          DATA_PATH: `${root}/data`,
          IMAGE: "grafana:12",
        },
      }).status;
    const noted = () => (existsSync(join(root, "noted")) ? readFileSync(join(root, "noted"), "utf8") : "");

    describe("grafana-password", () => {
      beforeEach(() => stub("podman", `printf '%s\\n' "$@" >>'${root}/noted'; cat >>'${root}/noted'`));

      test("leaves a database alone that is still to be made, and one that knows the password", () => {
        expect(run("grafana-password")).toBe(0);
        database();
        expect(run("grafana-password")).toBe(0);
        expect(noted()).toBe("");
      });

      test("tells a database that is there of another password, once, and no argument has it", () => {
        run("grafana-password");
        database();
        settings("second-password");
        expect(run("grafana-password")).toBe(0);
        expect(noted()).toMatch(
          /\n--entrypoint=grafana\ngrafana:12\ncli\nadmin\nreset-admin-password\n--password-from-stdin\nsecond-password$/,
        );
        run("grafana-password");
        expect(noted().match(/second-password/g)).toHaveLength(1);
      });

      test("tells one that was made before anybody took note", () => {
        database();
        expect(run("grafana-password")).toBe(0);
        expect(noted()).toMatch(/first-password$/);
      });

      test("fails when Grafana does not take it, and tries again next time", () => {
        run("grafana-password");
        database();
        settings("second-password");
        stub("podman", "exit 1");
        expect(run("grafana-password")).not.toBe(0);
        stub("podman", `cat >>'${root}/noted'`);
        expect(run("grafana-password")).toBe(0);
        expect(noted()).toBe("second-password");
      });

      test("keeps no more than a hash, for root alone", () => {
        run("grafana-password");
        const kept = join(root, "data/grafana-password.sha512");
        expect(readFileSync(kept, "utf8")).toMatch(/^[0-9a-f]{128} {2}-\n$/);
        expect(statSync(kept).mode & 0o777).toBe(0o600);
      });
    });

    test("a machine is healthy when all answer that have something to do on it, Alertmanager where somebody is to be told", () => {
      stub("curl", `echo "\${@: -1}" >>'${root}/noted'; [[ "\${@: -1}" != *:9093/* ]]`);
      expect(run("ready")).toBe(0);
      expect(noted()).toBe("http://127.0.0.1:9090/-/ready\nhttp://127.0.0.1:8404/healthz\n");
      writeFileSync(join(root, "etc/paasmas/alertmanager-image.env"), "");
      expect(run("ready")).not.toBe(0);
    });
  },
);
