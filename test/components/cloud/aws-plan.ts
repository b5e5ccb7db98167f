import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { AwsCloud, type AwsCloudArgs } from "../../../components/cloud/aws/index.ts";
import type { Firewall, Machine, MachineArgs } from "../../../components/cloud/cloud.ts";
import { config, file } from "../../../ignition/index.ts";

export const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

/** A cloud for tests, with changed arguments. */
export function newCloud(args: Partial<AwsCloudArgs> = {}, opts?: pulumi.ComponentResourceOptions): AwsCloud {
  return new AwsCloud("prod", { cidr: "10.20.0.0/16", zones, image: "ami-0123456789abcdef0", ...args }, opts);
}

/** Plans a program, with queries for its resources. */
export async function plan(program: () => void): Promise<Plan> {
  const { resources } = await evaluate(
    () => {
      program();
    },
    { stack: "prod" },
  );
  return new Plan(resources);
}

export class Plan {
  readonly resources: readonly PlannedResource[];

  constructor(resources: readonly PlannedResource[]) {
    this.resources = resources;
  }

  /** Resources of a type by name. The type is the last word, such as `Subnet`, or the complete type token. */
  all(type: string): PlannedResource[] {
    return this.resources
      .filter((resource) => resource.type === type || resource.type.endsWith(`:${type}`))
      .toSorted((a, b) => byNumber.compare(a.name, b.name));
  }

  /** The one resource of this type and name. */
  one(type: string, name: string): PlannedResource {
    const found = this.all(type).filter((resource) => resource.name === name);
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}`);
    return found[0]!;
  }

  /** Inputs of the one resource of this type and name. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read nested inputs of many types
  inputs(type: string, name: string): Record<string, any> {
    return this.one(type, name).inputs;
  }

  /** Number of AWS resources of each type. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of this.aws()) {
      const word = type.split(":").at(-1)!;
      counts[word] = (counts[word] ?? 0) + 1;
    }
    return counts;
  }

  /** All AWS resources. */
  aws(): PlannedResource[] {
    return this.resources.filter((resource) => resource.type.startsWith("aws:"));
  }

  /** Type and name of each dependency of a resource, without its parents. */
  dependencies(type: string, name: string): string[] {
    return this.one(type, name).dependencies.map(brief).sort();
  }
}

const byNumber = new Intl.Collator("en", { numeric: true });

/** Last word of the type, and the name, of a URN: `Instance etcd-0-instance`. */
export function brief(urn: string): string {
  const [type, name] = urn.split("::").slice(-2);
  return `${type!.split(":").at(-1)} ${name}`;
}

/** A cluster of machines with a generated password in each config. Each machine waits for the previous one. */
export function cluster(
  cloud: AwsCloud,
  count: number,
  args: Partial<MachineArgs> = {},
  opts: pulumi.ComponentResourceOptions = {},
): { firewall: Firewall; machines: Machine[] } {
  const firewall = cloud.firewall("db", { description: "database nodes" }, opts);
  const group = cloud.group("db", opts);
  const machines: Machine[] = [];
  for (let i = 0; i < count; i++) {
    const password = new random.RandomPassword(`db-${i}-password`, { length: 40 }, { ...opts });
    const previous = machines.at(-1);
    machines.push(
      cloud.machine(
        `db-${i}`,
        {
          role: "galera",
          hostNumber: 20 + i,
          size: "medium",
          firewall,
          group,
          dataVolume: { path: "/var/lib/db", sizeGiB: 100 },
          config: () => password.result.apply((text) => config(file({ path: "/etc/password", text, mode: 0o600 }))),
          ...args,
        },
        { ...opts, dependsOn: previous ? [previous.gate] : [] },
      ),
    );
  }
  return { firewall, machines };
}
