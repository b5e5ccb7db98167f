import * as pulumi from "@pulumi/pulumi";

/** Tags of one resource: the cloud's own, the role it plays and its name. */
export type TagsOf = (role: string, name: string) => Record<string, string>;

/** S3 takes the fewest of all: an object has ten tags at most. */
export const mostTags = 10;

/**
 * @param given tags of the cloud's user; they win over the defaults, which are the project, the stack as environment,
 *   and that Pulumi manages the resource
 */
export function tagging(given: Record<string, string> = {}): TagsOf {
  const common = { Project: pulumi.getProject(), Environment: pulumi.getStack(), ManagedBy: "pulumi", ...given };
  return (role, name) => ({ ...common, Role: role, Name: name });
}
