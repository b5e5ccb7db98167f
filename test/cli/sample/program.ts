import { Instance } from "@pulumi/aws/ec2/index.js";
import { Volume } from "@pulumi/aws/ebs/index.js";
import { Bucket } from "@pulumi/aws/s3/index.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { factTypes } from "../../../components/cloud/facts.ts";

class Part extends pulumi.ComponentResource {
  constructor(type: string, name: string, facts: pulumi.Inputs, parent?: pulumi.Resource) {
    super(type, name, facts, parent ? { parent } : {});
    this.registerOutputs();
  }
}

export interface SampleSettings {
  /** Number of database machines. Default: 2. */
  size?: number;
  instanceType?: string;
  /** Default: true. */
  protect?: boolean;
  /** Text in the Ignition configs of the machines. */
  motd?: string;
  /** Address ranges that can reach the load balancer. */
  allowFrom?: string[];
  /** Default: required. */
  httpTokens?: string;
  /** Whether each database machine waits for the previous one. Default: false. */
  chain?: boolean;
}

/** A small program with all kinds of facts: two roles, firewall rules, a load balancer, a store, volumes, a secret. */
export function sample(settings: SampleSettings = {}) {
  return () => {
    const {
      size = 2,
      instanceType = "t3.small",
      protect = true,
      motd = "hello",
      allowFrom = ["10.1.0.0/16"],
      httpTokens = "required",
      chain = false,
    } = settings;
    const cloud = new Part(factTypes.cloud, "shop", {
      kind: "aws",
      cidr: "10.1.0.0/16",
      zones: ["eu-central-1a", "eu-central-1b"],
    });
    const database = new Part("shop:index:Database", "db", {}, cloud);
    const password = new RandomPassword("db-password", { length: 20 }, { parent: database });

    new Part(factTypes.firewall, "db", { description: "Database machines" }, cloud);
    new Part(factTypes.firewall, "lb", { description: "Load balancers" }, cloud);
    const open = (name: string, to: string, from: string, fromPort: number, toPort: number, description: string) =>
      new Part(factTypes.firewallRule, name, { to, from, protocol: "tcp", fromPort, toPort, description }, cloud);
    open("db-db-4567", "db", "db", 4567, 4568, "Replication");
    open("db-lb-3306", "db", "lb", 3306, 3306, "SQL from the load balancers");
    for (const [i, from] of allowFrom.entries()) open(`lb-clients-${i}`, "lb", from, 3306, 3306, "SQL from clients");

    const machine = (role: string, ordinal: number, dataVolumeGiB?: number, before?: pulumi.Resource) => {
      const name = `${role}-${ordinal}`;
      const config = pulumi.interpolate`${motd} ${name} ${password.result}`;
      const facts = new Part(
        factTypes.machine,
        name,
        {
          role,
          hostNumber: 20 + ordinal,
          address: `10.1.${ordinal}.${role === "db" ? 20 : 30}`,
          zone: ordinal % 2 ? "eu-central-1b" : "eu-central-1a",
          size: "small",
          type: instanceType,
          ...(dataVolumeGiB && { dataVolumeGiB, dataVolumePath: "/var/lib/db" }),
          retained: protect && dataVolumeGiB !== undefined,
          firewall: role,
          delivery: dataVolumeGiB ? "object-store" : "user-data",
          ignitionBytes: 2048 + motd.length,
          ignitionSha512: `${motd.length}${name}`,
          userDataBytes: 310,
          userDataLimit: 16384,
        },
        role === "db" ? database : cloud,
      );
      const instance = new Instance(
        name,
        {
          ami: "ami-0123456789abcdef0",
          instanceType,
          availabilityZone: "eu-central-1a",
          userData: config.apply((text) => `{"hash":"${text.length}"}`),
          userDataReplaceOnChange: true,
          metadataOptions: { httpTokens, httpPutResponseHopLimit: 1 },
          tags: { Project: "shop", Role: role },
        },
        { parent: facts, deleteBeforeReplace: true, ...(before && { dependsOn: before }) },
      );
      if (dataVolumeGiB) {
        new Volume(
          `${name}-data`,
          { availabilityZone: "eu-central-1a", size: dataVolumeGiB, encrypted: true, type: "gp3" },
          { parent: facts, protect, retainOnDelete: protect },
        );
      }
      return instance;
    };
    let last: pulumi.Resource | undefined;
    for (let i = 0; i < size; i++) last = machine("db", i, 40, chain ? last : undefined);
    machine("lb", 0);

    new Part(
      factTypes.loadBalancer,
      "database",
      {
        role: "load-balancer",
        ports: [{ port: 3306, targetPort: 3306, description: "SQL" }],
        targets: ["lb-0"],
        allowFrom,
        address: "10.1.0.40",
        scheme: "internal",
      },
      cloud,
    );
    const store = new Part(
      factTypes.objectStore,
      "backups",
      { description: "Database backups", purpose: "objects" },
      cloud,
    );
    new Bucket("backups", { tags: { Project: "shop" } }, { parent: store, protect });
    return { password: password.result, address: "10.1.0.40" };
  };
}
