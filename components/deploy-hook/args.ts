import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, MachineSize } from "../cloud/cloud.ts";
import type { NamedEndpointArgs } from "../internal/public-endpoint.ts";
import type { Registry } from "../internal/registry.ts";
import type { DeployHookAppArgs } from "./apps.ts";

/** Access to apps from the internet, at port 443. */
export interface DeployHookEndpointArgs extends NamedEndpointArgs {
  /** Host names of apps that are reachable from the internet. All other names stay private. At least one. */
  names: string[];
}

export interface DeployHookArgs {
  /** Cloud of the machine. */
  cloud: Cloud;
  /**
   * Apps that can be deployed: 1 to 256.
   * A change replaces the machine. The new machine starts the deployed releases again.
   */
  apps: DeployHookAppArgs[];
  /**
   * Firewalls of CI machines, or address ranges, that may call the hook. Callers outside of the private network use
   * TLS.
   * No range may be wider than a /8.
   * Default: none; add callers later with `DeployHook.allowCallers`.
   */
  callers?: (Firewall | string)[];
  /**
   * Firewalls, or address ranges, that may connect to the apps.
   * Default: the private network.
   */
  users?: (Firewall | string)[];
  /**
   * Access to apps from the internet over TLS, for the host names that it lists.
   * Default: none; the apps are reachable only from `users`.
   */
  publicEndpoint?: DeployHookEndpointArgs;
  /**
   * Registry of the apps' images, and of the base images of builds.
   * Default: none; all images must be public.
   */
  registry?: Registry;
  /**
   * Public URL of an app, with `%s` for the host name. The hook returns it as the `url` of an app. Change it if a proxy
   * or a load balancer serves the apps.
   * Default: `http://%s:8080`, the machine itself.
   */
  urlTemplate?: string;
  /**
   * Number of parallel builds, for apps with a `source`.
   * Allowed: a whole number from 1 to 16.
   * Default: 2.
   */
  builds?: number;
  /**
   * Memory limit of one build, in MiB.
   * Allowed: a whole number from 128 to 1048576 MiB.
   * Default: 2048.
   */
  buildMemoryMiB?: number;
  /**
   * Authority for the certificate of `remoteUrl`, and of the public endpoint if it has no `certificate`.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Container image of HAProxy 2.6 or later, by tag or digest. It receives the calls and is the proxy of the apps.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image with git, by tag or digest. It fetches the source for builds.
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
   * Size of the data volume, in GiB. It holds the deployed releases and the cache of builds. A replaced machine keeps
   * the volume.
   * Allowed: a whole number from 1 to 16384 GiB.
   * Default: 20.
   */
  volumeGiB?: number;
  /**
   * Time limit for the machine to become healthy, in seconds.
   * Default: 900.
   * Increase it if the apps' images take longer to download.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), merged over the config of the machine.
   * Default: none.
   */
  snippets?: string[];
}
