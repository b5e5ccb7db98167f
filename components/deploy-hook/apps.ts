import * as pulumi from "@pulumi/pulumi";
import type { HookedApp } from "../../ignition/roles/deploy-hook/role.ts";
import { ArgumentError } from "../internal/argument-check.ts";
import { type Bounds, portBounds } from "../internal/bounds.ts";
import { type SecretPattern, secretText } from "../internal/secrets.ts";

export interface DeployHookAppArgs {
  /** Name of the app: up to 40 lower-case letters, digits and inner hyphens, and nothing like `pr-1-...`. */
  name: string;
  /** Host names that the app answers to, `shop.example.com`; at least one. */
  hosts: string[];
  /**
   * Where its images are, without tag or digest: `registry.example.com/shop`. A call names a digest, and nothing from
   * elsewhere can be deployed.
   * Default: none; it needs a `source`.
   */
  repository?: pulumi.Input<string>;
  /**
   * Where its source is, to be built here from a commit that a call names.
   * Default: none; it needs a `repository`.
   */
  source?: DeployHookSourceArgs;
  /**
   * The port it listens on in its container; also in its environment as `PORT`.
   * Default: 8080.
   */
  port?: number;
  /**
   * Its environment. On the machine it is in files that only root can read.
   * Default: none.
   */
  environment?: Record<string, pulumi.Input<string>>;
  /**
   * Other apps of this machine that it calls, by name: it finds each under its host names, at port 8080.
   * Default: none; no app reaches another one.
   */
  uses?: string[];
  /**
   * Path that answers 200 to 399 when the app is healthy.
   * Default: `/`.
   */
  healthPath?: string;
  /**
   * How long a release may take to become healthy, in seconds.
   * Default: 60.
   */
  healthTimeoutSeconds?: number;
  /**
   * How long a release is watched while it already serves and the old one still stands by, in seconds.
   * Default: 3.
   */
  watchSeconds?: number;
  /**
   * How long requests to the old release may still take before they are cut, in seconds.
   * Default: 30.
   */
  drainSeconds?: number;
  /**
   * How long its process may take to stop before it is killed, in seconds.
   * Default: 10.
   */
  stopSeconds?: number;
  /**
   * Memory limit of one container, in MiB.
   * Default: 512.
   */
  memoryMiB?: number;
  /**
   * Processes and threads it may have.
   * Default: 512.
   */
  pids?: number;
  /**
   * Folders it may write to, beside `/tmp`, `/run` and `/var/tmp`; they are in memory, and empty at every start.
   * Default: none; the rest of its file system is read-only.
   */
  writable?: string[];
  /**
   * Capabilities it keeps: of `CHOWN`, `DAC_OVERRIDE`, `FOWNER`, `SETGID`, `SETUID` and
   * `NET_BIND_SERVICE`. Images that start as root and step down need some.
   * Default: none.
   */
  capabilities?: AppCapability[];
  /**
   * User in the container, `1000` or `1000:1000`.
   * Default: the image's own.
   */
  user?: string;
  /**
   * Copies of it beside it, for pull requests: calls with its token make and remove them.
   * Default: none.
   */
  previews?: DeployHookPreviewsArgs;
  /**
   * Key of its calls' signatures, at least 32 printable ASCII characters.
   * Default: generated.
   */
  token?: pulumi.Input<string>;
}

export interface DeployHookSourceArgs {
  /** URL of the git repository, `https://...`; a commit has to be fetchable without a password. */
  url: string;
  /**
   * Path of the Dockerfile in it.
   * Default: `Dockerfile`.
   */
  dockerfile?: string;
}

export interface DeployHookPreviewsArgs {
  /** Domain below which they are reached: `pr-12-shop.<domain>`. */
  domain: string;
  /**
   * How many there may be at a time.
   * Default: 5.
   */
  max?: number;
}

export type AppCapability = (typeof appCapabilities)[number];

/** What an app may keep of root's capabilities: none that leads out of its container. */
export const appCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE"] as const;

/** The values that an app's numbers may take. */
export const appBounds = {
  port: portBounds,
  healthTimeoutSeconds: { min: 1, max: 600, unit: "seconds" },
  watchSeconds: { min: 0, max: 120, unit: "seconds" },
  drainSeconds: { min: 0, max: 300, unit: "seconds" },
  stopSeconds: { min: 1, max: 60, unit: "seconds" },
  memoryMiB: { min: 16, max: 1048576, unit: "MiB" },
  pids: { min: 8, max: 65536 },
} satisfies Record<string, Bounds>;

/** What an app's numbers are unless it says so. */
export const appDefaults: Record<keyof typeof appBounds, number> = {
  port: 8080,
  healthTimeoutSeconds: 60,
  watchSeconds: 3,
  drainSeconds: 30,
  stopSeconds: 10,
  memoryMiB: 512,
  pids: 512,
};

const tokenPattern: SecretPattern = {
  what: "token",
  length: 48,
  form: /^[\x21-\x7e]{32,128}$/,
  rule: "32 to 128 printable ASCII characters without spaces",
};

/** An app's token, generated where none was given; a secret. */
export function appToken(
  name: string,
  app: DeployHookAppArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return secretText(`${name}-${app.name}-token`, app.token, tokenPattern, opts);
}

/** An app as the role takes it; a secret, since its environment and its token are. */
export function hookedApp(
  app: DeployHookAppArgs,
  token: pulumi.Output<string>,
  name: string,
): pulumi.Output<HookedApp> {
  const { source, previews, healthPath = "/", uses = [], writable = [], capabilities = [], hosts, user } = app;
  const number = (field: keyof typeof appBounds) => app[field] ?? appDefaults[field];
  return pulumi
    .all([token, pulumi.secret(pulumi.output(app.environment ?? {})), pulumi.output(app.repository)])
    .apply(([key, environment, repository]): HookedApp => {
      if (repository !== undefined && !/^[a-z0-9][a-z0-9.:-]*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/.test(repository)) {
        throw new ArgumentError([
          `${name}.apps.${app.name}.repository: ${JSON.stringify(repository)} is not allowed; use registry.example.com/name, without tag or digest`,
        ]);
      }
      return {
        name: app.name,
        token: key,
        hosts,
        port: number("port"),
        environment,
        uses,
        health: { path: healthPath, timeoutSeconds: number("healthTimeoutSeconds") },
        watchSeconds: number("watchSeconds"),
        drainSeconds: number("drainSeconds"),
        stopSeconds: number("stopSeconds"),
        memoryMiB: number("memoryMiB"),
        pids: number("pids"),
        writable,
        capabilities,
        ...(repository !== undefined && { repository }),
        ...(source && { source: { url: source.url, dockerfile: source.dockerfile ?? "Dockerfile" } }),
        ...(user !== undefined && { user }),
        ...(previews && { previews: { domain: previews.domain, max: previews.max ?? 5 } }),
      };
    });
}
