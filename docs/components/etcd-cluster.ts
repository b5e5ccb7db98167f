import { type Cloud, EtcdCluster } from "paasmas";

export function discovery(cloud: Cloud) {
  const etcd = new EtcdCluster("etcd", { cloud, volumeGiB: 8 });

  // Your machines that use it: behind a firewall, each with a certificate.
  const workers = cloud.firewall("workers", { description: "workers" });
  etcd.allowClients(workers);
  const client = etcd.client("worker-0");
  return { endpoints: etcd.endpoints, client };
}
