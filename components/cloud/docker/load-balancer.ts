import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import { checkExposure, refuseClients } from "../exposure.ts";
import { reachableFrom } from "../firewall-rules.ts";
import { haproxyConfig } from "./haproxy-config.ts";
import { hostName, labels } from "./labels.ts";

const configPath = "/usr/local/etc/haproxy/haproxy.cfg";

/** What the cloud adds to a load balancer's own arguments. */
export interface DockerLoadBalancerSettings {
  address: string;
  cidr: string;
  network: pulumi.Input<string>;
  /** Id of the HAProxy image. */
  image: pulumi.Input<string>;
  /** Address of the Docker host to publish on. */
  publishAddress: string;
  /** Port of the Docker host for each port that is published. */
  publishedPorts: ReadonlyMap<number, number>;
}

/**
 * HAProxy in a container, passing TCP through: the one thing that is published to the developer's machine. There is nobody outside,
 * so that a public one is published like every other one.
 */
export class DockerLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  /** Its address in the private network; the Docker host itself connects to {@link published}. */
  readonly address: pulumi.Output<string>;
  /** `127.0.0.1:3306` for each port, where clients outside of the private network connect. */
  readonly published: readonly string[];
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

    const targets = args.targets.map((target) => ({ name: target.machineName, address: target.address }));
    new docker.Container(
      `${name}-haproxy`,
      {
        name: hostName(name),
        hostname: name,
        image: settings.image,
        entrypoints: ["haproxy"],
        command: ["-W", "-db", "-f", configPath],
        user: "99:99",
        uploads: [
          { file: configPath, content: haproxyConfig({ ports, targets, health: args.health }), permissions: "0644" },
        ],
        networksAdvanced: [{ name: settings.network, ipv4Address: address }],
        // In the order in which the provider reads them back.
        ports: publications
          .toSorted((a, b) => a.internal - b.internal)
          .map((publication) => ({ ...publication, ip: publishAddress, protocol: "tcp" })),
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges"],
        memory: 128,
        // See the machines': left out, it would be a change for ever.
        memorySwap: 128,
        restart: "unless-stopped",
        labels: labels("load-balancer"),
      },
      { parent: this, dependsOn: opts?.dependsOn, deleteBeforeReplace: true },
    );
    this.registerOutputs({ address, published: this.published });
  }

  /** Nothing has to be opened: machines may send anywhere, and are let in by address. */
  allowClients(_from: Firewall): void {
    refuseClients(this.#name, this.#isPublic);
  }
}
