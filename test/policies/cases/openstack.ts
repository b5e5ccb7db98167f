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
    when: "SSH for everybody, a range over IPv6, no range or group at all, no protocol at all",
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
    says: [
      `rule: the rule opens 22 (SSH) to 0.0.0.0/0; ${allowedFrom}`,
      `rule: the rule opens 4444 (Galera SST) to ::/0; ${allowedFrom}`,
      `rule: the rule opens 3306 (MySQL) to every address (neither remoteIpPrefix nor remoteGroupId is set); ${allowedFrom}`,
      `rule: the rule opens 22 (SSH), 2379 (etcd clients), 3306 (MySQL), 4444 (Galera SST) to 0.0.0.0/0; ${allowedFrom}`,
      `nova: rules[0] opens 2379 (etcd clients) to 0.0.0.0/0; ${allowedFrom}`,
    ],
  },
  {
    policy: "openstack-no-open-guarded-ports",
    when: "groups, private ranges, web ports, ping, outgoing rules, values not known yet",
    resources: [
      rule({ protocol: "tcp", portRangeMin: 3306, portRangeMax: 3306, remoteGroupId: "g-1" }),
      rule({ protocol: "tcp", portRangeMin: 3306, portRangeMax: 3306, remoteIpPrefix: "10.0.0.0/8" }),
      rule({ protocol: "tcp", portRangeMin: 443, portRangeMax: 443, remoteIpPrefix: "0.0.0.0/0" }),
      rule({ protocol: "icmp", remoteIpPrefix: "0.0.0.0/0" }),
      rule({ direction: "egress", remoteIpPrefix: "0.0.0.0/0" }),
      rule({ protocol: "tcp", portRangeMin: 22, portRangeMax: 22, remoteIpPrefix: unknownString }),
    ],
    says: [],
  },
  {
    policy: "openstack-security-group-descriptions",
    when: "a group and a rule say nothing",
    resources: [planned("openstack:networking/secGroup:SecGroup", "sg", { description: "" }), rule({})],
    says: [
      'sg: description is ""; allowed: a specific description',
      "rule: description is not set; allowed: a specific description",
    ],
  },
  {
    policy: "openstack-security-group-descriptions",
    when: "both say what they are for",
    resources: [
      planned("openstack:networking/secGroup:SecGroup", "sg", { description: "database" }),
      rule({ description: "MySQL from the proxies" }),
    ],
    says: [],
  },
  {
    policy: "openstack-port-security",
    when: "it is switched off, or no group holds",
    resources: [
      planned("openstack:networking/port:Port", "port", { portSecurityEnabled: false, noSecurityGroups: true }),
      planned("openstack:networking/network:Network", "net", { portSecurityEnabled: false }),
    ],
    says: [
      "port: portSecurityEnabled is false; allowed: true",
      "port: noSecurityGroups is true; allowed: securityGroupIds",
      "net: portSecurityEnabled is false; allowed: true",
    ],
  },
  {
    policy: "openstack-port-security",
    when: "it is on, as by default",
    resources: [
      planned("openstack:networking/port:Port", "port", { securityGroupIds: ["g-1"] }),
      planned("openstack:networking/network:Network", "net"),
    ],
    says: [],
  },
  {
    policy: "openstack-public-address-marked",
    when: "a floating address without a mark",
    resources: [
      planned("openstack:networking/floatingIp:FloatingIp", "address", { pool: "public", tags: ["Role=web"] }),
    ],
    says: ['address: the public address is not marked; allowed: the tag Exposure = "public"'],
  },
  {
    policy: "openstack-public-address-marked",
    when: "it is marked",
    resources: [
      planned("openstack:networking/floatingIp:FloatingIp", "address", { pool: "public", tags: ["Exposure=public"] }),
    ],
    says: [],
  },
  {
    policy: "openstack-listener-narrowed",
    when: "nothing says who may connect, or everybody may",
    resources: [listener({ protocolPort: 3306 }), listener({ allowedCidrs: ["10.0.0.0/8", "0.0.0.0/0"] })],
    says: [
      'mysql: allowedCidrs is not set, which allows every client; allowed: ranges that are not the whole internet, or the tag Exposure = "public"',
      'mysql: allowedCidrs is ["10.0.0.0/8","0.0.0.0/0"]; allowed: ranges that are not the whole internet, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "openstack-listener-narrowed",
    when: "ranges are named, or the listener is public on purpose",
    resources: [listener({ allowedCidrs: ["10.20.0.0/16"] }), listener({ tags: ["Exposure=public"] })],
    says: [],
  },
  {
    policy: "openstack-public-listener-ports",
    when: "a marked one opens the database to everybody",
    resources: [
      listener({ tags: ["Exposure=public"], protocolPort: 3306 }),
      listener({
        tags: ["Exposure=public"],
        protocolPort: 8443,
        allowedCidrs: ["10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1"],
      }),
    ],
    says: [
      "mysql: the listener opens 3306 (MySQL) to every address (allowedCidrs is not set); allowed: 80, 443, or ranges that are not the whole internet",
      "mysql: the listener opens 8443 to 0.0.0.0/1 and 128.0.0.0/1; allowed: 80, 443, or ranges that are not the whole internet",
    ],
  },
  {
    policy: "openstack-public-listener-ports",
    when: "a port that was added",
    resources: [listener({ tags: ["Exposure=public"], protocolPort: 8443, allowedCidrs: ["0.0.0.0/0"] })],
    config: { "openstack-public-listener-ports": { ports: [8443] } },
    says: [],
  },
  {
    policy: "openstack-public-listener-ports",
    when: "the web for everybody, another port for somebody, and one without a mark, which another policy refuses",
    resources: [
      listener({ tags: ["Exposure=public"], protocolPort: 443, allowedCidrs: ["0.0.0.0/0"] }),
      listener({ tags: ["Exposure=public"], protocolPort: 8443, allowedCidrs: ["140.82.112.0/20"] }),
      listener({ protocolPort: 3306 }),
    ],
    says: [],
  },
  {
    policy: "openstack-encrypted-volumes",
    when: "a plain type where encrypted ones are demanded",
    resources: [volume({}), volume({ volumeType: "ssd" }), volume({ volumeType: "luks" })],
    config: { "openstack-encrypted-volumes": { volumeTypes: ["luks", "luks-ssd"] } },
    says: [
      'data: volumeType is not set; allowed: "luks", "luks-ssd"',
      'data: volumeType is "ssd"; allowed: "luks", "luks-ssd"',
    ],
  },
  {
    policy: "openstack-encrypted-volumes",
    when: "nothing is demanded",
    resources: [volume({})],
    says: [],
  },
  {
    policy: "openstack-containers-private",
    when: "everybody may read, list or write",
    resources: [container({ containerRead: ".r:*,.rlistings" }), container({ containerWrite: "*:*" })],
    says: [
      'store: containerRead is ".r:*,.rlistings"; allowed: project:user entries',
      'store: containerWrite is "*:*"; allowed: project:user entries',
    ],
  },
  {
    policy: "openstack-containers-private",
    when: "nobody else may, or one project's users",
    resources: [container({}), container({ containerRead: "p-1:*, p-2:u-1" })],
    says: [],
  },
  {
    policy: "openstack-no-admin-pass",
    when: "there is a password",
    resources: [instance({ adminPass: "hunter2" })],
    says: ["vm: adminPass is set; allowed: no adminPass"],
  },
  { policy: "openstack-no-admin-pass", when: "there is none", resources: [instance({})], says: [] },
  {
    policy: "openstack-fixed-image",
    when: "the name moves, or there is none",
    resources: [instance({ imageName: "fedora-coreos" }), instance({ imageName: "ubuntu-24.04-latest" }), instance({})],
    says: [
      'vm: imageName is "fedora-coreos"; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1',
      'vm: imageName is "ubuntu-24.04-latest"; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1',
      "vm: neither imageId nor imageName is set; allowed: imageId, or a name with a version such as fedora-coreos-44.20260301.3.1",
    ],
  },
  {
    policy: "openstack-fixed-image",
    when: "an id, a name with a version, a boot volume",
    resources: [
      instance({ imageId: "5a1b" }),
      instance({ imageName: "fedora-coreos-44.20261101.3.0" }),
      instance({ blockDevices: [{ uuid: "5a1b", sourceType: "image" }] }),
    ],
    says: [],
  },
];
