import { assert, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import type { AwsResource } from "../../../../cli/plan/aws/account.ts";
import { costOf, freeTypes } from "../../../../cli/plan/aws/cost.ts";
import prices from "../../../../cli/plan/aws/prices.json" with { type: "json" };
import { costLines, monthly } from "../../../../cli/plan/aws/text.ts";
import { committed } from "../../../stacks/committed.ts";
import { evaluated } from "../../../stacks/evaluated.ts";
import { prodWithEverything } from "../../../stacks/prod-everything.ts";

const [instance, volume, balancer] = [
  "aws:ec2/instance:Instance",
  "aws:ebs/volume:Volume",
  "aws:lb/loadBalancer:LoadBalancer",
];

function resource(type: string, inputs: Record<string, unknown>, name = "one"): AwsResource {
  return { type, urn: `urn:pulumi:prod::shop::${type}::${name}`, name, inputs, custom: true };
}

function costOfOne(type: string, inputs: Record<string, unknown>): number {
  const cost = costOf([resource(type, inputs)])!;
  expect(cost.withoutPrice).toEqual([]);
  return cost.monthlyUsd;
}

const root = { volumeType: "gp3", volumeSize: 24 };

describe("the cost of the committed prod", () => {
  test("is within 10 % of 2,250 USD, in two accounts", async () => {
    const cost = costOf((await evaluated("prod")).resources)!;
    expect(cost.monthlyUsd).toBeGreaterThan(2250 * 0.9);
    expect(cost.monthlyUsd).toBeLessThan(2250 * 1.1);
    expect(cost.accounts.map(({ name, id, region }) => [name, id, region])).toEqual([
      ["prod", "000000000000", "eu-central-1"],
      ["ci", "000000000001", "eu-central-1"],
    ]);
    const sum = (parts: { monthlyUsd: number }[]) => parts.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0);
    expect(sum(cost.accounts)).toBeCloseTo(cost.monthlyUsd, 1);
    expect(sum(cost.posts)).toBeCloseTo(cost.monthlyUsd, 1);
  });

  test("counts each instance, gateway, load balancer, address and GiB", async () => {
    const { posts } = costOf((await evaluated("prod")).resources)!;
    expect(Object.fromEntries(posts.map(({ what, quantity }) => [what, quantity]))).toEqual({
      "m6i.large": 11,
      "r6i.xlarge": 3,
      "t3.small": 6,
      "NAT gateway": 6,
      "network load balancer": 4,
      "public IPv4 address": 6,
      // 18 data volumes, and the root volumes of 20 machines.
      "gp3 storage": 1242 + 20 * 24,
    });
  });
});

test.each([
  ["the committed prod", {}],
  ["prod with every option", prodWithEverything()],
])("%s has no AWS type that is neither in the table nor free", async (_what, changes) => {
  const cost = costOf((await evaluated("prod", changes)).resources)!;
  expect(cost.withoutPrice).toEqual([]);
  expect(cost.notIncluded).toEqual([
    "data transfer",
    "traffic through NAT gateways and load balancers",
    "CPU credits of T types",
    "calls of Lambda",
    "images in ECR",
    "logs of CloudWatch",
    "objects and requests in S3",
    "tax",
  ]);
});

test("a public load balancer costs an address in each zone, too", async () => {
  const change = async (changes: Record<string, unknown>) =>
    costOf((await evaluated("prod", changes)).resources)!.posts.find(({ what }) => what === "public IPv4 address")!;
  const publicBalancers = 3;
  const { quantity } = await change(prodWithEverything());
  expect(quantity).toBe((await change({})).quantity + 3 * publicBalancers);
});

