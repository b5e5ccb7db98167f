import type { Cloud } from "../components/cloud/cloud.ts";
import { RemoteEcrRegistry } from "../components/ecr-registry/remote.ts";
import { MachineRegistry } from "../components/machine-registry/index.ts";
import type { Registry } from "../components/internal/registry.ts";
import type { OpenstackRegistrySettings } from "./config/delivery.ts";

/** Stand for the keys in a plan; `up` asks for the real ones (config/left.ts). */
const noKeysYet = { accessKey: "NOT_CONFIGURED_YET", secretKey: "not-configured-yet" };

/** The registry of staging: prod's, whose images it then runs, or a machine of its own. */
export function openstackRegistry(
  { ecr, repositories, ...machine }: OpenstackRegistrySettings,
  cloud: Cloud,
): Registry {
  if (ecr === undefined) return new MachineRegistry("registry", { cloud, repositories, ...machine });
  const { host, accessKey = noKeysYet.accessKey, secretKey = noKeysYet.secretKey } = ecr;
  return new RemoteEcrRegistry("registry", { host, repositories, accessKey, secretKey });
}
