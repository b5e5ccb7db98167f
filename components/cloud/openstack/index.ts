import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ArgumentError } from "../../internal/argument-check.ts";
import { checked } from "../../internal/settings-check.ts";
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
import { imageByName } from "./look-up.ts";
import { OpenstackMachine } from "./machine.ts";
import { type PrivateNetwork, privateNetwork } from "./network.ts";
import { openstackArguments } from "./settings-schema.ts";
import { OpenstackObjectStore } from "./object-store.ts";

export type { OpenstackBootVolumeArgs, OpenstackCloudArgs } from "./args.ts";
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

  /** @throws RangeError if `cidr` is invalid or too small. @throws ArgumentError with all other invalid arguments. */
  constructor(name: string, args: OpenstackCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cidr, imageId, imageName, zones = [] } = args;
    const problems = argumentProblems(name, args);
    if (problems.length > 0) throw new ArgumentError(problems);
    dynamicRange(cidr);
    const named = zones.length > 0 ? zones : ["any"];
    const facts: CloudFacts = { kind: "openstack", cidr, zones: named };
    super(factTypes.cloud, name, facts, opts);
    this.cidr = cidr;
    this.#name = name;
    this.#args = args;
    this.#agents = new NodeAgents(name);
    this.#zones = named;
    this.#imageId = imageId ?? imageByName(`${name}.imageName`, imageName!, this);
    this.#network = privateNetwork(
      name,
      { cidr, externalNetworkId: args.externalNetworkId, dnsServers: args.dnsServers ?? [], mtu: args.mtu },
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
    const { flavors, zones = [], sshAuthorizedKeys = [], volumeType, bootVolume, retainData = false } = this.#args;
    const availabilityZone = zones[args.hostNumber % zones.length];
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
          availabilityZone,
          volumeZone: this.#args.volumeZone ?? availabilityZone,
          volumeType,
          bootVolume: bootVolume && { volumeType, ...bootVolume },
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
    const { region, objectVersioning = true, retainData = false } = this.#args;
    return new OpenstackObjectStore(name, args, { region, objectVersioning, retainData }, this.#resourceOptions(opts));
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

/** Problems of the arguments, one line each. */
function argumentProblems(name: string, args: OpenstackCloudArgs): string[] {
  const { imageId, imageName } = args;
  const result = checked(z.object(openstackArguments), [], args);
  const problems = "problems" in result ? result.problems : [];
  const lines = problems.map(({ path, message }) => `${name}.${path}: ${message}`);
  if ((imageId === undefined) !== (imageName === undefined)) return lines;
  const given = imageId ? "both imageId and imageName are" : "neither imageId nor imageName is";
  return [`${name}: ${given} given; give one of them`, ...lines];
}
