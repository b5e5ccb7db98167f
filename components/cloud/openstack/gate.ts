import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("gate.sh", import.meta.url), "utf8");

export interface OpenstackGateArgs {
  /** Name of the machine, for messages. */
  machine: string;
  /** Where its reports can be read; a bearer secret. */
  readyUrl: pulumi.Output<string>;
  /** A change asks anew: what identifies this very machine and what it booted from. */
  triggers: pulumi.Input<string>[];
  /** How long to wait, in seconds. */
  timeoutSeconds: number;
}

/**
 * A resource that is there once the machine has reported that its role is healthy. Runs curl where Pulumi runs,
 * which needs to reach Swift but not the private network; `OS_CACERT` or curl's own `CURL_CA_BUNDLE` name a
 * private authority.
 */
export function openstackGate(
  name: string,
  args: OpenstackGateArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      // The script's text, not its path: a stack must look the same from every checkout.
      create: script,
      interpreter: ["/bin/sh", "-c"],
      environment: { MACHINE: args.machine, READY_URL: args.readyUrl, TIMEOUT_SECONDS: String(args.timeoutSeconds) },
      triggers: args.triggers,
      addPreviousOutputInEnv: false,
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
