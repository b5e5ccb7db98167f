/** Actions on a repository for pulling images. */
export const pullActions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] as const;

/** Actions that change the images of a repository. */
const writeActions = [
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
] as const;

/** Actions on a repository for pushing images. They include pulling, for base images and caches. */
export const pushActions = ["ecr:BatchCheckLayerAvailability", ...pullActions, ...writeActions] as const;

/** Action for the login token. It has no resource in IAM: the token is valid for the whole registry. */
export const loginAction = "ecr:GetAuthorizationToken";

/** Roles in a repository policy. */
export interface RepositoryRoles {
  /** ARNs of the roles that push and pull. Empty: IAM policies of the account decide. */
  push: readonly string[];
  /** ARNs of the roles that pull. */
  pull: readonly string[];
  /** Organization of the accounts of these roles. */
  organizationId?: string;
}

/**
 * Returns the policy of a repository. It allows roles, never accounts: with an account as principal, the administrators
 * of that account could give access to other roles. Its deny statements also apply to the registry's account.
 */
export function repositoryPolicy({ push, pull, organizationId }: RepositoryRoles): string {
  const condition = organizationId && { Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } } };
  const allow = (Sid: string, roles: readonly string[], actions: readonly string[]) =>
    roles.length === 0 ? [] : [{ Sid, Effect: "Allow", Principal: { AWS: roles }, Action: actions, ...condition }];
  const deny = (Sid: string, actions: readonly string[], Condition?: object) => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    ...(Condition && { Condition }),
  });
  const statements = [
    ...allow("PushAndPull", push, pushActions),
    ...allow("Pull", pull, pullActions),
    // Also denies writes by administrators of this account, so that production runs only images from CI.
    ...(push.length === 0 ? [] : [deny("OnlyTheyPush", writeActions, { ArnNotEquals: { "aws:PrincipalArn": push } })]),
    // The lifecycle policy can still remove old images: repository policies do not apply to it.
    deny("NobodyDeletes", ["ecr:BatchDeleteImage"]),
    deny("TlsOnly", ["ecr:*"], { Bool: { "aws:SecureTransport": "false" } }),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Retention of the images of a repository. */
export interface Lifecycle {
  /**
   * Days after the push until an image without a tag is removed.
   * Allowed: a whole number from 1 to 3650 days.
   * Default: 14.
   */
  untaggedDays: number;
  /**
   * Patterns of the tags of releases, `released-*`.
   * Default: `["released-*"]`.
   */
  releaseTags: readonly string[];
  /**
   * Number of newest releases that are kept.
   * Allowed: a whole number from 1 to 10000.
   * Default: 50.
   */
  keepReleases: number;
  /**
   * Number of newest other images that are kept.
   * Allowed: a whole number from 1 to 10000.
   * Default: 200.
   */
  keepImages: number;
}

/**
 * Returns the lifecycle policy. Later rules do not apply to an image that an earlier rule selects, so new builds never
 * remove a release.
 */
export function lifecyclePolicy({ untaggedDays, releaseTags, keepReleases, keepImages }: Lifecycle): string {
  const newest = (countNumber: number) => ({ countType: "imageCountMoreThan", countNumber });
  const rules = [
    {
      description: `Untagged images go after ${untaggedDays} days`,
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: untaggedDays },
    },
    {
      description: `The ${keepReleases} newest releases stay`,
      selection: { tagStatus: "tagged", tagPatternList: releaseTags, ...newest(keepReleases) },
    },
    {
      description: `The ${keepImages} newest other images stay`,
      selection: { tagStatus: "any", ...newest(keepImages) },
    },
  ];
  return JSON.stringify({
    rules: rules.map((rule, index) => ({ rulePriority: index + 1, ...rule, action: { type: "expire" } })),
  });
}
