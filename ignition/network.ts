import { isIPv4 } from "node:net";
import { refuse } from "./error.ts";
import { file } from "./files.ts";
import type { Fragment } from "./spec.ts";

export interface StaticNetworkArgs {
  /** Name of the network interface, `ens3`. */
  interface: string;
  /** The machine's IPv4 address. */
  address: string;
  /** Prefix length of the network in bits, 1 to 32. */
  prefix: number;
  /** IPv4 address of the router. */
  gateway: string;
  /** IPv4 addresses of the name servers, at least one. */
  dns: readonly string[];
}

/** A static IPv4 address, as a keyfile of NetworkManager. */
export function staticNetwork(args: StaticNetworkArgs): Fragment {
  const { interface: name, address, prefix, gateway, dns } = args;
  if (!/^[A-Za-z0-9_.-]{1,15}$/.test(name))
    refuse(
      "staticNetwork.interface",
      `"${name}" is not the name of an interface; use at most 15 letters, digits, "_", "." and "-"`,
    );
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > 32)
    refuse("staticNetwork.prefix", `${prefix} is given; a whole number from 1 to 32 is allowed`);
  if (dns.length === 0) refuse("staticNetwork.dns", "no name server is given; give at least one");
  checkAddress("address", address);
  checkAddress("gateway", gateway);
  for (const [index, server] of dns.entries()) checkAddress(`dns.${index}`, server);
  const text = `[connection]
id=${name}
type=ethernet
interface-name=${name}

[ipv4]
method=manual
address1=${address}/${prefix},${gateway}
dns=${dns.join(";")};
may-fail=false

[ipv6]
method=disabled
`;
  return file({ path: `/etc/NetworkManager/system-connections/${name}.nmconnection`, mode: 0o600, text });
}

function checkAddress(key: string, given: string): void {
  if (!isIPv4(given)) refuse(`staticNetwork.${key}`, `"${given}" is not an IPv4 address; use for example 10.0.0.10`);
}
