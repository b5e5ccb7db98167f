import * as pulumi from "@pulumi/pulumi";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import { checkCidr, isTooWide } from "../cloud/addresses.ts";
import type { Cloud, LoadBalancer, LoadBalancerArgs } from "../cloud/cloud.ts";
import type { DnsZone } from "../cloud/dns.ts";
import { domainForm } from "./name-patterns.ts";

/** Who comes in from the internet. Beside the way in from the private network, which stays as it is. */
export interface PublicEntranceArgs {
  /** Address ranges that may connect, `["0.0.0.0/0"]` for everybody; of those that send webhooks none wider than a /8. */
  from: string[];
  /**
   * Host number of its load balancer, on clouds that let one choose.
   * Default: the component's own choice.
   */
  frontHost?: number;
}

/** An entrance with names of its own, over TLS. */
export interface NamedEntranceArgs extends PublicEntranceArgs {
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
 * Notes what is wrong with an entrance.
 * @param names Its names, by the path of the argument that has each.
 * @param most Who may come in: everybody, or only ranges of which somebody knows whose they are.
 */
export function checkEntrance(
  check: ArgumentCheck,
  cloud: Cloud | undefined,
  { from = [], frontHost }: PublicEntranceArgs,
  names: Record<string, string | undefined>,
  most: "everybody" | "somebody",
): void {
  check.require(from.length > 0, "entrance.from", "is missing; say which address ranges of the internet may connect");
  from.forEach((range, index) => {
    const path = `entrance.from[${index}]`;
    check.works(path, () => checkCidr(range));
    check.require(
      most === "everybody" || !isTooWide(range),
      path,
      `${range} is far too wide; use the ranges of those who call`,
    );
  });
  for (const [path, name] of Object.entries(names)) {
    check.require(
      domainForm.test(name ?? ""),
      `entrance.${path}`,
      `${JSON.stringify(name)} is not a host name with a domain; use one like www.example.com`,
    );
  }
  if (frontHost !== undefined) check.works("entrance.frontHost", () => cloud?.address(frontHost));
}

/** What is behind an entrance. */
export interface BehindEntrance
  extends Pick<LoadBalancerArgs, "host" | "targets" | "targetFirewall" | "ports" | "health"> {
  cloud: Cloud;
  /** Names that lead there, in the zone. */
  names: readonly string[];
}

/** A public load balancer, `<name>-public`, and the records of its names. TLS ends behind it. */
export function publicEntrance(
  name: string,
  args: PublicEntranceArgs & { dns?: DnsZone },
  { cloud, names, ...behind }: BehindEntrance,
  opts: pulumi.ComponentResourceOptions,
): LoadBalancer {
  const { from, frontHost = behind.host, dns } = args;
  const balancer = cloud.loadBalancer(
    `${name}-public`,
    { ...behind, host: frontHost, exposure: "public", allowFrom: from },
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
export function givenIdentity(pair: NonNullable<NamedEntranceArgs["certificate"]>): pulumi.Output<TlsIdentity> {
  return pulumi
    .secret(pulumi.output(pair))
    .apply(({ certificate, privateKey }) => ({ certificate, privateKey, ca: certificate }));
}
