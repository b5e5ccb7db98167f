import { vi } from "vitest";
import { type CloudCheck, type CloudResult, checkCloud } from "../../../cli/engine/cloud-check.ts";
import type { StateResource } from "../../../cli/openstack/stack-objects.ts";
import { evaluated } from "../../stacks/evaluated.ts";
import { FakeOpenstack } from "./fake-openstack.ts";
import { healthy, stagingConfig } from "./healthy.ts";

export interface Case {
  command?: CloudCheck["command"];
  openstack?: Record<string, unknown>;
  more?: Record<string, unknown>;
  state?: StateResource[];
}

/** Plan of the committed staging for all cases: the checks of names read the settings, not the plan. */
export const planned = () => evaluated("staging", stagingConfig());

/** Checks of the committed staging against a fake OpenStack, with its login in the environment. */
export class Checks {
  readonly cloud: FakeOpenstack;
  /** Printed lines. */
  lines: string[] = [];
  /** Environment variables of the engine. */
  readonly engineVariables: Record<string, string> = {};

  constructor(cloud: FakeOpenstack) {
    this.cloud = cloud;
  }

  static async start(): Promise<Checks> {
    const cloud = await new FakeOpenstack(healthy).start();
    for (const name of Object.keys(process.env).filter((each) => each.startsWith("OS_"))) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(cloud.variables)) vi.stubEnv(name, value);
    return new Checks(cloud);
  }

  async end(): Promise<void> {
    vi.unstubAllEnvs();
    await this.cloud.end();
  }

  async run({ command = "up", openstack, more, state = [] }: Case = {}): Promise<CloudResult> {
    const { resources } = await planned();
    return checkCloud({
      command,
      project: "paasmas",
      stackName: "staging",
      config: stagingConfig(openstack, more),
      resources: command === "destroy" ? [] : resources,
      stack: {
        exportStack: async () => ({ version: 3, deployment: { resources: state } }),
        workspace: { envVars: this.engineVariables },
      },
      say: (line) => this.lines.push(line),
    });
  }

  /** The error of a refused check. */
  async refused(given: Case = {}): Promise<Error> {
    const error = await this.run(given).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    if (error === undefined) throw new Error("the check refuses nothing");
    return error;
  }
}
