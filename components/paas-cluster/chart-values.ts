import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../internal/argument-check.ts";
import type { PaasBucketArgs, PaasClusterArgs } from "./args.ts";
import { limitPlans } from "./limit-plans.ts";
import type { PaasSettings } from "./settings.ts";
import { workflowProblems, type WorkflowValues } from "./workflow-values.ts";

/** Name of the gateway class that the platform's gateway and those of its apps are of. */
export const gatewayClass = "kong";

/** The login service's part of the chart that is pinned: what makes the users runs in the same image. */
export function passportTag({ passport }: WorkflowValues): string {
  return passport?.imageTag ?? "1.3.4";
}

/** What is no login yet: the refresher puts one in its place. */
const noLoginYet = { username: "AWS", password: "not-yet-refreshed" };

/** What the values are made from, beside the settings. */
type Given = Pick<PaasClusterArgs, "buckets" | "registry" | "database" | "valkeyUrl"> & {
  adminPassword: pulumi.Output<string>;
};

/**
 * The chart's values; secret.
 * @throws (from within the output) ArgumentError listing the values that cannot be used.
 */
export function chartValues(
  name: string,
  { buckets, registry, database, valkeyUrl, adminPassword }: Given,
  settings: PaasSettings,
): pulumi.Output<WorkflowValues> {
  return pulumi.secret(pulumi.output({ buckets, registry, database, valkeyUrl, adminPassword })).apply((known) => {
    const values = merged(ownValues(settings, known), settings.values) as WorkflowValues;
    const problems = workflowProblems(values);
    if (problems.length > 0)
      throw new ArgumentError(problems.map(({ path, message }) => `${name}.${path}: ${message}`));
    return values;
  });
}

function ownValues(
  settings: PaasSettings,
  { buckets, registry, database, valkeyUrl, adminPassword }: pulumi.Unwrap<Given>,
): WorkflowValues {
  const outside = registry && {
    registryHost: registry.host,
    registryUsername: registry.login?.username ?? noLoginYet.username,
    registryPassword: registry.login?.password ?? noLoginYet.password,
  };
  const persistence = { enabled: true, size: "10Gi", storageClass: settings.storageClass };
  const on = (enabled: boolean) => ({ enabled });
  const valkey = { ...(valkeyUrl !== undefined && { valkeyUrl }), valkey: on(valkeyUrl === undefined) };
  return {
    global: { email: settings.email, platformDomain: settings.domain, certManagerEnabled: false },
    gateway: { gatewayClass },
    storage: on(false),
    // Metrics and their dashboards are the cluster's affair.
    victoriametrics: on(false),
    grafana: on(false),
    builder: {
      replicas: settings.gitPush ? 1 : 0,
      service: { type: "ClusterIP" },
      ...storage(buckets.builder),
      ...outside,
      ...(registry && { registryOrganization: registry.organization }),
      registry: on(!registry),
    },
    controller: {
      registrationMode: "disabled",
      appImagePullPolicy: "IfNotPresent",
      appGatewayClass: gatewayClass,
      appStorageClass: settings.storageClass,
      ...outside,
      registry: on(!registry),
      ...(database && { databaseUrl: database.controllerUrl }),
      database: on(!database),
      ...valkey,
      config: { limitPlans: limitPlans() },
    },
    passport: {
      enabled: true,
      imageTag: passportTag(settings.values),
      adminUsername: settings.adminUsername,
      adminPassword,
      adminEmail: settings.email,
      ...(database && { databaseUrl: database.passportUrl }),
      database: on(!database),
      ...valkey,
    },
    database: database
      ? on(false)
      : { enabled: true, replicas: 3, persistence, ...(buckets.database && storage(buckets.database)) },
    valkey: valkeyUrl === undefined ? { enabled: true, replicas: 3, persistence } : on(false),
    registry: registry ? on(false) : { enabled: true, ...(buckets.registry && storage(buckets.registry)) },
    quickwit: {
      logIndexRetention: "30 days",
      ...(database && { databaseUrl: database.logsUrl }),
      database: on(!database),
      indexer: { persistence },
      searcher: { persistence },
      ...storage(buckets.logs),
    },
  };
}

/** A bucket as the chart's parts take it, with nothing left to their defaults. */
function storage({ endpoint, bucket, accessKey, secretKey }: pulumi.Unwrap<PaasBucketArgs>) {
  return {
    storageEndpoint: endpoint,
    storageBucket: bucket,
    storageAccesskey: accessKey,
    storageSecretkey: secretKey,
    storagePathStyle: "true" as const,
    storage: { enabled: false },
  };
}

/** Groups are merged, everything else is replaced. */
function merged(below: unknown, above: unknown): unknown {
  if (!isGroup(below) || !isGroup(above)) return above;
  const both = { ...below, ...above };
  for (const key of Object.keys(above)) if (key in below) both[key] = merged(below[key], above[key]);
  return both;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
