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
import { DockerFirewall, DockerFirewallRule, DockerMachineGroup } from "./firewall.ts";
import { hostName, labels } from "./labels.ts";
import { DockerLoadBalancer } from "./load-balancer.ts";
import { DockerMachine } from "./machine.ts";
import { DockerObjectStore } from "./object-store.ts";
import { PublishedPorts } from "./published-ports.ts";

export interface DockerCloudArgs {
  /**
   * Range of the private network, `10.77.0.0/24`.
   * It must not overlap another Docker network or a network the Docker host itself is in.
   */
  cidr: string;
  /**
   * Image of the machines: systemd, podman and Ignition, as Fedora CoreOS has them.
   * Default: `fedora-coreos` in `ignition/roles/images.json`.
   * One that is present on the Docker host under this name is not pulled.
   */
  image?: string;
  /**
   * Image of the load balancer.
   * Default: `docker.io/library/haproxy:2.8`.
   */
  loadBalancerImage?: string;
  /**
   * Image of the S3 server behind object stores.
   * Default: `ghcr.io/versity/versitygw:v1.7.0`.
   */
  objectStoreImage?: string;
  /**
   * What a machine of each size may use: memory in MiB, processors (fractions allowed).
   * Default: 1024, 2048 and 4096 MiB, and all processors.
   */
  limits?: Partial<Record<MachineSize, DockerLimits>>;
  /**
   * Public keys that may log in as `core`.
   * Default: none; `docker exec` gets in without.
   */
  sshAuthorizedKeys?: readonly string[];
  /**
   * Address of the Docker host that load balancers are published on.
   * Default: `127.0.0.1`, reachable from the Docker host alone.
   */
  publishAddress?: string;
  /**
   * Ports of the Docker host to publish load balancer ports on, by the load balancer's port, of all of them or of one:
   * `{ "3306": 13306, "jenkins-front:443": 8443 }`.
   * Default: the same ports.
   */
  publishedPorts?: Record<string, number>;
  /**
   * Folder of the Docker host with container images (a podman image store), which machines use before they pull.
   * Default: none, every machine pulls its images once.
   */
  imageStore?: string;
  /**
   * Capabilities to take from the machines, `CAP_SYS_RESOURCE`: those the Docker host itself has not got.
   * Default: none.
   */
  dropCapabilities?: readonly string[];
  /**
   * Protect data volumes, and keep them when the stack is destroyed.
   * Default: false.
   */
  retainData?: boolean;
}

export interface DockerLimits {
  /** Memory, MiB; there is no swap beyond it. */
  memoryMiB: number;
  /**
   * Processors, fractions allowed.
   * Default: all.
   */
  cpus?: number;
}

const defaultLimits: Record<MachineSize, DockerLimits> = {
  small: { memoryMiB: 1024 },
  medium: { memoryMiB: 2048 },
  large: { memoryMiB: 4096 },
};

/** The network's own address and the bridge's. */
const reserved = { low: 2 };

/** A developer's cloud: machines are containers on one Docker host, in a bridge network with fixed addresses. */
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

  /** @throws RangeError when the range is not one, or has no room. */
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
        // The gateway is spelt out because the provider reads it back.
        ipamConfigs: [{ subnet: args.cidr, gateway }],
        labels: labels("network"),
      },
      // Two networks cannot have one range, not even for the moment of a replacement.
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs({ cidr: this.cidr });
  }

  address(host: number): string {
    return hostAddress(this.cidr, host, reserved);
  }

  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): Firewall {
    return this.#agents.opened(new DockerFirewall(name, args, this.#resourceOptions(opts)));
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
    return this.#agents.made(
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

  /** @throws RangeError naming both load balancers, when two publish one port of the Docker host. */
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

  /** Id of an image, pulled once, and left on the Docker host when the stack goes: other stacks use it too. */
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
