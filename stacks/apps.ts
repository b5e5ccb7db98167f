import type { Cloud } from "../components/cloud/cloud.ts";
import { connectionVariables, type DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import { DeployHook } from "../components/deploy-hook/index.ts";
import type { DeployHookAppArgs } from "../components/deploy-hook/apps.ts";
import type { Registry } from "../components/internal/registry.ts";
import type { AppSettings, DeployHookSettings } from "./config/delivery.ts";
import { publicEndpointArguments, type ZoneById } from "./public-endpoint.ts";

/** Resources of a stack that its apps use. */
export interface AppsContext {
  cloud: Cloud;
  database: DatabaseLoadBalancer;
  /** Registry of the stack, if it has one. */
  registry?: Registry;
  /** DNS zones for the public host names, if the cloud has zones. */
  zone?: ZoneById;
}

/**
 * Creates the deploy hook of a stack, if the config has one. Apps use images from the stack's registry. An app with the
 * setting `database` gets the connection settings of that database.
 */
export function appsHook(
  { deployHook }: { deployHook?: DeployHookSettings },
  around: AppsContext,
): DeployHook | undefined {
  if (deployHook === undefined) return undefined;
  const { cloud, database, registry, zone } = around;
  const { publicEndpoint, ...settings } = deployHook;
  const apps = deployHook.apps.map((app) => appArguments(app, around));
  const hook = new DeployHook("apps", {
    cloud,
    registry,
    ...settings,
    apps,
    ...(publicEndpoint && zone && { publicEndpoint: publicEndpointArguments(publicEndpoint, zone) }),
  });
  if (deployHook.apps.some((app) => app.database !== undefined)) database.allowClients(hook.firewall);
  return hook;
}

function appArguments(
  { database: wanted, repository, environment, ...app }: AppSettings,
  { database, registry }: AppsContext,
): DeployHookAppArgs {
  return {
    ...app,
    ...(repository !== undefined && {
      repository: registry?.repositories.includes(repository) ? registry.url(repository) : repository,
    }),
    // The config takes precedence.
    environment: { ...(wanted !== undefined && connection(database, wanted)), ...environment },
  };
}

function connection(database: DatabaseLoadBalancer, name: string): DeployHookAppArgs["environment"] {
  const all = database.connection(name);
  return Object.fromEntries(connectionVariables.map((variable) => [variable, all.apply((values) => values[variable])]));
}
