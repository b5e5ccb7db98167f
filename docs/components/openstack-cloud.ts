import { DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";
import { OpenstackCloud } from "paasmas/clouds/openstack";

export function project() {
  const cloud = new OpenstackCloud("shop", {
    cidr: "10.20.0.0/16",
    flavors: { small: "m1.small", medium: "m1.medium" },
    imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
    externalNetworkId: "0b2b0a3c-61a4-4c8e-8b2c-2e5f4f0a7d11",
    sshAuthorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJtpcm9uIGlzIG5vdCBhIHJlYWwga2V5IGF0 ops@example.com"],
    retainData: true,
  });

  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", { cloud, etcd, machineSize: "medium", databases: [{ name: "shop" }] });
  const lb = new DatabaseLoadBalancer("lb", { cloud, galera });

  const images = cloud.objectStore("images", { description: "images of the shop" });
  return { connection: lb.connection("shop"), bucket: images.bucket };
}
