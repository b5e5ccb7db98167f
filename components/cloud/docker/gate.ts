import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("gate.sh", import.meta.url), "utf8");

export interface DockerGateArgs {
  /** Name of the machine, for messages. */
  machine: string;
  /** Name of its container on the Docker host. */
  container: pulumi.Input<string>;
  /** A change asks anew: what identifies this very container and what it booted from. */
  triggers: pulumi.Input<string>[];
  /** How long to wait, in seconds. */
  timeoutSeconds: number;
}

/**
 * A resource that is there once the machine's role is healthy: it asks the machine through `docker exec`, on the
 * host that `DOCKER_HOST` names or else on this one.
 */
export function dockerGate(
  name: string,
  args: DockerGateArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      // The script's text, not its path: a stack must look the same from every checkout.
      create: script,
      interpreter: ["/bin/sh", "-c"],
      environment: {
        MACHINE: args.machine,
        CONTAINER: args.container,
        TIMEOUT_SECONDS: String(args.timeoutSeconds),
      },
      triggers: args.triggers,
      addPreviousOutputInEnv: false,
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
