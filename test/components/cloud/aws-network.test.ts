import * as aws from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { checkDisjoint, contains } from "../../../components/cloud/addresses.ts";
import { AddressPlan } from "../../../components/cloud/aws/address-plan.ts";
import { brief, cluster, newCloud, plan, zones } from "./aws-plan.ts";

describe("the address plan on AWS", () => {
  test("assigns host numbers to the zones in turn, and keeps them readable in the address", () => {
    const three = new AddressPlan("10.20.0.0/16", zones);
    expect([20, 21, 22, 23].map((host) => three.locate(host))).toEqual([
      { zone: "eu-central-1c", zoneIndex: 2, address: "10.20.128.20" },
      { zone: "eu-central-1a", zoneIndex: 0, address: "10.20.0.21" },
      { zone: "eu-central-1b", zoneIndex: 1, address: "10.20.64.22" },
      { zone: "eu-central-1c", zoneIndex: 2, address: "10.20.128.23" },
    ]);
    expect(three.inEveryZone(40)).toEqual(["10.20.0.40", "10.20.64.40", "10.20.128.40"]);
  });

  test.each([
    ["10.20.0.0/16", zones],
    ["10.20.0.0/23", zones],
    ["10.20.0.0/21", ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"]],
  ])("places the subnets of %s inside of it, without overlaps", (cidr, inZones) => {
    const { machineSubnets, serviceSubnets, natSubnets } = new AddressPlan(cidr, inZones);
    const all = [...machineSubnets, ...serviceSubnets, ...natSubnets];
    expect(all).toHaveLength(3 * inZones.length);
    expect(all.filter((subnet) => !contains(cidr, subnet))).toEqual([]);
    checkDisjoint(Object.fromEntries(all.map((subnet, i) => [String(i), subnet])));
  });

  test.each([
    ["10.20.0.0/24", zones, "cidr: 10.20.0.0/24 is too small for 3 zones; use a range from /16 to /23"],
    ["10.0.0.0/8", zones, "cidr: 10.0.0.0/8 is too large for a VPC; use a range from /16 to /23"],
    ["10.20.0.1/16", zones, '"10.20.0.1/16" is an address within a range: did you mean 10.20.0.0/16?'],
    [
      "10.20.0.0/16",
      ["eu-central-1a"],
      'zones: ["eu-central-1a"] are not three different zones; use at least three, so that the quorum survives the loss of one zone',
    ],
    [
      "10.20.0.0/16",
      ["eu-central-1a", "eu-central-1b", "eu-central-1a"],
      'zones: ["eu-central-1a","eu-central-1b","eu-central-1a"] are not three different zones; use at least three, so that the quorum survives the loss of one zone',
    ],
    [
      "10.20.0.0/16",
      ["eu-central-1a", "eu-central-1b", "eu-central-1"],
      'zones: "eu-central-1" is not an availability zone; write it like eu-central-1a',
    ],
    [
      "10.20.0.0/16",
      ["eu-central-1a", "eu-central-1b", "eu-west-1a"],
      "zones: eu-central-1a, eu-central-1b, eu-west-1a are in different regions; use zones of one region",
    ],
  ])("rejects %s in %o", (cidr, inZones, message) => {
    expect(() => new AddressPlan(cidr, inZones)).toThrow(new RangeError(message));
  });

  test.each([
    [3, "host number 3 does not fit into 10.20.0.0/25: it has room for 4 to 126"],
    [127, "host number 127 does not fit into 10.20.0.128/25: it has room for 4 to 126"],
    [-1, "host number -1 does not fit into 10.20.0.0/25: it has room for 4 to 126"],
  ])("rejects host number %d of a small network", (host, message) => {
    expect(() => new AddressPlan("10.20.0.0/23", zones).locate(host)).toThrow(new RangeError(message));
  });
});

describe("the network on AWS", () => {
  test("has three subnets and one NAT gateway per zone", async () => {
    const planned = await plan(() => void newCloud());
    expect(planned.counts()).toEqual({
      Vpc: 1,
      DefaultSecurityGroup: 1,
      Subnet: 9,
      RouteTable: 4,
      RouteTableAssociation: 6,
      Route: 4,
      InternetGateway: 1,
      Eip: 3,
      NatGateway: 3,
      VpcEndpoint: 1,
      FlowLog: 1,
      LogGroup: 1,
      Role: 1,
      RolePolicy: 1,
    });
    const subnets = planned.all("Subnet").map(({ inputs }) => [inputs.availabilityZone, inputs.cidrBlock]);
    expect(subnets).toEqual([
      ["eu-central-1a", "10.20.0.0/18"],
      ["eu-central-1b", "10.20.64.0/18"],
      ["eu-central-1c", "10.20.128.0/18"],
      ["eu-central-1a", "10.20.216.0/21"],
      ["eu-central-1b", "10.20.224.0/21"],
      ["eu-central-1c", "10.20.232.0/21"],
      ["eu-central-1a", "10.20.192.0/21"],
      ["eu-central-1b", "10.20.200.0/21"],
      ["eu-central-1c", "10.20.208.0/21"],
    ]);
    expect(planned.all("Subnet").map(({ inputs }) => inputs.mapPublicIpOnLaunch)).toEqual(Array(9).fill(false));
  });

  test("uses the NAT gateway of each zone, and an endpoint for S3", async () => {
    const planned = await plan(() => void newCloud());
    for (const zone of zones) {
      const route = planned.one("Route", `prod-out-${zone}`);
      expect(route.inputs.destinationCidrBlock).toBe("0.0.0.0/0");
      expect(route.propertyDependencies.natGatewayId?.map(brief)).toEqual([`NatGateway prod-nat-${zone}`]);
      expect(route.propertyDependencies.routeTableId?.map(brief)).toEqual([`RouteTable prod-machines-${zone}`]);
      expect(planned.dependencies("NatGateway", `prod-nat-${zone}`)).toEqual([
        `Eip prod-nat-${zone}`,
        "Route prod-public",
        `RouteTableAssociation prod-nat-${zone}`,
        `Subnet prod-nat-${zone}`,
      ]);
    }
    const endpoint = planned.one("VpcEndpoint", "prod-s3");
    expect(endpoint.inputs).toMatchObject({ serviceName: "com.amazonaws.eu-central-1.s3", vpcEndpointType: "Gateway" });
    expect(endpoint.propertyDependencies.routeTableIds?.map(brief)).toEqual(
      zones.map((zone) => `RouteTable prod-machines-${zone}`),
    );
  });

  test("uses a single NAT gateway for all zones, with public subnets in every zone", async () => {
    const planned = await plan(() => void newCloud({ natGateways: "single" }));
    expect(planned.counts()).toMatchObject({ NatGateway: 1, Eip: 1, Subnet: 9, Route: 4, RouteTableAssociation: 6 });
    for (const zone of zones) {
      const route = planned.one("Route", `prod-out-${zone}`);
      expect(route.propertyDependencies.natGatewayId?.map(brief)).toEqual([`NatGateway prod-nat-${zones[0]}`]);
    }
    await expect(plan(() => void newCloud({ natGateways: "none" as "single" }))).rejects.toThrow(
      'prod.natGateways: "none" is not known; use zonal or single',
    );
  });

  describe("with a connect endpoint", () => {
    const withTwo = (args = {}) =>
      plan(() => {
        const cloud = newCloud({ sshAuthorizedKeys: ["ssh-ed25519 AAAA me"], ...args });
        cloud.firewall("db", { description: "database nodes" });
        cloud.firewall("app", { description: "apps" });
      });

    test("has one in the first zone, with a separate security group", async () => {
      const planned = await withTwo({ connectEndpoint: true });
      const endpoint = planned.one("InstanceConnectEndpoint", "prod-connect");
      expect(endpoint.type).toBe("aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint");
      expect(endpoint.inputs).toMatchObject({
        preserveClientIp: false,
        tags: { Role: "network", Name: "prod-connect" },
      });
      expect(endpoint.propertyDependencies.subnetId?.map(brief)).toEqual([`Subnet prod-machines-${zones[0]}`]);
      expect(endpoint.propertyDependencies.securityGroupIds?.map(brief)).toEqual(["SecurityGroup prod-connect-sg"]);
      // A subnet has room for one, so the old one goes first.
      expect(endpoint.deleteBeforeReplace).toBe(true);
    });

    test("allows it port 22 of every machine, and nothing else", async () => {
      const [without, planned] = [await withTwo(), await withTwo({ connectEndpoint: true })];
      const more = planned.aws().filter(({ urn }) => !without.aws().some((other) => other.urn === urn));
      const ssh = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
      const rules = more.filter(({ type }) => /Rule$/.test(type));
      expect(rules.map(({ name }) => name).sort()).toEqual([
        "prod-connect-to-app-22-in",
        "prod-connect-to-app-22-out",
        "prod-connect-to-db-22-in",
        "prod-connect-to-db-22-out",
      ]);
      for (const { inputs } of rules) expect(inputs).toMatchObject(ssh);
      const into = planned.one("SecurityGroupIngressRule", "prod-connect-to-db-22-in").propertyDependencies;
      expect(into.securityGroupId?.map(brief)).toEqual(["SecurityGroup db-sg"]);
      expect(into.referencedSecurityGroupId?.map(brief)).toEqual(["SecurityGroup prod-connect-sg"]);
      expect(more.length - rules.length).toBe(2);
    });
  });

  test("removes all rules of the VPC's default security group", async () => {
    const planned = await plan(() => void newCloud());
    expect(planned.inputs("DefaultSecurityGroup", "prod-default")).toMatchObject({ ingress: [], egress: [] });
  });

  test("has no public subnet, gateway or default route without egress; machines reach only S3", async () => {
    const planned = await plan(() => {
      newCloud({ egress: "none", flowLogs: false }).firewall("db", { description: "database nodes" });
    });
    expect(planned.counts()).toEqual({
      Vpc: 1,
      DefaultSecurityGroup: 1,
      Subnet: 6,
      RouteTable: 3,
      RouteTableAssociation: 3,
      VpcEndpoint: 1,
      SecurityGroup: 1,
      SecurityGroupEgressRule: 1,
    });
    const { prefixListId } = planned.one("VpcEndpoint", "prod-s3").outputs;
    const egress = planned.inputs("SecurityGroupEgressRule", "db-https-out");
    expect(egress).toMatchObject({ prefixListId, ipProtocol: "tcp", fromPort: 443, toPort: 443 });
    expect(egress).not.toHaveProperty("cidrIpv4");
  });

  test("opens additional egress ranges, and rejects invalid ranges", async () => {
    const out = (to: string) =>
      plan(() => {
        const cloud = newCloud();
        cloud.allowOut("mail", {
          from: cloud.firewall("app", { description: "app" }),
          to,
          ports: [{ port: 587, description: "mail's relay" }],
        });
      });
    const planned = await out("10.60.0.0/24");
    expect(
      planned.one("SecurityGroupEgressRule", "mail-587-out").propertyDependencies.securityGroupId!.map(brief),
    ).toEqual(["SecurityGroup app-sg"]);
    expect(planned.inputs("SecurityGroupEgressRule", "mail-587-out")).toMatchObject({
      cidrIpv4: "10.60.0.0/24",
      ipProtocol: "tcp",
      fromPort: 587,
      toPort: 587,
      description: "mails relay",
    });
    await expect(out("relay")).rejects.toThrow('"relay" is not an IPv4 range');
  });

  test("logs rejected traffic, with a role of the account that can write only this log", async () => {
    const planned = await plan(() => void newCloud());
    const log = planned.one("LogGroup", "prod-refused");
    expect(log.inputs.retentionInDays).toBe(30);
    expect(planned.inputs("FlowLog", "prod-refused")).toMatchObject({
      trafficType: "REJECT",
      logDestination: log.outputs.arn,
    });
    expect(JSON.parse(planned.inputs("RolePolicy", "prod-refused").policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
          Resource: `${log.outputs.arn}:*`,
        },
      ],
    });
    expect(JSON.parse(planned.inputs("Role", "prod-refused").assumeRolePolicy).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
  });
});

