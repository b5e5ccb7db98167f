import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("gate.sh", import.meta.url), "utf8");

export interface DockerGateArgs {
  /** Name for messages, `machine db-1`. */
  subject: string;
  /** Name of the container on the Docker host. */
  container: pulumi.Input<string>;
  /** Path of a script in the container that succeeds if the role is healthy. Default: the container only has to run. */
  readyScript?: string;
  /** Ids of the container and its config. A change runs the gate again. */
  triggers: pulumi.Input<string>[];
  /** Time limit, in seconds. Default: 60. */
  timeoutSeconds?: number;
}

/**
 * Returns a resource that is created when the container runs and its role is healthy. It starts a container that was
 * created but never started, and runs the check with `docker exec`, on the host in `DOCKER_HOST` or on the local host.
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
        SUBJECT: args.subject,
        CONTAINER: args.container,
        READY: args.readyScript ?? "",
        TIMEOUT_SECONDS: String(args.timeoutSeconds ?? 60),
      },
      triggers: args.triggers,
      addPreviousOutputInEnv: false,
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
