import { type Cloud, EtcdCluster } from "paasmas";

export function discovery(cloud: Cloud) {
  const etcd = new EtcdCluster("etcd", { cloud, volumeGiB: 8 });

  // Machines of one's own that use it: behind a firewall, with a certificate each.
  const workers = cloud.firewall("workers", { description: "workers" });
  etcd.allowClients(workers);
  const client = etcd.client("worker-0");
  return { endpoints: etcd.endpoints, client };
}
