import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../ignition/index.ts";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import type { Port } from "../../ignition/roles/role.ts";

/**
 * Interface of the clouds on which components run their machines. Components use only this interface.
 * Implementations: `aws`, `openstack`, `docker`. Each is a ComponentResource that owns a network.
 *
 * Every object registers its facts as the inputs of a `paasmas:cloud:*` component, with the same form on all clouds.
 * The plan and the policies read these facts.
 */
export interface Cloud extends pulumi.ComponentResource {
  /** Cloud type, for messages and facts only. Do not branch on it. */
  readonly kind: CloudKind;
  /** CIDR range of the private network of all machines. */
  readonly cidr: string;
  /**
   * Returns the fixed address of a host number, known during the plan. Neighbouring numbers are in different failure
   * domains, if the cloud has several.
   * @throws RangeError with the network and the number, if the number does not fit.
   */
  address(host: number): string;
  /** Creates a firewall: a named set of machines. It blocks incoming traffic until a rule allows it. */
  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): Firewall;
  /** Allows traffic from a firewall or an address range to ports of another firewall. */
  allow(name: string, args: AllowArgs, opts?: pulumi.ComponentResourceOptions): void;
  /** Creates a group of machines that must not share a failure domain (server group, spread placement). */
  group(name: string, opts?: pulumi.ComponentResourceOptions): MachineGroup;
  /** Creates a machine with a fixed address, and its gate. */
  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): Machine;
  /**
   * Creates a TCP load balancer, in the private network or reachable from the internet.
   * @throws ArgumentError if `exposure` is `public` and the cloud has no access to the internet.
   */
  loadBalancer(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions): LoadBalancer;
  /**
   * Adds a program that runs on every machine beside its role. Call it before the first machine.
   * @throws ArgumentError with the existing machines, which would not have the agent.
   */
  addNodeAgent(agent: NodeAgent): void;
  /** Machines created so far. */
  readonly machines: readonly RegisteredMachine[];
  /** Creates a private, versioned, encrypted bucket. */
  objectStore(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions): ObjectStore;
}

export type CloudKind = "aws" | "openstack" | "docker";

export interface FirewallArgs {
  /** Purpose of the machines behind it: the description of the security group. */
  description: string;
}

export interface Firewall extends pulumi.ComponentResource {
  /** Name in the plan and in firewall rules. */
  readonly firewallName: string;
}

export interface AllowArgs {
  /** Destination: the machines behind this firewall. */
  to: Firewall;
  /** Source: the machines behind another firewall, or an address range (`10.0.0.0/16`). */
  from: Firewall | string;
  /** Ports of the destination, each with the description of its rule. */
  ports: readonly Port[];
}

/** Program that runs on every machine of a cloud, for example the log agent. */
export interface NodeAgent {
  /** Name for messages: `the log agent`. */
  readonly description: string;
  /** Config that is merged into the config of a machine. The machine's config has precedence. */
  config(machine: NodeAgentContext): pulumi.Input<Config>;
  /** Creates the firewall rules that the agent needs on machines behind a firewall. Default: none. */
  open?(firewall: Firewall): void;
}

/** Machine on which an agent runs. */
export interface NodeAgentContext {
  readonly name: string;
  readonly role: string;
  readonly address: string;
}

/** Machine of a cloud, for components that are created later. */
export interface RegisteredMachine extends NodeAgentContext {
  /** Firewall of the machine. */
  readonly firewall: Firewall;
  /** Node agents on the machine. */
  readonly agents: readonly NodeAgent[];
  /** Resource that is created when the role of the machine is healthy. */
  readonly gate: pulumi.Resource;
}

export interface MachineGroup extends pulumi.ComponentResource {}

/** Size class of a machine. The config of each environment maps it to an instance type, a flavor or a memory limit. */
export type MachineSize = "small" | "medium" | "large";

export interface MachineArgs {
  /** Role of the machine: `etcd`, `galera`, `haproxy`. */
  role: string;
  /** Host number in the private network. It determines the address and the failure domain. */
  hostNumber: number;
  /** Ignition config. The cloud chooses the delivery. Secrets and large configs are never sent as user data. */
  config(delivery: ConfigContext): pulumi.Input<Config>;
  /** Firewall of the machine. */
  firewall: Firewall;
  /** Size class. The arguments of the cloud map it to a machine type. Default: `small`. */
  size?: MachineSize;
  /** Group whose machines must not share a failure domain. Default: none. */
  group?: MachineGroup;
  /** Resources that the machine may use, `[registry.pull()]`. Default: none. */
  access?: readonly MachineAccess[];
  /** Volume that outlives the machine. The config mounts it (`HostSettings.dataVolume`). Default: none. */
  dataVolume?: DataVolumeArgs;
  /** Time limit of the gate: how long it waits for the role to become healthy, in seconds. Default: 900. */
  readyTimeoutSeconds?: number;
  /** Time limit of a stop, in seconds. Then the cloud kills the machine. Default: 60. */
  stopGraceSeconds?: number;
}

