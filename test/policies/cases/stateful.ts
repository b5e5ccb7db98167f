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
    given: "unprotected volumes in production, and a bucket that is emptied for deletion",
    resources: [
      inProd(volume, "data"),
      inProd("openstack:blockstorage/volume:Volume", "cinder"),
      inProd(bucket, "store", { forceDestroy: true }, true),
    ],
    expected: [
      "data: protect is not set; allowed: protect: true in the stack prod",
      "store: forceDestroy is true; allowed: false in the stack prod",
      "cinder: protect is not set; allowed: protect: true in the stack prod",
    ],
  },
  {
    policy: "stateful-protected",
    given: "protected resources, reproducible contents, and another stack",
    resources: [
      inProd(volume, "data", {}, true),
      inProd(bucket, "ignition", { forceDestroy: true, tags: { Purpose: "ignition" } }),
      planned(volume, "elsewhere", {}, { stack: "dev" }),
    ],
    expected: [],
  },
  {
    policy: "stateful-protected",
    given: "another production stack, from the configuration",
    resources: [planned(volume, "data", {}, { stack: "live" })],
    config: { "stateful-protected": { stacks: ["live"] } },
    expected: ["data: protect is not set; allowed: protect: true in the stack live"],
  },
  {
    policy: "tags-mandatory",
    given: "missing or empty tags, metadata and labels",
    resources: [
      planned("aws:ec2/vpc:Vpc", "vpc", {}),
      planned("docker:index/volume:Volume", "images", { labels: [{ label: "Role", value: "etcd" }] }),
      planned("openstack:compute/instance:Instance", "vm", { metadata: { ...all, Role: "" } }),
    ],
    expected: [
      `vpc: missing: Project, Environment, Role, ManagedBy; ${keys}`,
      `images: missing: Project, Environment, ManagedBy; ${keys}`,
      `vm: missing: Role; ${keys}`,
    ],
  },
  {
    policy: "tags-mandatory",
    given: "tags in each cloud's form, and tags of the provider",
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
    expected: [],
  },
  {
    policy: "tags-mandatory",
    given: "other keys, from the configuration",
    resources: [planned("aws:ec2/vpc:Vpc", "vpc", { tags: all })],
    config: { "tags-mandatory": { keys: ["CostCenter"] } },
    expected: ["vpc: missing: CostCenter; allowed: CostCenter"],
  },
];
