import { tagOf } from "./exposure.ts";
import { resourcePolicy } from "./policy.ts";
import { isUnknown } from "./values.ts";

/** Types with data that cannot be created again. */
export const statefulTypes: readonly string[] = [
  "aws:ebs/volume:Volume",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:efs/fileSystem:FileSystem",
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:dynamodb/table:Table",
  "aws:ecr/repository:Repository",
  "aws:kms/key:Key",
  "openstack:blockstorage/volume:Volume",
  "openstack:objectstorage/container:Container",
  "docker:index/volume:Volume",
];

export const statefulProtected = resourcePolicy<
  { forceDestroy?: unknown; forceDelete?: unknown },
  { stacks: string[] }
>({
  name: "stateful-protected",
  description: "In production, stateful resources are protected from deletion, and are not emptied for deletion.",
  severity: "high",
  remediation: "set the resource option protect (and retainOnDelete), and remove forceDestroy and forceDelete.",
  appliesTo: statefulTypes,
  parameters: {
    stacks: {
      type: "array",
      description: "Names of production stacks",
      items: { type: "string", minLength: 1 },
      default: ["prod", "production"],
    },
  },
  check({ urn, props, opts }, report, { stacks }) {
    const stack = urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
    if (!stacks.includes(stack) || canBeReproducible(props)) return;
    if (!opts.protect) report({ given: "protect is not set", allowed: `protect: true in the stack ${stack}` });
    for (const property of ["forceDestroy", "forceDelete"] as const) {
      if (props[property] === true) report({ given: `${property} is true`, allowed: `false in the stack ${stack}` });
    }
  },
});

/** Whether the program can upload the contents again: those of a store for machine configs. True for an unknown tag. */
export function canBeReproducible(props: object): boolean {
  return [tagOf(props, "purpose"), tagOf(props, "role")].some((tag) => tag === "ignition" || isUnknown(tag));
}
