import type { Config } from "../spec.ts";

/**
 * What every machine has in common, whatever its role. Plain values, resolved before a role sees them:
 * a role is a pure function, so that the same values give the same bytes on every cloud.
 */
export interface HostSettings {
  /** Host name of the machine, and its name in cluster memberships. */
  name: string;
  /** The machine's fixed private IPv4 address, known at plan time. */
  address: string;
  /** Public keys that may log in as `core`; none: nobody can log in. */
  sshAuthorizedKeys: readonly string[];
  /** Where the machine's data volume is mounted; absent: the role keeps nothing. */
  dataVolume?: { path: string };
  /**
   * Where the machine reports that it is ready (HTTP PUT), for clouds whose gate cannot reach into the
   * private network. A bearer secret. Absent: the gate asks the machine instead.
   */
  readyReportUrl?: string;
}

/** One PEM-encoded identity with the authority that signed it and its peers. */
export interface TlsIdentity {
  /** Certificate of the authority (PEM). */
  ca: string;
  /** Certificate (PEM). */
  certificate: string;
  /** Private key (PEM); secret. */
  privateKey: string;
}

/** What a machine needs to talk to the etcd cluster. */
export interface EtcdClient extends TlsIdentity {
  /** Client URLs of all members, `https://10.0.0.10:2379`. */
  endpoints: readonly string[];
}

/** Another machine of the same cluster. */
export interface Peer {
  /** Host name of the peer. */
  name: string;
  /** Its fixed private IPv4 address. */
  address: string;
}

/** A bucket with an S3 API. */
export interface Bucket {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  /** Name of the bucket; it has to be there. */
  name: string;
  /** Region that requests are signed for. */
  region: string;
  /** A user of the bucket; secret. Absent: the machine's own role. */
  keys?: { accessKey: string; secretKey: string };
}

/** A TCP port a role listens on, with the word the firewall rule and the diagram use for it. */
export interface Port {
  port: number;
  /** Last port of a range; default: just `port`. */
  to?: number;
  protocol?: "tcp" | "udp";
  /** What it is for, as it appears in a security group rule. */
  description: string;
}

/** A role turns resolved values into the Ignition config of one machine. */
export type Role<Node extends { host: HostSettings }> = (node: Node) => Config;

/** Exit code 0 when the machine's role is healthy; every role installs it, every gate asks it. */
export const readyScript = "/opt/paasmas/bin/ready";

/** TCP port on which every machine answers `GET /ready` by running {@link readyScript}: 200 or 503. */
export const readyPort: Port = { port: 9000, description: "readiness of the machine's role" };
