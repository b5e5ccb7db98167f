import * as pulumi from "@pulumi/pulumi";
import { logAgent } from "../../ignition/roles/log-agent/agent.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { portBounds } from "../internal/bounds.ts";
import type { NodeAgent } from "../cloud/cloud.ts";
import type { OpenSearchLogsArgs } from "./args.ts";

/**
 * Creates a node agent that sends the logs of all machines to an existing OpenSearch server. Pass it to a cloud's
 * `addNodeAgent`.
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
      `${JSON.stringify(user)} is not a user name; use printable ASCII characters without spaces`,
    )
    .require(args.password !== undefined, "password", "is missing; give the password of the user")
    .require(
      args.ca !== undefined,
      "ca",
      "is missing; give the certificate of the authority that signed the server's certificate",
    )
    .require(
      /^[a-z][a-z0-9-]{0,63}$/.test(index),
      "index",
      `${JSON.stringify(index)} cannot start an index name; use up to 64 lower-case letters, digits and hyphens`,
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
