import type * as pulumi from "@pulumi/pulumi";

/**
 * Returns options for a resource that a cloud creates for another component: the parent is that component, and the
 * providers are those of the cloud. Children inherit providers only from their parent, so the default providers would
 * create it in another project, account or Docker host.
 * @param packages Provider packages of the cloud.
 * @param opts Options of the caller. Providers given here have precedence.
 */
export function withCloudProviders(
  cloud: pulumi.ComponentResource,
  packages: readonly string[],
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  const own = packages.flatMap((name) => cloud.getProvider(`${name}:index:Provider`) ?? []);
  const given = Object.values(opts.providers ?? {}) as pulumi.ProviderResource[];
  return { parent: cloud, ...opts, ...(own.length > 0 && { providers: [...own, ...given] }) };
}
