import { createHash } from "node:crypto";
import { type ExitCode, InputError } from "../../errors.ts";
import { prepare } from "../plan/environment.ts";
import { type Machine, modelOf } from "../plan/model.ts";
import type { PlannedResource } from "../plan/resource.ts";
import { readProject, stackConfig } from "../settings.ts";

/** `paasmas ignition`: prints the planned Ignition config of a machine, byte by byte. */
export async function ignition(
  environment: string,
  name: string,
  options: { set: string[]; config?: string },
): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const config = stackConfig(project, environment, {
    set: options.set,
    ...(options.config !== undefined && { configFile: options.config }),
  });
  const { resources } = await prepare(project, environment, config).plan();
  const { machines } = modelOf(resources);
  const machine = machines.find((one) => one.name === name);
  if (machine === undefined) {
    throw new InputError(
      `${environment} has no machine ${JSON.stringify(name)}; it has ${machines.map((one) => one.name).join(", ")}`,
    );
  }
  process.stdout.write(`${configOf(machine, resources)}\n`);
  return 0;
}

/** Finds the config by the hash that each machine registers: each cloud delivers configs with other resources. */
export function configOf(machine: Machine, resources: readonly PlannedResource[]): string {
  const matches = (text: string) => createHash("sha512").update(text).digest("hex") === machine.ignitionSha512;
  const search = (value: unknown): string | undefined => {
    if (typeof value === "string") {
      if (value.length !== machine.ignitionBytes && Buffer.byteLength(value) < machine.ignitionBytes) return undefined;
      return [value, Buffer.from(value, "base64").toString("utf8")].find(matches);
    }
    if (typeof value !== "object" || value === null) return undefined;
    for (const inner of Object.values(value)) {
      const found = search(inner);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const resource of resources) {
    const found = resource.custom ? search(resource.inputs) : undefined;
    if (found !== undefined) return found;
  }
  throw new Error(`${machine.name}: no planned resource has the config of this machine`);
}
