import { existingName } from "../../components/cloud/openstack/settings-schema.ts";
import { checkCidr, contains, overlaps, prefixLength } from "../../components/cloud/addresses.ts";
import type { Problem } from "./error.ts";
import { byName, checkedText, group, list, text } from "../../components/internal/settings-schema.ts";

const rangePattern = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\/(3[0-2]|[12]?\d)$/;

/** An IPv4 range in CIDR notation. */
export function cidr() {
  return checkedText(rangeProblem, { kind: "a range", allowed: "a range such as 10.0.0.0/16", pattern: rangePattern });
}

function rangeProblem(given: string): string | undefined {
  try {
    checkCidr(given);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const texts = {
  network: "Private network of the machines.",
  cidr:
    "Range of the private network, in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10. " +
    "Dev and staging: a /26 or larger; with `kubernetes` a /25 in dev and a /24 in staging. Prod: a /16 to /23. " +
    "A change replaces everything.",
  zones:
    "Availability zones. Machines use them in turn, by host number. Prod needs at least three of `aws.region`. " +
    "Another order or one more zone moves machines.",
};

const inUse = byName(cidr().meta({ description: "Range of one of these networks." }))
  .meta({ description: "Ranges of other networks, by name. This network must not overlap them.", default: "none" })
  .optional();

const range = cidr().meta({ description: texts.cidr });

/** `network` of dev, on one Docker host. */
export const networkSettings = group({ cidr: range, inUse }).meta({ description: texts.network });

/** `network` of staging. The operator of the cloud names the availability zones. */
export const openstackNetworkSettings = group({
  cidr: range,
  zones: list(existingName("the name of an availability zone"))
    .meta({ description: texts.zones, default: "OpenStack chooses" })
    .optional(),
  inUse,
}).meta({ description: texts.network });

const awsZones = list(text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "an availability zone, such as eu-central-1a"));

/** `network` of prod. */
export const awsNetworkSettings = group({
  cidr: range,
  zones: awsZones.meta({ description: texts.zones }),
  inUse,
}).meta({ description: texts.network });

/** `jenkins.network` of prod. */
export const ciNetworkSettings = group({
  cidr: cidr().meta({ description: "Range of this network, a /16 to /23." }),
  zones: awsZones.meta({ description: "At least three availability zones of `aws.region`." }),
  inUse,
}).meta({ description: "Network of the account that builds. It must not overlap `network`." });

/** Reserved ranges. A machine with such an address is not reachable. */
const foreign: Record<string, string> = {
  "the machines' own (loopback)": "127.0.0.0/8",
  "the metadata service's (link-local)": "169.254.0.0/16",
  multicast: "224.0.0.0/3",
};

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/**
 * Problems of a network with valid ranges.
 * @param smallest Longest prefix with enough addresses for the machines.
 * @param taken Used ranges of the environment, by owner.
 * @param at Path of the settings of the network.
 */
export function networkProblems(
  network: { cidr: string; inUse?: Record<string, string> },
  smallest: number,
  taken: Record<string, string>,
  at = "network",
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path: `${at}.cidr`, message: `"${network.cidr}" ${message}` });
  if (prefixLength(network.cidr) > smallest) refuse(`is too small for the machines; use a /${smallest} or larger`);
  if (!privateRanges.some((range) => contains(range, network.cidr))) {
    refuse(`is not private; use a part of ${privateRanges.join(", ")}`);
  }
  for (const [whose, range] of Object.entries({ ...foreign, ...taken })) {
    if (overlaps(network.cidr, range)) refuse(`overlaps ${range}, which is ${whose}; use another range`);
  }
  for (const [name, range] of Object.entries(network.inUse ?? {})) {
    if (overlaps(network.cidr, range)) refuse(`overlaps ${at}.inUse.${name} ${range}; use another range`);
  }
  return problems;
}
