import * as pulumi from "@pulumi/pulumi";
import { type AllowStatement, allowDocument } from "./permission.ts";
import { checkNameLength } from "./auto-name.ts";
import * as iam from "./sdk/iam.ts";

/** AWS credentials of a program that has no machine role. */
export interface AccessKeys {
  readonly accessKey: pulumi.Output<string>;
  /** Secret. */
  readonly secretKey: pulumi.Output<string>;
}

/**
 * Creates an IAM user for one program, with only the given permissions. Its access key does not expire; replace the
 * resource to rotate the key.
 */
export function programUser(
  name: string,
  statements: readonly AllowStatement[],
  tags: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): AccessKeys {
  checkNameLength("a program user", name, [["aws:iam/user:User", ""]]);
  const user = new iam.User(name, { path: "/paasmas/", tags }, opts);
  new iam.UserPolicy(name, { user: user.name, policy: allowDocument(statements) }, opts);
  const key = new iam.AccessKey(name, { user: user.name }, opts);
  return { accessKey: key.id, secretKey: pulumi.secret(key.secret) };
}
