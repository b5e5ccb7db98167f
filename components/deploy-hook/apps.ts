import * as pulumi from "@pulumi/pulumi";
import type { HookedApp } from "../../ignition/roles/deploy-hook/role.ts";
import { ArgumentError } from "../internal/argument-check.ts";
import { type Bounds, portBounds } from "../internal/bounds.ts";
import { type SecretPattern, secretText } from "../internal/secrets.ts";

export interface DeployHookAppArgs {
  /**
   * Name of the app: up to 40 lower-case letters, digits and inner hyphens. Names such as `pr-1-shop` are for previews.
   */
  name: string;
  /** Host names of the app, for example `shop.example.com`; at least one. */
  hosts: string[];
  /**
   * Repository of the app's images, without tag or digest: `registry.example.com/shop`. A call names a digest in it.
   * The hook deploys no image of another repository.
   * Default: none; required without a `source`.
   */
  repository?: pulumi.Input<string>;
  /**
   * Git repository of the app's source. The machine builds the commit that a call names.
   * Default: none; required without a `repository`.
   */
  source?: DeployHookSourceArgs;
  /**
   * Port of the app in its container. The environment variable `PORT` contains it.
   * Allowed: a whole number from 1 to 65535.
   * Default: 8080.
   */
  port?: number;
  /**
   * Environment variables of the app. On the machine they are in files that only root can read.
   * Default: none.
   */
  environment?: Record<string, pulumi.Input<string>>;
  /**
   * Names of other apps of this machine that the app calls. It reaches each one by its host names, at port 8080.
   * Default: none; the app cannot connect to other apps.
   */
  uses?: string[];
  /**
   * Path of the health check. The app is healthy if it answers with a status from 200 to 399.
   * Default: `/`.
   */
  healthPath?: string;
  /**
   * Time limit for a release to become healthy, in seconds.
   * Allowed: a whole number from 1 to 600 seconds.
   * Default: 60.
   */
  healthTimeoutSeconds?: number;
  /**
   * Time after the switch to a new release in which the hook can return to the old one, in seconds.
   * Allowed: a whole number from 0 to 120 seconds.
   * Default: 3.
   */
  watchSeconds?: number;
  /**
   * Time limit for open requests to the old release, in seconds. The proxy then closes them.
   * Allowed: a whole number from 0 to 300 seconds.
   * Default: 30.
   */
  drainSeconds?: number;
  /**
   * Time between the stop signal and the kill signal, in seconds.
   * Allowed: a whole number from 1 to 60 seconds.
   * Default: 10.
   */
  stopSeconds?: number;
  /**
   * Memory limit of one container, in MiB.
   * Allowed: a whole number from 16 to 1048576 MiB.
   * Default: 512.
   */
  memoryMiB?: number;
  /**
   * Limit of processes and threads in one container.
   * Allowed: a whole number from 8 to 65536.
   * Default: 512.
   */
  pids?: number;
  /**
   * Writable folders beside `/tmp`, `/run` and `/var/tmp`. They are in memory, and empty at each start.
   * Default: none; the rest of the file system is read-only.
   */
  writable?: string[];
  /**
   * Linux capabilities of the container: `CHOWN`, `DAC_OVERRIDE`, `FOWNER`, `SETGID`, `SETUID` or `NET_BIND_SERVICE`.
   * Images that start as root and change to another user need some of them.
   * Default: none.
   */
  capabilities?: AppCapability[];
  /**
   * User in the container, `1000` or `1000:1000`.
   * Default: the user of the image.
   */
  user?: string;
  /**
   * Previews: copies of the app for pull requests. Calls with the app's token create and remove them.
   * Default: none.
   */
  previews?: DeployHookPreviewsArgs;
  /**
   * Key that signs the calls for the app, 32 to 128 printable ASCII characters without spaces; a secret.
   * Default: generated.
   */
  token?: pulumi.Input<string>;
}

export interface DeployHookSourceArgs {
  /** URL of the git repository, `https://...`. Git must be able to fetch a commit without a password. */
  url: string;
  /**
   * Path of the Dockerfile in the repository.
   * Default: `Dockerfile`.
   */
  dockerfile?: string;
}

export interface DeployHookPreviewsArgs {
  /** Parent domain of the previews: `pr-12-shop.<domain>`. */
  domain: string;
  /**
   * Number of previews of the app at the same time.
   * Default: 5.
   */
  max?: number;
}

export type AppCapability = (typeof appCapabilities)[number];

/** Capabilities that an app may have. None of them gives access outside of the container. */
export const appCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE"] as const;

/** Limits of the numeric settings of an app. */
export const appBounds = {
  port: portBounds,
  healthTimeoutSeconds: { min: 1, max: 600, unit: "seconds" },
  watchSeconds: { min: 0, max: 120, unit: "seconds" },
  drainSeconds: { min: 0, max: 300, unit: "seconds" },
  stopSeconds: { min: 1, max: 60, unit: "seconds" },
  memoryMiB: { min: 16, max: 1048576, unit: "MiB" },
  pids: { min: 8, max: 65536 },
} satisfies Record<string, Bounds>;

/** Defaults of the numeric settings of an app. */
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

/** The token of an app, as given or generated; a secret. */
export function appToken(
  name: string,
  app: DeployHookAppArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return secretText(`${name}-${app.name}-token`, app.token, tokenPattern, opts);
}

/** The settings of an app for the role; a secret, because they contain the environment and the token. */
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
          `${name}.apps.${app.name}.repository: ${JSON.stringify(repository)} is not allowed; ` +
            "use registry.example.com/name, without tag or digest",
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
