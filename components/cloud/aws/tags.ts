import * as pulumi from "@pulumi/pulumi";

/** Returns the tags of one resource: the tags of the cloud, its role and its name. */
export type TagsOf = (role: string, name: string) => Record<string, string>;

/** Maximum number of tags. The limit is that of S3 objects, the lowest of all services. */
export const mostTags = 10;

/**
 * Returns the tags function of a cloud. Defaults: Project, Environment (the stack) and ManagedBy.
 * @param given Tags of the user. They have precedence over the defaults.
 */
export function tagging(given: Record<string, string> = {}): TagsOf {
  const common = { Project: pulumi.getProject(), Environment: pulumi.getStack(), ManagedBy: "pulumi", ...given };
  return (role, name) => ({ ...common, Role: role, Name: name });
}
