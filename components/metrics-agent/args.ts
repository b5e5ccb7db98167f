export interface MetricsAgentArgs {
  /**
   * Container image of node_exporter 1.5 or later, by tag or digest. It runs on each machine.
   * Default: `node-exporter` in `ignition/roles/images.json`.
   * A change replaces every machine.
   */
  image?: string;
}
