import type * as pulumi from "@pulumi/pulumi";
import { type Cloud, DatabaseLoadBalancer, DeployHook, EtcdCluster, GaleraCluster, type Registry } from "paasmas";

/** An object store with an S3 API, and keys for one of its buckets. */
export interface Bucket {
  endpoint: pulumi.Input<string>;
  bucket: pulumi.Input<string>;
  accessKeyId: pulumi.Input<string>;
  secretAccessKey: pulumi.Input<string>;
}

export interface BlogArgs {
  /** Addresses of the machines that call the deploy hook, as in `10.20.0.0/24`. */
  ci: string;
  /** Object store for images, media and files. */
  images: Bucket;
  /** Repository of the container image, without tag or digest. */
  repository: pulumi.Input<string>;
  /** Registry of the image; none if it is public. */
  registry?: Registry;
}

/** The blog's database, and the machine whose hook deploys the blog with all settings in its environment. */
export function blog(cloud: Cloud, { ci, images, repository, registry }: BlogArgs) {
  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "ghost" }] });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera });
  const connection = database.connection("ghost");
  const value = (
    name: "DATABASE_HOST" | "DATABASE_PORT" | "DATABASE_NAME" | "DATABASE_USER" | "DATABASE_PASSWORD" | "DATABASE_CA",
  ) => connection.apply((values) => values[name]);
  const hook = new DeployHook("apps", {
    cloud,
    registry,
    callers: [ci],
    apps: [
      {
        name: "ghost",
        hosts: ["blog.example.com"],
        repository,
        port: 2368,
        environment: {
          URL: "https://blog.example.com",
          DATABASE_HOST: value("DATABASE_HOST"),
          DATABASE_PORT: value("DATABASE_PORT"),
          DATABASE_NAME: value("DATABASE_NAME"),
          DATABASE_USER: value("DATABASE_USER"),
          DATABASE_PASSWORD: value("DATABASE_PASSWORD"),
          DATABASE_CA: value("DATABASE_CA"),
          S3_ENDPOINT: images.endpoint,
          S3_BUCKET: images.bucket,
          S3_ACCESS_KEY_ID: images.accessKeyId,
          S3_SECRET_ACCESS_KEY: images.secretAccessKey,
        },
        healthPath: "/ghost/api/admin/site/",
        healthTimeoutSeconds: 180,
        memoryMiB: 1024,
        user: "1000:1000",
        // Created again at every start: permanent data is in the database and the bucket.
        writable: ["/var/lib/ghost/content"],
      },
    ],
  });
  database.allowClients(hook.firewall);
  return hook;
}
