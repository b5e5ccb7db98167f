import { type Cloud, KubernetesCluster } from "paasmas";

export function platform(cloud: Cloud) {
  const kubernetes = new KubernetesCluster("kube", {
    cloud,
    pools: [
      { name: "web", size: 3 },
      { name: "build", size: 1, machineSize: "large", volumeGiB: 200 },
    ],
    backup: {
      bucket: {
        endpoint: "https://s3.eu-central-1.amazonaws.com",
        name: "example-kube-backups",
        region: "eu-central-1",
      },
    },
  });

  // Traffic to the cluster: a load balancer of the cloud forwards to ports of the workers.
  const ingress = cloud.loadBalancer("kube-ingress", {
    hostNumber: 41,
    targets: kubernetes.pools[0]!.machines,
    targetFirewall: kubernetes.workerFirewall,
    ports: [{ port: 443, targetPort: 30443, description: "HTTPS" }],
    health: { port: 30080, path: "/healthz" },
  });
  return { address: ingress.address, kubeconfig: kubernetes.kubeconfig };
}
