import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsAccount, AwsCloud, VpcPeering } from "../../../components/cloud/aws/index.ts";
import type { LoadBalancer, Machine } from "../../../components/cloud/cloud.ts";
import { config } from "../../../ignition/index.ts";
import { brief, type Plan, plan, zones } from "./aws-plan.ts";

const prodId = "111111111111";
const ciId = "222222222222";

/** Networks of CI and prod, and a hook that CI calls. */
function peered(
  change: { region?: string; cidr?: string; id?: string; other?: boolean; balanced?: boolean } = {},
): Promise<Plan> {
  const { region = "eu-central-1", cidr = "10.40.0.0/16", id = ciId } = change;
  return plan(() => {
    const prod = new AwsAccount("prod", { id: prodId, region: "eu-central-1" });
    const ci = new AwsAccount("ci", { id, region });
    const cloud = (name: string, range: string, account: AwsAccount) =>
      new AwsCloud(name, { cidr: range, zones, image: "ami-0123456789abcdef0" }, { providers: [account.provider] });
    const there = cloud("there", "10.30.0.0/16", prod);
    const here = cloud("here", cidr, change.other ? prod : ci);
    const peering = new VpcPeering("ci-to-prod", {
      from: { cloud: here, account: ci },
      to: { cloud: there, account: prod },
    });
    peering.allow("hook", {
      to: there.firewall("apps", { description: "applications" }),
      from: here.firewall("jenkins", { description: "jenkins" }),
      ports: [{ port: 9010, description: "deploy hook" }],
    });
    if (change.balanced)
      peering.allowBalancer("site", {
        to: balancer(there),
        from: [machine(here, "agent-0", 52), machine(here, "agent-1", 53)],
        ports: [{ port: 443, description: "the site" }],
      });
  });
}

function machine(cloud: AwsCloud, name: string, hostNumber: number): Machine {
  return cloud.machine(name, {
    role: "jenkins-agent",
    hostNumber,
    firewall: cloud.firewall(name, { description: "agents" }),
    config: () => config(),
  });
}

function balancer(cloud: AwsCloud): LoadBalancer {
  const targetFirewall = cloud.firewall("web", { description: "web servers" });
  return cloud.loadBalancer("front", {
    hostNumber: 40,
    targets: [],
    targetFirewall,
    ports: [
      { port: 443, description: "the site" },
      { port: 80, description: "redirects" },
    ],
    health: { port: 8404, path: "/" },
  });
}

const account = (planned: Plan, type: string, name: string) => planned.one(type, name).provider!.split("::")[3];

