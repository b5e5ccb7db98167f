import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import { checkExposure, refuseClients } from "../exposure.ts";
import { reachableFrom } from "../firewall-rules.ts";
import { dockerGate } from "./gate.ts";
import { haproxyConfig } from "./haproxy-config.ts";
import { hostName, labels } from "./labels.ts";

const configPath = "/usr/local/etc/haproxy/haproxy.cfg";

/** Values of the cloud for a load balancer. */
export interface DockerLoadBalancerSettings {
  address: string;
  cidr: string;
  network: pulumi.Input<string>;
  /** Id of the HAProxy image. */
  image: pulumi.Input<string>;
  /** Address of the Docker host on which ports are published. */
  publishAddress: string;
  /** Port of the Docker host for each port of the load balancer. */
  publishedPorts: ReadonlyMap<number, number>;
}

/**
 * HAProxy in a container that forwards TCP. Only load balancers are published on the Docker host. Public and private
 * ones are published in the same way.
 */
export class DockerLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  /** Address in the private network. The Docker host uses {@link published}. */
  readonly address: pulumi.Output<string>;
  /** Addresses for clients outside of the private network, one for each port: `127.0.0.1:3306`. */
  readonly published: readonly string[];
  /** Docker does not filter by address. */
  readonly allowFrom = [];
  readonly #outside: ReadonlyMap<number, string>;
  readonly #name: string;
  readonly #isPublic: boolean;

  constructor(
    name: string,
    args: LoadBalancerArgs,
    settings: DockerLoadBalancerSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { address, publishAddress } = settings;
    const isPublic = checkExposure(name, args);
    const ports = args.ports.map(({ port, targetPort = port, description }) => ({ port, targetPort, description }));
    const facts: LoadBalancerFacts = {
      role: "load-balancer",
      ports,
      targets: args.targets.map((target) => target.machineName),
      allowFrom: reachableFrom(args, settings.cidr),
      address,
      scheme: "published",
    };
    super(factTypes.loadBalancer, name, facts, opts);
    this.#name = name;
    this.#isPublic = isPublic;
    this.address = pulumi.output(address);
    const publications = ports.map(({ port }) => ({
      internal: port,
      external: settings.publishedPorts.get(port) ?? port,
    }));
    this.published = publications.map(({ external }) => `${publishAddress}:${external}`);
    const reached = publishAddress === "0.0.0.0" ? "127.0.0.1" : publishAddress;
    this.#outside = new Map(publications.map(({ internal, external }) => [internal, `${reached}:${external}`]));

    const targets = args.targets.map((target) => ({ name: target.machineName, address: target.address }));
    const config = haproxyConfig({ ports, targets, health: args.health });
    const container = new docker.Container(
      `${name}-haproxy`,
      {
        name: hostName(name),
        hostname: name,
        image: settings.image,
        entrypoints: ["haproxy"],
        command: ["-W", "-db", "-f", configPath],
        user: "99:99",
        uploads: [{ file: configPath, content: config, permissions: "0644" }],
        networksAdvanced: [{ name: settings.network, ipv4Address: address }],
        // The provider reads the ports in this order. Another order would be reported as a change.
        ports: publications
          .toSorted((a, b) => a.internal - b.internal)
          .map((publication) => ({ ...publication, ip: publishAddress, protocol: "tcp" })),
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges"],
        memory: 128,
        // Without it, the provider always reports a change, as for machines.
        memorySwap: 128,
        restart: "unless-stopped",
        labels: labels("load-balancer"),
      },
      { parent: this, dependsOn: opts?.dependsOn, deleteBeforeReplace: true },
    );
    dockerGate(
      `${name}-ready`,
      { subject: `load balancer ${name}`, container: container.name, triggers: [container.id] },
      { parent: this },
    );
    this.registerOutputs({ address, published: this.published });
  }

  /** The published port. With a remote Docker host, it is on that host. */
  outside(port: number): pulumi.Output<string> | undefined {
    const published = this.#outside.get(port);
    return published === undefined ? undefined : pulumi.output(published);
  }

  /** Adds no rule: outgoing traffic is not filtered, and `allowFrom` filters incoming traffic by address. */
  allowClients(_from: Firewall): void {
    refuseClients(this.#name, this.#isPublic);
  }
}
