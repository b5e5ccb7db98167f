import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../../internal/argument-check.ts";
import { AddressRegister } from "../addresses.ts";
import { NodeAgents } from "../node-agents.ts";
import type {
  AllowArgs,
  Cloud,
  Firewall,
  FirewallArgs,
  LoadBalancer,
  LoadBalancerArgs,
  Machine,
  NodeAgent,
  MachineArgs,
  MachineGroup,
  MachineSize,
  RegisteredMachine,
  ObjectStoreArgs,
} from "../cloud.ts";
import { type CloudFacts, factTypes } from "../facts.ts";
import { ruleName, targetPorts } from "../firewall-rules.ts";
import { withCloudProviders } from "../resource-options.ts";
import { dynamicRange, fixedAddress } from "./addresses.ts";
import { OpenstackFirewall, OpenstackFirewallRule, OpenstackMachineGroup } from "./firewall.ts";
import { IgnitionStore } from "./ignition-store.ts";
import { OpenstackLoadBalancer } from "./load-balancer.ts";
import { OpenstackMachine } from "./machine.ts";
import { type PrivateNetwork, privateNetwork } from "./network.ts";
import { OpenstackObjectStore } from "./object-store.ts";

export { DesignateZone } from "./dns.ts";

export interface OpenstackCloudArgs {
  /**
   * Range of the private network, at least a /26.
   * The last quarter is for OpenStack's own addresses, the rest for host numbers.
   */
  cidr: string;
  /** Name of the flavor for each size that is used; it has a local disk for the system. */
  flavors: Partial<Record<MachineSize, string>>;
  /**
   * Id of the machines' image, Fedora CoreOS or another with Ignition >= 2.15.
   * Default: none; one of `imageId` and `imageName` is needed.
   * A change replaces the machines one at a time.
   */
  imageId?: string;
  /**
   * Name of the image, instead of its id: it must name exactly one, and replacing that one replaces the machines.
   * Default: none; one of `imageId` and `imageName` is needed.
   */
  imageName?: string;
  /**
   * Id of the external network that a router leads to.
   * Default: no router; the machines then need another way to Swift and to the image registry.
   */
  externalNetworkId?: string;
  /**
   * Name servers for the machines.
   * Default: Neutron's own.
   */
  dnsServers?: readonly string[];
  /**
   * Availability zones of Nova and Cinder; neighbouring host numbers go to different ones.
   * Default: OpenStack's choice.
   */
  zones?: readonly string[];
  /**
   * Whether machines of one group must, or should, run on different hosts.
   * Default: `required`; a group with more machines than there are hosts then fails with "No valid host".
   */
  antiAffinity?: "required" | "preferred";
  /**
   * Cinder's type for data volumes, such as one that encrypts.
   * Default: Cinder's own.
   */
  volumeType?: string;
  /**
   * Public keys that may log in as `core`.
   * Default: none, nobody can log in.
   */
  sshAuthorizedKeys?: readonly string[];
  /**
   * Region whose object store is told to users of object stores.
   * Default: the first in the service catalog.
   */
  region?: string;
  /**
   * Protect data volumes and object stores, and keep them when the stack is destroyed.
   * Default: false.
   */
  retainData?: boolean;
}

/** OpenStack as a cloud: Nova, Neutron, Cinder, Octavia and Swift. */
export class OpenstackCloud extends pulumi.ComponentResource implements Cloud {
  readonly kind = "openstack";
  readonly cidr: string;

  readonly #name: string;
  readonly #args: OpenstackCloudArgs;
  readonly #zones: readonly string[];
  readonly #network: PrivateNetwork;
  readonly #imageId: pulumi.Input<string>;
  readonly #hosts = new AddressRegister();
  readonly #agents: NodeAgents;
  readonly #opened = new Set<string>();
  #store: IgnitionStore | undefined;

