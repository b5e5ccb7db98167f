import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../ignition/index.ts";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import type { Port } from "../../ignition/roles/role.ts";

/**
 * A place to run machines. Components are written against this interface and never ask which cloud they
 * have; the three implementations (aws, openstack, docker) are ComponentResources that own a network.
 *
 * Every object a cloud makes registers its facts as the inputs of a `paasmas:cloud:*` component, the same on all
 * clouds: that is what the plan's tables and diagram are drawn from.
 */
export interface Cloud extends pulumi.ComponentResource {
  /** Which of the three it is: for messages and facts, never to decide upon. */
  readonly kind: CloudKind;
  /** CIDR of the private network all machines live in. */
  readonly cidr: string;
  /**
   * The fixed address of a host number, known at plan time. Neighbouring numbers fall into different failure
   * domains where the cloud has them.
   * @throws RangeError naming the network and the number, if it does not fit.
   */
  address(host: number): string;
  /** A named set of machines that firewall rules refer to. Closed: nothing may enter until a rule allows it. */
  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): Firewall;
  /** Opens ports of one firewall to another one or to an address range, and nothing else. */
  allow(name: string, args: AllowArgs, opts?: pulumi.ComponentResourceOptions): void;
  /** Machines that must not share a failure domain (server group, spread placement). */
  group(name: string, opts?: pulumi.ComponentResourceOptions): MachineGroup;
  /** One machine with a fixed address, and its gate. */
  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): Machine;
  /**
   * A TCP load balancer in the private network, or one that the internet can reach.
   * @throws ArgumentError when it is to be public and cannot be.
   */
  loadBalancer(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions): LoadBalancer;
  /**
   * Adds something that runs on every machine beside its role.
   * @throws ArgumentError naming the machines that are there already: they would be left without it.
   */
  addNodeAgent(agent: NodeAgent): void;
  /** The machines that were made so far. */
  readonly machines: readonly RegisteredMachine[];
  /** A private, versioned, encrypted bucket. */
  objectStore(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions): ObjectStore;
}

export type CloudKind = "aws" | "openstack" | "docker";

export interface FirewallArgs {
  /** What the machines behind it do, for the security group's description. */
  description: string;
}

export interface Firewall extends pulumi.ComponentResource {
  /** Name in the plan and in rules. */
  readonly firewallName: string;
}

export interface AllowArgs {
  /** What is opened. */
  to: Firewall;
  /** Another firewall's machines, or an address range (`10.0.0.0/16`). */
  from: Firewall | string;
  /** The ports, each with the words that its rule is described with. */
  ports: readonly Port[];
}

/** Something that runs on every machine of a cloud, whatever its role: what sends its logs away, for one. */
export interface NodeAgent {
  /** What it is, for messages: `the log agent`. */
  readonly description: string;
  /** What it adds to the config of a machine; where both say something, the machine's own config wins. */
  config(machine: NodeAgentContext): pulumi.Input<Config>;
  /** Opens what the machines behind a firewall need for it. Default: nothing has to be opened. */
  open?(firewall: Firewall): void;
}

/** What an agent is told of the machine it runs on. */
export interface NodeAgentContext {
  readonly name: string;
  readonly role: string;
  readonly address: string;
}

/** A machine as who comes after it finds it. */
export interface RegisteredMachine extends NodeAgentContext {
  /** The firewall it is behind. */
  readonly firewall: Firewall;
  /** What runs on it beside its role. */
  readonly agents: readonly NodeAgent[];
  /** Ready when the machine's role is healthy. */
  readonly gate: pulumi.Resource;
}

export interface MachineGroup extends pulumi.ComponentResource {}

/** Abstract machine sizes; each environment's config maps them to instance types, flavors or memory limits. */
export type MachineSize = "small" | "medium" | "large";

export interface MachineArgs {
  /** What the machine is for: `etcd`, `galera`, `haproxy`. */
  role: string;
  /** Host number in the private network; fixes the address and the failure domain. */
  hostNumber: number;
  /** Its Ignition config. The cloud decides how to deliver it: secrets and large configs never travel as user data. */
  config(delivery: ConfigContext): pulumi.Input<Config>;
  /** The firewall it is behind. */
  firewall: Firewall;
  /** Size class, which the cloud's own arguments give a meaning. Default: `small`. */
  size?: MachineSize;
  /** Spread over failure domains with the other machines of this group. Default: none. */
  group?: MachineGroup;
  /** What it may use of what others provide, `[registry.pull()]`. Default: nothing. */
  access?: readonly MachineAccess[];
  /** A volume that outlives the machine; the config mounts it (`HostSettings.dataVolume`). Default: none. */
  dataVolume?: DataVolumeArgs;
  /** How long the gate waits for the role to become healthy, in seconds. Default: 900. */
  readyTimeoutSeconds?: number;
  /** How long a stop may take before the machine is killed, in seconds. Default: 60. */
  stopGraceSeconds?: number;
}

