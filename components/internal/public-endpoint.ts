import * as pulumi from "@pulumi/pulumi";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import { checkCidr, isTooWide } from "../cloud/addresses.ts";
import type { Cloud, LoadBalancer, LoadBalancerArgs } from "../cloud/cloud.ts";
import type { DnsZone } from "../cloud/dns.ts";
import { domainPattern } from "./name-patterns.ts";

/** Access from the internet, in addition to the access from the private network. */
export interface PublicEndpointArgs {
  /** Address ranges that may connect, `["0.0.0.0/0"]` for all. Ranges of webhook senders: /8 or smaller. */
  from: string[];
  /**
   * Host number of its load balancer, on clouds with selectable addresses.
   * Default: a number that the component selects.
   */
  loadBalancerHostNumber?: number;
}

/** Public endpoint with DNS names and TLS. */
export interface NamedEndpointArgs extends PublicEndpointArgs {
  /**
   * Certificate for its names with the intermediates, and its key (PEM); the key is a secret.
   * Default: `certificate` of the component, if it has one; otherwise a certificate of its private authority, which
   * public clients do not trust.
   */
  certificate?: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  /**
   * DNS zone in which the component creates records for its names.
   * Default: none; create records outside of this stack that resolve to `publicAddress`.
   */
  dns?: DnsZone;
}

/**
 * Checks the arguments of a public endpoint.
 * @param names Its DNS names, by the path of their argument.
 * @param options.allowWideRanges Whether ranges wider than a /8 are allowed.
 */
export function checkPublicEndpoint(
  check: ArgumentCheck,
  cloud: Cloud | undefined,
  { from = [], loadBalancerHostNumber }: PublicEndpointArgs,
  names: Record<string, string | undefined>,
  { allowWideRanges }: { allowWideRanges: boolean },
): void {
  check.require(
    from.length > 0,
    "publicEndpoint.from",
    "is missing; give the address ranges of the internet that may connect",
  );
  from.forEach((range, index) => {
    const path = `publicEndpoint.from[${index}]`;
    check.doesNotThrow(path, () => checkCidr(range));
    check.require(
      allowWideRanges || !isTooWide(range),
      path,
      `${range} is too wide; use the address ranges of the callers`,
    );
  });
  for (const [path, name] of Object.entries(names)) {
    check.require(
      domainPattern.test(name ?? ""),
      `publicEndpoint.${path}`,
      `${JSON.stringify(name)} is not a host name with a domain; use one like www.example.com`,
    );
  }
  if (loadBalancerHostNumber !== undefined)
    check.doesNotThrow("publicEndpoint.loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber));
}

/** Machines and ports behind a public endpoint. */
export interface EndpointBackend
  extends Pick<LoadBalancerArgs, "hostNumber" | "targets" | "targetFirewall" | "ports" | "health"> {
  cloud: Cloud;
  /** DNS names of the endpoint, in the zone. */
  names: readonly string[];
}

/** Creates a public load balancer, `<name>-public`, and DNS records. The targets terminate TLS. */
export function createPublicEndpoint(
  name: string,
  args: PublicEndpointArgs & { dns?: DnsZone },
  { cloud, names, ...behind }: EndpointBackend,
  opts: pulumi.ComponentResourceOptions,
): LoadBalancer {
  const { from, loadBalancerHostNumber = behind.hostNumber, dns } = args;
  const balancer = cloud.loadBalancer(
    `${name}-public`,
    { ...behind, hostNumber: loadBalancerHostNumber, exposure: "public", allowFrom: from },
    opts,
  );
  for (const [index, domain] of names.entries()) {
    dns?.record(
      `${name}-public-${index}`,
      { domain, address: balancer.address, aliasZoneId: balancer.aliasZoneId },
      opts,
    );
  }
  return balancer;
}

/** Returns a given certificate and key as the identity for a role. */
export function givenIdentity(pair: NonNullable<NamedEndpointArgs["certificate"]>): pulumi.Output<TlsIdentity> {
  return pulumi
    .secret(pulumi.output(pair))
    .apply(({ certificate, privateKey }) => ({ certificate, privateKey, ca: certificate }));
}
