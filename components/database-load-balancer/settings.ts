import images from "../../ignition/roles/images.json" with { type: "json" };
import { checkCidr } from "../cloud/addresses.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { plannedMachines, snippetConfigs } from "../internal/planned-machines.ts";
import type { DatabaseLoadBalancerArgs } from "./args.ts";

/**
 * Returns the arguments with defaults.
 * @throws ArgumentError with all invalid arguments.
 */
export function loadBalancerSettings(name: string, args: DatabaseLoadBalancerArgs) {
  const { cloud, galera, size = 2, image = images.haproxy, firstHostNumber = 30, loadBalancerHostNumber = 40 } = args;
  const { allowFrom = [], snippets = [] } = args;
  const lastHostNumber = firstHostNumber + size - 1;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
    .require(galera !== undefined, "galera", "is missing; give the Galera cluster")
    .integer("size", size, bounds.loadBalancer.size)
    .doesNotThrow("firstHostNumber", () => cloud?.address(lastHostNumber))
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber))
    .require(
      loadBalancerHostNumber < firstHostNumber || loadBalancerHostNumber > lastHostNumber,
      "loadBalancerHostNumber",
      `${loadBalancerHostNumber} is the host number of a machine; ` +
        `use a number outside of ${firstHostNumber} to ${lastHostNumber}`,
    );
  for (const [index, range] of allowFrom.entries()) {
    check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range));
  }
  const configs = snippetConfigs(snippets, check);
  check.throwIfInvalid();
  const members = plannedMachines(cloud, name, size, firstHostNumber);
  return { size, image, loadBalancerHostNumber, snippets: configs, members };
}
