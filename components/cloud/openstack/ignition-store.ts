import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { signedUrl } from "./signed-url.ts";
import { cloudName, metadata } from "./tags.ts";

/**
 * Private Swift container for the Ignition configs and the readiness reports of machines. A temporary URL allows one
 * operation on one object until it expires.
 *
 * It is not versioned, unlike {@link OpenstackObjectStore}: the name of a config object depends on its content, and
 * machines overwrite their reports every few seconds.
 */
export class IgnitionStore extends pulumi.ComponentResource {
  /** Name of the container. */
  readonly container: pulumi.Output<string>;

  readonly #key: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    const facts: ObjectStoreFacts = {
      description: "Ignition configs and readiness reports of the machines",
      purpose: "ignition",
    };
    super(factTypes.objectStore, name, facts, opts);
    this.#key = new random.RandomPassword(`${name}-key`, { length: 40, special: false }, { parent: this }).result;
    this.container = new openstack.objectstorage.Container(
      `${name}-container`,
      {
        name: cloudName(name),
        metadata: { ...metadata("ignition"), "Temp-URL-Key": this.#key },
        // The container also has the reports of the machines, which Pulumi does not manage.
        forceDestroy: true,
      },
      { parent: this, additionalSecretOutputs: ["metadata"] },
    ).name;
    this.registerOutputs();
  }

  /**
   * Creates temporary URLs of an object; they are secrets. The parent is the store and not a machine, because the facts
   * of a machine depend on its URLs.
   * @param name Name of the resource.
   * @param object Name of the object: letters, digits, dots and hyphens.
   * @param ttlSeconds Validity after the creation, in seconds.
   */
  urls(
    name: string,
    object: pulumi.Input<string>,
    ttlSeconds: number,
    opts?: pulumi.CustomResourceOptions,
  ): TemporaryUrls {
    const { url } = new openstack.objectstorage.TempUrl(
      name,
      // The provider must not regenerate the URL: a new URL replaces the machine.
      { container: this.container, object, method: "get", ttl: ttlSeconds, regenerate: false },
      { parent: this, ...opts },
    );
    const sign = (method: "GET" | "PUT") =>
      pulumi.secret(pulumi.all([url, this.#key]).apply(([signed, key]) => signedUrl(signed, method, key)));
    return { read: sign("GET"), write: sign("PUT") };
  }
}

export interface TemporaryUrls {
  /** URL for GET and HEAD. */
  read: pulumi.Output<string>;
  /** URL for PUT. */
  write: pulumi.Output<string>;
}
