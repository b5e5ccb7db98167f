import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { AwsCloudArgs } from "../../../components/cloud/aws/index.ts";
import type { Firewall } from "../../../components/cloud/cloud.ts";
import { type Config, config, file, sha512 } from "../../../ignition/index.ts";
import { restarting } from "../../../cli/plan/replacement.ts";
import { brief, cluster, newCloud, type Plan, plan } from "./aws-plan.ts";

const threeNodes = (): Promise<Plan> => plan(() => void cluster(newCloud(), 3));

/** URNs of resources that a machine's resources depend on. */
function partsOf(planned: Plan, machine: string) {
  return planned
    .aws()
    .filter(({ urn, name }) => urn.includes("paasmas:cloud:Machine$") && name.startsWith(`${machine}-`));
}

describe("a machine on AWS", () => {
  test("has the expected resources, and its facts match the plan", async () => {
    const planned = await threeNodes();
    expect(
      partsOf(planned, "db-1")
        .map(({ urn }) => brief(urn))
        .sort(),
    ).toEqual([
      "BucketObjectv2 db-1-ignition",
      "Instance db-1-instance",
      "InstanceProfile db-1-profile",
      "Invocation db-1-gate",
      "NetworkInterface db-1-interface",
      "Role db-1-role",
      "RolePolicy db-1-ignition",
      "Volume db-1-data",
      "VolumeAttachment db-1-data",
    ]);
    const { content } = planned.inputs("BucketObjectv2", "db-1-ignition");
    const { userData } = planned.inputs("Instance", "db-1-instance");
    expect(planned.inputs("Machine", "db-1")).toEqual({
      role: "galera",
      hostNumber: 21,
      address: "10.20.0.21",
      zone: "eu-central-1a",
      size: "medium",
      type: "m6i.large",
      dataVolumeGiB: 100,
      dataVolumePath: "/var/lib/db",
      retained: true,
      firewall: "db",
      group: "db",
      delivery: "object-store",
      ignitionBytes: Buffer.byteLength(content),
      ignitionSha512: sha512(content),
      userDataBytes: Buffer.byteLength(userData),
      userDataLimit: 16384,
    });
  });

  test("is private and encrypted, and does not expose its credentials to containers", async () => {
    const planned = await threeNodes();
    const instance = planned.inputs("Instance", "db-1-instance");
    expect(instance).toMatchObject({
      ami: "ami-0123456789abcdef0",
      instanceType: "m6i.large",
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", deleteOnTermination: true },
    });
    expect(instance).not.toHaveProperty("associatePublicIpAddress");
    expect(instance).not.toHaveProperty("keyName");
    expect(planned.all("Instance")).toHaveLength(3);
  });

  test("has its fixed address on a separate network interface, in the machine subnet of its zone", async () => {
    const planned = await threeNodes();
    const nic = planned.one("NetworkInterface", "db-1-interface");
    expect(nic.inputs.privateIps).toEqual(["10.20.0.21"]);
    expect(nic.propertyDependencies.subnetId?.map(brief)).toEqual(["Subnet prod-machines-eu-central-1a"]);
    expect(nic.propertyDependencies.securityGroups?.map(brief)).toEqual(["SecurityGroup db-sg"]);
    const instance = planned.one("Instance", "db-1-instance");
    expect(instance.propertyDependencies.primaryNetworkInterface?.map(brief)).toEqual([
      "NetworkInterface db-1-interface",
    ]);
    expect(planned.inputs("Volume", "db-1-data").availabilityZone).toBe("eu-central-1a");
  });

  test("is on a separate rack from other members of its group", async () => {
    const planned = await threeNodes();
    expect(planned.inputs("PlacementGroup", "db-spread")).toMatchObject({ strategy: "spread", spreadLevel: "rack" });
    const { name } = planned.one("PlacementGroup", "db-spread").outputs;
    expect(planned.all("Instance").map(({ inputs }) => inputs.placementGroup)).toEqual([name, name, name]);
  });

  test("gets its instance type from the sizes of the cloud", async () => {
    const planned = await plan(() => {
      const cloud = newCloud({ instanceTypes: { small: "t3.medium" } });
      const firewall = cloud.firewall("web", { description: "web" });
      const settings = { role: "web", firewall, config: () => config() };
      cloud.machine("small", { ...settings, hostNumber: 10 });
      cloud.machine("large", { ...settings, hostNumber: 11, size: "large" });
    });
    expect(planned.inputs("Instance", "small-instance").instanceType).toBe("t3.medium");
    expect(planned.inputs("Instance", "large-instance").instanceType).toBe("r6i.xlarge");
    expect(planned.counts()).toMatchObject({ Instance: 2, Invocation: 2 });
    expect(planned.all("Volume")).toEqual([]);
    expect(planned.all("VolumeAttachment")).toEqual([]);
    expect(planned.inputs("Machine", "small")).toMatchObject({ size: "small", retained: false });
  });
});

