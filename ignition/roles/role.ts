import type { Config } from "../spec.ts";

/**
 * Settings of every machine. Plain values: a role is a pure function, so that the same values give the same bytes on
 * every cloud.
 */
export interface HostSettings {
  /** Host name of the machine, and its name as a member of a cluster. */
  name: string;
  /** Fixed private IPv4 address of the machine, known during the plan. */
  address: string;
  /** Public SSH keys of the user `core`. If the list is empty, SSH logins are not possible. */
  sshAuthorizedKeys: readonly string[];
  /** Mount point of the data volume. Default: none, data is lost when the machine is replaced. */
  dataVolume?: { path: string };
  /**
   * URL to which a ready machine sends reports (HTTP PUT), for clouds whose gate cannot reach the private network. A
   * bearer secret. Default: none, the gate asks the machine.
   */
  readyReportUrl?: string;
}

/** A certificate with its key and its authority, which also signs the peers. */
export interface TlsIdentity {
  /** Certificate of the authority (PEM). */
  ca: string;
  /** Certificate (PEM). */
  certificate: string;
  /** Private key (PEM); secret. */
  privateKey: string;
}

/** Access of a machine to the etcd cluster. */
export interface EtcdClient extends TlsIdentity {
  /** Client URLs of all members, such as `https://10.0.0.10:2379`. */
  endpoints: readonly string[];
}

/** Another machine of the same cluster. */
export interface Peer {
  /** Host name of the peer. */
  name: string;
  /** Fixed private IPv4 address of the peer. */
  address: string;
}

/** A bucket with an S3 API. */
export interface Bucket {
  /** URL of the API, such as `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  /** Name of the bucket, which must exist. */
  name: string;
  /** Region for the signature of requests. */
  region: string;
  /** Keys of a user of the bucket. Secret. Default: the IAM role of the machine. */
  keys?: { accessKey: string; secretKey: string };
}

/** A port of a role, with the text for firewall rules and diagrams. */
export interface Port {
  port: number;
  /** Last port of a range. Default: `port`. */
  to?: number;
  /** Default: `tcp`. */
  protocol?: "tcp" | "udp";
  /** Purpose of the port, the description of the firewall rule. */
  description: string;
}

/** A function from resolved values to the Ignition config of one machine. */
export type Role<Node extends { host: HostSettings }> = (node: Node) => Config;

/** Path of the readiness script, which every role installs. Exit code 0 means healthy. */
export const readyScript = "/opt/paasmas/bin/ready";

/** TCP port on which every machine answers `GET /ready` with the result of {@link readyScript}: 200 or 503. */
export const readyPort: Port = { port: 9000, description: "readiness of the machine's role" };
