import { type Cloud, KubernetesCluster } from "paasmas";
import { PaasCluster } from "paasmas/paas";

export function platform(cloud: Cloud) {
  const cluster = new KubernetesCluster("kube", { cloud, pools: [{ name: "worker", size: 3, machineSize: "large" }] });
  const bucket = (name: string) =>
    cloud.objectStore(`paas-${name}`, { description: `the platform's ${name}` }).keys(`paas-${name}-user`);

  const paas = new PaasCluster("paas", {
    cluster,
    domain: "apps.example.com",
    buckets: {
      builder: bucket("builder"),
      logs: bucket("logs"),
      registry: bucket("registry"),
      database: bucket("database"),
    },
  });
  return { url: paas.url, address: paas.address, password: paas.delivery.password };
}
