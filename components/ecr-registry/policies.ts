/** What pulling an image takes, on its repository. */
export const pullActions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] as const;

/** What changes a repository's images, and pushing takes beside reading. */
export const writeActions = [
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
] as const;

/** What pushing an image takes, on its repository; who pushes pulls as well, for base images and caches. */
export const pushActions = ["ecr:BatchCheckLayerAvailability", ...pullActions, ...writeActions] as const;

/** The login token is the registry's, not a repository's: IAM knows no resource for it. */
export const loginAction = "ecr:GetAuthorizationToken";

/** Whom a repository policy names. */
export interface RepositoryRoles {
  /** ARNs of the roles that push and pull; none: whoever the account itself lets. */
  push: readonly string[];
  /** ARNs of the roles that pull. */
  pull: readonly string[];
  /** Organisation that those roles' accounts have to be in. */
  organizationId?: string;
}

/**
 * The policy of one repository. It names roles and never accounts: an account as principal would leave it to that
 * account's administrators who comes in. What it denies holds against the registry's own account too.
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
    // Nobody else writes, not even this account's administrators: what runs in production was built by CI.
    ...(push.length === 0 ? [] : [deny("OnlyTheyPush", writeActions, { ArnNotEquals: { "aws:PrincipalArn": push } })]),
    // The lifecycle policy still removes old images: it does not ask.
    deny("NobodyDeletes", ["ecr:BatchDeleteImage"]),
    deny("TlsOnly", ["ecr:*"], { Bool: { "aws:SecureTransport": "false" } }),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** What is kept of a repository's images. */
export interface Lifecycle {
  /** Days until an image that lost its last tag, or never had one, is removed. */
  untaggedDays: number;
  /** Patterns of tags that mark releases, `released-*`. */
  releaseTags: readonly string[];
  /** How many releases are kept, the newest. */
  keepReleases: number;
  /** How many other images are kept, the newest. */
  keepImages: number;
}

/**
 * The lifecycle policy. An image that a rule selects is safe from the rules after it: however many builds come, they
 * push no release out.
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
