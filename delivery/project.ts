import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { appName } from "./rules/names.ts";
import { checked, DeliveryError, formatValue } from "./rules/validate.ts";
import { sweepRules } from "./rules/sweep.ts";

/** File in the root of a repository with its delivery settings. */
export const projectFile = "delivery.yaml";

const domain = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/,
    'is not a domain; use lower-case labels, for example "preview.example.com"',
  );
const path = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, "is not a path within the repository; use a relative path without ..");

const variableName = z.string().regex(/^[A-Za-z_]\w*$/, "is not a variable; use letters, digits and _");

/** Settings of an app on a platform. A deploy hook has these in its own settings. */
const platformApp = z.strictObject({
  /** Environment variables: a text, or the name of a secret in the tokens. */
  environment: z
    .record(
      variableName,
      z.union([z.string(), z.strictObject({ secret: z.string().min(1) })], "is not a text or { secret: name }"),
    )
    .default({}),
  /** Port that the app listens on. The app gets it in `PORT`. */
  port: z.int().min(1).max(65535).default(8080),
  /** Path of the health check. Status 200 to 399 means healthy. */
  health: z.string().regex(/^\//, 'is not a path; use for example "/healthz"').default("/"),
  /** Number of processes of each type. */
  processes: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'is not a process type; use "web"'), z.int().min(0).max(100))
    .default({ web: 1 }),
});

/** Drycc Workflow, a platform. */
const drycc = z.strictObject({
  /** Address of the controller, for example `https://drycc.apps.example.com`. */
  url: z.url({ protocol: /^https?$/, message: 'is not a URL; use for example "https://drycc.apps.example.com"' }),
  /** Prefix of the app names on the shared platform. Names there need at least five characters. */
  prefix: z
    .string()
    .regex(
      /^([a-z][a-z0-9-]{0,19})?$/,
      'is not allowed; use up to 20 lower-case letters, digits and hyphens, for example "shop-"',
    )
    .default(""),
  /** Workspace of the apps, if the platform has workspaces. */
  workspace: z
    .string()
    .regex(/^[0-9a-z]{5,}$/, "is not a workspace; use five or more lower-case letters and digits")
    .optional(),
  apps: z.record(appName, platformApp).default({}),
});

const deployTarget = z.strictObject({
  /** Address of the deploy hook: `http://10.20.0.50:9010`, or from another network `https://10.20.0.50:9443`. */
  hook: z.url({ protocol: /^https?$/, message: 'is not a URL; use for example "http://10.20.0.50:9010"' }).optional(),
  /** CA certificate of the hook (PEM). Default: the CA certificates of Node. */
  ca: z
    .string()
    .regex(/^-----BEGIN CERTIFICATE-----\n/, "is not a certificate; use the output caCertificate of the hook")
    .optional(),
  /** The platform, instead of a hook. */
  drycc: drycc.optional(),
  /** Domain of the apps: `https://<app>.<domain>/`. */
  domain,
});

/** Where apps run: on the host of a deploy hook, or on a platform. */
export type DeployTarget = z.infer<typeof deployTarget>;

const projectFields = z.strictObject({
  /** `owner/name` on GitHub. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository; use owner/name"),
  /** The apps, in the order in which they are deployed. */
  apps: z
    .record(
      appName,
      z.strictObject({
        /** Repository in the registry, without tag or digest. */
        image: z
          .string()
          .regex(
            /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
            'is not a repository of a registry; use for example "registry.example.com/shop/api"',
          ),
        /**
         * Build context: a folder of the repository.
         * Default: the name of the app.
         */
        context: path.optional(),
        /**
         * Path in the context.
         * Default: `Dockerfile`.
         */
        dockerfile: path.default("Dockerfile"),
      }),
    )
    .refine((apps) => Object.keys(apps).length > 0, "is empty; add at least one app"),
  environments: z.strictObject({
    /** Where preview apps run. Default: pull requests get no apps. */
    preview: deployTarget
      .extend({
        ...sweepRules.shape,
        /** A pull request with this label gets preview apps without an approval. Default: none. */
        label: z.string().min(1).optional(),
      })
      .optional(),
    staging: deployTarget,
    production: deployTarget,
  }),
  branches: z
    .strictObject({
      /** The branch that is deployed to staging; null for none. */
      staging: z.string().min(1).nullable().default("development"),
    })
    .default({ staging: "development" }),
  release: z
    .strictObject({
      /** Whether a release needs a manual approval. */
      manual: z.boolean().default(true),
    })
    .default({ manual: true }),
  /** Registries without TLS, by host and port. Loopback addresses never need TLS. */
  plainHttp: z.array(z.string()).default([]),
});

const projectSchema = projectFields.superRefine(({ apps, environments }, context) => {
  const names = Object.keys(apps);
  for (const [environment, where] of Object.entries(environments)) {
    if (where === undefined) continue;
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path: ["environments", environment, ...path], message });
    if ((where.hook === undefined) === (where.drycc === undefined))
      refuse([], `has ${where.hook === undefined ? "neither hook nor drycc" : "both hook and drycc"}; use one of them`);
    if (where.drycc === undefined) continue;
    const { prefix, apps: settings } = where.drycc;
    const short = names.find((name) => prefix.length + name.length < shortestDryccName);
    if (short !== undefined)
      refuse(
        ["drycc", "prefix"],
        `${formatValue(prefix)} is too short for ${short}; ` +
          `names on the platform need at least ${shortestDryccName} characters`,
      );
    for (const name of Object.keys(settings).filter((one) => !names.includes(one)))
      refuse(["drycc", "apps", name], `is not an app of this project; use ${names.join(", ")}`);
  }
});

/** Minimum length of an app name on Drycc. */
const shortestDryccName = 5;

/** The delivery settings of a repository. */
export type Project = z.infer<typeof projectSchema>;

/** The environments that a change can be deployed to. */
export const environmentNames = ["preview", "staging", "production"] as const;
export type Environment = (typeof environmentNames)[number];

/**
 * Reads the text of a `delivery.yaml`.
 * @param source Name of the text in messages.
 * @throws DeliveryError with all problems.
 */
export function projectOf(text: string, source: string = projectFile): Project {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new DeliveryError(`${source}: not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  return checked(projectSchema, value, source);
}

/** @throws DeliveryError if the file is missing or invalid. */
export function readProject(file: string): Project {
  return projectOf(readText(file, `add a ${projectFile} to the repository`), file);
}

/** @throws DeliveryError with the file name and the expected content. */
export function readText(file: string, expected: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DeliveryError(`${file}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}; ${expected}`);
  }
}

/**
 * Deploy target of the preview apps.
 * @throws DeliveryError if the project has no preview environment.
 */
export function previewTarget({ environments: { preview } }: Project) {
  if (preview === undefined)
    throw new DeliveryError(`${projectFile}: environments.preview: is missing; add it to deploy preview apps`);
  return preview;
}

/** @throws DeliveryError for preview, if the project has no preview environment. */
export function deployTargetOf(project: Project, environment: Environment): DeployTarget {
  return environment === "preview" ? previewTarget(project) : project.environments[environment];
}
