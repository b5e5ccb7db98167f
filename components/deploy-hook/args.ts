import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, MachineSize } from "../cloud/cloud.ts";
import type { NamedEndpointArgs } from "../internal/public-endpoint.ts";
import type { Registry } from "../internal/registry.ts";
import type { DeployHookAppArgs } from "./apps.ts";

/** Who reaches apps from the internet, at port 443. */
export interface DeployHookEndpointArgs extends NamedEndpointArgs {
  /** Which of the apps' host names are reached: the others stay inside. */
  names: string[];
}

export interface DeployHookArgs {
  /** Where the machine runs. */
  cloud: Cloud;
  /**
   * What may be deployed.
   * A change replaces the machine; what was deployed comes back on the new one.
   */
  apps: DeployHookAppArgs[];
  /**
   * Who may call the hook: firewalls of CI's machines, or address ranges. Those outside of the private network call over TLS,
   * and no range may be wider than a /8.
   * Default: nobody, until `DeployHook.allowCallers` lets somebody.
   */
  callers?: (Firewall | string)[];
  /**
   * Who may reach the apps: firewalls, or address ranges.
   * Default: the private network.
   */
  users?: (Firewall | string)[];
  /**
   * Lets the internet reach apps, over TLS and by those of their names that it lists.
   * Default: none; nobody outside of the private network reaches them.
   */
  publicEndpoint?: DeployHookEndpointArgs;
  /**
   * The registry that the apps' images are in, and those that builds begin from.
   * Default: none; all of them have to be public.
   */
  registry?: Registry;
  /**
   * How what stands in front of the machine is reached by the apps' users, with `%s` for the host name; it is what the hook
   * answers as an app's `url`.
   * Default: `http://%s:8080`, the machine itself.
   */
  urlTemplate?: string;
  /**
   * Builds at the same time, for apps with a `source`: 1 to 16.
   * Default: 2.
   */
  builds?: number;
  /**
   * Memory limit of one build, in MiB.
   * Default: 2048.
   */
  buildMemoryMiB?: number;
  /**
   * Authority for the certificate of calls from other networks.
   * Default: one of the component's own.
   */
  ca?: CertificateAuthority;
  /**
   * Container image of HAProxy >= 2.6, by tag or digest: the receiver of calls, and the proxy in front of the apps.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image with git, by tag or digest, that fetches what is built.
   * Default: `git` in `ignition/roles/images.json`.
   */
  gitImage?: string;
  /**
   * Host number of the machine.
   * Default: 60.
   */
  hostNumber?: number;
  /**
   * Size class of the machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB.
   * Default: 20.
   * It holds what is deployed, and what builds keep; it outlives its machine.
   */
  volumeGiB?: number;
  /**
   * How long the machine may take to become healthy, in seconds.
   * Default: 900.
   * Raise it when the apps' images take longer to be pulled.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over the machine's own.
   * Default: none.
   */
  snippets?: string[];
}
