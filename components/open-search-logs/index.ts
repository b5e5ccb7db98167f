import * as pulumi from "@pulumi/pulumi";
import { logAgent } from "../../ignition/roles/log-agent/agent.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { portBounds } from "../internal/bounds.ts";
import type { NodeAgent } from "../cloud/cloud.ts";

export interface OpenSearchLogsArgs {
  /** Address or DNS name of the OpenSearch; its certificate names it. */
  host: string;
  /**
   * Port of its API.
   * Default: 443.
   * On AWS it is what machines may connect to anywhere.
   */
  port?: number;
  /** A user who may create documents in the indices, and nothing else. */
  user: string;
  /** Password of the user; a secret. */
  password: pulumi.Input<string>;
  /** Certificate of the authority behind its own (PEM). */
  ca: pulumi.Input<string>;
  /**
   * What the names of the indices begin with; the day follows.
   * Default: `machines`.
   */
  index?: string;
  /**
   * What every line is labelled with as its `environment`.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Container image of fluent-bit 4.1 or later, by tag or digest, which every machine runs.
   * Default: `fluent-bit` in `ignition/roles/images.json`.
   */
  agentImage?: string;
}

/**
 * What sends the logs of all machines to an OpenSearch that is there already: for a cloud's `addNodeAgent`.
 * @throws ArgumentError listing the arguments that cannot be used.
 */
export function openSearchLogs(name: string, args: OpenSearchLogsArgs): NodeAgent {
  const {
    host,
    port = 443,
    user,
    index = "machines",
    environment = pulumi.getStack(),
    agentImage = images["fluent-bit"],
  } = args;
  new ArgumentCheck(name, args)
    .require(
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host ?? ""),
      "host",
      `${JSON.stringify(host)} is not an address or a host name; use one like search.example.com`,
    )
    .integer("port", port, portBounds)
    .require(
      /^[\x21-\x7e]+$/.test(user ?? ""),
      "user",
      `${JSON.stringify(user)} is not the name of a user; use printable ASCII characters without spaces`,
    )
    .require(args.password !== undefined, "password", "is missing; give the user's")
    .require(args.ca !== undefined, "ca", "is missing; give the certificate of the authority behind its own")
    .require(
      /^[a-z][a-z0-9-]{0,63}$/.test(index),
      "index",
      `${JSON.stringify(index)} cannot begin an index's name; use up to 64 lower-case letters, digits and hyphens`,
    )
    .label("environment", environment)
    .throwIfInvalid();
  const target = pulumi
    .all([pulumi.secret(args.password), args.ca])
    .apply(([password, ca]) => ({ kind: "opensearch" as const, host, port, user, password, ca, index }));
  return {
    description: `the log agent ${name}`,
    config: ({ name: machine, role }) =>
      target.apply((given) => logAgent({ machine, role, environment, target: given, image: agentImage })),
  };
}
