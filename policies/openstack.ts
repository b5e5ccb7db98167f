import { canBeMarkedPublic, exposureMark, isMarkedPublic } from "./exposure.ts";
import { resourcePolicy } from "./policy.ts";
import { guardedIn, isWorldOpen, named, type PortParameters, portParameters, publicPortParameters } from "./ports.ts";
import { canBeReproducible } from "./stateful.ts";
import { hasUnknown, isUnknown, objects, shown, strings, text } from "./values.ts";

const secGroup = "openstack:networking/secGroup:SecGroup";
const secGroupRule = "openstack:networking/secGroupRule:SecGroupRule";
const novaSecGroup = "openstack:compute/secGroup:SecGroup";
const container = "openstack:objectstorage/container:Container";
const listener = "openstack:loadbalancer/listener:Listener";
const instance = "openstack:compute/instance:Instance";

export const openstackNoOpenGuardedPorts = resourcePolicy<Record<string, unknown>, PortParameters>({
  name: "openstack-no-open-guarded-ports",
  description: "Administration and cluster ports are not open to the whole internet, over IPv4 or IPv6.",
  severity: "critical",
  ids: ["CKV_OPENSTACK_2", "CKV_OPENSTACK_3"],
  remediation: "allow a remoteGroupId or the address range that needs the port.",
  appliesTo: [secGroupRule, novaSecGroup],
  parameters: portParameters,
  check({ type, props }, report, { ports }) {
    const rules = type === novaSecGroup ? objects(props.rules).map(novaRule) : [neutronRule(props)];
    for (const rule of rules) {
      if (rule === undefined || !isWorldOpen(rule.range)) continue;
      const hit = guardedIn(ports, rule.from, rule.to);
      if (hit.length === 0) continue;
      report({
        given: `${rule.path} opens ${hit.map(named).join(", ")} to ${rule.shown}`,
        allowed: "a security group or a range that is not the whole internet",
      });
    }
  },
});

export const openstackSecurityGroupDescriptions = resourcePolicy<{ description?: unknown }>({
  name: "openstack-security-group-descriptions",
  description: "Security groups and their rules have a description.",
  severity: "low",
  remediation: "describe which clients connect, and why.",
  appliesTo: [secGroup, secGroupRule, novaSecGroup],
  check({ props }, report) {
    if (isUnknown(props.description) || text(props.description)?.trim()) return;
    report({ given: `description is ${shown(props.description)}`, allowed: "a specific description" });
  },
});

export const openstackPortSecurity = resourcePolicy<{ portSecurityEnabled?: unknown; noSecurityGroups?: unknown }>({
  name: "openstack-port-security",
  description: "Ports and networks have port security, which security groups and anti-spoofing rules require.",
  severity: "high",
  remediation: "do not disable portSecurityEnabled, and list the port's security groups.",
  appliesTo: ["openstack:networking/port:Port", "openstack:networking/network:Network"],
  check({ props }, report) {
    if (props.portSecurityEnabled === false) report({ given: "portSecurityEnabled is false", allowed: "true" });
    if (props.noSecurityGroups === true) report({ given: "noSecurityGroups is true", allowed: "securityGroupIds" });
  },
});

export const openstackPublicAddressMarked = resourcePolicy<object>({
  name: "openstack-public-address-marked",
  description: "Floating IP addresses are marked as public.",
  severity: "medium",
  remediation: `remove the public address, or mark it with the ${exposureMark}.`,
  appliesTo: ["openstack:networking/floatingIp:FloatingIp", "openstack:compute/floatingIp:FloatingIp"],
  check({ props }, report) {
    if (!canBeMarkedPublic(props))
      report({ given: "the public address is not marked", allowed: `the ${exposureMark}` });
  },
});

