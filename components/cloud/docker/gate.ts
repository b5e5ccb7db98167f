import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("gate.sh", import.meta.url), "utf8");

export interface DockerGateArgs {
  /** Name of the machine, for messages. */
  machine: string;
  /** Name of the container on the Docker host. */
  container: pulumi.Input<string>;
  /** Ids of the container and its config. A change runs the gate again. */
  triggers: pulumi.Input<string>[];
  /** Time limit, in seconds. */
  timeoutSeconds: number;
}

/**
 * Returns a resource that is created when the machine's role is healthy. It runs a check in the machine with
 * `docker exec`, on the host in `DOCKER_HOST` or on the local host.
 */
export function dockerGate(
  name: string,
  args: DockerGateArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      // The text of the script, not its path, so that the state is the same for every checkout.
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
