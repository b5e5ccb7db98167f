import { DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";
import { DockerCloud } from "paasmas/clouds/docker";

export function laptop() {
  const cloud = new DockerCloud("laptop", {
    cidr: "10.88.0.0/24",
    limits: { small: { memoryMiB: 512 }, medium: { memoryMiB: 1536, cpus: 2 } },
    publishedPorts: { "3306": 13306 },
  });

  const etcd = new EtcdCluster("etcd", { cloud, volumeGiB: 1 });
  const galera = new GaleraCluster("galera", { cloud, etcd, machineSize: "medium", databases: [{ name: "shop" }] });
  const lb = new DatabaseLoadBalancer("lb", { cloud, galera, size: 1 });

  const images = cloud.objectStore("images", { description: "images of the shop" });
  return { connection: lb.connection("shop"), bucket: images.bucket };
}
