import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { checkBucket } from "../internal/bucket.ts";
import { snippetConfigs } from "../internal/planned-machines.ts";
import { checkRepositories } from "../internal/registry.ts";
import type { MachineRegistryArgs } from "./args.ts";
import { registryDefaults, registryArguments } from "./settings-schema.ts";

/**
 * Returns the arguments with defaults.
 * @throws ArgumentError with all invalid arguments.
 */
export function registrySettings(name: string, args: MachineRegistryArgs) {
  const {
    cloud,
    repositories,
    hostNumber = 50,
    dnsName,
    volumeGiB = registryDefaults.volumeGiB,
    bucket,
    snippets = [],
  } = args;
  const { image = images.registry, proxyImage = images.haproxy } = args;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
    .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
    .schemas(registryArguments, args)
    .hostName("dnsName", dnsName, "registry.example.com");
  checkRepositories(repositories, check);
  if (bucket) checkBucket("bucket", bucket, check, "required");
  const configs = snippetConfigs(snippets, check);
  check.throwIfInvalid();
  return { hostNumber, volumeGiB, image, proxyImage, snippets: configs };
}
