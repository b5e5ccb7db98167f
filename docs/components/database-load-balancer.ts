import { type Cloud, DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";

export function balancedDatabase(cloud: Cloud) {
  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "shop" }] });

  const lb = new DatabaseLoadBalancer("lb", { cloud, galera });

  // DATABASE_URL, DATABASE_PASSWORD, DATABASE_CA and so on, as one secret.
  return { address: lb.address, environment: lb.connection("shop") };
}