describe("a VPC peering", () => {
  test("is requested in one account, and accepted in the other", async () => {
    const planned = await peered();
    const made = planned.resources
      .filter(({ urn }) => urn.includes("paasmas:aws:VpcPeering$"))
      .map(({ urn, provider }) => [brief(urn), provider?.split("::")[3]]);
    expect(made.toSorted()).toEqual([
      ["FirewallRule hook-9010", undefined],
      ["Route ci-to-prod-back-eu-central-1a", "prod"],
      ["Route ci-to-prod-back-eu-central-1b", "prod"],
      ["Route ci-to-prod-back-eu-central-1c", "prod"],
      ["Route ci-to-prod-out-eu-central-1a", "ci"],
      ["Route ci-to-prod-out-eu-central-1b", "ci"],
      ["Route ci-to-prod-out-eu-central-1c", "ci"],
      ["SecurityGroupEgressRule hook-9010-out", "ci"],
      ["SecurityGroupIngressRule hook-9010-in", "prod"],
      ["VpcPeeringConnection ci-to-prod", "ci"],
      ["VpcPeeringConnectionAccepter ci-to-prod", "prod"],
    ]);
    expect(planned.inputs("VpcPeeringConnection", "ci-to-prod")).toMatchObject({
      peerOwnerId: prodId,
      autoAccept: false,
    });
    expect(planned.inputs("VpcPeeringConnectionAccepter", "ci-to-prod")).toMatchObject({ autoAccept: true });
    expect(planned.dependencies("VpcPeeringConnection", "ci-to-prod")).toEqual(["Vpc here-vpc", "Vpc there-vpc"]);
  });

  test("has routes on both sides after it is accepted", async () => {
    const planned = await peered();
    expect(planned.inputs("Route", "ci-to-prod-out-eu-central-1b").destinationCidrBlock).toBe("10.30.0.0/16");
    expect(planned.inputs("Route", "ci-to-prod-back-eu-central-1b").destinationCidrBlock).toBe("10.40.0.0/16");
    expect(planned.dependencies("Route", "ci-to-prod-out-eu-central-1b")).toEqual([
      "RouteTable here-machines-eu-central-1b",
      "VpcPeeringConnectionAccepter ci-to-prod",
    ]);
  });

  test("allows the given clients by security group and account, and shows each rule in the plan", async () => {
    const planned = await peered();
    const group = (name: string) => planned.one("SecurityGroup", `${name}-sg`);
    const ids = (type: string, name: string) =>
      planned.one(type, name).propertyDependencies.referencedSecurityGroupId!.map(brief);
    const inward = planned.inputs("SecurityGroupIngressRule", "hook-9010-in");
    const outward = planned.inputs("SecurityGroupEgressRule", "hook-9010-out");
    expect(inward).toMatchObject({
      ipProtocol: "tcp",
      fromPort: 9010,
      toPort: 9010,
      description: "deploy hook from jenkins",
    });
    expect(inward.referencedSecurityGroupId).toMatch(new RegExp(`^${ciId}/`));
    expect(outward.referencedSecurityGroupId).toMatch(new RegExp(`^${prodId}/`));
    expect([ids("SecurityGroupIngressRule", "hook-9010-in"), ids("SecurityGroupEgressRule", "hook-9010-out")]).toEqual([
      [brief(group("jenkins").urn)],
      [brief(group("apps").urn)],
    ]);
    expect(planned.dependencies("SecurityGroupIngressRule", "hook-9010-in")).toContain(
      "VpcPeeringConnectionAccepter ci-to-prod",
    );
    expect(planned.inputs("FirewallRule", "hook-9010")).toEqual({
      to: "apps",
      from: "jenkins",
      protocol: "tcp",
      fromPort: 9010,
      toPort: 9010,
      description: "deploy hook",
    });
    expect(account(planned, "SecurityGroup", "jenkins-sg")).toBe("ci");
  });

  test("allows machines to connect to a load balancer by address, on the given ports", async () => {
    const planned = await peered({ balanced: true });
    const rules = planned.resources
      .filter(
        ({ urn, type }) =>
          type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" &&
          urn.includes("paasmas:aws:VpcPeering$"),
      )
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(rules.map(({ name }) => name)).toEqual(["hook-9010-in", "site-agent-0-443-in", "site-agent-1-443-in"]);
    const [, first, second] = rules;
    expect(first!.inputs).toMatchObject({
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "10.40.64.52/32",
      description: "the site from 10.40.64.52/32",
    });
    expect(second!.inputs.cidrIpv4).toBe("10.40.128.53/32");
    expect(first!.propertyDependencies.securityGroupId!.map(brief)).toEqual(["SecurityGroup front-sg"]);
    expect(rules.map(({ provider }) => provider!.split("::")[3])).toEqual(["prod", "prod", "prod"]);
    expect(planned.inputs("FirewallRule", "site-agent-0-443")).toEqual({
      to: "front",
      from: "10.40.64.52/32",
      protocol: "tcp",
      fromPort: 443,
      toPort: 443,
      description: "the site",
    });
  });

  test("works in one account, with groups without an account id", async () => {
    const planned = await peered({ id: prodId });
    expect(planned.inputs("SecurityGroupIngressRule", "hook-9010-in").referencedSecurityGroupId).not.toContain("/");
  });

  test.each([
    [
      { cidr: "10.30.0.0/16" },
      "ci-to-prod.to.cloud: the range of the other side 10.30.0.0/16 overlaps its range 10.30.0.0/16: use two separate ranges",
    ],
    [
      { region: "eu-west-1" },
      "ci-to-prod.to.account: is in eu-central-1 and the other side is in eu-west-1; use two networks of one region",
    ],
    [
      { other: true },
      `ci-to-prod.from.cloud: was not created with the provider of account ${ciId}; pass { providers: [account.provider] }`,
    ],
  ])("rejects %j", async (change, message) => {
    await expect(peered(change)).rejects.toThrow(new ArgumentError([message]));
  });
});
