import { tagsOf } from "./exposure.ts";
import { resourcePolicy } from "./policy.ts";

/** Types that hold what cannot be made again. */
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
  description: "In production, what holds state is protected from deletion and is not emptied to be deleted.",
  severity: "high",
  remediation: "set the resource option protect (and retainOnDelete), and leave forceDestroy out.",
  appliesTo: statefulTypes,
  parameters: {
    stacks: {
      type: "array",
      description: "Stacks that count as production",
      items: { type: "string", minLength: 1 },
      default: ["prod", "production"],
    },
  },
  check({ urn, props, opts }, report, { stacks }) {
    const stack = urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
    if (!stacks.includes(stack) || isMadeAgain(props)) return;
    if (!opts.protect) report({ given: "protect is not set", allowed: `protect: true in the stack ${stack}` });
    for (const property of ["forceDestroy", "forceDelete"] as const) {
      if (props[property] === true) report({ given: `${property} is true`, allowed: `false in the stack ${stack}` });
    }
  },
});

// A store for machine configs holds nothing that the program does not hold as well.
function isMadeAgain(props: object): boolean {
  const tags = tagsOf(props as Record<string, unknown>);
  return tags.get("purpose") === "ignition" || tags.get("role") === "ignition";
}