describe("the architecture of an AWS cloud", () => {
  const types = async (args: Partial<AwsCloudArgs>) => {
    const planned = await plan(() => {
      const cloud = newCloud(args);
      const firewall = cloud.firewall("web", { description: "web" });
      for (const [i, size] of (["small", "medium", "large"] as const).entries()) {
        cloud.machine(size, { role: "web", firewall, config: () => config(), hostNumber: 10 + i, size });
      }
    });
    return planned.all("Instance").map(({ inputs }) => inputs.instanceType);
  };

  test("decides about the default instance types", async () => {
    expect(await types({})).toEqual(["r6i.xlarge", "m6i.large", "t3.small"]);
    expect(await types({ architecture: "aarch64" })).toEqual(["r6g.xlarge", "m6g.large", "t4g.small"]);
    const graviton3 = { large: "r7g.xlarge" };
    expect(await types({ architecture: "aarch64", instanceTypes: graviton3 })).toEqual([
      "r7g.xlarge",
      "m6g.large",
      "t4g.small",
    ]);
  });

  test("refuses instance types of another one", async () => {
    await expect(types({ instanceTypes: { small: "t4g.small", large: "r6i.xlarge" } })).rejects.toThrow(
      'prod.instanceTypes.small: "t4g.small" is of aarch64, not x86_64; use a type such as t3.small, or an image of ' +
        "aarch64 with architecture aarch64",
    );
    await expect(types({ architecture: "aarch64", instanceTypes: { large: "r6i.xlarge" } })).rejects.toThrow(
      'prod.instanceTypes.large: "r6i.xlarge" is of x86_64, not aarch64; use a type such as r6g.xlarge, or an image of ' +
        "x86_64 with architecture x86_64",
    );
    await expect(types({ architecture: "arm64" as "aarch64" })).rejects.toThrow(
      'prod.architecture: "arm64" is not known; use x86_64 or aarch64',
    );
  });
});

