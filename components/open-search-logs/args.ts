import type * as pulumi from "@pulumi/pulumi";

export interface OpenSearchLogsArgs {
  /** Address or DNS name of the OpenSearch server. The certificate of the server must contain it. */
  host: string;
  /**
   * Port of the API.
   * Default: 443.
   * On AWS, machines may connect to this port at any address.
   */
  port?: number;
  /** OpenSearch user. It needs only the permission to create documents in the indices. */
  user: string;
  /** Password of the user; a secret. */
  password: pulumi.Input<string>;
  /** Certificate of the authority that signed the server's certificate (PEM). */
  ca: pulumi.Input<string>;
  /**
   * Prefix of the index names, followed by the day. Up to 64 lower-case letters, digits and hyphens.
   * Default: `machines`.
   */
  index?: string;
  /**
   * Value of the label `environment` on every line.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Container image of fluent-bit 4.1 or later, by tag or digest. It runs on each machine.
   * Default: `fluent-bit` in `ignition/roles/images.json`.
   */
  agentImage?: string;
}
