import * as pulumi from "@pulumi/pulumi";

/** Returns the tags of all objects, as metadata. */
export function metadata(role: string): Record<string, string> {
  return { Environment: pulumi.getStack(), ManagedBy: "pulumi", Project: pulumi.getProject(), Role: role };
}

/**
 * Returns the tags of objects of Neutron and Octavia, which are single words.
 * @param more Additional tags.
 */
export function tags(role: string, more: Record<string, string> = {}): string[] {
  return Object.entries({ ...metadata(role), ...more }).map(([key, value]) => `${key}=${value}`);
}

/** Returns a unique name in the OpenStack project, which several stacks can share. */
export function cloudName(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}
