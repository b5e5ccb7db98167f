import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { appName } from "./decisions/names.ts";
import { checked, DeliveryError } from "./decisions/problem.ts";
import { sweepRules } from "./decisions/sweep.ts";

/** File in the root of a repository that says how it is delivered. */
export const projectFile = "delivery.yaml";

const domain = z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/, 'is not a domain; use lower-case labels, as in "preview.example.com"');
const path = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, "is not a path within the repository; use a relative one without ..");

const place = z.strictObject({
  /** Address of the deploy hook, as in `http://10.20.0.50:9010`. */
  hook: z.url({ protocol: /^https?$/, message: 'is not a URL; use one as in "http://10.20.0.50:9010"' }),
  /** Below which the apps are reached: `https://<app>.<domain>/`. */
  domain,
});

const projectSchema = z.strictObject({
  /** `owner/name` on GitHub. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository; use owner/name"),
  /** The apps, in the order in which they are deployed. */
  apps: z
    .record(
      appName,
      z.strictObject({
        /** Repository in the registry, without tag or digest. */
        image: z.string().regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/, 'is not a repository of a registry; use one as in "registry.example.com/shop/api"'),
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
  if (preview === undefined) throw new DeliveryError(`${projectFile}: environments.preview: is missing; say where the apps of pull requests run`);
  return preview;
}

/** @throws DeliveryError when it is of pull requests, and these get no apps. */
export function placeOf(project: Project, environment: Environment): { hook: string; domain: string } {
  return environment === "preview" ? previewPlace(project) : project.environments[environment];
}
