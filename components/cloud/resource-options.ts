import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of what a cloud makes for others. It belongs to them, they are its parent; but it is made with the cloud's
 * providers, which children inherit from parents alone: otherwise it would land in whatever project, account or
 * Docker host the default providers have.
 * @param packages The packages that the cloud's machines, load balancers and stores are made with.
 * @param opts What the caller wants; providers given here win.
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
