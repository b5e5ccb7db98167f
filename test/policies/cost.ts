import { runPolicies } from "../../cli/plan/policies.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { policies } from "../../policies/all.ts";
import { deployment } from "./cases/kubernetes.ts";
import { planned } from "./planned.ts";

const tags = { Project: "paasmas", Environment: "prod", Role: "web", ManagedBy: "pulumi" };
const hash = `sha512-${"0a".repeat(64)}`;
const pointer = JSON.stringify({
  ignition: {
    version: "3.4.0",
    config: { replace: { source: "s3://bucket/key?versionId=1", verification: { hash } } },
    timeouts: { httpTotal: 600 },
  },
});
const statement = (rest: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...rest }] });

/** Ten resources of the types of a machine on AWS. */
function machine(i: number): PlannedResource[] {
  const of = (type: string, inputs: Record<string, unknown>) =>
    planned(type, `${type.split(":").at(-1)}-${i}`, { ...inputs, tags });
  return [
    of("paasmas:cloud:Machine", { role: "web" }),
    of("aws:ec2/instance:Instance", {
      ami: "ami-01234567",
      subnetId: "subnet-1",
      userData: pointer,
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true },
    }),
    of("aws:ebs/volume:Volume", { encrypted: true }),
    of("aws:ec2/volumeAttachment:VolumeAttachment", {}),
    of("aws:ec2/networkInterface:NetworkInterface", {}),
    of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
      ipProtocol: "tcp",
      fromPort: 3306,
      toPort: 3306,
      cidrIpv4: "10.0.0.0/16",
      description: "MySQL",
    }),
    of("aws:iam/role:Role", {
      assumeRolePolicy: statement({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
    }),
    of("aws:iam/rolePolicy:RolePolicy", {
      policy: statement({ Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/key" }),
    }),
    of("aws:iam/instanceProfile:InstanceProfile", {}),
    planned(
      "random:index/randomPassword:RandomPassword",
      `password-${i}`,
      {},
      { outputs: { result: `correct-horse-${i}` } },
    ),
  ];
}

export interface Cost {
  resources: number;
  /** Median of several runs of the whole pack. */
  microsecondsPerResource: number;
}

/** Time of the whole pack for a number of planned resources of machines, a multiple of ten. */
export function packCost(resources: number, runs = 5): Promise<Cost> {
  return costOf(Array.from({ length: resources / 10 }, (_, i) => machine(i)).flat(), runs);
}

/** Time of the whole pack for a number of deployments to Kubernetes. */
export function podCost(resources: number, runs = 5): Promise<Cost> {
  return costOf(
    Array.from({ length: resources }, () =>
      deployment({ volumes: [{ name: "tmp", emptyDir: {} }] }, { env: [{ name: "A", value: "b" }] }),
    ),
    runs,
  );
}

async function costOf(resources: readonly PlannedResource[], runs: number): Promise<Cost> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    // New resources, because policies cache data of each resource.
    const all = structuredClone(resources);
    const start = performance.now();
    const results = await runPolicies(policies, all);
    times.push(performance.now() - start);
    if (results.some((result) => result.violations.length > 0)) throw new Error("the resources were meant to comply");
  }
  // The first run is a warm-up.
  const [median = 0] = times
    .slice(1)
    .toSorted((a, b) => a - b)
    .slice(Math.floor(runs / 2));
  return { resources: resources.length, microsecondsPerResource: (median * 1000) / resources.length };
}
