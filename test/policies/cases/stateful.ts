import { planned } from "../planned.ts";
import type { Case } from "./case.ts";

const volume = "aws:ebs/volume:Volume";
const bucket = "aws:s3/bucket:Bucket";
const inProd = (type: string, name: string, inputs = {}, protect = false) =>
  planned(type, name, inputs, { stack: "prod", protect });
const all = { Project: "paasmas", Environment: "dev", Role: "galera", ManagedBy: "pulumi" };
const keys = "allowed: Project, Environment, Role, ManagedBy";
const provider = planned("pulumi:providers:aws", "aws", {
  defaultTags: JSON.stringify({ tags: { Project: "p", ManagedBy: "pulumi" } }),
});

export const cases: Case[] = [
  {
    policy: "stateful-protected",
    when: "production's volumes can be deleted, its bucket with what is in it",
    resources: [
      inProd(volume, "data"),
      inProd("openstack:blockstorage/volume:Volume", "cinder"),
      inProd(bucket, "store", { forceDestroy: true }, true),
    ],
    says: [
      "data: protect is not set; allowed: protect: true in the stack prod",
      "store: forceDestroy is true; allowed: false in the stack prod",
      "cinder: protect is not set; allowed: protect: true in the stack prod",
    ],
  },
  {
    policy: "stateful-protected",
    when: "they are protected, hold what the program holds, or belong to another stack",
    resources: [
      inProd(volume, "data", {}, true),
      inProd(bucket, "ignition", { forceDestroy: true, tags: { Purpose: "ignition" } }),
      planned(volume, "elsewhere", {}, { stack: "dev" }),
    ],
    says: [],
  },
  {
    policy: "stateful-protected",
    when: "another stack counts as production",
    resources: [planned(volume, "data", {}, { stack: "live" })],
    config: { "stateful-protected": { stacks: ["live"] } },
    says: ["data: protect is not set; allowed: protect: true in the stack live"],
  },
  {
    policy: "tags-mandatory",
    when: "tags, metadata and labels are missing or empty",
    resources: [
      planned("aws:ec2/vpc:Vpc", "vpc", {}),
      planned("docker:index/volume:Volume", "images", { labels: [{ label: "Role", value: "etcd" }] }),
      planned("openstack:compute/instance:Instance", "vm", { metadata: { ...all, Role: "" } }),
    ],
    says: [
      `vpc: missing: Project, Environment, Role, ManagedBy; ${keys}`,
      `images: missing: Project, Environment, ManagedBy; ${keys}`,
      `vm: missing: Role; ${keys}`,
    ],
  },
  {
    policy: "tags-mandatory",
    when: "they are there, in whatever form the cloud has, or come from the provider",
    resources: [
      provider,
      planned("aws:ec2/vpc:Vpc", "vpc", { tags: all }),
      planned(
        "aws:ec2/vpc:Vpc",
        "by-provider",
        { tags: { Environment: "dev", Role: "network" } },
        { provider: `${provider.urn}::id` },
      ),
      planned("docker:index/volume:Volume", "images", {
        labels: Object.entries(all).map(([label, value]) => ({ label, value })),
      }),
      planned("openstack:networking/port:Port", "port", {
        tags: Object.entries(all).map(([key, value]) => `${key}=${value}`),
      }),
      planned("openstack:objectstorage/container:Container", "store", {
        metadata: { project: "p", environment: "e", role: "r", managedby: "pulumi" },
      }),
    ],
    says: [],
  },
  {
    policy: "tags-mandatory",
    when: "other keys are configured",
    resources: [planned("aws:ec2/vpc:Vpc", "vpc", { tags: all })],
    config: { "tags-mandatory": { keys: ["CostCenter"] } },
    says: ["vpc: missing: CostCenter; allowed: CostCenter"],
  },
];
