import { describe, expect, test } from "vitest";
import { ruleText } from "../../../components/cloud/aws/firewall.ts";
import type { LoadBalancerArgs } from "../../../components/cloud/cloud.ts";
import { brief, cluster, newCloud, type Plan, plan } from "./aws-plan.ts";

describe("a firewall on AWS", () => {
  test("has only an egress rule for HTTPS, and a description", async () => {
    const planned = await plan(() => void newCloud().firewall("etcd", { description: "the cluster's members" }));
    const group = planned.one("SecurityGroup", "etcd-sg");
    expect(group.inputs.description).toBe("the clusters members");
    expect(group.inputs).not.toHaveProperty("ingress");
    expect(group.inputs).not.toHaveProperty("egress");
    expect(planned.all("SecurityGroupIngressRule")).toEqual([]);
    expect(planned.all("SecurityGroupEgressRule").map(({ inputs }) => inputs)).toMatchObject([
      {
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "container images, updates and the own Ignition config",
      },
    ]);
    expect(planned.inputs("Firewall", "etcd")).toEqual({ description: "the cluster's members" });
  });

  test("opens a port to another firewall with two rules, and to an address range with one rule", async () => {
    const planned = await plan(() => {
      const cloud = newCloud();
      const etcd = cloud.firewall("etcd", { description: "etcd members" });
      const galera = cloud.firewall("galera", { description: "database nodes" });
      cloud.allow("galera-to-etcd", {
        to: etcd,
        from: galera,
        ports: [{ port: 2379, description: "etcd client API" }],
      });
      cloud.allow("office", {
        to: galera,
        from: "192.168.7.0/24",
        ports: [
          { port: 3306, description: "SQL" },
          { port: 8000, to: 8010, protocol: "udp", description: "probes" },
        ],
      });
    });
    const [etcd, galera] = ["etcd-sg", "galera-sg"].map((name) => `SecurityGroup ${name}`);
    const ingress = planned.all("SecurityGroupIngressRule");
    expect(ingress.map(({ name }) => name)).toEqual([
      "galera-to-etcd-2379-in",
      "office-3306-in",
      "office-8000-8010-udp-in",
    ]);
    expect(ingress.map(({ inputs }) => inputs)).toMatchObject([
      { ipProtocol: "tcp", fromPort: 2379, toPort: 2379, description: "etcd client API from galera" },
      {
        ipProtocol: "tcp",
        fromPort: 3306,
        toPort: 3306,
        cidrIpv4: "192.168.7.0/24",
        description: "SQL from 192.168.7.0/24",
      },
      {
        ipProtocol: "udp",
        fromPort: 8000,
        toPort: 8010,
        cidrIpv4: "192.168.7.0/24",
        description: "probes from 192.168.7.0/24",
      },
    ]);
    expect(ingress[0]!.inputs).not.toHaveProperty("cidrIpv4");
    expect(ingress[0]!.propertyDependencies.securityGroupId?.map(brief)).toEqual([etcd]);
    expect(ingress[0]!.propertyDependencies.referencedSecurityGroupId?.map(brief)).toEqual([galera]);

    const egress = planned.one("SecurityGroupEgressRule", "galera-to-etcd-2379-out");
    expect(egress.inputs).toMatchObject({
      ipProtocol: "tcp",
      fromPort: 2379,
      toPort: 2379,
      description: "etcd client API to etcd",
    });
    expect(egress.propertyDependencies.securityGroupId?.map(brief)).toEqual([galera]);
    expect(egress.propertyDependencies.referencedSecurityGroupId?.map(brief)).toEqual([etcd]);
    expect(planned.all("SecurityGroupEgressRule")).toHaveLength(3);

    expect(planned.all("FirewallRule").map(({ inputs }) => inputs)).toEqual([
      { to: "etcd", from: "galera", protocol: "tcp", fromPort: 2379, toPort: 2379, description: "etcd client API" },
      { to: "galera", from: "192.168.7.0/24", protocol: "tcp", fromPort: 3306, toPort: 3306, description: "SQL" },
      { to: "galera", from: "192.168.7.0/24", protocol: "udp", fromPort: 8000, toPort: 8010, description: "probes" },
    ]);
  });

  test("rejects an invalid address range", async () => {
    const wrong = plan(() => {
      const cloud = newCloud();
      const to = cloud.firewall("db", { description: "database nodes" });
      cloud.allow("office", { to, from: "192.168.7.1/24", ports: [{ port: 3306, description: "SQL" }] });
    });
    await expect(wrong).rejects.toThrow(
      new RangeError('"192.168.7.1/24" is an address within a range: did you mean 192.168.7.0/24?'),
    );
  });

  test("limits the characters and the length of a description to those of EC2", () => {
    expect(ruleText("readiness of the machine's role, v1.0 (tcp/9000)")).toBe(
      "readiness of the machines role, v1.0 (tcp/9000)",
    );
    expect(ruleText('größe "x" <y>')).toBe("gr--e -x- -y-");
    expect(ruleText("x".repeat(300))).toHaveLength(255);
  });
});

