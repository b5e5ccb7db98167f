import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing } from "../requirements.ts";

const script = (name: string) => new URL(`../../../../ignition/roles/monitoring/${name}`, import.meta.url).pathname;
const reason = missing({ programs: ["bash", "sha512sum"] });

/** Scripts of the machine, with stubs of podman and curl that record their arguments. */
describe.skipIf(reason !== undefined)(
  `the scripts of a monitoring machine${reason === undefined ? "" : ` (skipped: ${reason})`}`,
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
    const recorded = () => (existsSync(join(root, "recorded")) ? readFileSync(join(root, "recorded"), "utf8") : "");

    describe("grafana-password", () => {
      beforeEach(() => stub("podman", `printf '%s\\n' "$@" >>'${root}/recorded'; cat >>'${root}/recorded'`));

      test("does nothing before the database exists or while the password is unchanged", () => {
        expect(run("grafana-password")).toBe(0);
        database();
        expect(run("grafana-password")).toBe(0);
        expect(recorded()).toBe("");
      });

      test("sets a changed password once, on stdin", () => {
        run("grafana-password");
        database();
        settings("second-password");
        expect(run("grafana-password")).toBe(0);
        expect(recorded()).toMatch(
          /\n--entrypoint=grafana\ngrafana:12\ncli\nadmin\nreset-admin-password\n--password-from-stdin\nsecond-password$/,
        );
        run("grafana-password");
        expect(recorded().match(/second-password/g)).toHaveLength(1);
      });

      test("sets the password if there is a database but no saved hash", () => {
        database();
        expect(run("grafana-password")).toBe(0);
        expect(recorded()).toMatch(/first-password$/);
      });

      test("fails if Grafana rejects the password and retries at the next start", () => {
        run("grafana-password");
        database();
        settings("second-password");
        stub("podman", "exit 1");
        expect(run("grafana-password")).not.toBe(0);
        stub("podman", `cat >>'${root}/recorded'`);
        expect(run("grafana-password")).toBe(0);
        expect(recorded()).toBe("second-password");
      });

      test("saves only a hash that only root can read", () => {
        run("grafana-password");
        const kept = join(root, "data/grafana-password.sha512");
        expect(readFileSync(kept, "utf8")).toMatch(/^[0-9a-f]{128} {2}-\n$/);
        expect(statSync(kept).mode & 0o777).toBe(0o600);
      });
    });

    test("ready checks all services, and Alertmanager only if it is installed", () => {
      stub("curl", `echo "\${@: -1}" >>'${root}/recorded'; [[ "\${@: -1}" != *:9093/* ]]`);
      expect(run("ready")).toBe(0);
      expect(recorded()).toBe("http://127.0.0.1:9090/-/ready\nhttp://127.0.0.1:8404/healthz\n");
      writeFileSync(join(root, "etc/paasmas/alertmanager-image.env"), "");
      expect(run("ready")).not.toBe(0);
    });
  },
);
