import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../ignition/index.ts";
import { metricsAgent } from "../../ignition/roles/metrics/agent.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { NodeAgentContext, NodeAgent } from "../cloud/cloud.ts";
import type { MetricsAgentArgs } from "./args.ts";

/**
 * Node agent that exports the metrics of each machine to a {@link MonitoringHost}. Pass it to a cloud's `addNodeAgent`
 * before the first machine. Its port stays closed until there is a monitoring host.
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
