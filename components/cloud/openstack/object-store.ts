import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { BucketKeys, ObjectStore, ObjectStoreArgs } from "../cloud.ts";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { signedFolderUrl } from "./signed-url.ts";
import { cloudName, metadata } from "./tags.ts";

/** Validity of an upload URL: ten years, longer than the lifetime of its machine. */
const uploadSeconds = 10 * 365 * 24 * 3600;

/**
 * Private Swift container, versioned unless the cloud has no versioning. Encryption depends on Swift's `encryption`
 * middleware, which the operator of OpenStack enables. Swift does not remove objects and old versions:
 * `noncurrentDays` and `expireDays` have no effect.
 */
export class OpenstackObjectStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  /** Swift URL of the OpenStack project, `https://swift.example.org/v1/AUTH_...`. */
  readonly endpoint: pulumi.Output<string>;

  readonly #key: pulumi.Output<string>;

  constructor(
    name: string,
    args: ObjectStoreArgs,
    settings: { region?: string; objectVersioning: boolean; retainData: boolean },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const facts: ObjectStoreFacts = { description: args.description, purpose: "objects" };
    super(factTypes.objectStore, name, facts, opts);
    this.#key = new random.RandomPassword(`${name}-key`, { length: 40, special: false }, { parent: this }).result;
    const container = new openstack.objectstorage.Container(
      `${name}-container`,
      {
        name: cloudName(name),
        // Omitted, not false: some clouds do not know the header.
        versioning: settings.objectVersioning ? true : undefined,
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
      // The name is arbitrary. A plan answers with an endpoint in the region of this name.
      .getAuthScopeOutput({ name: settings.region ?? "paasmas" }, { parent: this })
      // The provider creates the container in its own region.
      .apply(({ serviceCatalogs, region }) => swiftEndpoint(serviceCatalogs, settings.region ?? (region || undefined)));
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  /**
   * Creates EC2 credentials of the user that runs Pulumi, for the whole OpenStack project: OpenStack has no credentials
   * for a single container. The endpoint of the S3 API is that of Swift.
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
   * Creates a URL that allows writing objects of a folder, but not reading or deleting them. It is a secret. Insert the
   * name of the object between the last slash and the question mark.
   * @param name Name of the resource.
   * @param folder Path of the folder, `etcd/kube`.
   */
  uploads(name: string, folder: string): pulumi.Output<string> {
    const { url } = new openstack.objectstorage.TempUrl(
      name,
      // The provider signs only for GET and POST; the machine's URL is signed for PUT below.
      // The provider must not regenerate the URL: a new URL replaces the machine.
      { container: this.bucket, object: folder, method: "get", ttl: uploadSeconds, regenerate: false },
      { parent: this },
    );
    return pulumi.secret(pulumi.all([url, this.#key]).apply(([signed, key]) => signedFolderUrl(signed, folder, key)));
  }
}

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; region: string; url: string }[];
}

/**
 * Returns the public URL of Swift in a service catalog.
 * @throws Error with the region and the available services, if the catalog has none.
 */
export function swiftEndpoint(catalog: CatalogEntry[], region?: string): string {
  const endpoints = catalog.filter(({ type }) => type === "object-store").flatMap((entry) => entry.endpoints);
  const found = endpoints.find(
    (entry) => entry.interface === "public" && (region === undefined || entry.region === region),
  );
  if (!found) {
    const services = [...new Set(catalog.map(({ type }) => type))].sort().join(", ");
    throw new Error(
      `OpenStack has no public object-store endpoint in ${region ?? "any region"}; its services: ${services}`,
    );
  }
  return found.url;
}
