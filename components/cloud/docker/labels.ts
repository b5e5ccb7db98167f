import * as pulumi from "@pulumi/pulumi";

/** Returns the tags of all objects, as Docker labels. */
export function labels(role: string): { label: string; value: string }[] {
  return [
    { label: "Environment", value: pulumi.getStack() },
    { label: "ManagedBy", value: "pulumi" },
    { label: "Project", value: pulumi.getProject() },
    { label: "Role", value: role },
  ];
}

/** Returns a unique name on the Docker host, which several projects and stacks share. */
export function hostName(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}
