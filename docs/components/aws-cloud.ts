import { DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";
import { AwsCloud } from "paasmas/clouds/aws";

export function account() {
  const cloud = new AwsCloud("shop", {
    cidr: "10.30.0.0/16",
    zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    image: "ami-0123456789abcdef0",
    tags: { CostCentre: "shop" },
  });

  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", { cloud, etcd, machineSize: "large", databases: [{ name: "shop" }] });
  const lb = new DatabaseLoadBalancer("lb", { cloud, galera });

  const images = cloud.objectStore("images", { description: "images of the shop" });
  return { connection: lb.connection("shop"), bucket: images.bucket };
}