describe("the config of a machine on AWS", () => {
  test("is a secret object in a bucket; user data has a pointer with version and hash", async () => {
    const planned = await threeNodes();
    const bucket = planned.one("Bucket", "prod-ignition-bucket").outputs.bucket;
    for (const machine of ["db-0", "db-1", "db-2"]) {
      const object = planned.one("BucketObjectv2", `${machine}-ignition`);
      expect(object.inputs).toMatchObject({ bucket, key: `${machine}.ign`, serverSideEncryption: "AES256" });
      expect(object.secretPaths).toEqual(["$.content"]);
      const instance = planned.one("Instance", `${machine}-instance`);
      expect(instance.secretPaths).toEqual([]);
      const { userData, userDataReplaceOnChange } = instance.inputs as {
        userData: string;
        userDataReplaceOnChange: boolean;
      };
      expect(JSON.parse(userData).ignition.config).toEqual({
        replace: {
          source: `s3://${bucket}/${machine}.ign?versionId=${object.outputs.versionId}`,
          verification: { hash: `sha512-${sha512(object.inputs.content as string)}` },
        },
      });
      expect(userDataReplaceOnChange).toBe(true);
    }
  });

  test("holds the only copies of secrets", async () => {
    const planned = await threeNodes();
    const passwords = planned.all("RandomPassword").map(({ outputs }) => outputs.result as string);
    expect(passwords.map((password) => password.length)).toEqual([40, 40, 40]);
    for (const resource of planned.resources) {
      const found = passwords.filter((password) => JSON.stringify(resource.inputs).includes(password));
      expect([brief(resource.urn), found.length]).toEqual([
        brief(resource.urn),
        resource.type.endsWith(":BucketObjectv2") ? 1 : 0,
      ]);
    }
    const secret = planned.resources.filter(({ secretPaths }) => secretPaths.length > 0);
    expect(secret.map(({ urn }) => brief(urn)).sort()).toEqual([0, 1, 2].map((i) => `BucketObjectv2 db-${i}-ignition`));
  });

  test("can be read only by its machine", async () => {
    const planned = await threeNodes();
    const arn = planned.one("Bucket", "prod-ignition-bucket").outputs.arn;
    const machineRoles = planned.all("Role").filter(({ name }) => name.startsWith("db-"));
    expect(machineRoles).toHaveLength(3);
    for (const { name, inputs, outputs } of machineRoles) {
      const machine = name.replace(/-role$/, "");
      const policies = [...planned.all("RolePolicy"), ...planned.all("RolePolicyAttachment")].filter(
        (policy) => policy.inputs.role === outputs.name,
      );
      expect(policies.map(({ urn }) => brief(urn))).toEqual([`RolePolicy ${machine}-ignition`]);
      expect(JSON.parse(policies[0]!.inputs.policy as string)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "OwnIgnitionConfig",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectVersion"],
            Resource: `${arn}/${machine}.ign`,
          },
        ],
      });
      expect(JSON.parse(inputs.assumeRolePolicy as string).Statement).toEqual([
        { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]);
      const profile = planned.one("InstanceProfile", `${machine}-profile`);
      expect(profile.inputs.role).toBe(outputs.name);
      expect(planned.inputs("Instance", `${machine}-instance`).iamInstanceProfile).toBe(profile.outputs.name);
    }
  });

  test("is in a versioned, encrypted and private bucket, which is deleted with the stack", async () => {
    const planned = await threeNodes();
    const bucket = planned.one("Bucket", "prod-ignition-bucket");
    expect(bucket.inputs.forceDestroy).toBe(true);
    expect([bucket.protect, bucket.retainOnDelete]).toEqual([false, false]);
    expect(planned.inputs("ObjectStore", "prod-ignition").purpose).toBe("ignition");
    expect(planned.dependencies("BucketObjectv2", "db-0-ignition")).toEqual([
      "Bucket prod-ignition-bucket",
      "BucketPolicy prod-ignition-tls-only",
      "BucketServerSideEncryptionConfiguration prod-ignition-encryption",
      "BucketVersioning prod-ignition-versions",
      "RandomPassword db-0-password",
    ]);
  });

  test("is rejected with its size, if it is too large", async () => {
    const text = "x".repeat(1024 * 1024);
    const tooLarge = plan(
      () => void cluster(newCloud(), 1, { config: () => config(file({ path: "/opt/big", text })) }),
    );
    await expect(tooLarge).rejects.toThrow(
      /^machine db-0: its Ignition config has 1048\d{3} bytes, at most 1048576 are allowed; put large files into an image or an object store$/,
    );
  });

  test("is rejected with machine and path, if it is not valid", async () => {
    const invalid = { ignition: { version: "3.4.0" }, storage: { files: [{ path: "etc/motd" }] } } as Config;
    await expect(plan(() => void cluster(newCloud(), 1, { config: () => invalid }))).rejects.toThrow(
      /\n {2}machine db-0: \$\.storage\.files\.0\.path: .*absolute/,
    );
  });
});

