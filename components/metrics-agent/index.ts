import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../ignition/index.ts";
import { metricsAgent } from "../../ignition/roles/metrics/agent.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { NodeAgentContext, NodeAgent } from "../cloud/cloud.ts";

export interface MetricsAgentArgs {
  /**
   * Container image of node_exporter 1.5 or later, by tag or digest, which every machine runs.
   * Default: `node-exporter` in `ignition/roles/images.json`.
   * A change replaces every machine.
   */
  image?: string;
}

/**
 * What tells a machine's metrics to a {@link MonitoringHost}: for a cloud's `addNodeAgent`, before its first machine. Nobody may ask
 * for them until there is one.
 */
export class MetricsAgent implements NodeAgent {
  readonly description = "the metrics agent";
  readonly #image: string;

  constructor({ image = images["node-exporter"] }: MetricsAgentArgs = {}) {
    this.#image = image;
  }

  config({ address }: NodeAgentContext): pulumi.Input<Config> {
    return metricsAgent({ address, image: this.#image });
  }
}
