import { type Evaluation, evaluate } from "../../cli/plan/evaluate.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import type { Cloud } from "../../components/cloud/cloud.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { factTypes } from "../../components/cloud/facts.ts";

/** Plans a program with a Docker cloud. */
export function plan(program: (cloud: Cloud) => Record<string, unknown> | undefined): Promise<Planned> {
  return planProgram(() => program(new DockerCloud("cloud", { cidr: "10.9.0.0/24" })));
}

/** Plans a program. */
export async function planProgram(program: () => Record<string, unknown> | undefined): Promise<Planned> {
  return new Planned(await evaluate(program, { stack: "dev" }));
}

/** Queries for planned resources. */
export class Planned {
  readonly resources: PlannedResource[];
  readonly outputs: Record<string, unknown>;
  readonly secretOutputs: string[];

  constructor({ resources, outputs, secretOutputs }: Evaluation) {
    this.resources = resources;
    this.outputs = outputs;
    this.secretOutputs = secretOutputs;
  }

  /** The one resource of a type and name. */
  one(type: string, name: string): PlannedResource {
    const found = this.resources.filter((resource) => resource.type === type && resource.name === name);
    if (found.length !== 1) {
      const names = this.names(type).join(", ");
      throw new Error(`${found.length} resources of type ${type} are called ${name}; there are ${names}`);
    }
    return found[0]!;
  }

  /** Names of all resources of a type, sorted. */
  names(type: string): string[] {
    return this.resources
      .filter((resource) => resource.type === type)
      .map((resource) => resource.name)
      .sort();
  }

  /** Facts of a machine. */
  machine(name: string): Record<string, unknown> {
    return this.one(factTypes.machine, name).inputs;
  }

  /** Hash of each machine's Ignition config, by name. */
  hashes(): Record<string, unknown> {
    const machines = this.resources.filter((resource) => resource.type === factTypes.machine);
    return Object.fromEntries(machines.map((machine) => [machine.name, machine.inputs.ignitionSha512]));
  }

  /** All firewall rules as `from -> to: port`, sorted. */
  firewallRules(): string[] {
    return this.resources
      .filter((resource) => resource.type === factTypes.firewallRule)
      .map(
        ({ inputs }) =>
          `${inputs.from} -> ${inputs.to}: ${inputs.fromPort}${inputs.toPort === inputs.fromPort ? "" : `-${inputs.toPort}`}`,
      )
      .sort();
  }

  /** The complete Ignition config of a machine, on Docker. */
  config(machine: string): { text: string; secret: boolean } {
    const container = this.one("docker:index/container:Container", `${machine}-node`);
    const uploads = container.inputs.uploads as { file: string; content: string }[];
    const index = uploads.findIndex((upload) => upload.file.endsWith(".ign"));
    const path = `$.uploads[${index}].content`;
    const secret = container.secretPaths.some((secretPath) => path.startsWith(secretPath));
    return { text: uploads[index]!.content, secret };
  }

  /** Machines with gates for which a machine's container waits, on Docker. */
  waitsFor(machine: string): string[] {
    const { dependencies } = this.one("docker:index/container:Container", `${machine}-node`);
    return dependencies
      .map((urn) => /local:Command::(.+)-ready$/.exec(urn)?.[1])
      .filter((name) => name !== undefined)
      .sort();
  }
}
