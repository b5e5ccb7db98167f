import * as pulumi from "@pulumi/pulumi";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import { checkCidr, isTooWide } from "../cloud/addresses.ts";
import type { Cloud, LoadBalancer, LoadBalancerArgs } from "../cloud/cloud.ts";
import type { DnsZone } from "../cloud/dns.ts";
import { domainPattern } from "./name-patterns.ts";

/** Who comes in from the internet. Beside the way in from the private network, which stays as it is. */
export interface PublicEndpointArgs {
  /** Address ranges that may connect, `["0.0.0.0/0"]` for everybody; of those that send webhooks none wider than a /8. */
  from: string[];
  /**
   * Host number of its load balancer, on clouds that let one choose.
   * Default: the component's own choice.
   */
  loadBalancerHostNumber?: number;
}

/** A public endpoint with names of its own, over TLS. */
export interface NamedEndpointArgs extends PublicEndpointArgs {
  /**
   * Certificate for its names with the intermediates, and its key (PEM); the key is a secret.
   * Default: the component's own `certificate`, where it has one, or one of its own authority, which nobody outside knows.
   */
  certificate?: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  /**
   * Zone in which its names are made to lead there.
   * Default: none; somebody else makes them lead to `publicAddress`.
   */
  dns?: DnsZone;
}

/**
 * Notes what is wrong with a public endpoint.
 * @param names Its names, by the path of the argument that has each.
 * @param options.allowWideRanges False refuses ranges wider than a /8.
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
    "is missing; say which address ranges of the internet may connect",
  );
  from.forEach((range, index) => {
    const path = `publicEndpoint.from[${index}]`;
    check.doesNotThrow(path, () => checkCidr(range));
    check.require(
      allowWideRanges || !isTooWide(range),
      path,
      `${range} is far too wide; use the ranges of those who call`,
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

/** What is behind a public endpoint. */
export interface EndpointBackend
  extends Pick<LoadBalancerArgs, "hostNumber" | "targets" | "targetFirewall" | "ports" | "health"> {
  cloud: Cloud;
  /** Names that lead there, in the zone. */
  names: readonly string[];
}

/** A public load balancer, `<name>-public`, and the records of its names. TLS ends behind it. */
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
  names.forEach((domain, index) =>
    dns?.record(
      `${name}-public-${index}`,
      { domain, address: balancer.address, aliasZoneId: balancer.aliasZoneId },
      opts,
    ),
  );
  return balancer;
}

/** A certificate that was given, with its key, as a role takes it. */
export function givenIdentity(pair: NonNullable<NamedEndpointArgs["certificate"]>): pulumi.Output<TlsIdentity> {
  return pulumi
    .secret(pulumi.output(pair))
    .apply(({ certificate, privateKey }) => ({ certificate, privateKey, ca: certificate }));
}
