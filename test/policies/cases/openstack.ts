import { planned } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const allowedFrom = "allowed: a security group or a range that is not the whole internet";
const rule = (inputs: Record<string, unknown>) =>
  planned("openstack:networking/secGroupRule:SecGroupRule", "rule", {
    direction: "ingress",
    ethertype: "IPv4",
    ...inputs,
  });
const instance = (inputs: Record<string, unknown>) => planned("openstack:compute/instance:Instance", "vm", inputs);
const volume = (inputs: Record<string, unknown>) => planned("openstack:blockstorage/volume:Volume", "data", inputs);
const container = (inputs: Record<string, unknown>) =>
  planned("openstack:objectstorage/container:Container", "store", inputs);
const listener = (inputs: Record<string, unknown>) =>
  planned("openstack:loadbalancer/listener:Listener", "mysql", inputs);

export const cases: Case[] = [
  {
    policy: "openstack-no-open-guarded-ports",
    given: "SSH from every address, an IPv6 range, a rule without a range or group, and a rule without a protocol",
    resources: [
      rule({ protocol: "tcp", portRangeMin: 22, portRangeMax: 22, remoteIpPrefix: "0.0.0.0/0" }),
      rule({ ethertype: "IPv6", protocol: "tcp", portRangeMin: 4000, portRangeMax: 4500, remoteIpPrefix: "::/0" }),
      rule({ protocol: "tcp", portRangeMin: 3306, portRangeMax: 3306 }),
      rule({ remoteIpPrefix: "0.0.0.0/0" }),
      planned("openstack:compute/secGroup:SecGroup", "nova", {
        rules: [{ cidr: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 2379, toPort: 2379 }],
      }),
    ],
    config: { "openstack-no-open-guarded-ports": { ports: [22, 2379, 3306, 4444] } },
    expected: [
      `rule: the rule opens 22 (SSH) to 0.0.0.0/0; ${allowedFrom}`,
      `rule: the rule opens 4444 (Galera SST) to ::/0; ${allowedFrom}`,
      `rule: the rule opens 3306 (MySQL) to every address (neither remoteIpPrefix nor remoteGroupId is set); ${allowedFrom}`,
      `rule: the rule opens 22 (SSH), 2379 (etcd clients), 3306 (MySQL), 4444 (Galera SST) to 0.0.0.0/0; ${allowedFrom}`,
      `nova: rules[0] opens 2379 (etcd clients) to 0.0.0.0/0; ${allowedFrom}`,
    ],
  },
  {
    policy: "openstack-no-open-guarded-ports",
    given: "groups, private ranges, web ports, ping, outgoing rules and unknown values",
    resources: [
      rule({ protocol: "tcp", portRangeMin: 3306, portRangeMax: 3306, remoteGroupId: "g-1" }),
      rule({ protocol: "tcp", portRangeMin: 3306, portRangeMax: 3306, remoteIpPrefix: "10.0.0.0/8" }),
      rule({ protocol: "tcp", portRangeMin: 443, portRangeMax: 443, remoteIpPrefix: "0.0.0.0/0" }),
      rule({ protocol: "icmp", remoteIpPrefix: "0.0.0.0/0" }),
      rule({ direction: "egress", remoteIpPrefix: "0.0.0.0/0" }),
      rule({ protocol: "tcp", portRangeMin: 22, portRangeMax: 22, remoteIpPrefix: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "openstack-security-group-descriptions",
    given: "a security group and a rule without a description",
    resources: [planned("openstack:networking/secGroup:SecGroup", "sg", { description: "" }), rule({})],
    expected: [
      'sg: description is ""; allowed: a specific description',
      "rule: description is not set; allowed: a specific description",
    ],
  },
  {
    policy: "openstack-security-group-descriptions",
    given: "a security group and a rule with a description",
    resources: [
      planned("openstack:networking/secGroup:SecGroup", "sg", { description: "database" }),
      rule({ description: "MySQL from the proxies" }),
    ],
    expected: [],
  },
  {
    policy: "openstack-port-security",
    given: "disabled port security, and a port without security groups",
    resources: [
      planned("openstack:networking/port:Port", "port", { portSecurityEnabled: false, noSecurityGroups: true }),
      planned("openstack:networking/network:Network", "net", { portSecurityEnabled: false }),
    ],
    expected: [
      "port: portSecurityEnabled is false; allowed: true",
      "port: noSecurityGroups is true; allowed: securityGroupIds",
      "net: portSecurityEnabled is false; allowed: true",
    ],
  },
  {
    policy: "openstack-port-security",
    given: "enabled port security, which is the default",
    resources: [
      planned("openstack:networking/port:Port", "port", { securityGroupIds: ["g-1"] }),
      planned("openstack:networking/network:Network", "net"),
    ],
    expected: [],
  },
  {
    policy: "openstack-public-address-marked",
    given: "a floating IP address without a mark",
    resources: [
      planned("openstack:networking/floatingIp:FloatingIp", "address", { pool: "public", tags: ["Role=web"] }),
    ],
    expected: ['address: the public address is not marked; allowed: the tag Exposure = "public"'],
  },
  {
    policy: "openstack-public-address-marked",
    given: "a marked floating IP address",
    resources: [
      planned("openstack:networking/floatingIp:FloatingIp", "address", { pool: "public", tags: ["Exposure=public"] }),
    ],
    expected: [],
  },
  {
    policy: "openstack-listener-narrowed",
    given: "a listener without ranges, and a listener for every address",
    resources: [listener({ protocolPort: 3306 }), listener({ allowedCidrs: ["10.0.0.0/8", "0.0.0.0/0"] })],
    expected: [
      'mysql: allowedCidrs is not set, which allows every client; allowed: ranges that are not the whole internet, or the tag Exposure = "public"',
      'mysql: allowedCidrs is ["10.0.0.0/8","0.0.0.0/0"]; allowed: ranges that are not the whole internet, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "openstack-listener-narrowed",
    given: "a listener with ranges, and a listener that is marked as public",
    resources: [listener({ allowedCidrs: ["10.20.0.0/16"] }), listener({ tags: ["Exposure=public"] })],
    expected: [],
  },
  {
    policy: "openstack-public-listener-ports",
    given: "a marked listener that opens the database port to every address",
    resources: [
      listener({ tags: ["Exposure=public"], protocolPort: 3306 }),
      listener({
        tags: ["Exposure=public"],
        protocolPort: 8443,
        allowedCidrs: ["10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1"],
      }),
    ],
    expected: [
      "mysql: the listener opens 3306 (MySQL) to every address (allowedCidrs is not set); allowed: 80, 443, or ranges that are not the whole internet",
      "mysql: the listener opens 8443 to 0.0.0.0/1 and 128.0.0.0/1; allowed: 80, 443, or ranges that are not the whole internet",
    ],
  },
  {
    policy: "openstack-public-listener-ports",
    given: "an additional port, from the configuration",
    resources: [listener({ tags: ["Exposure=public"], protocolPort: 8443, allowedCidrs: ["0.0.0.0/0"] })],
    config: { "openstack-public-listener-ports": { ports: [8443] } },
    expected: [],
  },
  {
    policy: "openstack-public-listener-ports",
    given:
      "a public web port, another port for a private range, and a listener without a mark, which another policy checks",
    resources: [
      listener({ tags: ["Exposure=public"], protocolPort: 443, allowedCidrs: ["0.0.0.0/0"] }),
      listener({ tags: ["Exposure=public"], protocolPort: 8443, allowedCidrs: ["140.82.112.0/20"] }),
      listener({ protocolPort: 3306 }),
    ],
    expected: [],
  },
  {
    policy: "openstack-encrypted-volumes",
    given: "a plain volume type, if encrypted types are configured",
    resources: [volume({}), volume({ volumeType: "ssd" }), volume({ volumeType: "luks" })],
    config: { "openstack-encrypted-volumes": { volumeTypes: ["luks", "luks-ssd"] } },
    expected: [
      'data: volumeType is not set; allowed: "luks", "luks-ssd"',
      'data: volumeType is "ssd"; allowed: "luks", "luks-ssd"',
    ],
  },
  {
    policy: "openstack-encrypted-volumes",
    given: "any volume type, if no encrypted types are configured",
    resources: [volume({})],
    expected: [],
  },
  {
    policy: "openstack-encrypted-volumes",
    given: "a boot volume with a plain type or without one, and a local disk and an existing volume without a type",
    resources: [
      instance({
        blockDevices: [
          { sourceType: "image", destinationType: "volume", volumeSize: 20 },
          { sourceType: "blank", destinationType: "volume", volumeSize: 20, volumeType: "ssd" },
          { sourceType: "snapshot", destinationType: "volume", volumeType: "luks" },
          { sourceType: "image", destinationType: "volume", volumeType: unknownString },
          { sourceType: "image", destinationType: "local" },
          { sourceType: "volume", destinationType: "volume" },
        ],
      }),
      instance({}),
    ],
    config: { "openstack-encrypted-volumes": { volumeTypes: ["luks"] } },
    expected: [
      'vm: blockDevices[0].volumeType is not set; allowed: "luks"',
      'vm: blockDevices[1].volumeType is "ssd"; allowed: "luks"',
    ],
  },
  {
    policy: "openstack-containers-private",
    given: "read, list or write access for everyone",
    resources: [container({ containerRead: ".r:*,.rlistings" }), container({ containerWrite: "*:*" })],
    expected: [
      'store: containerRead is ".r:*,.rlistings"; allowed: project:user entries',
      'store: containerWrite is "*:*"; allowed: project:user entries',
    ],
  },
  {
    policy: "openstack-containers-private",
    given: "no access for others, and access for the users of one project",
    resources: [container({}), container({ containerRead: "p-1:*, p-2:u-1" })],
    expected: [],
  },
  {
    policy: "openstack-container-versioning",
    given: "containers without versioning",
    resources: [container({}), container({ versioning: false, metadata: { Role: "object-store" } })],
    expected: [
      "store: versioning is not set: an overwritten or deleted object is lost; allowed: true",
      "store: versioning is false: an overwritten or deleted object is lost; allowed: true",
    ],
  },
  {
    policy: "openstack-container-versioning",
    given: "versioning, legacy versioning, an unknown value, and a store for machine configs",
    resources: [
      container({ versioning: true }),
      container({ versioningLegacy: { type: "versions", location: "old" } }),
      container({ versioning: unknownString }),
      container({ metadata: { Role: "ignition" } }),
    ],
    expected: [],
  },
  {
    policy: "openstack-no-admin-pass",
    given: "an administrator password",
    resources: [instance({ adminPass: "hunter2" })],
    expected: ["vm: adminPass is set; allowed: no adminPass"],
  },
  {
    policy: "openstack-no-admin-pass",
    given: "an instance without an administrator password",
    resources: [instance({})],
    expected: [],
  },
  {
    policy: "openstack-fixed-image",
    given: "an image name without a version, and a missing image",
    resources: [instance({ imageName: "fedora-coreos" }), instance({ imageName: "ubuntu-24.04-latest" }), instance({})],
    expected: [
      'vm: imageName is "fedora-coreos"; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1',
      'vm: imageName is "ubuntu-24.04-latest"; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1',
      "vm: neither imageId nor imageName is set; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1",
    ],
  },
  {
    policy: "openstack-fixed-image",
    given: "an image id, an image name with a version, and a boot volume",
    resources: [
      instance({ imageId: "5a1b" }),
      instance({ imageName: "fedora-coreos-44.20261101.3.0" }),
      instance({ blockDevices: [{ uuid: "5a1b", sourceType: "image" }] }),
    ],
    expected: [],
  },
];
