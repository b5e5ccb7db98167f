import { type Answer, PlanMonitor } from "../../cli/plan/monitor.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import type { Cloud } from "../../components/cloud/cloud.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { Planned } from "../components/planned.ts";
import { providers } from "../lab/monitor/monitor.ts";

/** A plan with real keys, certificates and passwords. Everything else is only planned. */
class RealKeys extends PlanMonitor {
  protected override async provide(planned: PlannedResource): Promise<Answer> {
    const { type, name, inputs } = planned;
    const provider = /^(tls|random):/.test(type) ? providers[type] : undefined;
    return provider ? provider.create(name, inputs) : super.provide(planned);
  }
}

/** The plan of a program on a Docker cloud, with real keys. */
export async function planWithKeys(program: (cloud: Cloud) => Record<string, unknown>, cidr: string): Promise<Planned> {
  return new Planned(
    await evaluate(() => program(new DockerCloud("cloud", { cidr })), { stack: "dev", monitor: new RealKeys() }),
  );
}
