import * as pulumi from "@pulumi/pulumi";
import { checkUserData, type Config, pointer, render, userDataLimits } from "../../../ignition/index.ts";
import { type RenderedConfig, renderConfig } from "../machine-config.ts";
import { AwsObjectStore } from "./object-store.ts";
import * as iam from "./sdk/iam.ts";
import * as s3 from "./sdk/s3.ts";
import type { TagsOf } from "./tags.ts";

/** Length of a version id of S3. */
const versionIdLength = 32;

/** A config on its way to one machine. */
export interface PreparedConfig extends RenderedConfig {
  /** Key of its object. */
  key: string;
  /** Size of the user data, which is a pointer to the config. */
  userDataBytes: pulumi.Output<number>;
}

/** What an instance is started with. */
export interface Delivery {
  userData: pulumi.Output<string>;
  instanceProfile: pulumi.Output<string>;
  /** What must be there before the instance boots, since Ignition takes a refusal for final. */
  ready: pulumi.Resource[];
}

/**
 * Brings Ignition configs to their machines: each is an object in a bucket that only its own machine may read, and
 * the user data, which every process on a machine can read, is a pointer with the config's hash.
 */
export class IgnitionDelivery extends pulumi.ComponentResource {
  readonly #store: AwsObjectStore;
  readonly #tags: TagsOf;

  constructor(name: string, args: { tags: TagsOf }, opts?: pulumi.ComponentResourceOptions) {
    super("paasmas:aws:IgnitionDelivery", name, {}, opts);
    this.#tags = args.tags;
    this.#store = new AwsObjectStore(
      name,
      {
        description: "Ignition configs, each readable by its own machine",
        purpose: "ignition",
        noncurrentDays: 30,
        // Everything in it comes from the program.
        protect: false,
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs({ bucket: this.#store.bucket });
  }

  /**
   * Renders and measures a config.
   * @throws as {@link renderConfig} does.
   */
  prepare(machine: string, config: pulumi.Input<Config>): PreparedConfig {
    const key = `${machine}.ign`;
    const rendered = renderConfig(machine, config);
    const userData = this.#userData(key, "x".repeat(versionIdLength), rendered.sha512);
    return { ...rendered, key, userDataBytes: userData.apply((value) => Buffer.byteLength(value)) };
  }

  /** Stores a prepared config and lets the machine, and nobody else, read it. */
  deliver(machine: string, role: string, config: PreparedConfig, opts: pulumi.CustomResourceOptions): Delivery {
    const tags = this.#tags(role, machine);
    const object = new s3.BucketObjectv2(
      `${machine}-ignition`,
      {
        bucket: this.#store.bucket,
        key: config.key,
        content: config.text,
        contentType: "application/vnd.coreos.ignition+json",
        serverSideEncryption: "AES256",
        tags,
      },
      { ...opts, dependsOn: this.#store.safeguards },
    );
    const identity = new iam.Role(
      `${machine}-role`,
      {
        description: `What ${machine} may do: read its own Ignition config`,
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
        tags,
      },
      opts,
    );
    const permission = new iam.RolePolicy(
      `${machine}-ignition`,
      {
        role: identity.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "OwnIgnitionConfig",
              Effect: "Allow",
              Action: ["s3:GetObject", "s3:GetObjectVersion"],
              Resource: pulumi.interpolate`${this.#store.arn}/${config.key}`,
            },
          ],
        }),
      },
      opts,
    );
    const profile = new iam.InstanceProfile(`${machine}-profile`, { role: identity.name, tags }, opts);
    return {
      userData: pulumi.unsecret(this.#userData(config.key, object.versionId, config.sha512)),
      instanceProfile: profile.name,
      ready: [object, permission],
    };
  }

  #userData(key: string, versionId: pulumi.Input<string>, hash: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([this.#store.bucket, versionId, hash]).apply(([bucket, version, configHash]) => {
      const text = render(pointer({ source: `s3://${bucket}/${key}?versionId=${version}`, sha512: configHash }));
      checkUserData("aws", text);
      return text;
    });
  }
}

/** Largest user data of EC2, in bytes. */
export const userDataLimit: number = userDataLimits.aws;
