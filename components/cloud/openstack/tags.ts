import * as pulumi from "@pulumi/pulumi";

/** The tags every object carries, as metadata. */
export function metadata(role: string): Record<string, string> {
  return { Environment: pulumi.getStack(), ManagedBy: "pulumi", Project: pulumi.getProject(), Role: role };
}

/**
 * The same for Neutron and Octavia, whose tags are single words.
 * @param more Tags beside them.
 */
export function tags(role: string, more: Record<string, string> = {}): string[] {
  return Object.entries({ ...metadata(role), ...more }).map(([key, value]) => `${key}=${value}`);
}

/** A name within the OpenStack project, which several stacks may share. */
export function cloudName(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}