describe("a resource without a price", () => {
  test.each([
    ["aws:rds/instance:Instance", {}, "aws:rds/instance:Instance"],
    [volume, { type: "io2", size: 10 }, "volume of the type io2"],
    [volume, { size: 10 }, "volume of the type gp2"],
    [volume, { type: "gp3" }, "volume without a size"],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Resource" }, "endpoint of the type Resource"],
    [balancer, { loadBalancerType: "gateway" }, "load balancer of the type gateway"],
  ])("%s with %j is named, not free", (type, inputs, what) => {
    const cost = costOf([resource(type, inputs, "odd")])!;
    expect(cost).toMatchObject({ monthlyUsd: 0, withoutPrice: [{ what, names: ["odd"] }] });
    expect(costLines(cost, 100).join("\n")).toContain(`without a price in the table: ${what} (odd)`);
  });

  test.each([
    [{ instanceType: "t3.small" }, "root volume of the type gp2", 17.52],
    [{ instanceType: "u-6tb1.112xlarge", rootBlockDevice: root }, "instance type u-6tb1.112xlarge", 2.28],
    [{ instanceType: "x.large" }, "instance type x.large with root volume of the type gp2", 0],
  ])("is a part of an instance: %j lacks %s", (inputs, what, monthlyUsd) => {
    const cost = costOf([resource(instance, inputs, "odd")])!;
    expect(cost).toMatchObject({ monthlyUsd, withoutPrice: [{ what, names: ["odd"] }] });
    expect(monthly(cost)).toBe(`at least ${Math.round(monthlyUsd)} USD a month`);
  });

  test("of another package has no cost, and a plan without AWS has none at all", () => {
    expect(costOf([resource("openstack:compute/instance:Instance", {})])).toBeUndefined();
  });

  test("is not on the list of free types", () => {
    const billed = ["aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip", "aws:s3/bucket:Bucket", instance, volume];
    expect(billed.filter((type) => freeTypes.has(type))).toEqual([]);
  });
});

test("shows at most five posts and one line for the others, and names other regions", async () => {
  const planned = await evaluated("prod");
  const there = planned.resources.map((one) =>
    one.type === "pulumi:providers:aws" ? { ...one, inputs: { ...one.inputs, region: "us-east-1" } } : one,
  );
  const lines = costLines(costOf(there)!, 100);
  expect(lines.filter((line) => / × | storage/.test(line))).toHaveLength(5);
  expect(lines.join("\n")).toContain("2 other posts");
  expect(lines.join("\n")).toContain("the resources are in us-east-1, where prices differ");
});

describe("a larger size never costs less", () => {
  const order = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge"];
  const families = Map.groupBy(Object.keys(prices.instanceHour), (type) => type.split(".")[0]!);

  test.each([...families])("in the family %s, where a double size costs double", (_family, types) => {
    const sizes = types.map((type) => order.indexOf(type.split(".")[1]!));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes).not.toContain(-1);
    const hour = types.map((type) => (prices.instanceHour as Record<string, number>)[type]!);
    for (let i = 1; i < hour.length; i++) expect(hour[i]! / hour[i - 1]!).toBeCloseTo(2, 1);
  });

  test("of a volume", () => {
    const gp3 = record({
      size: integer({ min: 1, max: 65536 }),
      iops: integer({ min: 3000, max: 80000 }),
      throughput: integer({ min: 125, max: 2000 }),
    });
    // Below ten IOPS, the difference is less than a cent.
    const more = record({ key: constantFrom("size", "iops", "throughput"), by: integer({ min: 10, max: 1000 }) });
    assert(
      property(gp3, more, (given, { key, by }) => {
        const larger = { ...given, [key]: given[key] + by };
        const [less, greater] = [given, larger].map((inputs) => costOfOne(volume, { type: "gp3", ...inputs }));
        expect(greater).toBeGreaterThan(less!);
      }),
    );
  });

  test("of a stack with larger machines", async () => {
    const galera = committed("prod")["paasmas:galera"] as object;
    const sizes = ["small", "medium", "large"];
    const costs = await Promise.all(
      sizes.map(async (machineSize) => {
        const tuning = { bufferPoolMiB: 512 };
        const planned = await evaluated("prod", { "paasmas:galera": { ...galera, machineSize, tuning } });
        return costOf(planned.resources)!.monthlyUsd;
      }),
    );
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(new Set(costs).size).toBe(3);
  });
});