export const openstackListenerNarrowed = resourcePolicy<{ allowedCidrs?: unknown }>({
  name: "openstack-listener-narrowed",
  description: "Load balancer listeners limit the address ranges of their clients.",
  severity: "medium",
  remediation: `list the ranges in allowedCidrs, or mark the listener with the ${exposureMark}.`,
  appliesTo: [listener],
  check({ props }, report) {
    if (canBeMarkedPublic(props) || isUnknown(props.allowedCidrs)) return;
    const ranges = strings(props.allowedCidrs);
    const open = ranges.filter(isWorldOpen);
    if (open.length === 0 && (ranges.length > 0 || hasUnknown(props.allowedCidrs))) return;
    const value = open.length > 0 ? shown(props.allowedCidrs) : "not set, which allows every client";
    report({
      given: `allowedCidrs is ${value}`,
      allowed: `ranges that are not the whole internet, or the ${exposureMark}`,
    });
  },
});

export const openstackPublicListenerPorts = resourcePolicy<
  { allowedCidrs?: unknown; protocolPort?: unknown },
  PortParameters
>({
  name: "openstack-public-listener-ports",
  description: "A listener that is marked as public opens only web ports to the whole internet.",
  severity: "high",
  remediation: "narrow allowedCidrs, or add the port to the parameter ports of this policy.",
  appliesTo: [listener],
  parameters: publicPortParameters,
  check({ props }, report, { ports }) {
    if (!isMarkedPublic(props) || isUnknown(props.allowedCidrs) || isUnknown(props.protocolPort)) return;
    const ranges = strings(props.allowedCidrs);
    const open = ranges.filter(isWorldOpen);
    const narrowed = open.length === 0 && (ranges.length > 0 || hasUnknown(props.allowedCidrs));
    if (narrowed || ports.includes(props.protocolPort as number)) return;
    const clients = open.join(" and ") || "every address (allowedCidrs is not set)";
    report({
      given: `the listener opens ${named(props.protocolPort as number)} to ${clients}`,
      allowed: `${ports.join(", ")}, or ranges that are not the whole internet`,
    });
  },
});

export const openstackEncryptedVolumes = resourcePolicy<
  { volumeType?: unknown; blockDevices?: unknown },
  { volumeTypes: string[] }
>({
  name: "openstack-encrypted-volumes",
  description: "Volumes, and volumes that Nova creates with an instance, have a configured encrypted volume type.",
  severity: "high",
  remediation: "set volumeType to an encrypted type.",
  appliesTo: ["openstack:blockstorage/volume:Volume", instance],
  parameters: {
    volumeTypes: {
      type: "array",
      description: "Names of the cloud's encrypted volume types; if empty, volumes are not checked",
      items: { type: "string", minLength: 1 },
      default: [],
    },
  },
  check({ type, props }, report, { volumeTypes }) {
    if (volumeTypes.length === 0) return;
    const volumes =
      type === instance ? createdVolumes(props.blockDevices) : [{ path: "", volumeType: props.volumeType }];
    for (const { path, volumeType } of volumes) {
      if (isUnknown(volumeType) || volumeTypes.includes(text(volumeType) ?? "")) continue;
      report({
        given: `${path}volumeType is ${shown(volumeType)}`,
        allowed: volumeTypes.map((name) => `"${name}"`).join(", "),
      });
    }
  },
});

export const openstackContainersPrivate = resourcePolicy<{ containerRead?: unknown; containerWrite?: unknown }>({
  name: "openstack-containers-private",
  description: "Only named projects can read and write Swift containers.",
  severity: "critical",
  remediation: "name the project and user (project:user), or use temporary URLs.",
  appliesTo: [container],
  check({ props }, report) {
    for (const property of ["containerRead", "containerWrite"] as const) {
      const open = (text(props[property]) ?? "").split(",").map((entry) => entry.trim());
      const publicEntries = open.filter((entry) =>
        /^\.(r|ref|referer|referrer):\*?|^\.rlistings$|^\*(:\*)?$/.test(entry),
      );
      if (publicEntries.length > 0)
        report({ given: `${property} is ${shown(props[property])}`, allowed: "project:user entries" });
    }
  },
});

