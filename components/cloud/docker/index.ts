import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { AddressRegister, hostAddress } from "../addresses.ts";
import { NodeAgents } from "../node-agents.ts";
import type {
  AllowArgs,
  Cloud,
  Firewall,
  FirewallArgs,
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
import type { DockerCloudArgs, DockerLimits } from "./args.ts";
import { DockerFirewall, DockerFirewallRule, DockerMachineGroup } from "./firewall.ts";
import { hostName, labels } from "./labels.ts";
import { DockerLoadBalancer } from "./load-balancer.ts";
import { DockerMachine } from "./machine.ts";
import { DockerObjectStore } from "./object-store.ts";
import { PublishedPorts } from "./published-ports.ts";

export type { DockerCloudArgs, DockerLimits } from "./args.ts";

const defaultLimits: Record<MachineSize, DockerLimits> = {
  small: { memoryMiB: 1024 },
  medium: { memoryMiB: 2048 },
  large: { memoryMiB: 4096 },
};

/** Addresses of the network and the bridge. */
const reserved = { low: 2 };

/** Cloud for development: machines are containers on one Docker host, in a bridge network with fixed addresses. */
export class DockerCloud extends pulumi.ComponentResource implements Cloud {
  readonly kind = "docker";
  readonly cidr: string;

  readonly #name: string;
  readonly #args: DockerCloudArgs;
  readonly #network: docker.Network;
  readonly #images = new Map<string, docker.RemoteImage>();
  readonly #hosts = new AddressRegister();
  readonly #agents: NodeAgents;
  readonly #published: PublishedPorts;

  /** @throws RangeError if `cidr` is not an address range, or is too small. */
  constructor(name: string, args: DockerCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    const gateway = hostAddress(args.cidr, 1);
    const facts: CloudFacts = { kind: "docker", cidr: args.cidr, zones: ["local"] };
    super(factTypes.cloud, name, facts, opts);
    this.cidr = args.cidr;
    this.#name = name;
    this.#args = args;
    this.#agents = new NodeAgents(name);
    this.#published = new PublishedPorts(args.publishedPorts);
    this.#network = new docker.Network(
      `${name}-network`,
      {
        name: hostName(name),
        driver: "bridge",
        // Without the gateway, the provider reports a change: it reads the gateway from Docker.
        ipamConfigs: [{ subnet: args.cidr, gateway }],
        labels: labels("network"),
      },
      // Two networks cannot have the same range, not even during a replacement.
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs({ cidr: this.cidr });
  }

  address(host: number): string {
    return hostAddress(this.cidr, host, reserved);
  }

  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): Firewall {
    return this.#agents.registerFirewall(new DockerFirewall(name, args, this.#resourceOptions(opts)));
  }

  allow(name: string, args: AllowArgs, opts?: pulumi.ComponentResourceOptions): void {
    for (const port of args.ports) {
      new DockerFirewallRule(ruleName(name, port), { ...args, port }, this.#resourceOptions(opts));
    }
  }

  group(name: string, opts?: pulumi.ComponentResourceOptions): MachineGroup {
    return new DockerMachineGroup(name, this.#resourceOptions(opts));
  }

  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): Machine {
    this.#hosts.claim(args.hostNumber, name);
    const size = args.size ?? "small";
    const limits = this.#args.limits?.[size] ?? defaultLimits[size];
    return this.#agents.registerMachine(
      new DockerMachine(
        name,
        args,
        {
          address: this.address(args.hostNumber),
          sshAuthorizedKeys: this.#args.sshAuthorizedKeys ?? [],
          memoryMiB: limits.memoryMiB,
          cpus: limits.cpus,
          network: this.#network.name,
          image: this.#image("node-image", this.#args.image ?? images["fedora-coreos"]),
          imageStore: this.#args.imageStore,
          dropCapabilities: this.#args.dropCapabilities ?? [],
          agents: this.#agents,
          retainData: this.#args.retainData ?? false,
        },
        this.#resourceOptions(opts),
      ),
    );
  }

  /** @throws RangeError with both load balancers, if they publish the same port of the Docker host. */
  loadBalancer(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions): DockerLoadBalancer {
    this.#hosts.claim(args.hostNumber, name);
    const address = this.address(args.hostNumber);
    const balancer = new DockerLoadBalancer(
      name,
      args,
      {
        address,
        cidr: this.cidr,
        network: this.#network.name,
        image: this.#image("load-balancer-image", this.#args.loadBalancerImage ?? "docker.io/library/haproxy:2.8"),
        publishAddress: this.#args.publishAddress ?? "127.0.0.1",
        publishedPorts: this.#published.claim(name, args.ports),
      },
      this.#resourceOptions(opts),
    );
    this.allow(
      `${name}-to-${args.targetFirewall.firewallName}`,
      {
        to: args.targetFirewall,
        from: `${address}/32`,
        ports: targetPorts(args),
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

  objectStore(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions): DockerObjectStore {
    return new DockerObjectStore(
      name,
      args,
      {
        network: this.#network.name,
        image: this.#image("object-store-image", this.#args.objectStoreImage ?? "ghcr.io/versity/versitygw:v1.7.0"),
        toolsImage: this.#image("node-image", this.#args.image ?? images["fedora-coreos"]),
      },
      this.#resourceOptions(opts),
    );
  }

  /** Pulls an image once and returns its id. A destroy keeps the image on the Docker host: other stacks can use it. */
  #image(purpose: string, name: string): pulumi.Output<string> {
    let image = this.#images.get(purpose);
    if (!image) {
      image = new docker.RemoteImage(`${this.#name}-${purpose}`, { name, keepLocally: true }, { parent: this });
      this.#images.set(purpose, image);
    }
    return image.imageId;
  }

  #resourceOptions(opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return withCloudProviders(this, ["docker", "command", "random"], opts);
  }
}
