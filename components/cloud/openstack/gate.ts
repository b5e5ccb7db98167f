import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("gate.sh", import.meta.url), "utf8");

export interface OpenstackGateArgs {
  /** Name of the machine, for messages. */
  machine: string;
  /** Id of the server in Nova, for messages. */
  serverId: pulumi.Input<string>;
  /** Temporary URL of the machine's reports; a secret. */
  readyUrl: pulumi.Output<string>;
  /** Ids of the machine and its config. A change runs the gate again. */
  triggers: pulumi.Input<string>[];
  /** Time limit, in seconds. */
  timeoutSeconds: number;
}

/**
 * Returns a resource that is created when the machine reports that its role is healthy. It runs curl on the machine
 * that runs Pulumi, which needs access to Swift but not to the private network. `OS_CACERT` or `CURL_CA_BUNDLE` can
 * contain the path of a private certificate authority. The error has the state and the console of the server, if the
 * OpenStack client is installed.
 */
export function openstackGate(
  name: string,
  args: OpenstackGateArgs,
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
        SERVER_ID: args.serverId,
        READY_URL: args.readyUrl,
        TIMEOUT_SECONDS: String(args.timeoutSeconds),
      },
      triggers: args.triggers,
      addPreviousOutputInEnv: false,
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