export const openstackContainerVersioning = resourcePolicy<{ versioning?: unknown; versioningLegacy?: unknown }>({
  name: "openstack-container-versioning",
  description: "Swift containers keep old versions of objects, except those for machine configs.",
  severity: "medium",
  // Ceph, and Swift without the operator's permission, have no versioning.
  enforcementLevel: "advisory",
  remediation:
    "set versioning to true (openstack.objectVersioning). Without versioning in the cloud, copy the objects elsewhere.",
  appliesTo: [container],
  check({ props }, report) {
    const { versioning, versioningLegacy } = props;
    if (canBeReproducible(props) || versioning === true || isUnknown(versioning) || versioningLegacy !== undefined)
      return;
    report({
      given: `versioning is ${shown(versioning)}: an overwritten or deleted object is lost`,
      allowed: "true",
    });
  },
});

export const openstackNoAdminPass = resourcePolicy<{ adminPass?: unknown }>({
  name: "openstack-no-admin-pass",
  description: "Instances have no administrator password.",
  severity: "high",
  ids: ["CKV_OPENSTACK_4"],
  remediation: "remove adminPass, and log in with an SSH key.",
  appliesTo: [instance],
  check({ props }, report) {
    if (props.adminPass !== undefined && props.adminPass !== null)
      report({ given: "adminPass is set", allowed: "no adminPass" });
  },
});

interface ImageProps {
  imageId?: unknown;
  imageName?: unknown;
  blockDevices?: unknown;
}

export const openstackFixedImage = resourcePolicy<ImageProps>({
  name: "openstack-fixed-image",
  description: "Instances start from an image with a fixed id, or with a version in its name.",
  severity: "medium",
  remediation: "set imageId, or upload the image with its version in the name.",
  appliesTo: [instance],
  check({ props }, report) {
    if (props.imageId !== undefined || isUnknown(props.imageName)) return;
    if (hasUnknown(props.blockDevices)) return;
    if (objects(props.blockDevices).some((device) => device.uuid !== undefined)) return;
    const name = text(props.imageName);
    if (name !== undefined && /\d+\.\d+/.test(name) && !/latest/i.test(name)) return;
    const given = name === undefined ? "neither imageId nor imageName is set" : `imageName is ${shown(name)}`;
    report({ given, allowed: "imageId, or a name with a version such as fedora-coreos-44.20260301.3.1" });
  },
});

/** Volumes that Nova creates with an instance. The source type "volume" is an existing volume. */
function createdVolumes(blockDevices: unknown): { path: string; volumeType: unknown }[] {
  return objects(blockDevices).flatMap(({ sourceType, destinationType, volumeType }, index) => {
    const isCreated = destinationType === "volume" && sourceType !== "volume" && !isUnknown(sourceType);
    return isCreated ? [{ path: `blockDevices[${index}].`, volumeType }] : [];
  });
}

interface Rule {
  path: string;
  range: string;
  shown: string;
  from: number | undefined;
  to: number | undefined;
}

// A rule without a range and a group allows every address; a rule without ports or protocol opens all ports.
function neutronRule(props: Record<string, unknown>): Rule | undefined {
  const { direction, protocol, remoteIpPrefix, remoteGroupId, ethertype, portRangeMin, portRangeMax } = props;
  if (direction !== "ingress" || remoteGroupId !== undefined) return undefined;
  if ([remoteIpPrefix, protocol, portRangeMin, portRangeMax].some(isUnknown)) return undefined;
  const name = `${protocol ?? ""}`.toLowerCase();
  if (!["", "0", "any", "tcp", "udp", "6", "17"].includes(name)) return undefined;
  const everyAddress = ethertype === "IPv6" ? "::/0" : "0.0.0.0/0";
  const range = text(remoteIpPrefix);
  return {
    path: "the rule",
    range: range ?? everyAddress,
    shown: range ?? `every address (neither remoteIpPrefix nor remoteGroupId is set)`,
    from: portRangeMin as number | undefined,
    to: (portRangeMax ?? portRangeMin) as number | undefined,
  };
}

function novaRule(rule: Record<string, unknown>, index: number): Rule | undefined {
  const range = text(rule.cidr);
  if (range === undefined || !["tcp", "udp"].includes(`${rule.ipProtocol}`.toLowerCase())) return undefined;
  return {
    path: `rules[${index}]`,
    range,
    shown: range,
    from: rule.fromPort as number | undefined,
    to: rule.toPort as number | undefined,
  };
}
