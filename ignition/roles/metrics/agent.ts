import { config, envFile, fileFromDisk, unit } from "../../index.ts";
import type { Config } from "../../index.ts";
import { imagePuller, scripts, serviceImage } from "../base/base-machine.ts";
import type { Port } from "../role.ts";

export interface MetricsAgentNode {
  /** Fixed private IPv4 address of the machine, on which the exporter listens. */
  address: string;
  /** Container image of node_exporter, by tag or digest; 1.5 or later. */
  image: string;
}

export const metricsPorts = {
  node: { port: 9100, description: "metrics of the machine" },
} satisfies Record<string, Port>;

/**
 * The Ignition config of the metrics agent: node_exporter, and a script for metrics that no exporter has. It does not
 * affect the readiness of the machine.
 */
export function metricsAgent({ address, image }: MetricsAgentNode): Config {
  return config(
    envFile({ path: "/etc/paasmas/metrics.env", values: { ADDRESS: address }, mode: 0o644 }),
    fileFromDisk({ path: `${scripts}/machine-metrics`, from: local("machine-metrics"), mode: 0o755 }),
    unit({ name: "machine-metrics.service", from: local("machine-metrics.service") }),
    unit({ name: "machine-metrics.timer", from: local("machine-metrics.timer"), enabled: true }),
    imagePuller(),
    serviceImage("node-exporter", image),
    unit({ name: "node-exporter.service", from: local("node-exporter.service"), enabled: true }),
  );
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
