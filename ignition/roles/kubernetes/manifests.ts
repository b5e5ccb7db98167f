import { readFileSync } from "node:fs";
import type { KubernetesSettings } from "./settings.ts";

/** No MTU here: flannel derives it from the machine's MTU and the overhead of VXLAN. */
const networkPlugins = {
  name: "pods",
  cniVersion: "0.3.1",
  plugins: [
    { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** Manifests that the control planes apply to the cluster, one file each. */
export function kubernetesWorkloads(settings: Pick<KubernetesSettings, "podCidr">): { name: string; text: string }[] {
  const fixed = ["joining.yaml", "network-policies.yaml", "pod-network.yaml"].map((name) => ({
    name,
    text: readFileSync(new URL(`manifests/${name}`, import.meta.url), "utf8"),
  }));
  return [
    ...fixed,
    { name: "pod-network-config.json", text: `${JSON.stringify(networkSettings(settings.podCidr), null, 2)}\n` },
  ];
}

function networkSettings(podCidr: string): Record<string, unknown> {
  const network = { Network: podCidr, EnableNFTables: true, Backend: { Type: "vxlan" } };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "flannel", namespace: "kube-system" },
    data: { "cni-conf.json": JSON.stringify(networkPlugins), "net-conf.json": JSON.stringify(network) },
  };
}
