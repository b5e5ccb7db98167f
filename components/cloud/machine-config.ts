import * as pulumi from "@pulumi/pulumi";
import { type Config, IgnitionError, render, sha512 } from "../../ignition/index.ts";
import { ArgumentError } from "../internal/argument-check.ts";

/**
 * Size limit of a machine's config, in bytes. Ignition keeps it in memory at the first boot, and Pulumi in its state.
 * Larger files belong into an image or an object store.
 */
const largestConfig = 1024 * 1024;

/** Config as JSON text, with size and hash. */
export interface RenderedConfig {
  /** Secret. */
  text: pulumi.Output<string>;
  bytes: pulumi.Output<number>;
  sha512: pulumi.Output<string>;
}

/**
 * Renders the config of a machine. Size and hash are not secret: the config contains random keys, so they reveal
 * nothing. Pointers, gates and the plan need them.
 * @throws IgnitionError or ArgumentError with the machine, inside the outputs, if the config is invalid or too large.
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
 * Wraps a config in an output. `pulumi.output(config)` would search the config for outputs and copy it, several times
 * for every machine. A config contains none.
 */
export function configOutput(config: pulumi.Input<Config>): pulumi.Output<Config> {
  return pulumi.output(undefined).apply(() => config) as pulumi.Output<Config>;
}

function checked(machine: string, config: Config): string {
  const text = rendered(machine, config);
  const bytes = Buffer.byteLength(text);
  if (bytes > largestConfig) {
    throw new ArgumentError([
      `machine ${machine}: its Ignition config has ${bytes} bytes, at most ${largestConfig} are allowed; ` +
        "put large files into an image or an object store",
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
