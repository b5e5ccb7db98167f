import { Parameter } from "@pulumi/aws/ssm/index.js";
import { DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";
import { AwsCloud } from "paasmas/clouds/aws";
import { SessionCache } from "./sessions/sessions.ts";

export interface ShopSettings {
  /** AMI of Fedora CoreOS. */
  image: string;
}

/** The database of the shop, a parameter with its connection, and a machine for sessions. */
export function shop({ image }: ShopSettings) {
  const tags = { Project: "shop", Environment: "prod", ManagedBy: "pulumi" };
  const cloud = new AwsCloud("shop", {
    cidr: "10.40.0.0/16",
    zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    image,
    tags,
  });

  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", {
    cloud,
    etcd,
    machineSize: "medium",
    volumeGiB: 100,
    databases: [{ name: "shop" }],
    tuning: { bufferPoolMiB: 4096, gcacheMiB: 2048 },
  });
  const lb = new DatabaseLoadBalancer("lb", { cloud, galera });

  const parameter = new Parameter("connection", {
    name: "/shop/connection",
    description: "Database connection of the shop",
    type: "SecureString",
    value: lb.connection("shop").apply((environment) => JSON.stringify(environment)),
    tags: { ...tags, Role: "shop", Name: "connection" },
  });

  const sessions = new SessionCache("sessions", { cloud });

  return { databaseAddress: lb.address, connectionParameter: parameter.name, sessionsAddress: sessions.address };
}
