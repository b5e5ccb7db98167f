import type * as pulumi from "@pulumi/pulumi";
import type { CloudKind, MachineSize } from "./cloud.ts";

/**
 * Types of the components whose inputs are facts. All clouds register the same facts.
 * The plan and the policies read them. Facts never contain secrets.
 */
export const factTypes = {
  cloud: "paasmas:cloud:Cloud",
  machine: "paasmas:cloud:Machine",
  firewall: "paasmas:cloud:Firewall",
  firewallRule: "paasmas:cloud:FirewallRule",
  machineGroup: "paasmas:cloud:MachineGroup",
  loadBalancer: "paasmas:cloud:LoadBalancer",
  objectStore: "paasmas:cloud:ObjectStore",
} as const;

/** Types of the registries, which register {@link RegistryFacts}. */
export const registryTypes = {
  ecr: "paasmas:index:EcrRegistry",
  machine: "paasmas:index:MachineRegistry",
  remote: "paasmas:index:RemoteEcrRegistry",
} as const;

/** Type of all registries in version 0.1. Remove with version 1.0. */
export const registryAliases = [{ type: "paasmas:index:SharedRegistry" }];

export interface CloudFacts {
  kind: CloudKind;
  /** Range of the private network. */
  cidr: string;
  /** Failure domains, in the order in which host numbers use them. */
  zones: readonly string[];
}

export interface MachineFacts {
  role: string;
  /** Host number in the private network. */
  hostNumber: number;
  address: string;
  /** Failure domain of the machine. */
  zone: string;
  size: MachineSize;
  /** Instance type, flavor, or memory limit of the size class. */
  type: string;
  dataVolumeGiB?: number;
  dataVolumePath?: string;
  /** Whether the data volume is protected, and kept when the stack is destroyed. */
  retained: boolean;
  /** Name of the firewall. */
  firewall: string;
  /** Name of the group. */
  group?: string;
  /** Descriptions of its access: `pull from registry`. */
  access?: readonly string[];
  /** Delivery of the Ignition config. */
  delivery: "user-data" | "object-store" | "upload";
  ignitionBytes: pulumi.Input<number>;
  /** Hash of the config. It reveals nothing: the config contains random keys. */
  ignitionSha512: pulumi.Input<string>;
  /** Size of the user data: the config or a pointer to it. Absent if the machine has no user data. */
  userDataBytes?: pulumi.Input<number>;
  userDataLimit?: number;
}

export interface FirewallFacts {
  description: string;
}

/** Firewall rule: source, destination and ports. */
export interface FirewallRuleFacts {
  /** Name of the destination firewall. */
  to: string;
  /** Source: name of a firewall, or an address range. */
  from: string;
  protocol: "tcp" | "udp";
  fromPort: number;
  toPort: number;
  description: string;
}

export interface LoadBalancerFacts {
  role: "load-balancer";
  ports: readonly { port: number; targetPort: number; description: string }[];
  /** Names of the machines behind it. */
  targets: readonly string[];
  /** Address ranges that may connect. */
  allowFrom: readonly string[];
  /** Address, if it is known during the plan. */
  address?: string;
  /** In the private network, reachable from the internet, or published on the machine of the developer. */
  scheme: "internal" | "public" | "published";
}

export interface ObjectStoreFacts {
  description: string;
  /** `objects`: bucket of a component; `ignition`: bucket of the cloud for machine configs. */
  purpose: "objects" | "ignition";
}

export interface RegistryFacts {
  /** Service of the cloud, or a machine. */
  kind: "ecr" | "machine";
  repositories: readonly string[];
  /** Machines of an account, or users of the registry, that may push and pull. */
  push: readonly pulumi.Input<string>[];
  /** Machines or users that may only pull. */
  pull: readonly pulumi.Input<string>[];
  /** Container images that run the registry. */
  images?: readonly string[];
  /** Machine that runs the registry. */
  machine?: string;
}
