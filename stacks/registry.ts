import type { Cloud } from "../components/cloud/cloud.ts";
import { RemoteEcrRegistry } from "../components/ecr-registry/remote.ts";
import { MachineRegistry } from "../components/machine-registry/index.ts";
import type { Registry } from "../components/internal/registry.ts";
import type { OpenstackRegistrySettings } from "./config/delivery.ts";

/** Placeholders for the keys in a plan; `up` requires the real keys (config/missing-settings.ts). */
const placeholderKeys = { accessKey: "NOT_CONFIGURED_YET", secretKey: "not-configured-yet" };

/** Creates the registry of staging: access to the registry of prod, or a separate machine. */
export function openstackRegistry(
  { ecr, repositories, ...machine }: OpenstackRegistrySettings,
  cloud: Cloud,
): Registry {
  if (ecr === undefined) return new MachineRegistry("registry", { cloud, repositories, ...machine });
  const { host, accessKey = placeholderKeys.accessKey, secretKey = placeholderKeys.secretKey } = ecr;
  return new RemoteEcrRegistry("registry", { host, repositories, accessKey, secretKey });
}