describe("a load balancer on AWS", () => {
  const front = (args: Partial<LoadBalancerArgs> = {}, protect?: boolean): Promise<Plan> =>
    plan(() => {
      const cloud = newCloud({ protect });
      const { machines, firewall } = cluster(cloud, 2);
      cloud.loadBalancer("front", {
        hostNumber: 40,
        targets: machines,
        targetFirewall: firewall,
        ports: [
          { port: 3306, description: "SQL, writes" },
          { port: 3307, targetPort: 13307, description: "SQL, reads" },
        ],
        health: { port: 8404, path: "/healthz" },
        ...args,
      });
    });

  test("is internal, has a fixed address in every zone and serves all zones from each", async () => {
    const planned = await front();
    const nlb = planned.one("aws:lb/loadBalancer:LoadBalancer", "front");
    expect(nlb.inputs).toMatchObject({
      loadBalancerType: "network",
      internal: true,
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: true,
    });
    const mappings = nlb.inputs.subnetMappings as { privateIpv4Address: string }[];
    expect(mappings.map(({ privateIpv4Address }) => privateIpv4Address)).toEqual([
      "10.20.0.40",
      "10.20.64.40",
      "10.20.128.40",
    ]);
    expect(nlb.propertyDependencies.subnetMappings?.map(brief).sort()).toEqual([
      "Subnet prod-machines-eu-central-1a",
      "Subnet prod-machines-eu-central-1b",
      "Subnet prod-machines-eu-central-1c",
    ]);
    expect(nlb.propertyDependencies.securityGroups?.map(brief)).toEqual(["SecurityGroup front-sg"]);
  });

  test("outputs its facts", async () => {
    const planned = await front();
    expect(planned.inputs("paasmas:cloud:LoadBalancer", "front")).toEqual({
      role: "load-balancer",
      ports: [
        { port: 3306, targetPort: 3306, description: "SQL, writes" },
        { port: 3307, targetPort: 13307, description: "SQL, reads" },
      ],
      targets: ["db-0", "db-1"],
      allowFrom: ["10.20.0.0/16"],
      scheme: "internal",
    });
  });

  test("forwards each port to the machines' addresses, with an HTTP health check every five seconds", async () => {
    const planned = await front();
    expect(planned.all("TargetGroup").map(({ inputs }) => [inputs.port, inputs.protocol, inputs.targetType])).toEqual([
      [3306, "TCP", "ip"],
      [13307, "TCP", "ip"],
    ]);
    for (const { inputs } of planned.all("TargetGroup")) {
      expect(inputs).toMatchObject({
        healthCheck: {
          protocol: "HTTP",
          port: "8404",
          path: "/healthz",
          matcher: "200",
          interval: 5,
          timeout: 2,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        targetHealthStates: [{ enableUnhealthyConnectionTermination: true }],
        connectionTermination: true,
        deregistrationDelay: 10,
      });
    }
    const attached = planned
      .all("TargetGroupAttachment")
      .map(({ name, inputs }) => [name, inputs.targetId, inputs.port]);
    expect(attached).toEqual([
      ["front-3306-db-0", "10.20.128.20", 3306],
      ["front-3306-db-1", "10.20.0.21", 3306],
      ["front-3307-db-0", "10.20.128.20", 13307],
      ["front-3307-db-1", "10.20.0.21", 13307],
    ]);
    const listeners = planned.all("Listener");
    expect(listeners.map(({ inputs }) => [inputs.port, inputs.protocol, inputs.tcpIdleTimeoutSeconds])).toEqual([
      [3306, "TCP", 6000],
      [3307, "TCP", 6000],
    ]);
    expect(listeners.map((listener) => listener.propertyDependencies.defaultActions?.map(brief))).toEqual([
      ["TargetGroup front-3306"],
      ["TargetGroup front-3307"],
    ]);
  });

  test("can reach the target and health ports, and accepts only the given clients", async () => {
    const planned = await front({ allowFrom: ["10.20.0.0/16", "10.30.0.0/16"] });
    const rules = planned
      .all("FirewallRule")
      .map(({ inputs }) => inputs as { from: string; to: string; fromPort: number });
    expect(rules.filter(({ to }) => to === "front").map(({ from, fromPort }) => [from, fromPort])).toEqual([
      ["10.20.0.0/16", 3306],
      ["10.30.0.0/16", 3306],
      ["10.20.0.0/16", 3307],
      ["10.30.0.0/16", 3307],
    ]);
    expect(rules.filter(({ from }) => from === "front").map(({ to, fromPort }) => [to, fromPort])).toEqual([
      ["db", 3306],
      ["db", 8404],
      ["db", 13307],
    ]);
    // Its security group allows no other egress.
    const out = planned
      .all("SecurityGroupEgressRule")
      .filter((rule) => rule.inputs.securityGroupId === rulesOwner(planned, "front"));
    expect(out.map(({ name }) => name)).toEqual(["front-to-3306-out", "front-to-8404-out", "front-to-13307-out"]);
  });

  test("can be deleted if the stack is not protected", async () => {
    const planned = await front({}, false);
    const nlb = planned.one("aws:lb/loadBalancer:LoadBalancer", "front");
    expect(nlb.inputs.enableDeletionProtection).toBe(false);
  });

  test("rejects a host number of a machine, and a name that is too long for AWS", async () => {
    await expect(front({ hostNumber: 21 })).rejects.toThrow(
      new RangeError("host number 21 is used twice, by db-1 and by front: use another number for one of them"),
    );
    const long = plan(() => {
      const cloud = newCloud();
      const { machines, firewall } = cluster(cloud, 1);
      cloud.loadBalancer("front-of-the-database", {
        hostNumber: 40,
        targets: machines,
        targetFirewall: firewall,
        ports: [{ port: 3306, description: "SQL" }],
        health: { port: 3306, path: "/" },
      });
    });
    await expect(long).rejects.toThrow(
      "front-of-the-database: the name of a load balancer has 21 characters; use at most 19 on AWS",
    );
  });
});

/** Name of a firewall's security group id in the rules of the group. */
function rulesOwner(planned: Plan, firewall: string): unknown {
  const own = planned
    .all("SecurityGroupIngressRule")
    .find((rule) =>
      rule.propertyDependencies.securityGroupId?.some((urn) => brief(urn) === `SecurityGroup ${firewall}-sg`),
    );
  return own?.inputs.securityGroupId;
}

describe("an object store on AWS", () => {
  const backups = (protect?: boolean, noncurrentDays?: number): Promise<Plan> =>
    plan(() => void newCloud({ protect }).objectStore("backups", { description: "database backups", noncurrentDays }));

  test("is private, versioned and encrypted, and accepts only TLS", async () => {
    const planned = await backups();
    const { bucket, arn } = planned.one("Bucket", "backups-bucket").outputs;
    expect(planned.inputs("BucketPublicAccessBlock", "backups-private")).toEqual({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(planned.inputs("BucketOwnershipControls", "backups-ownership").rule).toEqual({
      objectOwnership: "BucketOwnerEnforced",
    });
    expect(planned.inputs("BucketVersioning", "backups-versions").versioningConfiguration).toEqual({
      status: "Enabled",
    });
    expect(planned.inputs("BucketServerSideEncryptionConfiguration", "backups-encryption").rules).toEqual([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    expect(JSON.parse(planned.inputs("BucketPolicy", "backups-tls-only").policy).Statement).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    expect(planned.dependencies("BucketPolicy", "backups-tls-only")).toEqual([
      "Bucket backups-bucket",
      "BucketOwnershipControls backups-ownership",
      "BucketPublicAccessBlock backups-private",
    ]);
    expect(planned.inputs("ObjectStore", "backups")).toEqual({ description: "database backups", purpose: "objects" });
  });

  test.each([
    [undefined, 30],
    [7, 7],
  ])("keeps overwritten objects: noncurrentDays %s", async (given, days) => {
    const planned = await backups(true, given);
    expect(planned.inputs("BucketLifecycleConfiguration", "backups-lifecycle").rules).toMatchObject([
      { status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: days } },
    ]);
  });

  test.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])("is protected with protect: %s", async (protect, kept) => {
    const bucket = (await backups(protect)).one("Bucket", "backups-bucket");
    expect(bucket).toMatchObject({ protect: kept, retainOnDelete: kept });
    expect(bucket.inputs.forceDestroy).toBe(!kept);
  });

  test("outputs its endpoint in every region", async () => {
    let endpoint = "";
    const planned = await plan(() => {
      const store = newCloud().objectStore("backups", { description: "database backups" });
      store.endpoint.apply((value) => {
        endpoint = value;
      });
    });
    expect(planned.one("Bucket", "backups-bucket").outputs.bucketRegionalDomainName).toMatch(
      /^backups-bucket-[0-9a-f]{7}\.s3\./,
    );
    expect(endpoint).toBe("https://s3.planned-region-1.amazonaws.com");
  });
});
