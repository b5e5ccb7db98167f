import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkCidr } from "../cloud/addresses.ts";
import { domainPattern } from "../internal/name-patterns.ts";
import { checkPublicEndpoint } from "../internal/public-endpoint.ts";
import type { PaasClusterArgs } from "./args.ts";
import { valueProblems } from "./value-schema.ts";
import { workflowValues } from "./workflow-values.ts";

const username = /^[a-z][a-z0-9._-]{2,29}$/;

/** The longest domain: with a label of 63 characters before it, a name has no more than DNS allows. */
const longestDomain = 189;

/** Host number of the apps' address, unless another one is given. */
export const loadBalancerHostNumber = 78;

/** Arguments with their defaults filled in. */
export type PaasSettings = ReturnType<typeof paasSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function paasSettings(name: string, args: PaasClusterArgs) {
  const { cluster, domain, buckets, registry, database, certificates, values = {} } = args;
  const { adminUsername = "admin", deliveryUsername = "delivery", gitPush = false, processTypes = ["web"] } = args;
  const { timeoutSeconds = 1800, storageClass = "node-volumes", email = `admin@${domain}` } = args;
  const host = args.loadBalancerHostNumber ?? loadBalancerHostNumber;
  const cloud = cluster?.cloud;
  const check = new ArgumentCheck(name, args)
    .require(cluster !== undefined, "cluster", "is missing; give the cluster it runs on")
    .require(
      cluster === undefined || cluster.pools.some((pool) => pool.machines.length > 0),
      "cluster",
      "has no workers; give it a pool of them",
    )
    .require(
      domainPattern.test(domain ?? "") && domain.length <= longestDomain,
      "domain",
      `${JSON.stringify(domain)} is not allowed; use a domain of up to ${longestDomain} characters such as apps.example.com`,
    )
    .require(buckets?.builder !== undefined, "buckets.builder", "is missing; name the bucket for what is built")
    .require(buckets?.logs !== undefined, "buckets.logs", "is missing; name the bucket for the apps' logs")
    .require(
      (buckets?.registry !== undefined) === (registry === undefined),
      "buckets.registry",
      registry
        ? "is for a registry in the cluster; leave it out, or registry"
        : "is missing; name the bucket for images, or give a registry",
    )
    .require(
      (buckets?.database !== undefined) === (database === undefined),
      "buckets.database",
      database
        ? "is for a database in the cluster; leave it out, or database"
        : "is missing; name the bucket for backups, or give a database",
    )
    .require(
      registry === undefined || (registry.login === undefined) !== (registry.ecr === undefined),
      "registry",
      registry?.ecr ? "has both login and ecr; use one of them" : "has neither login nor ecr; use one of them",
    )
    .require(
      registry === undefined || /^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(registry.organization),
      "registry.organization",
      `${JSON.stringify(registry?.organization)} is not allowed; use what images' names begin with, such as apps`,
    )
    .require(
      /^[^@\s]+@[^@\s]+$/.test(email),
      "email",
      `${JSON.stringify(email)} is not allowed; use one such as ops@example.com`,
    )
    .require(
      adminUsername !== deliveryUsername,
      "deliveryUsername",
      `${JSON.stringify(deliveryUsername)} is the administrator; use another name`,
    )
    .require(processTypes.length > 0, "processTypes", 'is empty; use ["web"]')
    .integer("timeoutSeconds", timeoutSeconds, bounds.paas.timeoutSeconds)
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(host))
    .add(valueProblems(workflowValues, values, "values"));
  for (const [argument, given] of Object.entries({ adminUsername, deliveryUsername })) {
    check.require(
      username.test(given),
      argument,
      `${JSON.stringify(given)} is not allowed; use 3 to 30 lower-case letters, digits and . _ -, a letter first`,
    );
  }
  for (const [argument, region] of Object.entries({
    "registry.ecr.region": registry?.ecr?.region,
    "certificates.region": certificates?.region,
  })) {
    check.require(
      region === undefined || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
      argument,
      `${JSON.stringify(region)} is not a region; use one like eu-central-1`,
    );
  }
  processTypes.forEach((type, index) =>
    check.require(
      /^[a-z][a-z0-9-]{0,62}$/.test(type),
      `processTypes[${index}]`,
      `${JSON.stringify(type)} is not allowed; use lower-case letters, digits and hyphens`,
    ),
  );
  args.allowFrom?.forEach((range, index) => check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range)));
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
