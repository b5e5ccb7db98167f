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
  RegisteredMachine,
  ObjectStoreArgs,
} from "../cloud.ts";
import { type CloudFacts, factTypes } from "../facts.ts";
import { ruleName, targetPorts } from "../firewall-rules.ts";
import { withCloudProviders } from "../resource-options.ts";
import { dynamicRange, fixedAddress } from "./addresses.ts";
import type { OpenstackCloudArgs } from "./args.ts";
import { OpenstackFirewall, OpenstackFirewallRule, OpenstackMachineGroup } from "./firewall.ts";
import { IgnitionStore } from "./ignition-store.ts";
import { OpenstackLoadBalancer } from "./load-balancer.ts";
import { OpenstackMachine } from "./machine.ts";
import { type PrivateNetwork, privateNetwork } from "./network.ts";
import { OpenstackObjectStore } from "./object-store.ts";

export type { OpenstackCloudArgs } from "./args.ts";
export { DesignateZone } from "./dns.ts";

/** Cloud on OpenStack, with Nova, Neutron, Cinder, Octavia and Swift. */
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
  readonly #allowedPorts = new Set<string>();
  #store: IgnitionStore | undefined;

  /** @throws RangeError if `cidr` is invalid or too small. @throws ArgumentError unless exactly one image is given. */
  constructor(name: string, args: OpenstackCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cidr, imageId, imageName, zones = [] } = args;
    if ((imageId === undefined) === (imageName === undefined)) {
      const given = imageId ? "both imageId and imageName are" : "neither imageId nor imageName is";
      throw new ArgumentError([`${name}: ${given} given; give one of them`]);
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
    return this.#agents.registerFirewall(new OpenstackFirewall(name, args, this.#resourceOptions(opts)));
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

  /** @throws ArgumentError if the size has no flavor. @throws RangeError if the host number does not fit. */
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
    return this.#agents.registerMachine(
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
        // Octavia connects to targets from separate ports, with addresses that Neutron assigns.
        from: dynamicRange(this.cidr),
        ports: targetPorts(args).filter(({ port }) => this.#needsRule(args.targetFirewall, port)),
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

  /** Whether load balancers need a new rule for a port. They use one range, and Neutron rejects duplicate rules. */
  #needsRule({ firewallName }: Firewall, port: number): boolean {
    const key = `${firewallName} ${port}`;
    if (this.#allowedPorts.has(key)) return false;
    this.#allowedPorts.add(key);
    return true;
  }

  #resourceOptions(opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return withCloudProviders(this, ["openstack", "command", "random"], opts);
  }
}
