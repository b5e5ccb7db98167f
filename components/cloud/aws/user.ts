import * as pulumi from "@pulumi/pulumi";
import { allowDocument } from "./ignition-delivery.ts";
import type { AllowStatement } from "./permission.ts";
import * as iam from "./sdk/iam.ts";

/** What a program logs in to AWS with that has no role of a machine. */
export interface AccessKeys {
  readonly accessKey: pulumi.Output<string>;
  /** Secret. */
  readonly secretKey: pulumi.Output<string>;
}

/**
 * An IAM user for one program, who may do what is stated and nothing else. Its key does not end: a new one is made by
 * replacing the resource.
 */
export function programUser(
  name: string,
  statements: readonly AllowStatement[],
  tags: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): AccessKeys {
  const user = new iam.User(name, { path: "/paasmas/", tags }, opts);
  new iam.UserPolicy(name, { user: user.name, policy: allowDocument(statements) }, opts);
  const key = new iam.AccessKey(name, { user: user.name }, opts);
  return { accessKey: key.id, secretKey: pulumi.secret(key.secret) };
}
