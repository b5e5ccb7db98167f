import { describe, expect, test } from "vitest";
import { type Config, render, validate } from "../../../ignition/index.ts";
import { etcd } from "../../../ignition/roles/etcd/role.ts";
import { galera } from "../../../ignition/roles/galera/role.ts";
import { haproxy } from "../../../ignition/roles/haproxy/role.ts";
import { logStore } from "../../../ignition/roles/log-store/role.ts";
import { monitoring } from "../../../ignition/roles/monitoring/role.ts";
import { registry } from "../../../ignition/roles/registry/role.ts";
import { installedFiles, readable } from "./contents.ts";
import {
  etcdNode,
  galeraNode,
  haproxyNode,
  logStoreNode,
  monitoringNode,
  registryNode,
  secrets,
  sshKey,
} from "./nodes.ts";

const configs: Record<string, () => Config> = {
  etcd: () => etcd(etcdNode()),
  "galera-percona": () => galera(galeraNode("percona")),
  "galera-mariadb": () => galera(galeraNode("mariadb")),
  haproxy: () => haproxy(haproxyNode()),
  "log-store": () => logStore(logStoreNode()),
  monitoring: () => monitoring(monitoringNode()),
  registry: () => registry(registryNode()),
};

function fileOf(config: Config, path: string): string {
  const found = installedFiles(config).find((file) => file.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found.text;
}

describe.each(Object.entries(configs))("%s", (name, make) => {
  test("equals its snapshot", async () => {
    await expect(readable(make())).toMatchFileSnapshot(`snapshots/${name}.txt`);
  });

  test("is valid and renders to the same bytes every time", () => {
    expect(validate(make())).toEqual({ errors: [], warnings: [] });
    expect(render(make())).toBe(render(make()));
  });

  test("has secrets only in files that one user can read", () => {
    for (const { path, mode, text } of installedFiles(make())) {
      for (const secret of Object.values(secrets)) {
        if (text.includes(secret)) expect([path, mode & 0o077]).toEqual([path, 0]);
      }
    }
    expect(JSON.stringify(make().systemd)).not.toMatch(/secret/);
  });

  test("has executable scripts, readiness, logins by key, and no automatic updates", () => {
    const config = make();
    for (const { path, mode, text } of installedFiles(config)) {
      expect([path, mode]).toEqual([path, text.startsWith("#!/bin/bash") ? 0o755 : mode & 0o666]);
    }
    const units = new Map(config.systemd?.units?.map((unit) => [unit.name, unit]));
    for (const unit of ["ready.socket", "image.service", "metadata-guard.service"])
      expect(units.get(unit)?.enabled).toBe(true);
    expect(["locksmithd.service", "update-engine.service"].map((unit) => units.get(unit)?.mask)).toEqual([true, true]);
    expect(config.passwd?.users).toEqual([{ name: "core", sshAuthorizedKeys: [sshKey] }]);
    expect(fileOf(config, "/etc/zincati/config.d/90-paasmas.toml")).toMatch(/^enabled = false$/m);
  });

  test("runs its service without root, capabilities or new privileges", () => {
    const service = { "log-store": "loki", monitoring: "prometheus" }[name] ?? name.split("-")[0]!;
    const unit = make().systemd?.units?.find((one) => one.name === `${service}.service`)?.contents ?? "";
    expect(unit).toMatch(/--user=(\$\{SERVER_UID\}:\$\{SERVER_UID\}|2379:2379|99:99|5000:99|10001:10001|65534:65534) /);
    for (const option of ["--cap-drop=all", "--security-opt=no-new-privileges", "--network=host"])
      expect(unit).toContain(option);
    expect(unit).not.toMatch(/privileged(?!=)|docker\.sock|--cap-add/);
  });
});

test("all secrets are in the example nodes, so that the tests can find them", () => {
  const all = ["galera-mariadb", "haproxy", "etcd"]
    .flatMap((name) => installedFiles(configs[name]!()).map((file) => file.text))
    .join("\n");
  for (const secret of Object.values(secrets)) expect(all).toContain(secret);
});

test("a Percona node does not contain the password of MariaDB's state transfer", () => {
  expect(JSON.stringify(installedFiles(configs["galera-percona"]!()))).not.toContain(secrets.stateTransferPassword);
});

test("a role without a data volume neither waits for a disk nor mounts one", () => {
  const config = galera(
    galeraNode("mariadb", { host: { name: "galera-0", address: "10.0.0.20", sshAuthorizedKeys: [] } }),
  );
  expect(JSON.stringify(config)).not.toContain('data-volume.service","enabled');
  const dropins = config.systemd?.units?.find((unit) => unit.name === "galera.service")?.dropins;
  expect(dropins?.map(({ name }) => name)).toEqual(["restart.conf"]);
  expect(config.storage?.directories?.map(({ path }) => path)).toContain("/var/lib/paasmas/galera");
});

test("only a machine with a report URL reports its readiness", () => {
  const reports = (config: Config) => config.systemd?.units?.some((unit) => unit.name === "ready-report.service");
  expect(reports(galera(galeraNode("percona")))).toBe(true);
  expect(reports(etcd(etcdNode()))).toBe(false);
});

test("failure detection follows the suspect timeout", () => {
  const tuning = { bufferPoolMiB: 256, gcacheMiB: 512, maxConnections: 200, suspectTimeoutSeconds: 4 };
  const config = galera(galeraNode("percona", { tuning }));
  const parameters = fileOf(config, "/etc/paasmas/galera/tuning.cnf");
  for (const option of [
    "evs.inactive_check_period=PT0.8S",
    "evs.suspect_timeout=PT4S",
    "evs.inactive_timeout=PT8S",
    "evs.install_timeout=PT4S",
  ]) {
    expect(parameters).toContain(option);
  }
  // Later than the removal of a dead node by the others.
  const unit = config.systemd?.units?.find(({ name }) => name === "galera.service");
  expect(unit?.dropins?.find(({ name }) => name === "restart.conf")?.contents).toBe("[Service]\nRestartSec=8.5\n");
});

describe("accounts", () => {
  test("quotes characters that could end a statement", () => {
    const passwords = { root: `a'b\\c"d`, monitor: "m", stateTransfer: "s" };
    const config = galera(galeraNode("mariadb", { passwords }));
    expect(fileOf(config, "/etc/paasmas/galera/accounts.sql")).toContain(
      "ALTER USER 'root'@'localhost' IDENTIFIED BY 'a\\'b\\\\c\"d';\n",
    );
    expect(fileOf(config, "/etc/paasmas/galera/root.cnf")).toBe('[client]\nuser = root\npassword = "a\'b\\\\c\\"d"\n');
  });

  test("grants only the database whose name contains an underscore", () => {
    const sql = fileOf(galera(galeraNode("percona")), "/etc/paasmas/galera/accounts.sql");
    expect(sql).toContain("CREATE DATABASE IF NOT EXISTS `web_shop`;\n");
    expect(sql).toContain("GRANT ALL ON `web\\_shop`.* TO 'shop'@'%';\n");
  });

  test("rejects a password with a line break", () => {
    const passwords = { root: "a\nb", monitor: "m", stateTransfer: "s" };
    expect(() => galera(galeraNode("percona", { passwords }))).toThrow(
      "a name or password contains a control character; remove it",
    );
  });
});
