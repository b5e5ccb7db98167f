import type { Cloud } from "../components/cloud/cloud.ts";
import { connectionVariables, type DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import { DeployHook } from "../components/deploy-hook/index.ts";
import type { DeployHookAppArgs } from "../components/deploy-hook/apps.ts";
import type { Registry } from "../components/internal/registry.ts";
import type { AppSettings, DeployHookSettings } from "./config/delivery.ts";
import { publicEndpointArguments, type ZoneById } from "./public-endpoint.ts";

/** What is around the apps of a stack. */
export interface ForApps {
  cloud: Cloud;
  database: DatabaseLoadBalancer;
  /** The stack's registry, where it has one. */
  registry?: Registry;
  /** Zones of the names that the internet reaches, where the stack's cloud has any. */
  zone?: ZoneById;
}

/**
 * The deploy hook of a stack, where its config has one: images from the stack's registry, and a database for each app
 * that asks for it.
 */
export function appsHook({ deployHook }: { deployHook?: DeployHookSettings }, around: ForApps): DeployHook | undefined {
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
  { database, registry }: ForApps,
): DeployHookAppArgs {
  return {
    ...app,
    ...(repository !== undefined && {
      repository: registry?.repositories.includes(repository) ? registry.url(repository) : repository,
    }),
    // What the config says wins.
    environment: { ...(wanted !== undefined && connection(database, wanted)), ...environment },
  };
}

function connection(database: DatabaseLoadBalancer, name: string): DeployHookAppArgs["environment"] {
  const all = database.connection(name);
  return Object.fromEntries(connectionVariables.map((variable) => [variable, all.apply((values) => values[variable])]));
}
