import type * as pulumi from "@pulumi/pulumi";
import type { CloudKind, MachineSize } from "./cloud.ts";

/**
 * Types of the components that every cloud registers the same facts with. The plan's tables and diagram and the
 * policies are drawn from them. Never a secret in here.
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

/** The type that all registries had in version 0.1. Remove with version 1.0. */
export const registryAliases = [{ type: "paasmas:index:SharedRegistry" }];

export interface CloudFacts {
  kind: CloudKind;
  /** The private network. */
  cidr: string;
  /** Failure domains, in the order that host numbers go round. */
  zones: readonly string[];
}

export interface MachineFacts {
  role: string;
  /** Host number in the private network. */
  hostNumber: number;
  address: string;
  /** The failure domain it is in. */
  zone: string;
  size: MachineSize;
  /** What the size means here: instance type, flavor, or memory limit. */
  type: string;
  dataVolumeGiB?: number;
  dataVolumePath?: string;
  /** Whether the data volume is protected and stays when the stack goes. */
  retained: boolean;
  /** Name of its firewall. */
  firewall: string;
  /** Name of the group it is spread with. */
  group?: string;
  /** What it may use of what others provide, in words: `pull from registry`. */
  access?: readonly string[];
  /** How the Ignition config reaches the machine. */
  delivery: "user-data" | "object-store" | "upload";
  ignitionBytes: pulumi.Input<number>;
  /** Of the config itself, which holds enough random material that its hash gives nothing away. */
  ignitionSha512: pulumi.Input<string>;
  /** What travels as user data, the config or a pointer to it; absent where there is no user data. */
  userDataBytes?: pulumi.Input<number>;
  userDataLimit?: number;
}

export interface FirewallFacts {
  description: string;
}

/** One opening: who may talk to whom on which port. */
export interface FirewallRuleFacts {
  /** Name of the firewall that is opened. */
  to: string;
  /** Name of a firewall, or an address range. */
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
  /** Its address, where it is known at plan time. */
  address?: string;
  /** In the private network, reachable from the internet, or published on the developer's own machine. */
  scheme: "internal" | "public" | "published";
}

export interface ObjectStoreFacts {
  description: string;
  /** `objects`: a bucket somebody asked for; `ignition`: the cloud's own, for machine configs. */
  purpose: "objects" | "ignition";
}

export interface RegistryFacts {
  /** The cloud's own service, or a machine. */
  kind: "ecr" | "machine";
  repositories: readonly string[];
  /** Who may push: machines of an account, or users of the registry. */
  push: readonly pulumi.Input<string>[];
  /** Who may pull, beside those who push. */
  pull: readonly pulumi.Input<string>[];
  /** Container images it consists of. */
  images?: readonly string[];
  /** The machine it is on. */
  machine?: string;
}
