import type { MachineSize } from "../cloud.ts";

export interface DockerCloudArgs {
  /**
   * CIDR range of the private network, `10.77.0.0/24`.
   * It must not overlap another Docker network or a network of the Docker host.
   */
  cidr: string;
  /**
   * Container image of the machines, with systemd, podman and Ignition, as in Fedora CoreOS.
   * Default: `fedora-coreos` in `ignition/roles/images.json`.
   * Docker does not pull an image that exists on the Docker host.
   */
  image?: string;
  /**
   * Container image of the load balancer.
   * Default: `docker.io/library/haproxy:2.8`.
   */
  loadBalancerImage?: string;
  /**
   * Container image of the S3 server of object stores.
   * Default: `ghcr.io/versity/versitygw:v1.7.0`.
   */
  objectStoreImage?: string;
  /**
   * Limits of a machine of each size: memory in MiB, processors (fractions allowed).
   * Default: 1024, 2048 and 4096 MiB, and all processors.
   */
  limits?: Partial<Record<MachineSize, DockerLimits>>;
  /**
   * Public SSH keys that may log in as `core`.
   * Default: none; `docker exec` works without keys.
   */
  sshAuthorizedKeys?: readonly string[];
  /**
   * Address of the Docker host on which load balancers are published.
   * Default: `127.0.0.1`, reachable only on the Docker host.
   */
  publishAddress?: string;
  /**
   * Ports of the Docker host, by port of all load balancers or of one load balancer:
   * `{ "3306": 13306, "jenkins-front:443": 8443 }`.
   * Default: the ports of the load balancers.
   */
  publishedPorts?: Record<string, number>;
  /**
   * Folder of the Docker host with container images (a podman image store), which machines use before they pull.
   * Default: none, each machine pulls its images once.
   */
  imageStore?: string;
  /**
   * Capabilities that machines do not get, `CAP_SYS_RESOURCE`: those that the Docker host does not have.
   * Default: none.
   */
  dropCapabilities?: readonly string[];
  /**
   * Whether data volumes are protected, and kept when the stack is destroyed.
   * Default: false.
   */
  retainData?: boolean;
}

export interface DockerLimits {
  /** Memory, in MiB, without additional swap. */
  memoryMiB: number;
  /**
   * Number of processors, fractions allowed.
   * Default: all.
   */
  cpus?: number;
}