describe("the AWS cloud", () => {
  test("outputs its facts", async () => {
    const planned = await plan(() => void newCloud());
    expect(planned.inputs("Cloud", "prod")).toEqual({ kind: "aws", cidr: "10.20.0.0/16", zones });
  });

  test.each([
    ["fedora", 'prod.image: "fedora" is not the id of an AMI; look one up with "npm run images"'],
    ["ami-123", 'prod.image: "ami-123" is not the id of an AMI; look one up with "npm run images"'],
  ])("rejects the image %s", async (image, message) => {
    await expect(plan(() => void newCloud({ image }))).rejects.toThrow(message);
  });

  test("rejects more tags than an S3 object can have", async () => {
    const tags = Object.fromEntries(["A", "B", "C", "D", "E", "F"].map((key) => [key, "x"]));
    await expect(plan(() => void newCloud({ tags }))).rejects.toThrow(
      "prod.tags: 11 with the standard tags are too many; use at most 10",
    );
    const { F: _, ...five } = tags;
    const planned = await plan(() => void newCloud({ tags: five }));
    expect(Object.keys(planned.inputs("Vpc", "prod-vpc").tags)).toHaveLength(10);
  });

  test("tags every taggable resource, and prefers given tags", async () => {
    const planned = await plan(() => {
      const cloud = newCloud({ tags: { Project: "shop", CostCenter: "4711" } });
      const { machines, firewall } = cluster(cloud, 2);
      cloud.allow("db", { to: firewall, from: "10.20.0.0/16", ports: [{ port: 3306, description: "SQL" }] });
      cloud.objectStore("backups", { description: "backups" });
      cloud.loadBalancer("front", {
        hostNumber: 40,
        targets: machines,
        targetFirewall: firewall,
        ports: [{ port: 3306, description: "SQL" }],
        health: { port: 9200, path: "/" },
      });
    });
    const common = { Project: "shop", CostCenter: "4711", Environment: "prod", ManagedBy: "pulumi" };
    const tagged = planned.aws().filter(({ inputs }) => inputs.tags !== undefined);
    for (const { inputs } of tagged) {
      expect(inputs.tags).toMatchObject({ ...common, Role: expect.any(String), Name: expect.any(String) });
    }
    const untagged = planned.aws().filter(({ inputs }) => inputs.tags === undefined);
    // AWS does not support tags on these types.
    expect([...new Set(untagged.map(({ type }) => type.split(":").at(-1)))].sort()).toEqual([
      "BucketLifecycleConfiguration",
      "BucketOwnershipControls",
      "BucketPolicy",
      "BucketPublicAccessBlock",
      "BucketServerSideEncryptionConfiguration",
      "BucketVersioning",
      "Invocation",
      "RolePolicy",
      "RolePolicyAttachment",
      "Route",
      "RouteTableAssociation",
      "TargetGroupAttachment",
      "VolumeAttachment",
    ]);
    expect(planned.inputs("Instance", "db-0-instance")).toMatchObject({
      tags: { Role: "galera", Name: "db-0" },
      rootBlockDevice: { tags: { ...common, Role: "galera", Name: "db-0" } },
    });
  });

  test("creates resources of a component with the cloud's provider, and with the component as parent", async () => {
    class Cluster extends pulumi.ComponentResource {
      constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("test:index:Cluster", name, {}, opts);
      }
    }
    const planned = await plan(() => {
      const provider = new aws.Provider("production", { region: "eu-central-1" });
      const cloud = newCloud({}, { provider });
      const parent = new Cluster("cluster");
      cluster(cloud, 2, {}, { parent });
      cloud.objectStore("backups", { description: "backups" }, { parent });
    });
    const provider = planned.one("aws", "production");
    const without = planned.aws().filter((resource) => resource.provider?.startsWith(`${provider.urn}::`) !== true);
    expect(without.map(({ urn }) => brief(urn))).toEqual([]);
    const parents = [...planned.all("Machine"), ...planned.all("MachineGroup"), planned.one("ObjectStore", "backups")];
    expect(parents.map(({ parent }) => brief(parent!))).toEqual(Array(4).fill("Cluster cluster"));
  });
});