/** Permission of a machine to use a resource, for example a registry. The owner of the resource creates it. */
export interface MachineAccess {
  /** Description for messages and facts, `pull from registry`. */
  readonly description: string;
  /** Login to an image registry for the root user of the machine; a secret. Default: none. */
  readonly login?: pulumi.Input<RegistryLogin>;
  /** Permission that the cloud must grant. A cloud of another type rejects the machine. Default: none. */
  readonly permission?: CloudPermission;
}

/** Permission of one cloud type. Only that cloud reads its content. */
export interface CloudPermission {
  readonly kind: CloudKind;
}

/** Values that a cloud passes to the config of a machine. */
export interface ConfigContext {
  /** Fixed address of the machine. */
  address: string;
  /** Public SSH keys for the user `core`, from the settings of the cloud. */
  sshAuthorizedKeys: readonly string[];
  /** URL for the readiness reports of the machine; a secret. Default: none, if the gate can reach the machine. */
  readyReportUrl?: pulumi.Output<string>;
}

export interface DataVolumeArgs {
  /** Size in GiB. */
  sizeGiB: number;
  /** Mount path on the machine. The Docker cloud mounts the volume itself. */
  path: string;
}

export interface Machine extends pulumi.ComponentResource {
  /** Name and host name. */
  readonly machineName: string;
  /** Fixed address. */
  readonly address: string;
  /** Resource that is created when the role is healthy. In a roll, the next machine depends on it. */
  readonly gate: pulumi.Resource;
}

export interface LoadBalancerArgs {
  /** Host number of its address, on clouds with selectable addresses. */
  hostNumber: number;
  /** Machines that receive the connections. */
  targets: readonly Machine[];
  /** Firewall of the targets. It allows the load balancer on the target ports and on the port of the health check. */
  targetFirewall: Firewall;
  /** Ports on which it listens. */
  ports: readonly LoadBalancerPort[];
  /** HTTP health check of a target: status 200 is healthy. */
  health: { port: number; path: string };
  /**
   * `private`, or `public` for access from the internet. `public` requires `allowFrom`, and a cloud with access to the
   * internet. The Docker cloud publishes both on the machine of the developer. Default: `private`.
   */
  exposure?: Exposure;
  /** Address ranges that may connect. Default: the private network. */
  allowFrom?: readonly string[];
  /** Firewalls of the machines that connect. They get outgoing rules. Not for a public one. Default: none. */
  clients?: readonly Firewall[];
}

/** Networks with access: the private network and the networks connected to it, or the internet. */
export type Exposure = "private" | "public";

export interface LoadBalancerPort extends Port {
  /** Port of the targets. Default: the same. */
  targetPort?: number;
}

export interface LoadBalancer extends pulumi.ComponentResource {
  /** IP address or DNS name for clients. */
  readonly address: pulumi.Output<string>;
  /**
   * Returns the address and port at which clients outside of the private network reach a port, `127.0.0.1:3306`.
   * Undefined if they cannot.
   */
  outside(port: number): pulumi.Output<string> | undefined;
  /** Address ranges that may connect. Empty: the cloud does not filter by address. */
  readonly allowFrom: readonly string[];
  /** DNS zone of the cloud that contains `address`, for alias records. Absent if the cloud has no such zone. */
  readonly aliasZoneId?: pulumi.Output<string>;
  /**
   * Allows machines that are created later to connect: adds rules to both firewalls. On clouds that filter only by
   * address, it adds no rule; `allowFrom` must contain the machines.
   * @throws ArgumentError if it is public: machines of the private network use a private load balancer.
   */
  allowClients(from: Firewall): void;
}

export interface ObjectStoreArgs {
  /** Content of the bucket, for tags and the plan. */
  description: string;
  /** Days for which an overwritten or deleted version of an object is kept (AWS only). Default: 30. */
  noncurrentDays?: number;
  /** Days for which an object is kept (AWS only). Default: until it is deleted. */
  expireDays?: number;
}

export interface ObjectStore extends pulumi.ComponentResource {
  /** Bucket or container name. */
  readonly bucket: pulumi.Output<string>;
  /** S3 or Swift endpoint. */
  readonly endpoint: pulumi.Output<string>;
  /**
   * Creates an S3 user for a program without a machine role. It may list, read, write and delete objects of the bucket.
   * The implementation of each cloud describes the rights outside of the bucket.
   * @param name Name of the resources.
   */
  keys(name: string): BucketKeys;
}

/** Settings of an S3 client. */
export interface BucketKeys {
  /** URL of the S3 API, without a path. */
  readonly endpoint: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  readonly accessKey: pulumi.Output<string>;
  /** Secret. */
  readonly secretKey: pulumi.Output<string>;
}
