import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { BucketKeys, ObjectStore, ObjectStoreArgs } from "../cloud.ts";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { signedFolderUrl } from "./signed-url.ts";
import { cloudName, metadata } from "./tags.ts";

/** How long a URL for uploads is valid: ten years. Its machine has to be able to write for as long as it lives. */
const uploadSeconds = 10 * 365 * 24 * 3600;

/**
 * A private Swift container that keeps every version of an object. Encryption is the operator's affair (Swift's
 * `encryption` middleware), and Swift removes objects and old versions only when asked: `noncurrentDays` and
 * `expireDays` have no effect.
 */
export class OpenstackObjectStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  /** Swift's URL of the OpenStack project, `https://swift.example.org/v1/AUTH_...`. */
  readonly endpoint: pulumi.Output<string>;

  readonly #key: pulumi.Output<string>;

  constructor(
    name: string,
    args: ObjectStoreArgs,
    settings: { region?: string; retainData: boolean },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const facts: ObjectStoreFacts = { description: args.description, purpose: "objects" };
    super(factTypes.objectStore, name, facts, opts);
    this.#key = new random.RandomPassword(`${name}-key`, { length: 40, special: false }, { parent: this }).result;
    const container = new openstack.objectstorage.Container(
      `${name}-container`,
      {
        name: cloudName(name),
        versioning: true,
        metadata: { ...metadata("object-store"), Description: args.description, "Temp-URL-Key": this.#key },
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        protect: settings.retainData,
        retainOnDelete: settings.retainData,
        additionalSecretOutputs: ["metadata"],
      },
    );
    this.bucket = container.name;
    this.endpoint = openstack.identity
      .getAuthScopeOutput({ name: "paasmas" }, { parent: this })
      .apply(({ serviceCatalogs }) => swiftEndpoint(serviceCatalogs, settings.region));
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  /**
   * Swift's S3 API is where Swift is. The keys are those of whoever runs the update, in this project: OpenStack has none for
   * a single container.
   */
  keys(name: string): BucketKeys {
    const { access, secret } = new openstack.identity.Ec2CredentialV3(
      name,
      {},
      { parent: this, additionalSecretOutputs: ["secret"] },
    );
    return {
      endpoint: this.endpoint.apply((url) => new URL(url).origin),
      bucket: this.bucket,
      accessKey: access,
      secretKey: pulumi.secret(secret),
    };
  }

  /**
   * A URL that objects of a folder are written with, the object's name between the last slash and the question mark. A
   * bearer secret: who has it can write such objects, and neither read nor delete any.
   * @param name Name of the resource.
   * @param folder Path of the folder, `etcd/kube`.
   */
  uploads(name: string, folder: string): pulumi.Output<string> {
    const { url } = new openstack.objectstorage.TempUrl(
      name,
      // Never regenerated behind the back of a plan: another URL is another machine.
      { container: this.bucket, object: folder, method: "put", ttl: uploadSeconds, regenerate: false },
      { parent: this },
    );
    return pulumi.secret(pulumi.all([url, this.#key]).apply(([made, key]) => signedFolderUrl(made, folder, key)));
  }
}

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; region: string; url: string }[];
}

/**
 * Swift's public URL in a service catalog.
 * @throws Error when the catalog has none, naming the region and what is there.
 */
export function swiftEndpoint(catalog: CatalogEntry[], region?: string): string {
  const endpoints = catalog.filter(({ type }) => type === "object-store").flatMap((entry) => entry.endpoints);
  const found = endpoints.find(
    (entry) => entry.interface === "public" && (region === undefined || entry.region === region),
  );
  if (!found) {
    const there = [...new Set(catalog.map(({ type }) => type))].sort().join(", ");
    throw new Error(
      `OpenStack has no public object-store endpoint in ${region ?? "any region"}; its services: ${there}`,
    );
  }
  return found.url;
}
