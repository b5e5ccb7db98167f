import { appsRange } from "../../ignition/roles/deploy-hook/networks.ts";
import { deployHookPorts } from "../../ignition/roles/deploy-hook/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { checkCidr, isTooWide, overlaps } from "../cloud/addresses.ts";
import type { Firewall } from "../cloud/cloud.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { snippetConfigs } from "../internal/planned-machines.ts";
import { checkPublicEndpoint } from "../internal/public-endpoint.ts";
import type { DeployHookArgs } from "./args.ts";
import { appProblems } from "./validate.ts";
import { deployHookDefaults, deployHookArguments } from "./settings-schema.ts";

/** Arguments with their defaults filled in. */
export type DeployHookSettings = ReturnType<typeof deployHookSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function deployHookSettings(name: string, args: DeployHookArgs) {
  const { cloud, apps = [], callers = [], users = cloud && [cloud.cidr] } = args;
  const { image = images.haproxy, gitImage = images.git, hostNumber = 60, machineSize = "medium" } = args;
  const {
    builds = deployHookDefaults.builds,
    buildMemoryMiB = deployHookDefaults.buildMemoryMiB,
    volumeGiB = deployHookDefaults.volumeGiB,
  } = args;
  const { urlTemplate = `http://%s:${deployHookPorts.apps.port}` } = args;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
    .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
    .schemas(deployHookArguments, args)
    .require(
      /^https?:\/\/%s[^%\s]*$/.test(urlTemplate),
      "urlTemplate",
      `${JSON.stringify(urlTemplate)} is not allowed; use a URL with %s for the host name, such as https://%s`,
    )
    .add(appProblems(apps));
  checkSources(callers, users, check);
  if (cloud !== undefined) {
    check.require(
      !overlaps(cloud.cidr, appsRange),
      "cloud",
      `its network ${cloud.cidr} overlaps ${appsRange}, the network of the containers; use another network`,
    );
  }
  if (args.publicEndpoint) checkEndpoint(args, check);
  const snippets = snippetConfigs(args.snippets ?? [], check);
  check.throwIfInvalid();
  return {
    cloud,
    apps,
    callers,
    users,
    image,
    gitImage,
    hostNumber,
    machineSize,
    builds,
    buildMemoryMiB,
    volumeGiB,
    urlTemplate,
    snippets,
  };
}

function checkSources(
  callers: readonly (Firewall | string)[],
  users: readonly (Firewall | string)[] | undefined,
  check: ArgumentCheck,
): void {
  for (const [argument, sources] of Object.entries({ callers, users })) {
    for (const [index, from] of sources?.entries() ?? []) {
      if (typeof from === "string") check.doesNotThrow(`${argument}[${index}]`, () => checkCidr(from));
    }
  }
  for (const [index, from] of callers.entries()) {
    check.require(
      typeof from !== "string" || !isTooWide(from),
      `callers[${index}]`,
      `${from} is far too wide; use the addresses that CI calls from`,
    );
  }
}

function checkEndpoint({ cloud, apps = [], publicEndpoint }: DeployHookArgs, check: ArgumentCheck): void {
  const names = publicEndpoint!.names ?? [];
  const known = apps.flatMap(({ hosts }) => hosts);
  checkPublicEndpoint(check, cloud, publicEndpoint!, {}, { allowWideRanges: true });
  check.require(
    names.length > 0,
    "publicEndpoint.names",
    "is missing; list the apps' host names that are reachable from the internet",
  );
  for (const [index, name] of names.entries()) {
    check.require(
      known.includes(name),
      `publicEndpoint.names[${index}]`,
      `${JSON.stringify(name)} is not a host name of an app; use ${known.join(", ") || "one of an app's hosts"}`,
    );
  }
}
