import { expect, test } from "vitest";
import { changesBetween } from "../../../cli/plan/changes.ts";
import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { savedPlan } from "../../../cli/plan/saved.ts";
import { samplePlan } from "../sample/plan.ts";

const [instance, balancer] = ["aws:ec2/instance:Instance", "aws:lb/loadBalancer:LoadBalancer"];

/** The action for a resource of a type whose inputs change. */
async function action(type: string, before: object, after: object): Promise<string | undefined> {
  const plan = await samplePlan();
  const one = plan.resources.find(({ custom }) => custom)!;
  const saved = (inputs: object) => {
    const resource = {
      ...one,
      type,
      urn: `urn:pulumi:prod::shop::${type}::one`,
      name: "one",
      inputs,
    } as PlannedResource;
    return savedPlan({ ...plan, resources: [resource] });
  };
  return changesBetween(saved(before), saved(after))[0]?.action;
}

test.each([
  [instance, { ebsOptimized: true }, { ebsOptimized: false }, "replace"],
  [instance, { instanceType: "t3.small" }, { instanceType: "t3.large" }, "update"],
  [instance, { instanceType: "t3.small" }, { instanceType: "t4g.small" }, "replace"],
  [instance, { cpuOptions: { coreCount: 2 } }, { cpuOptions: { coreCount: 1 } }, "update"],
  [instance, { cpuOptions: { amdSevSnp: "enabled" } }, { cpuOptions: { amdSevSnp: "disabled" } }, "replace"],
  [instance, { rootBlockDevice: { encrypted: true } }, { rootBlockDevice: { encrypted: false } }, "replace"],
  [instance, { rootBlockDevice: { encrypted: true } }, {}, "replace"],
  [
    instance,
    { rootBlockDevice: { encrypted: true, volumeSize: 24 } },
    { rootBlockDevice: { encrypted: true, volumeSize: 32 } },
    "update",
  ],
  [
    instance,
    { userData: "a", userDataReplaceOnChange: true },
    { userData: "b", userDataReplaceOnChange: true },
    "replace",
  ],
  [instance, { userData: "a" }, { userData: "b" }, "update"],
  [balancer, { subnetMappings: [{ subnetId: "a" }] }, { subnetMappings: [{ subnetId: "b" }] }, "replace"],
  [balancer, { enableDeletionProtection: true }, { enableDeletionProtection: false }, "update"],
  ["aws:route53/record:Record", { type: "A" }, { type: "CNAME" }, "replace"],
  ["aws:route53/record:Record", { setIdentifier: "a" }, { setIdentifier: "b" }, "update"],
  ["aws:ec2/eip:Eip", { customerOwnedIpv4Pool: "a" }, { customerOwnedIpv4Pool: "b" }, "update"],
  ["aws:ec2/eip:Eip", { domain: "vpc" }, { domain: "standard" }, "replace"],
  ["aws:ec2/subnet:Subnet", { ipv6CidrBlock: "a" }, { ipv6CidrBlock: "b" }, "update"],
  ["aws:ec2/subnet:Subnet", { cidrBlock: "a" }, { cidrBlock: "b" }, "replace"],
  ["aws:ec2/flowLog:FlowLog", { tagsAll: { a: "b" } }, { tagsAll: {} }, "update"],
  ["aws:ec2/flowLog:FlowLog", { trafficType: "ALL" }, { trafficType: "REJECT" }, "replace"],
  ["aws:ec2/placementGroup:PlacementGroup", { tagsAll: { a: "b" } }, { tagsAll: {} }, "update"],
  ["aws:ec2/placementGroup:PlacementGroup", { strategy: "spread" }, { strategy: "cluster" }, "replace"],
])("%s with %j: another %j is a %s", async (type, before, after, expected) => {
  expect(await action(type, before, after)).toBe(expected);
});