  /** @throws RangeError when the range is not one or too small; ArgumentError when not exactly one image is named. */
  constructor(name: string, args: OpenstackCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cidr, imageId, imageName, zones = [] } = args;
    if ((imageId === undefined) === (imageName === undefined)) {
      throw new ArgumentError([
        `${name}: ${imageId ? "both" : "neither"} of imageId and imageName given; give one of them`,
      ]);
    }
    dynamicRange(cidr);
    const named = zones.length > 0 ? zones : ["any"];
    const facts: CloudFacts = { kind: "openstack", cidr, zones: named };
    super(factTypes.cloud, name, facts, opts);
    this.cidr = cidr;
    this.#name = name;
    this.#args = args;
    this.#agents = new NodeAgents(name);
    this.#zones = named;
    this.#imageId =
      imageId ?? openstack.images.getImageOutput({ name: imageName, mostRecent: false }, { parent: this }).id;
    this.#network = privateNetwork(
      name,
      { cidr, externalNetworkId: args.externalNetworkId, dnsServers: args.dnsServers ?? [] },
      this,
    );
    this.registerOutputs({ cidr });
  }

  address(host: number): string {
    return fixedAddress(this.cidr, host);
  }

  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): Firewall {
    return this.#agents.opened(new OpenstackFirewall(name, args, this.#resourceOptions(opts)));
  }

  allow(name: string, args: AllowArgs, opts?: pulumi.ComponentResourceOptions): void {
    for (const port of args.ports) {
      new OpenstackFirewallRule(ruleName(name, port), { ...args, port }, this.#resourceOptions(opts));
    }
  }

  group(name: string, opts?: pulumi.ComponentResourceOptions): MachineGroup {
    const policy = this.#args.antiAffinity === "preferred" ? "soft-anti-affinity" : "anti-affinity";
    return new OpenstackMachineGroup(name, policy, this.#resourceOptions(opts));
  }

  /** @throws ArgumentError when the machine's size has no flavor; RangeError when the host number does not fit. */
  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): Machine {
    const { flavors, zones = [], sshAuthorizedKeys = [], volumeType, retainData = false } = this.#args;
    const size = args.size ?? "small";
    const flavor = flavors[size];
    if (flavor === undefined) {
      const known = Object.keys(flavors).join(", ") || "none";
      throw new ArgumentError([
        `${name}.size: ${size} has no flavor; the cloud ${this.#name} has flavors for: ${known}`,
      ]);
    }
    const address = this.address(args.hostNumber);
    this.#hosts.claim(args.hostNumber, name);
    this.#store ??= new IgnitionStore(`${this.#name}-ignition`, { parent: this });
    return this.#agents.made(
      new OpenstackMachine(
        name,
        args,
        {
          address,
          sshAuthorizedKeys,
          flavor,
          imageId: this.#imageId,
          network: this.#network,
          store: this.#store,
          zone: this.#zones[args.hostNumber % this.#zones.length]!,
          availabilityZone: zones[args.hostNumber % zones.length],
          volumeType,
          agents: this.#agents,
          retainData,
        },
        this.#resourceOptions(opts),
      ),
    );
  }

  loadBalancer(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions): LoadBalancer {
    const address = this.address(args.hostNumber);
    this.#hosts.claim(args.hostNumber, name);
    const balancer = new OpenstackLoadBalancer(
      name,
      args,
      { address, cidr: this.cidr, network: this.#network },
      this.#resourceOptions(opts),
    );
    this.allow(
      `${name}-to-${args.targetFirewall.firewallName}`,
      {
        to: args.targetFirewall,
        // Octavia connects from ports of its own, whose addresses Neutron picks.
        from: dynamicRange(this.cidr),
        ports: targetPorts(args).filter(({ port }) => this.#opens(args.targetFirewall, port)),
      },
      { parent: balancer },
    );
    return balancer;
  }

  addNodeAgent(agent: NodeAgent): void {
    this.#agents.add(agent);
  }

  get machines(): readonly RegisteredMachine[] {
    return this.#agents.machines;
  }

  objectStore(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions): OpenstackObjectStore {
    const { region, retainData = false } = this.#args;
    return new OpenstackObjectStore(name, args, { region, retainData }, this.#resourceOptions(opts));
  }

  /** Whether a port is yet to be opened to load balancers: they all come from one range, and Neutron refuses a rule that is there. */
  #opens({ firewallName }: Firewall, port: number): boolean {
    const key = `${firewallName} ${port}`;
    if (this.#opened.has(key)) return false;
    this.#opened.add(key);
    return true;
  }

  #resourceOptions(opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return withCloudProviders(this, ["openstack", "command", "random"], opts);
  }
}
