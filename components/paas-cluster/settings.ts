import { ArgumentCheck } from "../internal/argument-check.ts";
import { checkCidr } from "../cloud/addresses.ts";
import { domainPattern } from "../internal/name-patterns.ts";
import { checkPublicEndpoint } from "../internal/public-endpoint.ts";
import type { PaasClusterArgs } from "./args.ts";
import { valueProblems } from "./value-schema.ts";
import { workflowValues } from "./workflow-values.ts";
import { paasDefaults, paasArguments } from "./settings-schema.ts";

const username = /^[a-z][a-z0-9._-]{2,29}$/;

/** Maximum length of a domain: DNS allows 253 characters, and an app adds a label of 63 characters and a dot. */
const longestDomain = 189;

/** Default host number of the load balancer. */
export const loadBalancerHostNumber = 78;

/** Arguments with their defaults filled in. */
export type PaasSettings = ReturnType<typeof paasSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function paasSettings(name: string, args: PaasClusterArgs) {
  const { cluster, domain, values = {} } = args;
  const { adminUsername = "admin", deliveryUsername = "delivery", gitPush = false, processTypes = ["web"] } = args;
  const {
    timeoutSeconds = paasDefaults.timeoutSeconds,
    storageClass = "node-volumes",
    email = `admin@${domain}`,
  } = args;
  const host = args.loadBalancerHostNumber ?? loadBalancerHostNumber;
  const cloud = cluster?.cloud;
  const check = new ArgumentCheck(name, args)
    .require(cluster !== undefined, "cluster", "is missing; give the cluster for the platform")
    .require(
      cluster === undefined || cluster.pools.some((pool) => pool.machines.length > 0),
      "cluster",
      "has no workers; add a pool of workers",
    )
    .require(
      domainPattern.test(domain ?? "") && domain.length <= longestDomain,
      "domain",
      `${JSON.stringify(domain)} is not allowed; ` +
        `use a domain of up to ${longestDomain} characters such as apps.example.com`,
    );
  checkServices(args, check);
  check
    .require(
      /^[^@\s]+@[^@\s]+$/.test(email),
      "email",
      `${JSON.stringify(email)} is not allowed; use an address such as ops@example.com`,
    )
    .require(
      adminUsername !== deliveryUsername,
      "deliveryUsername",
      `${JSON.stringify(deliveryUsername)} is the administrator; use another name`,
    )
    .require(processTypes.length > 0, "processTypes", 'is empty; use ["web"]')
    .schemas(paasArguments, args)
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(host))
    .add(valueProblems(workflowValues, values, "values"));
  checkNames(args, { adminUsername, deliveryUsername }, processTypes, check);
  for (const [index, range] of args.allowFrom?.entries() ?? [])
    check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range));
  if (args.publicEndpoint) checkPublicEndpoint(check, cloud, args.publicEndpoint, {}, { allowWideRanges: true });
  check.throwIfInvalid();
  return {
    domain,
    email,
    adminUsername,
    deliveryUsername,
    gitPush,
    processTypes,
    loadBalancerHostNumber: host,
    timeoutSeconds,
    storageClass,
    values,
    ownStorage: args.storageClass === undefined,
  };
}

/** Checks that each service has a bucket in the cluster, or a server outside of it. */
function checkServices({ buckets, registry, database }: PaasClusterArgs, check: ArgumentCheck): void {
  check
    .require(buckets?.builder !== undefined, "buckets.builder", "is missing; give the bucket for builds")
    .require(buckets?.logs !== undefined, "buckets.logs", "is missing; give the bucket for the apps' logs")
    .require(
      (buckets?.registry !== undefined) === (registry === undefined),
      "buckets.registry",
      registry
        ? "cannot be combined with registry; remove one of them"
        : "is missing; give the bucket for images, or a registry",
    )
    .require(
      (buckets?.database !== undefined) === (database === undefined),
      "buckets.database",
      database
        ? "cannot be combined with database; remove one of them"
        : "is missing; give the bucket for backups, or a database",
    )
    .require(
      registry === undefined || (registry.login === undefined) !== (registry.ecr === undefined),
      "registry",
      registry?.ecr ? "has both login and ecr; use one of them" : "has neither login nor ecr; use one of them",
    )
    .require(
      registry === undefined || /^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(registry.organization),
      "registry.organization",
      `${JSON.stringify(registry?.organization)} is not allowed; use the prefix of the images' names, such as apps`,
    );
}

function checkNames(
  { registry, certificates }: PaasClusterArgs,
  users: Record<string, string>,
  processTypes: readonly string[],
  check: ArgumentCheck,
): void {
  for (const [argument, given] of Object.entries(users)) {
    check.require(
      username.test(given),
      argument,
      `${JSON.stringify(given)} is not allowed; ` +
        "use 3 to 30 lower-case letters, digits and . _ -, starting with a letter",
    );
  }
  const regions = { "registry.ecr.region": registry?.ecr?.region, "certificates.region": certificates?.region };
  for (const [argument, region] of Object.entries(regions)) {
    check.require(
      region === undefined || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
      argument,
      `${JSON.stringify(region)} is not a region; use one like eu-central-1`,
    );
  }
  for (const [index, type] of processTypes.entries()) {
    check.require(
      /^[a-z][a-z0-9-]{0,62}$/.test(type),
      `processTypes[${index}]`,
      `${JSON.stringify(type)} is not allowed; use lower-case letters, digits and hyphens`,
    );
  }
}
