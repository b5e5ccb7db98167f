import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { signedUrl } from "./signed-url.ts";
import { cloudName, metadata } from "./tags.ts";

/**
 * The Swift container from which machines fetch their Ignition configs and to which they report that they are ready.
 * Private: who has a temporary URL may use that one object, in that one way, until it expires.
 *
 * Not versioned, unlike the object stores of {@link OpenstackObjectStore}: a config's object is named by its content
 * and never written twice, and the reports are overwritten every few seconds.
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
        // The machines' reports are in there too, which this stack did not write.
        forceDestroy: true,
      },
      { parent: this, additionalSecretOutputs: ["metadata"] },
    ).name;
    this.registerOutputs();
  }

  /**
   * Temporary URLs of an object; bearer secrets. They are children of the store and not of a machine, because a
   * machine's facts are known only once its URLs are.
   * @param name name of the resource
   * @param object name of the object: letters, digits, dots and hyphens
   * @param ttlSeconds how long they are valid from their creation
   */
  urls(
    name: string,
    object: pulumi.Input<string>,
    ttlSeconds: number,
    opts?: pulumi.CustomResourceOptions,
  ): TemporaryUrls {
    const { url } = new openstack.objectstorage.TempUrl(
      name,
      // Never regenerated behind the back of a plan: another URL is another machine.
      { container: this.container, object, method: "get", ttl: ttlSeconds, regenerate: false },
      { parent: this, ...opts },
    );
    const sign = (method: "GET" | "PUT") =>
      pulumi.secret(pulumi.all([url, this.#key]).apply(([made, key]) => signedUrl(made, method, key)));
    return { read: sign("GET"), write: sign("PUT") };
  }
}

export interface TemporaryUrls {
  /** For GET and HEAD. */
  read: pulumi.Output<string>;
  /** For PUT. */
  write: pulumi.Output<string>;
}