describe("a rolling update on AWS", () => {
  test("starts an instance after the previous gate, its config, its permission and its NAT route", async () => {
    const planned = await threeNodes();
    const own = (i: number) =>
      [
        "BucketObjectv2 db-0-ignition",
        "InstanceProfile db-0-profile",
        "NetworkInterface db-0-interface",
        "RolePolicy db-0-ignition",
      ].map((part) => part.replace("db-0", `db-${i}`));
    const shared = [
      "Bucket prod-ignition-bucket",
      "PlacementGroup db-spread",
      "Route prod-out-eu-central-1a",
      "Route prod-out-eu-central-1b",
      "Route prod-out-eu-central-1c",
      "RouteTableAssociation prod-machines-eu-central-1a",
      "RouteTableAssociation prod-machines-eu-central-1b",
      "RouteTableAssociation prod-machines-eu-central-1c",
      "VpcEndpoint prod-s3",
    ];
    const expected = (i: number, before: string[]) =>
      [...own(i), ...shared, `RandomPassword db-${i}-password`, ...before].sort();
    expect(planned.dependencies("Instance", "db-0-instance")).toEqual(expected(0, []));
    expect(planned.dependencies("Instance", "db-1-instance")).toEqual(expected(1, ["Invocation db-0-gate"]));
    expect(planned.dependencies("Instance", "db-2-instance")).toEqual(expected(2, ["Invocation db-1-gate"]));
  });

  test("starts a gate after the instance, its volume and the firewall rule of the ready port", async () => {
    const planned = await threeNodes();
    expect(planned.dependencies("Invocation", "db-1-gate")).toEqual([
      "Function prod-gate-function",
      "Instance db-1-instance",
      "RandomPassword db-1-password",
      "SecurityGroupEgressRule prod-gate-to-db-out",
      "SecurityGroupIngressRule prod-gate-to-db-in",
      "VolumeAttachment db-1-data",
    ]);
    const gate = planned.one("Invocation", "db-1-gate");
    expect(gate.propertyDependencies.triggers?.map(brief)).toContain("Instance db-1-instance");
    expect(gate.inputs.triggers).toEqual({
      instance: planned.inputs("VolumeAttachment", "db-1-data").instanceId,
      ignition: planned.inputs("Machine", "db-1").ignitionSha512,
      type: "m6i.large",
      volume: planned.inputs("VolumeAttachment", "db-1-data").volumeId,
    });
    expect(gate.propertyDependencies.triggers?.map(brief)).toContain("VolumeAttachment db-1-data");
  });

  test("runs the gate again after every change that restarts or replaces the instance", async () => {
    const planned = await threeNodes();
    const instance = planned.inputs("Instance", "db-1-instance");
    // The hash of the config is a trigger, and new user data replaces the instance.
    expect(instance.userDataReplaceOnChange).toBe(true);
    const inPlace = restarting["aws:ec2/instance:Instance"]!.filter((input) => input in instance);
    expect(inPlace).toEqual(["instanceType", "userData"]);

    const larger = await plan(() => void cluster(newCloud({ instanceTypes: { medium: "m6i.xlarge" } }), 3));
    const triggers = (some: Plan, name: string) => some.inputs("Invocation", `${name}-gate`).triggers;
    for (const name of ["db-0", "db-1", "db-2"]) {
      expect(triggers(larger, name)).toEqual({ ...(triggers(planned, name) as object), type: "m6i.xlarge" });
    }
    // The next instance changes after the previous gate, also in place.
    for (const [name, previous] of [
      ["db-1", "db-0"],
      ["db-2", "db-1"],
    ] as const) {
      expect(larger.dependencies("Instance", `${name}-instance`)).toContain(`Invocation ${previous}-gate`);
      expect(larger.dependencies("Invocation", `${previous}-gate`)).toContain(`Instance ${previous}-instance`);
    }
  });

  test("triggers every round of a long gate with the same values", async () => {
    const planned = await plan(() => {
      const cloud = newCloud();
      cloud.machine("slow", {
        role: "test",
        hostNumber: 20,
        firewall: cloud.firewall("slow", { description: "slow" }),
        readyTimeoutSeconds: 1800,
        config: () => config(),
      });
    });
    expect(planned.inputs("Invocation", "slow-gate-round-1").triggers).toEqual(
      planned.inputs("Invocation", "slow-gate").triggers,
    );
  });

  test("does not make a machine depend on resources of another one, so that each is replaced alone", async () => {
    const planned = await threeNodes();
    for (const machine of ["db-0", "db-1", "db-2"]) {
      const others = ["db-0", "db-1", "db-2"].filter((other) => other !== machine);
      const foreign = partsOf(planned, machine).flatMap(({ propertyDependencies }) =>
        Object.values(propertyDependencies)
          .flat()
          .map(brief)
          .filter((part) => others.some((other) => part.includes(`${other}-`))),
      );
      expect(foreign).toEqual([]);
    }
  });

  test("deletes instance, attachment and gate before their replacements are created", async () => {
    const planned = await threeNodes();
    const first = partsOf(planned, "db-1").filter(({ deleteBeforeReplace }) => deleteBeforeReplace);
    expect(first.map(({ urn }) => brief(urn)).sort()).toEqual([
      "Instance db-1-instance",
      "Invocation db-1-gate",
      "VolumeAttachment db-1-data",
    ]);
    expect(planned.inputs("VolumeAttachment", "db-1-data").stopInstanceBeforeDetaching).toBe(true);
  });
});

