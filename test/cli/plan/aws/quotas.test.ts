import { describe, expect, test } from "vitest";
import type { AwsResource } from "../../../../cli/plan/aws/account.ts";
import { quotasOf } from "../../../../cli/plan/aws/quotas.ts";
import { quotaLines } from "../../../../cli/plan/aws/text.ts";
import { committed } from "../../../stacks/committed.ts";
import { evaluated } from "../../../stacks/evaluated.ts";

/** Needed quotas by account. */
async function needed(changes: Record<string, unknown> = {}) {
  const { accounts } = quotasOf((await evaluated("prod", changes)).resources)!;
  return Object.fromEntries(
    accounts.map(({ name, uses }) => [name, Object.fromEntries(uses.map((use) => [use.name, use.needed]))]),
  );
}

function instances(...types: string[]): AwsResource[] {
  const type = "aws:ec2/instance:Instance";
  return types.map((instanceType) => ({
    type,
    urn: `urn:pulumi:prod::shop::${type}::${instanceType}`,
    name: instanceType,
    inputs: { instanceType },
    custom: true,
  }));
}

/** vCPUs of one instance for the quota of standard instances. */
function vcpus(type: string): number {
  return quotasOf(instances(type))!.accounts[0]!.uses.find(({ name }) => name.startsWith("vCPU"))?.needed ?? 0;
}

test("the committed prod needs more vCPUs than a new account has, in both accounts", async () => {
  expect(await needed()).toEqual({
    prod: {
      "vCPU of standard instances": 40,
      "elastic addresses": 3,
      VPCs: 1,
      "NAT gateways in one zone": 1,
      "network load balancers": 3,
      "gp3 volumes, in TiB": 1.5,
    },
    ci: {
      "vCPU of standard instances": 6,
      "elastic addresses": 3,
      VPCs: 1,
      "NAT gateways in one zone": 1,
      "network load balancers": 1,
      "gp3 volumes, in TiB": 0.3,
    },
  });
});

test("the text has the command that raises a quota, with the account and the region", async () => {
  const lines = quotaLines(quotasOf((await evaluated("prod")).resources)!, 100);
  const commands = lines.filter((line) => /aws service-quotas|with credentials/.test(line)).map((line) => line.trim());
  const request = "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A";
  expect(commands).toEqual([
    "with credentials of prod (000000000000, eu-central-1):",
    `${request} --desired-value 40 --region eu-central-1`,
    "with credentials of ci (000000000001, eu-central-1):",
    `${request} --desired-value 6 --region eu-central-1`,
  ]);
});

test("counts with the settings: machines, gateways, volumes", async () => {
  const [aws, galera] = ["paasmas:aws", "paasmas:galera"].map((key) => committed("prod")[key] as object);
  const { prod } = await needed({
    "paasmas:aws": { ...aws, natGateways: "single" },
    "paasmas:galera": { ...galera, size: 5, volumeGiB: 1024 },
  });
  expect(prod).toMatchObject({ "vCPU of standard instances": 48, "elastic addresses": 1, "gp3 volumes, in TiB": 6 });
});

describe("vCPUs", () => {
  // From AWS' list of instance types.
  test.each([
    ["t2.micro", 1],
    ["t2.medium", 2],
    ["t3.nano", 2],
    ["t3a.2xlarge", 8],
    ["t4g.small", 2],
    ["a1.medium", 1],
    ["c5.9xlarge", 36],
    ["c6g.medium", 1],
    ["d3en.12xlarge", 48],
    ["i4i.32xlarge", 128],
    ["im4gn.large", 2],
    ["m5zn.12xlarge", 48],
    ["m6i.large", 2],
    ["m7a.metal-48xl", 192],
    ["m7i-flex.xlarge", 4],
    ["r6i.xlarge", 4],
    ["r7g.16xlarge", 64],
  ])("of %s are %i", (type, expected) => {
    expect(vcpus(type)).toBe(expected);
  });

  test.each(["g5.xlarge", "p4d.24xlarge", "x2gd.large", "inf2.xlarge", "dl1.24xlarge", "hpc7g.4xlarge", "mac2.metal"])(
    "of %s count for another quota",
    (type) => {
      expect(vcpus(type)).toBe(0);
      expect(quotasOf(instances(type))!.unknownTypes).toEqual([]);
    },
  );

  // Types whose size does not say the number: metal, and families before the third generation.
  test.each(["c4.8xlarge", "d2.8xlarge", "m2.xlarge", "c1.medium", "c5.metal"])(
    "of %s are named as unknown",
    (type) => {
      const quotas = quotasOf(instances(type))!;
      expect(quotas.unknownTypes).toEqual([type]);
      expect(quotaLines(quotas, 100).join("\n")).toContain(`the vCPUs of ${type} are not known`);
    },
  );
});

test("a plan without AWS needs no quota", async () => {
  expect(quotasOf((await evaluated("staging")).resources)).toBeUndefined();
});
