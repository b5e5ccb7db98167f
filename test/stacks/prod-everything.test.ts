import { expect, test } from "vitest";
import { costOf } from "../../cli/plan/aws/cost.ts";
import { changesBetween } from "../../cli/plan/changes.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { runPolicies } from "../../cli/plan/policies.ts";
import { isKnown, replacingInputs } from "../../cli/plan/replacement.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { savedPlan } from "../../cli/plan/saved.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { taggedTypes } from "../../policies/tags.ts";
import { rolesWithVolume } from "../../stacks/config/clouds.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { committed } from "./committed.ts";
import { evaluated } from "./evaluated.ts";
import { prodWithEverything } from "./prod-everything.ts";

async function planned(changes: Record<string, unknown>) {
  const plan = await evaluated("prod", changes);
  return { resources: plan.resources, one: plan.one.bind(plan) };
}

function saved(resources: readonly PlannedResource[]) {
  return savedPlan({ environment: "prod", project: "paasmas", resources, policies: [], missingSettings: [] });
}

const settings = policyConfig(policies, committed("prod")["paasmas:policies"]);

test.each([false, true])("prod with every option violates no mandatory policy (first preview: %s)", async (first) => {
  const environment = parseEnvironment("prod", { ...committed("prod"), ...prodWithEverything() });
  const { resources } = await evaluate(() => compose(environment), { stack: "prod", firstPreview: first });
  const violations = (await runPolicies(policies, resources, settings)).flatMap((result) => result.violations);
  expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
});

test("each AWS type of prod with every option has tags if it can, and a rule about its replacement", async () => {
  const { resources } = await evaluated("prod", prodWithEverything());
  const types = [...new Set(resources.filter(({ custom }) => custom).map(({ type }) => type))].filter((type) =>
    type.startsWith("aws:"),
  );
  expect(types).toContain("aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint");
  expect(types.filter((type) => !isKnown(type))).toEqual([]);
  const tagged = resources.filter(({ type, inputs }) => type.startsWith("aws:") && inputs.tags !== undefined);
  expect([...new Set(tagged.map(({ type }) => type))].filter((type) => !taggedTypes.includes(type))).toEqual([]);
});

test("prod on Graviton has types, binaries and helpers of one architecture, and costs less", async () => {
  const { resources } = await planned(prodWithEverything());
  const types = resources.flatMap(({ type, inputs }) =>
    type === "aws:ec2/instance:Instance" ? [String(inputs.instanceType)] : [],
  );
  expect([...new Set(types)].sort()).toEqual(["m6g.large", "r6g.xlarge", "t4g.small"]);
  const configs = resources.filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2");
  const all = configs.map(({ inputs }) => String(inputs.content)).join("\n");
  expect(configs).toHaveLength(types.length);
  expect(all).toContain("linux-arm64/docker-credential-ecr-login");
  expect(all).toContain("linux/arm64/kubelet");
  expect(all).not.toMatch(/amd64|x86_64/);

  const { architecture: _, ...aws } = (prodWithEverything() as Record<string, Record<string, unknown>>)["paasmas:aws"]!;
  const other = await planned({ ...prodWithEverything(), "paasmas:aws": aws });
  expect(costOf(resources)!.monthlyUsd).toBeLessThan(0.9 * costOf(other.resources)!.monthlyUsd);
});

test("aws.volumes accepts every role with a data volume, and no other", async () => {
  const { resources } = await evaluated("prod", prodWithEverything());
  const machines = resources.filter(({ type }) => type === factTypes.machine);
  const withVolume = machines.filter(({ inputs }) => inputs.dataVolumeGiB !== undefined);
  expect([...new Set(withVolume.map(({ inputs }) => inputs.role))].sort()).toEqual(rolesWithVolume);
});

test("the volumes of prod have the performance of their role, and a change is made in place", async () => {
  const { resources, one } = await planned(prodWithEverything());
  const volume = (name: string) => {
    const { iops, throughput, type } = one("aws:ebs/volume:Volume", `${name}-data`).inputs;
    return [type, iops, throughput];
  };
  expect(volume("galera-2")).toEqual(["gp3", 6000, 500]);
  expect(volume("kube-worker-0")).toEqual(["gp3", 4000, undefined]);
  expect(volume("jenkins-agent-1")).toEqual(["gp3", undefined, 250]);
  expect(volume("etcd-0")).toEqual(["gp3", undefined, undefined]);

  const { "paasmas:aws": aws, ...others } = prodWithEverything() as Record<string, object>;
  const faster = { ...aws, volumes: { ...(aws as { volumes: object }).volumes, galera: { iops: 16000 } } };
  const after = await planned({ ...others, "paasmas:aws": faster });
  const changes = changesBetween(saved(resources), saved(after.resources));
  expect(changes.map(({ action, resource, inputs }) => [action, resource.name, inputs])).toEqual(
    ["galera-0-data", "galera-1-data", "galera-2-data"].map((name) => ["update", name, ["iops", "throughput"]]),
  );
});

test("the connect endpoint of each network is replaced by a change of its subnet, and not by a tag", async () => {
  const { resources } = await evaluated("prod", prodWithEverything());
  const endpoints = resources.filter(({ type }) => type.endsWith(":InstanceConnectEndpoint"));
  expect(endpoints.map(({ name }) => name)).toEqual(["paasmas-connect", "ci-connect"]);
  for (const endpoint of endpoints) {
    expect(replacingInputs(endpoint, ["securityGroupIds", "subnetId", "tags"])).toEqual([
      "securityGroupIds",
      "subnetId",
    ]);
  }
});