describe("a data volume on AWS", () => {
  const volumeOf = async (volumes: object, sizeGiB = 100) => {
    const dataVolume = { path: "/var/lib/db", sizeGiB };
    const planned = await plan(() => void cluster(newCloud({ volumes } as Partial<AwsCloudArgs>), 1, { dataVolume }));
    const { iops, throughput } = planned.inputs("Volume", "db-0-data");
    return [iops, throughput];
  };

  test("has the performance of its role", async () => {
    expect(await volumeOf({})).toEqual([undefined, undefined]);
    expect(await volumeOf({ etcd: { iops: 4000 } })).toEqual([undefined, undefined]);
    expect(await volumeOf({ galera: { iops: 8000, throughputMiBps: 2000 } })).toEqual([8000, 2000]);
  });

  // The rules of AWS: 500 IOPS for each GiB, four IOPS for each MiB/s; 3,000 IOPS for every size.
  test.each([
    [1, { iops: 3000 }],
    [6, { iops: 3000, throughputMiBps: 750 }],
    [7, { iops: 3500 }],
    [160, { iops: 80000, throughputMiBps: 2000 }],
  ])("of %i GiB can have %j", async (sizeGiB, performance) => {
    await expect(volumeOf({ galera: performance }, sizeGiB)).resolves.toBeDefined();
  });

  test.each([
    [1, { iops: 3001 }, "iops: 3001 is too much for the volume of db-0 of 1 GiB; use at most 3000, or a larger volume"],
    [7, { iops: 3501 }, "iops: 3501 is too much for the volume of db-0 of 7 GiB; use at most 3500, or a larger volume"],
    [100, { throughputMiBps: 751 }, "throughputMiBps: 751 needs 3004 IOPS; use at most 750, or set iops to 3004"],
    [
      100,
      { iops: 7999, throughputMiBps: 2000 },
      "throughputMiBps: 2000 needs 8000 IOPS; use at most 1999, or set iops to 8000",
    ],
    [100, { iops: 80001 }, "iops: 80001 is not allowed; use a whole number from 3000 to 80000 IOPS"],
    [100, { throughputMiBps: 100 }, "throughputMiBps: 100 is not allowed; use a whole number from 125 to 2000 MiB/s"],
  ])("of %i GiB cannot have %j", async (sizeGiB, performance, message) => {
    await expect(volumeOf({ galera: performance }, sizeGiB)).rejects.toThrow(`prod.volumes.galera.${message}`);
  });

  test.each([
    [true, { protect: true, retainOnDelete: true }],
    [false, { protect: false, retainOnDelete: false }],
    [undefined, { protect: true, retainOnDelete: true }],
  ])("is protected with protect: %s", async (protect, expected) => {
    const planned = await plan(() => void cluster(newCloud({ protect }), 3));
    expect(planned.all("Volume")).toHaveLength(3);
    for (const volume of planned.all("Volume")) {
      expect(volume).toMatchObject(expected);
      expect(volume.inputs).toMatchObject({ encrypted: true, type: "gp3", size: 100 });
    }
    expect(planned.all("Machine").map(({ inputs }) => inputs.retained)).toEqual(Array(3).fill(expected.protect));
    // Protection of other resources would block their replacement.
    expect(planned.aws().filter((resource) => resource.protect).length).toBe(expected.protect ? 3 : 0);
  });
});

