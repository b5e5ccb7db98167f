import { describe, expect, test } from "vitest";
import { AwsAccount, type AwsCloud, Route53Zone } from "../../../components/cloud/aws/index.ts";
import { autoNameSuffix, nameLimits } from "../../../components/cloud/aws/auto-name.ts";
import { evaluated } from "../../stacks/evaluated.ts";
import { cluster, newCloud, type Plan, plan } from "./aws-plan.ts";

/** The planned resources whose generated name is longer than AWS allows. */
function tooLong({ resources }: { resources: Plan["resources"] }): string[] {
  const limits: Record<string, number> = nameLimits;
  return resources
    .filter(({ type, name, inputs }) => !inputs.name && name.length + autoNameSuffix > (limits[type] ?? Infinity))
    .map(({ type, name }) => `${type} ${name}`);
}

function balancer(cloud: AwsCloud, name: string, port: number): void {
  const { machines, firewall } = cluster(cloud, 1);
  cloud.loadBalancer(name, {
    hostNumber: 40,
    targets: machines,
    targetFirewall: firewall,
    ports: [{ port: 80, description: "HTTP" }, ...(port === 80 ? [] : [{ port, description: "SQL" }])],
    health: { port: 3306, path: "/" },
  });
}

const objects: [string, longest: number, make: (cloud: AwsCloud, name: string) => void][] = [
  ["a load balancer with port 80", 21, (cloud, name) => balancer(cloud, name, 80)],
  ["a load balancer with port 3306", 19, (cloud, name) => balancer(cloud, name, 3306)],
  ["a load balancer with port 65535", 18, (cloud, name) => balancer(cloud, name, 65535)],
  ["an object store", 48, (cloud, name) => void cloud.objectStore(name, { description: "images" })],
  ["a firewall", 244, (cloud, name) => void cloud.firewall(name, { description: "test" })],
  ["a machine group", 240, (cloud, name) => void cloud.group(name)],
];

describe("generated names", () => {
  test.each(objects)(
    "of %s fit with a name of %i characters, and a longer one is an error",
    async (what, longest, make) => {
      const name = "a".repeat(longest);
      const planned = await plan(() => make(newCloud(), name));
      expect(tooLong(planned)).toEqual([]);
      const object = what.split(" with ")[0];
      await expect(plan(() => make(newCloud(), `${name}a`))).rejects.toThrow(
        `${name}a: the name of ${object} has ${longest + 1} characters; use at most ${longest} on AWS`,
      );
    },
  );

  test("of a program user fit", async () => {
    const zone = (name: string) =>
      plan(() => {
        const account = new AwsAccount("prod", { id: "111111111111", region: "eu-central-1" });
        new Route53Zone(account, "Z0123456789ABCDEFGHIJ").keys(name);
      });
    expect(tooLong(await zone("a".repeat(56)))).toEqual([]);
    await expect(zone("a".repeat(57))).rejects.toThrow("use at most 56 on AWS");
  });

  test("fit in prod", async () => {
    const planned = await evaluated("prod");
    expect(tooLong(planned)).toEqual([]);
    const types = new Set(planned.resources.map(({ type }) => type));
    expect(Object.keys(nameLimits).filter((type) => !types.has(type))).toEqual([]);
  });
});
