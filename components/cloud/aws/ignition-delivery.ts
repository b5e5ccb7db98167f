import * as pulumi from "@pulumi/pulumi";
import { checkUserData, type Config, pointer, render, userDataLimits } from "../../../ignition/index.ts";
import { type RenderedConfig, renderConfig } from "../machine-config.ts";
import { AwsObjectStore } from "./object-store.ts";
import { type AllowStatement, allowDocument, type AwsPermission, type MachineIdentity } from "./permission.ts";
import * as iam from "./sdk/iam.ts";
import * as s3 from "./sdk/s3.ts";
import type { TagsOf } from "./tags.ts";

/** Length of a version id in S3. */
const versionIdLength = 32;

/** Rendered config of one machine, with its object key. */
export interface PreparedConfig extends RenderedConfig {
  /** Key of its object. */
  key: string;
  /** Size of the user data, a pointer to the config. */
  userDataBytes: pulumi.Output<number>;
}

/** Settings with which an instance starts. */
export interface Delivery {
  userData: pulumi.Output<string>;
  instanceProfile: pulumi.Output<string>;
  /** Resources that must exist before the instance boots: Ignition does not retry after "access denied". */
  ready: pulumi.Resource[];
}

/**
 * Delivers Ignition configs to machines. Each config is an object in a bucket; only its machine may read it. Every
 * process on a machine can read the user data, so it is only a pointer with the hash of the config.
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
        // Pulumi can recreate all objects.
        protect: false,
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs({ bucket: this.#store.bucket });
  }

  /**
   * Renders a config.
   * @throws The errors of {@link renderConfig}.
   */
  prepare(machine: string, config: pulumi.Input<Config>): PreparedConfig {
    const key = `${machine}.ign`;
    const rendered = renderConfig(machine, config);
    const userData = this.#userData(key, "x".repeat(versionIdLength), rendered.sha512);
    return { ...rendered, key, userDataBytes: userData.apply((value) => Buffer.byteLength(value)) };
  }

  /**
   * Stores a prepared config. Only the machine may read it.
   * @param permissions Other permissions of the machine.
   */
  deliver(
    machine: string,
    role: string,
    config: PreparedConfig,
    permissions: readonly AwsPermission[],
    opts: pulumi.CustomResourceOptions,
  ): Delivery {
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
    const identity =
      permissions.find((permission) => permission.identity)?.identity ?? this.#identity(machine, tags, opts);
    const given = permissions.flatMap(({ statements }) => statements);
    const access = given.length === 0 ? [] : [grant(machine, identity.roleName, given, opts)];
    const permission = new iam.RolePolicy(
      `${machine}-ignition`,
      {
        role: identity.roleName,
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
    return {
      userData: pulumi.unsecret(this.#userData(config.key, object.versionId, config.sha512)),
      instanceProfile: pulumi.output(identity.instanceProfile),
      ready: [object, permission, ...access],
    };
  }

  /** Creates the role of a machine, without permissions. */
  #identity(machine: string, tags: Record<string, string>, opts: pulumi.CustomResourceOptions): MachineIdentity {
    const role = machineRole(`${machine}-role`, `What ${machine} may do: read its own Ignition config`, tags, opts);
    const profile = new iam.InstanceProfile(`${machine}-profile`, { role: role.name, tags }, opts);
    return { machine, roleName: role.name, instanceProfile: profile.name };
  }

  #userData(key: string, versionId: pulumi.Input<string>, hash: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([this.#store.bucket, versionId, hash]).apply(([bucket, version, configHash]) => {
      const text = render(pointer({ source: `s3://${bucket}/${key}?versionId=${version}`, sha512: configHash }));
      checkUserData("aws", text);
      return text;
    });
  }
}

/** Creates a role that EC2 instances can assume. */
export function machineRole(
  name: string,
  description: string,
  tags: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): iam.Role {
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  return new iam.Role(name, { description, assumeRolePolicy, tags }, opts);
}

/** Creates the policy of a machine's role for its access. */
function grant(
  machine: string,
  role: pulumi.Input<string>,
  statements: readonly AllowStatement[],
  opts: pulumi.CustomResourceOptions,
): iam.RolePolicy {
  return new iam.RolePolicy(`${machine}-access`, { role, policy: allowDocument(statements) }, opts);
}

/** Size limit of user data in EC2, in bytes. */
export const userDataLimit: number = userDataLimits.aws;