describe("the gate on AWS", () => {
  test("is one function for all machines, with access only to the ready port", async () => {
    const planned = await plan(() => {
      const cloud = newCloud();
      cluster(cloud, 3);
      const firewall = cloud.firewall("lb", { description: "load balancer" });
      cloud.machine("lb-0", { role: "haproxy", hostNumber: 30, firewall, config: () => config() });
    });
    expect(planned.all("Function")).toHaveLength(1);
    expect(planned.inputs("Function", "prod-gate-function")).toMatchObject({
      runtime: "nodejs24.x",
      handler: "index.handler",
      timeout: 900,
    });
    const code = JSON.stringify(planned.inputs("Function", "prod-gate-function").code);
    expect(code).toContain("export async function handler(event, context)");
    const fn = planned.one("Function", "prod-gate-function");
    expect(fn.propertyDependencies.vpcConfig?.map(brief).sort()).toEqual([
      "SecurityGroup prod-gate-sg",
      "Subnet prod-services-eu-central-1a",
      "Subnet prod-services-eu-central-1b",
      "Subnet prod-services-eu-central-1c",
    ]);
    const egress = planned.all("SecurityGroupEgressRule").filter(({ name }) => name.startsWith("prod-gate-"));
    expect(egress.map(({ name, inputs }) => [name, inputs.fromPort, inputs.toPort, inputs.ipProtocol])).toEqual([
      ["prod-gate-to-db-out", 9000, 9000, "tcp"],
      ["prod-gate-to-lb-out", 9000, 9000, "tcp"],
    ]);
    const rules = planned.all("FirewallRule").map(({ inputs }) => [inputs.from, inputs.to, inputs.fromPort]);
    expect(rules).toEqual([
      ["prod-gate", "db", 9000],
      ["prod-gate", "lb", 9000],
    ]);
    expect(planned.all("RolePolicyAttachment").map(({ inputs }) => inputs.policyArn)).toEqual([
      "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
    ]);
  });

  test("is called with the address and the time limit of the machine", async () => {
    const planned = await plan(() => void cluster(newCloud(), 1, { readyTimeoutSeconds: 300 }));
    expect(JSON.parse(planned.inputs("Invocation", "db-0-gate").input)).toEqual({
      machine: "db-0",
      instanceId: expect.stringMatching(/./),
      address: "10.20.128.20",
      port: 9000,
      path: "/ready",
      timeoutSeconds: 300,
      lastRound: true,
    });
  });

  test("splits a wait that is longer than a function's time limit into several rounds", async () => {
    const planned = await plan(() => void cluster(newCloud(), 2, { readyTimeoutSeconds: 2000 }));
    const rounds = ["db-0-gate-round-1", "db-0-gate-round-2", "db-0-gate"];
    const inputs = rounds.map((name) => JSON.parse(planned.inputs("Invocation", name).input));
    expect(inputs.map(({ timeoutSeconds, lastRound }) => [timeoutSeconds, lastRound])).toEqual([
      [900, false],
      [900, false],
      [200, true],
    ]);
    const invocations = (name: string) =>
      planned.dependencies("Invocation", name).filter((part) => part.startsWith("Invocation"));
    expect(rounds.map(invocations)).toEqual([
      [],
      ["Invocation db-0-gate-round-1"],
      ["Invocation db-0-gate-round-1", "Invocation db-0-gate-round-2"],
    ]);
    expect(planned.dependencies("Instance", "db-1-instance").filter((part) => part.startsWith("Invocation"))).toEqual([
      "Invocation db-0-gate",
    ]);
    expect(planned.all("Invocation")).toHaveLength(6);
  });

  test("is not created without a machine", async () => {
    const planned = await plan(() => void newCloud().firewall("db", { description: "database nodes" }));
    expect(planned.all("Gate")).toEqual([]);
    expect(planned.all("IgnitionDelivery")).toEqual([]);
  });
});

describe("an AWS cloud rejects", () => {
  test("the same host number for two machines", async () => {
    await expect(plan(() => void cluster(newCloud(), 2, { hostNumber: 20 }))).rejects.toThrow(
      new RangeError("host number 20 is used twice, by db-0 and by db-1: use another number for one of them"),
    );
  });

  test("a host number outside of the subnet", async () => {
    await expect(plan(() => void cluster(newCloud({ cidr: "10.20.0.0/23" }), 1, { hostNumber: 200 }))).rejects.toThrow(
      new RangeError("host number 200 does not fit into 10.20.1.0/25: it has room for 4 to 126"),
    );
  });

  test("a wait of more than a day", async () => {
    await expect(plan(() => void cluster(newCloud(), 1, { readyTimeoutSeconds: 100_000 }))).rejects.toThrow(
      "db-0.readyTimeoutSeconds: 100000 is not allowed; use a whole number from 1 to 86400 seconds",
    );
  });

  test("a firewall and a group of another cloud", async () => {
    class Foreign extends pulumi.ComponentResource implements Firewall {
      readonly firewallName = "elsewhere";
    }
    const foreign = () => new Foreign("test:index:Foreign", "elsewhere");
    await expect(plan(() => void cluster(newCloud(), 1, { firewall: foreign() }))).rejects.toThrow(
      new TypeError("firewall elsewhere: it belongs to another cloud; create it with firewall() of this cloud"),
    );
    await expect(plan(() => void cluster(newCloud(), 1, { group: foreign() }))).rejects.toThrow(
      new TypeError("group: it belongs to another cloud; create it with group() of this cloud"),
    );
  });
});