/** Something that a machine may use; whoever provides it makes one for each machine that it is given to. */
export interface MachineAccess {
  /** What it allows, `pull from registry`: for messages. */
  readonly description: string;
  /** An image registry that the machine's root is logged in to; a secret. Default: none. */
  readonly login?: pulumi.Input<RegistryLogin>;
  /** What the cloud itself must permit. A cloud that cannot refuses the machine. Default: nothing. */
  readonly permission?: CloudPermission;
}

/** A permission in the terms of one cloud, which alone looks inside. */
export interface CloudPermission {
  readonly kind: CloudKind;
}

/** What a cloud tells a config. */
export interface ConfigContext {
  /** The machine's fixed address. */
  address: string;
  /** Public keys for the `core` user, from the cloud's settings. */
  sshAuthorizedKeys: readonly string[];
  /** Where to report readiness, a secret. Default: none, where the gate can ask the machine. */
  readyReportUrl?: pulumi.Output<string>;
}

export interface DataVolumeArgs {
  /** Size in GiB. */
  sizeGiB: number;
  /** Where it is mounted on the machine; the Docker cloud mounts it there itself. */
  path: string;
}

export interface Machine extends pulumi.ComponentResource {
  /** Its name, and its host name. */
  readonly machineName: string;
  /** Its fixed address. */
  readonly address: string;
  /** Ready when the machine's role is healthy. Depend on it to roll: the next machine waits for this one's gate. */
  readonly gate: pulumi.Resource;
}

export interface LoadBalancerArgs {
  /** Host number of its address, on clouds that let one choose. */
  hostNumber: number;
  /** The machines it spreads connections over. */
  targets: readonly Machine[];
  /** The machines' firewall; the load balancer's own address is let in on `ports` and the health check's port. */
  targetFirewall: Firewall;
  /** The ports it listens on. */
  ports: readonly LoadBalancerPort[];
  /** HTTP health check of a target: 200 is healthy. */
  health: { port: number; path: string };
  /**
   * Whether it can be reached from the internet. A public one needs `allowFrom`, and a cloud with a way out. In Docker there is
   * nobody outside: it is published on the developer's machine like every other one. Default: `private`.
   */
  exposure?: Exposure;
  /** Who may connect: address ranges. Default: the private network. */
  allowFrom?: readonly string[];
  /** Machines that connect, whose firewalls let them out to it; a public one has none. Default: none. */
  clients?: readonly Firewall[];
}

/** Where something can be reached from: the private network and what is connected to it, or the internet. */
export type Exposure = "private" | "public";

export interface LoadBalancerPort extends Port {
  /** Port of the targets. Default: the same. */
  targetPort?: number;
}

export interface LoadBalancer extends pulumi.ComponentResource {
  /** Where clients connect: an address or a DNS name. */
  readonly address: pulumi.Output<string>;
  /** Zone of the cloud's own DNS that the address is in, for an alias of it; absent where it is none of the cloud's names. */
  readonly aliasZoneId?: pulumi.Output<string>;
  /**
   * Lets machines connect that are made after it: out of their firewall, and in here. Where machines may send anywhere
   * and come in by address, `allowFrom` has to have them, and nothing more is opened.
   * @throws ArgumentError when it is public: who is inside connects to a private one.
   */
  allowClients(from: Firewall): void;
}

export interface ObjectStoreArgs {
  /** What it holds, for tags and the plan. */
  description: string;
  /** How long a version of an object is kept after it was overwritten or deleted, in days (AWS only). Default: 30. */
  noncurrentDays?: number;
  /** How long an object is kept, in days (AWS only). Default: until it is deleted. */
  expireDays?: number;
}

export interface ObjectStore extends pulumi.ComponentResource {
  /** Bucket or container name. */
  readonly bucket: pulumi.Output<string>;
  /** S3 or Swift endpoint. */
  readonly endpoint: pulumi.Output<string>;
  /**
   * A user for a program that speaks S3 and has no role of a machine: it may list, read, write and delete the bucket's
   * objects. How far it reaches beyond the bucket is told at each cloud's own store.
   * @param name Name of the user's resources.
   */
  keys(name: string): BucketKeys;
}

/** What a program that speaks S3 has to know. */
export interface BucketKeys {
  /** URL of the S3 API, without a path. */
  readonly endpoint: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  readonly accessKey: pulumi.Output<string>;
  /** Secret. */
  readonly secretKey: pulumi.Output<string>;
}
