import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../local-servers.ts";
import { rootEnv } from "../requirements.ts";

const haproxy = (port: number) => `
defaults
	mode tcp
	timeout connect 1s
	timeout client 5s
	timeout server 5s
backend write
	server galera1 127.0.0.1:9 check
frontend metrics
	mode http
	bind 127.0.0.1:${port}
	http-request use-service prometheus-exporter if { path /metrics }
`;

/**
 * Names of all metrics: of node_exporter, HAProxy and etcd, which are started and scraped once, of `machine-metrics`,
 * and of Prometheus itself.
 */
export async function metricNames(): Promise<Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), "exporters-"));
  const ports = await Promise.all([1, 2, 3, 4, 5].map(freePort));
  const [node, balancer, etcd, client, peer] = ports as [number, number, number, number, number];
  const url = (port: number) => `http://127.0.0.1:${port}`;
  mkdirSync(join(folder, "metrics"));
  writeFileSync(join(folder, "metrics/machine.prom"), "paasmas_ready 1\n");
  writeFileSync(join(folder, "haproxy.cfg"), haproxy(balancer));
  const children = [
    spawn(
      "prometheus-node-exporter",
      [`--web.listen-address=127.0.0.1:${node}`, `--collector.textfile.directory=${join(folder, "metrics")}`],
      { stdio: "ignore", env: rootEnv },
    ),
    spawn("haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore", env: rootEnv }),
    spawn(
      "etcd",
      [
        "--data-dir",
        join(folder, "etcd"),
        "--listen-metrics-urls",
        url(etcd),
        "--listen-client-urls",
        url(client),
        "--advertise-client-urls",
        url(client),
        "--listen-peer-urls",
        url(peer),
        "--initial-advertise-peer-urls",
        url(peer),
        "--initial-cluster",
        `default=${url(peer)}`,
      ],
      { stdio: "ignore", env: rootEnv },
    ),
  ];
  try {
    // Wait until etcd has a leader.
    const scraped = await Promise.all([
      metrics(node, "node_boot_time_seconds"),
      metrics(balancer, "haproxy_backend_active_servers"),
      metrics(etcd, "etcd_server_has_leader 1"),
    ]);
    const recorded = readFileSync(new URL("../metrics/mysqld-exporter-names.txt", import.meta.url), "utf8")
      .trimEnd()
      .split("\n");
    const script = readFileSync(new URL("../../../../ignition/roles/metrics/machine-metrics", import.meta.url), "utf8");
    return new Set([
      "up",
      ...scraped.flat(),
      ...recorded,
      ...jenkinsMetrics(),
      ...[...script.matchAll(/\b(paasmas_[a-z_]+|jenkins_up)/g)].map(([name]) => name),
    ]);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names that `machine-metrics` uses for the gauges of Jenkins' Metrics plugin. */
function jenkinsMetrics(): string[] {
  const { gauges } = JSON.parse(readFileSync(new URL("../metrics/jenkins-metrics.json", import.meta.url), "utf8")) as {
    gauges: object;
  };
  return Object.keys(gauges)
    .filter((name) => /^jenkins\.(queue|node|executor)\./.test(name))
    .map((name) => name.replaceAll(/[.-]/g, "_"));
}

async function metrics(port: number, awaited: string): Promise<string[]> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`)
      .then((answer) => answer.text())
      .catch(() => "");
    if (text.includes(`\n${awaited}`)) return [...text.matchAll(/^([a-z_:][a-z0-9_:]*)/gim)].map(([, name]) => name!);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`port ${port} has no metric ${awaited}`);
}
