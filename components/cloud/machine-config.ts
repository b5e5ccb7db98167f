import * as pulumi from "@pulumi/pulumi";
import { type Config, IgnitionError, render, sha512 } from "../../ignition/index.ts";
import { ArgumentError } from "../internal/argument-check.ts";

/**
 * Largest config of a machine, in bytes. Ignition holds it in the memory of the first boot and Pulumi in its state:
 * what is larger is not configuration any more and belongs into an image or an object store.
 */
export const largestConfig = 1024 * 1024;

/** A config as its machine will read it. */
export interface RenderedConfig {
  /** Secret. */
  text: pulumi.Output<string>;
  bytes: pulumi.Output<number>;
  sha512: pulumi.Output<string>;
}

/**
 * Renders and measures the config of a machine. Size and hash are no secrets: they say nothing about a config full
 * of random keys, and pointers, gates and the plan need them in the open.
 * @throws (from within the outputs) IgnitionError or ArgumentError naming the machine, when the config is not valid or too large.
 */
export function renderConfig(machine: string, config: pulumi.Input<Config>): RenderedConfig {
  const text = pulumi.secret(configOutput(config).apply((value) => checked(machine, value)));
  return {
    text,
    bytes: pulumi.unsecret(text.apply((value) => Buffer.byteLength(value))),
    sha512: pulumi.unsecret(text.apply(sha512)),
  };
}

/**
 * A config as an output. The SDK's own `output` looks for outputs in it, several times for every machine, and copies it:
 * there are none in a config.
 */
export function configOutput(config: pulumi.Input<Config>): pulumi.Output<Config> {
  return pulumi.output(undefined).apply(() => config) as pulumi.Output<Config>;
}

function checked(machine: string, config: Config): string {
  const text = rendered(machine, config);
  const bytes = Buffer.byteLength(text);
  if (bytes > largestConfig) {
    throw new ArgumentError([
      `machine ${machine}: its Ignition config has ${bytes} bytes, at most ${largestConfig} are allowed; put large files into an image or an object store`,
    ]);
  }
  return text;
}

function rendered(machine: string, config: Config): string {
  try {
    return render(config);
  } catch (error) {
    if (!(error instanceof IgnitionError)) throw error;
    throw new IgnitionError(
      error.issues.map(({ path, message }) => ({ path: `machine ${machine}: ${path}`, message })),
    );
  }
}
