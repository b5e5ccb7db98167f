import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { BucketKeys, ObjectStore, ObjectStoreArgs } from "../cloud.ts";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { dockerGate } from "./gate.ts";
import { hostName, labels } from "./labels.ts";

const setup = readFileSync(new URL("object-store-setup.sh", import.meta.url), "utf8");

/** Values of the cloud for an object store. */
export interface DockerObjectStoreSettings {
  network: pulumi.Output<string>;
  /** Id of the versitygw image. */
  image: pulumi.Input<string>;
  /** Id of an image with a shell and curl. */
  toolsImage: pulumi.Output<string>;
}

/**
 * Separate S3 server with one versioned bucket on a volume, for development. It is reachable only in the private
 * network.
 * It does not encrypt or remove objects: `noncurrentDays` and `expireDays` have no effect.
 */
export class DockerObjectStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  /** Access key of the only account of the server. */
  readonly accessKey: string;
  /** Secret key of the account; a secret. */
  readonly secretKey: pulumi.Output<string>;

  constructor(
    name: string,
    args: ObjectStoreArgs,
    settings: DockerObjectStoreSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const facts: ObjectStoreFacts = { description: args.description, purpose: "objects" };
    super(factTypes.objectStore, name, facts, opts);
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const containerName = hostName(name);
    const endpoint = `http://${containerName}:7070`;
    this.accessKey = name;
    this.secretKey = new random.RandomPassword(
      `${name}-secret-key`,
      { length: 40, special: false },
      { parent: this },
    ).result;

    const data = new docker.Volume(
      `${name}-data`,
      { name: hostName(`${name}-data`), labels: labels("object-store") },
      { parent: this },
    );
    const server = new docker.Container(
      `${name}-server`,
      {
        name: containerName,
        image: settings.image,
        // The folders for buckets and old versions must exist before the server starts.
        entrypoints: ["/bin/sh", "-c"],
        command: [
          // The key is in a file, because `docker inspect` shows the environment.
          "mkdir -p /data/buckets /data/versions && ROOT_SECRET_KEY=$(cat /secret-key) && export ROOT_SECRET_KEY && " +
            "exec versitygw --port :7070 posix --versioning-dir /data/versions /data/buckets",
        ],
        envs: [`ROOT_ACCESS_KEY=${this.accessKey}`],
        uploads: [{ file: "/secret-key", content: this.secretKey, permissions: "0400" }],
        volumes: [{ containerPath: "/data", volumeName: data.name }],
        networksAdvanced: [{ name: settings.network }],
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges"],
        restart: "unless-stopped",
        labels: labels("object-store"),
      },
      { ...child, deleteBeforeReplace: true },
    );
    const gate = dockerGate(
      `${name}-ready`,
      { subject: `object store ${name}`, container: server.name, triggers: [server.id] },
      child,
    );
    const bucket = new command.local.Command(
      `${name}-bucket`,
      {
        create:
          'printf "%s\\n" "$SETUP" | docker run --rm --interactive --network "$NETWORK" --env ENDPOINT --env BUCKET ' +
          '--env ACCESS_KEY --env SECRET_KEY --entrypoint /bin/sh "$IMAGE" -s',
        interpreter: ["/bin/sh", "-c"],
        environment: {
          SETUP: setup,
          NETWORK: settings.network,
          IMAGE: settings.toolsImage,
          ENDPOINT: endpoint,
          BUCKET: name,
          ACCESS_KEY: this.accessKey,
          SECRET_KEY: this.secretKey,
        },
        triggers: [data.id],
        addPreviousOutputInEnv: false,
      },
      { ...child, dependsOn: [gate] },
    );
    // Both are known before the update, but clients must wait for the bucket.
    this.bucket = bucket.id.apply(() => name);
    this.endpoint = bucket.id.apply(() => endpoint);
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  /** Returns the keys of the only account, which may do everything with the only bucket. */
  keys(_name: string): BucketKeys {
    return {
      endpoint: this.endpoint,
      bucket: this.bucket,
      accessKey: pulumi.output(this.accessKey),
      secretKey: pulumi.secret(this.secretKey),
    };
  }
}
