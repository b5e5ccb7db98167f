import { type Answer, PlanMonitor } from "../../cli/plan/monitor.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import type { Cloud } from "../../components/cloud/cloud.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { Planned } from "../components/planned.ts";
import { providers } from "../lab/monitor/monitor.ts";

/** A plan whose keys, certificates and passwords are real; everything else is only planned. */
class RealKeys extends PlanMonitor {
  protected override async provide(planned: PlannedResource): Promise<Answer> {
    const { type, name, inputs } = planned;
    const provider = /^(tls|random):/.test(type) ? providers[type] : undefined;
    return provider ? provider.create(name, inputs) : super.provide(planned);
  }
}

/** What a program on a Docker cloud would make, with real keys. */
export async function planWithKeys(program: (cloud: Cloud) => Record<string, unknown>, cidr: string): Promise<Planned> {
  return new Planned(
    await evaluate(() => program(new DockerCloud("cloud", { cidr })), { stack: "dev", monitor: new RealKeys() }),
  );
}
