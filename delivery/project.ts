import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { appName } from "./decisions/names.ts";
import { checked, DeliveryError, show } from "./decisions/problem.ts";
import { sweepRules } from "./decisions/sweep.ts";

/** File in the root of a repository that says how it is delivered. */
export const projectFile = "delivery.yaml";

const domain = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/,
    'is not a domain; use lower-case labels, as in "preview.example.com"',
  );
const path = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, "is not a path within the repository; use a relative one without ..");

const variableName = z.string().regex(/^[A-Za-z_]\w*$/, "is not a variable; use letters, digits and _");

/** How an app runs on a platform; a hook has that in its own settings. */
const platformApp = z.strictObject({
  /** Its environment: a text, or the name of a secret among the tokens. */
  environment: z
    .record(
      variableName,
      z.union([z.string(), z.strictObject({ secret: z.string().min(1) })], "is neither a text nor { secret: name }"),
    )
    .default({}),
  /** The port it listens on, which it finds in `PORT`. */
  port: z.int().min(1).max(65535).default(8080),
  /** Path that answers 200 to 399 when it is healthy. */
  health: z.string().regex(/^\//, 'is not a path; use one as in "/healthz"').default("/"),
  /** How many processes of each kind run. */
  processes: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'is no kind of process; use "web"'), z.int().min(0).max(100))
    .default({ web: 1 }),
});

/** A platform, Drycc Workflow. */
const drycc = z.strictObject({
  /** Address of its controller, as in `https://drycc.apps.example.com`. */
  url: z.url({ protocol: /^https?$/, message: 'is not a URL; use one as in "https://drycc.apps.example.com"' }),
  /** What the apps' names begin with there. The platform is shared, and takes no name of fewer than five characters. */
  prefix: z
    .string()
    .regex(
      /^([a-z][a-z0-9-]{0,19})?$/,
      'is not allowed; use up to 20 lower-case letters, digits and hyphens, as in "shop-"',
    )
    .default(""),
  /** Workspace that the apps are made in, where the platform has workspaces. */
  workspace: z
    .string()
    .regex(/^[0-9a-z]{5,}$/, "is no workspace; use five or more lower-case letters and digits")
    .optional(),
  apps: z.record(appName, platformApp).default({}),
});

const place = z.strictObject({
  /** Address of the deploy hook, as in `http://10.20.0.50:9010`; in another network `https://10.20.0.50:9443`. */
  hook: z.url({ protocol: /^https?$/, message: 'is not a URL; use one as in "http://10.20.0.50:9010"' }).optional(),
  /** Authority of the hook's certificate (PEM). Default: those that Node knows. */
  ca: z
    .string()
    .regex(/^-----BEGIN CERTIFICATE-----\n/, "is not a certificate; use the hook's output caCertificate")
    .optional(),
  /** The platform, where there is no hook. */
  drycc: drycc.optional(),
  /** Below which the apps are reached: `https://<app>.<domain>/`. */
  domain,
});

/** Where apps run: a hook's host, or a platform. */
export type Place = z.infer<typeof place>;

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
            'is not a repository of a registry; use one as in "registry.example.com/shop/api"',
          ),
        /**
         * Folder that is handed to the build.
         * Default: the app's name.
         */
        context: path.optional(),
        /**
         * Within the context.
         * Default: Dockerfile.
         */
        dockerfile: path.default("Dockerfile"),
      }),
    )
    .refine((apps) => Object.keys(apps).length > 0, "is empty; give one app at least"),
  environments: z.strictObject({
    /** Where pull requests' apps run. Default: they get none. */
    preview: place
      .extend({
        ...sweepRules.shape,
        /** A label that lets a stranger's pull request have its app. Default: only an approval of the very commit does. */
        label: z.string().min(1).optional(),
      })
      .optional(),
    staging: place,
    production: place,
  }),
  branches: z
    .strictObject({
      /** The branch that goes to staging; null for none. */
      staging: z.string().min(1).nullable().default("development"),
    })
    .default({ staging: "development" }),
  release: z
    .strictObject({
      /** Whether somebody has to agree. */
      manual: z.boolean().default(true),
    })
    .default({ manual: true }),
  /** Registries that speak HTTP without TLS, by host and port; loopback addresses do anyway. */
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
        `${show(prefix)} is too short for ${short}; the platform takes names of ${shortestDryccName} characters or more`,
      );
    for (const name of Object.keys(settings).filter((one) => !names.includes(one)))
      refuse(["drycc", "apps", name], `is no app of the project; use ${names.join(", ")}`);
  }
});

/** The shortest name that the controller gives an app. */
const shortestDryccName = 5;

/** How a repository is delivered. */
export type Project = z.infer<typeof projectSchema>;

/** Where a change can go. */
export const environmentNames = ["preview", "staging", "production"] as const;
export type Environment = (typeof environmentNames)[number];

/**
 * Reads the text of a `delivery.yaml`.
 * @param source What it is called in messages.
 * @throws DeliveryError listing all that is wrong.
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

/** @throws DeliveryError when there is no such file, or it cannot be used. */
export function readProject(file: string): Project {
  return projectOf(readText(file, `a ${projectFile} says how a repository is delivered`), file);
}

/** @throws DeliveryError naming the file and saying what is expected there. */
export function readText(file: string, expected: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DeliveryError(`${file}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}; ${expected}`);
  }
}

/** Where pull requests' apps run. @throws DeliveryError when they get none. */
export function previewPlace({ environments: { preview } }: Project) {
  if (preview === undefined)
    throw new DeliveryError(
      `${projectFile}: environments.preview: is missing; say where the apps of pull requests run`,
    );
  return preview;
}

/** @throws DeliveryError when it is of pull requests, and these get no apps. */
export function placeOf(project: Project, environment: Environment): Place {
  return environment === "preview" ? previewPlace(project) : project.environments[environment];
}
