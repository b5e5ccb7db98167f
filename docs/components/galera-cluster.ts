import { type Cloud, EtcdCluster, GaleraCluster } from "paasmas";

export function database(cloud: Cloud) {
  const etcd = new EtcdCluster("etcd", { cloud });

  const galera = new GaleraCluster("galera", {
    cloud,
    etcd,
    machineSize: "medium",
    volumeGiB: 100,
    databases: [{ name: "shop" }, { name: "stock", user: "warehouse" }],
    tuning: { bufferPoolMiB: 4096, gcacheMiB: 2048 },
  });
  return { ca: galera.caCertificate };
}
