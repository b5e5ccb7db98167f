import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing } from "../requirements.ts";
import { writeCertificate } from "../certificate.ts";

const script = new URL("../../../../ignition/roles/metrics/machine-metrics", import.meta.url).pathname;
const reason = missing({ programs: ["bash", "openssl", "awk", "timeout", "jq"] });
const recorded = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

/** Runs the script with a folder as the root of the machine. */
describe.skipIf(reason !== undefined)(`machine-metrics${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "machine-metrics-"));
    install("opt/paasmas/bin/ready", "exit 0");
    systemd({});
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  function install(path: string, body: string): void {
    put(path, `#!/bin/bash\n${body}\n`);
    chmodSync(join(root, path), 0o755);
  }
  /** Installs a stub of systemctl with these backups, and the result and time of their last runs. */
  function systemd(
    backups: Record<string, { result: string; status?: number; ended: string }>,
    logAgent = "active",
  ): void {
    const answers = Object.entries(backups).map(
      ([name, { result, status = 0, ended }]) =>
        `*Result\\ ${name}-backup.service) echo '${result}' ;;\n` +
        `*ExecMainStatus\\ ${name}-backup.service) echo ${status} ;;\n` +
        `*ExecMainExitTimestamp\\ ${name}-backup.service) echo '${ended}' ;;`,
    );
    const timers = Object.keys(backups).map((name) => `echo '${name}-backup.timer enabled enabled'`);
    install(
      "stubs/systemctl",
      `case "$*" in\nlist-unit-files*) ${timers.join("; ") || ":"} ;;\n` +
        `is-active*) [[ ${logAgent} == active ]] ;;\n${answers.join("\n")}\nesac`,
    );
  }
  function collect(): string[] {
    execFileSync(script, {
      env: { PATH: `${join(root, "stubs")}:${process.env.PATH}`, PAASMAS_ROOT: root },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return readFileSync(join(root, "var/lib/paasmas/metrics/machine.prom"), "utf8").trimEnd().split("\n");
  }

  test("writes the readiness of the role to a readable file in one step", () => {
    expect(collect()).toEqual(["paasmas_ready 1"]);
    install("opt/paasmas/bin/ready", "exit 1");
    expect(collect()).toEqual(["paasmas_ready 0"]);
    const folder = join(root, "var/lib/paasmas/metrics");
    expect(statSync(join(folder, "machine.prom")).mode & 0o777).toBe(0o644);
    expect(existsSync(join(folder, "machine.prom.new"))).toBe(false);
  });

  test("writes whether the log agent runs, if it is installed", () => {
    put("etc/paasmas/log-agent.env", "");
    expect(collect()).toContain("paasmas_log_agent_active 1");
    systemd({}, "failed");
    expect(collect()).toContain("paasmas_log_agent_active 0");
  });

  test("writes the expiry of each certificate and ignores keys and invalid files", () => {
    const [key, certificate] = ["etc/paasmas/etcd/tls/key.pem", "etc/paasmas/etcd/tls/certificate.pem"];
    put(key, "");
    writeCertificate({ name: "x", days: 10, key: join(root, key), certificate: join(root, certificate) });
    put("etc/paasmas/other/ca.pem", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
    const lines = collect().filter((line) => line.startsWith("paasmas_certificate"));
    expect(lines).toHaveLength(1);
    const [, file, end] = /^paasmas_certificate_not_after_seconds\{file="(.+)"\} (\d+)$/.exec(lines[0]!)!;
    expect(file).toBe(`/${certificate}`);
    expect(Math.abs(Number(end) - (Date.now() / 1000 + 10 * 86400))).toBeLessThan(60);
  });

  test("writes only the certificate in use of a kubelet", () => {
    const folder = join(root, "var/lib/kubelet/pki");
    mkdirSync(folder, { recursive: true });
    for (const name of ["kubelet-client-1.pem", "kubelet-client-2.pem"]) {
      writeCertificate({ name: "x", days: 10, key: "-", certificate: join(folder, name) });
    }
    symlinkSync("kubelet-client-2.pem", join(folder, "kubelet-client-current.pem"));
    expect(
      collect()
        .filter((line) => line.startsWith("paasmas_certificate"))
        .map((line) => /"(.+)"/.exec(line)![1]),
    ).toEqual(["/var/lib/kubelet/pki/kubelet-client-current.pem"]);
  });

  test("keeps the time of the last successful backup while later ones fail", () => {
    const metric = (value: number) => `paasmas_backup_last_success_timestamp_seconds{backup="jenkins"} ${value}`;
    systemd({ jenkins: { result: "success", ended: "" } });
    expect(collect()).toContain(metric(0));
    systemd({ jenkins: { result: "success", ended: "Sat 2026-11-21 03:17:42 UTC" } });
    expect(collect()).toContain(metric(1795231062));
    systemd({ jenkins: { result: "exit-code", status: 1, ended: "Sun 2026-11-22 03:17:42 UTC" } });
    expect(collect()).toContain(metric(1795231062));
  });

  test("ignores a successful run that left the backup to another machine", () => {
    systemd({ kubernetes: { result: "success", status: 75, ended: "Sat 2026-11-21 03:17:42 UTC" } });
    expect(collect()).toContain('paasmas_backup_last_success_timestamp_seconds{backup="kubernetes"} 0');
  });

  test("writes for each app whether its last release failed", () => {
    put("var/lib/paasmas/deploy-hook/apps/shop/state.json", "{}");
    put("var/lib/paasmas/deploy-hook/apps/blog/failed", "1795231062\n");
    expect(collect().filter((line) => line.startsWith("paasmas_deploy"))).toEqual([
      'paasmas_deploy_failed{app="blog"} 1',
      'paasmas_deploy_failed{app="shop"} 0',
    ]);
  });

  describe("on a Jenkins machine", () => {
    const key = "hush-metrics-key";
    const asked = () => collect().filter((line) => line.startsWith("jenkins_"));
    /** Installs a stub of curl that answers only the right request, with the key on stdin. */
    const jenkins = (answer: string) => {
      put("etc/paasmas/jenkins/secrets/metrics-key", key);
      install(
        "stubs/curl",
        `[[ "$(cat)" == 'header = "Authorization: Jenkins-Metrics-Key ${key}"' && "$*" == ` +
          `"--config - --silent --fail --max-time 5 http://127.0.0.1:8080/metrics/metrics" ]] && ${answer}`,
      );
    };

    test("writes queue, executors and agents with the names of the Prometheus plugin", () => {
      put("metrics.json", recorded("jenkins-metrics.json"));
      jenkins(`cat "${root}/metrics.json"`);
      expect(asked()).toEqual([
        "jenkins_up 1",
        "jenkins_executor_count_value 4",
        "jenkins_executor_free_value 3",
        "jenkins_executor_in_use_value 1",
        "jenkins_node_count_value 3",
        "jenkins_node_offline_value 1",
        "jenkins_node_online_value 2",
        "jenkins_queue_blocked_value 0",
        "jenkins_queue_buildable_value 2",
        "jenkins_queue_pending_value 0",
        "jenkins_queue_size_value 2",
        "jenkins_queue_stuck_value 1",
      ]);
    });

    test.each([
      ["does not answer", "exit 7"],
      ["refuses the key", "exit 22"],
      ["answers with an HTML page", "echo '<html>Please wait</html>'"],
      ["answers without gauges", "echo '{}'"],
    ])("writes that Jenkins is down if it %s", (_, answer) => {
      jenkins(answer);
      expect(asked()).toEqual(["jenkins_up 0"]);
    });

    test("sends no request on a machine without Jenkins", () => {
      install("stubs/curl", "echo asked >&2; exit 1");
      expect(asked()).toEqual([]);
    });
  });

  describe("on a database node", () => {
    const flavor = readFileSync(
      new URL("../../../../ignition/roles/galera/flavors/mariadb/flavor.env", import.meta.url),
      "utf8",
    );
    const database = () => collect().filter((line) => line.startsWith("mysql_"));

    test("writes the status of the server with the names and values of mysqld_exporter", () => {
      put("etc/paasmas/galera/flavor.env", flavor);
      put("status.tsv", recorded("galera-status.tsv"));
      // Answers only the right query of the right user.
      install(
        "opt/paasmas/bin/galera-exec",
        '[[ $SERVER_UID == 999 && "$*" == "mariadb --defaults-file=/etc/paasmas/galera/health.cnf ' +
          '--socket=/run/mysqld/mysqld.sock --skip-column-names --batch --execute=show global status" ]] && ' +
          `cat "${root}/status.tsv"`,
      );
      const lines = database();
      const names = lines.map((line) => line.split(" ")[0]!);
      const exporters = recorded("mysqld-exporter-names.txt").trimEnd().split("\n");
      expect(names.filter((name) => !exporters.includes(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
      for (const line of [
        "mysql_up 1",
        "mysql_global_status_wsrep_cluster_status 1",
        "mysql_global_status_wsrep_cluster_size 1",
        "mysql_global_status_wsrep_local_state 4",
        "mysql_global_status_wsrep_ready 1",
        "mysql_global_status_wsrep_local_recv_queue_avg 0.5",
      ]) {
        expect(lines).toContain(line);
      }
      put("status.tsv", "wsrep_cluster_status\tnon-Primary\nwsrep_ready\tOFF\n");
      expect(database()).toEqual([
        "mysql_up 1",
        "mysql_global_status_wsrep_cluster_status 0",
        "mysql_global_status_wsrep_ready 0",
      ]);
    });

    test("writes that a server is down if it does not answer", () => {
      put("etc/paasmas/galera/flavor.env", flavor);
      install("opt/paasmas/bin/galera-exec", "exit 1");
      expect(database()).toEqual(["mysql_up 0"]);
    });
  });
});
