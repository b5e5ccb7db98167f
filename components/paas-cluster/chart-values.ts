import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../internal/argument-check.ts";
import type { PaasBucketArgs, PaasClusterArgs } from "./args.ts";
import { limitPlans } from "./limit-plans.ts";
import type { PaasSettings } from "./settings.ts";
import { workflowProblems, type WorkflowValues } from "./workflow-values.ts";

/** Gateway class of the gateways of the platform and of its apps. */
export const gatewayClass = "kong";

/**
 * Image tag of the login service, which the pinned chart uses. The job that creates the users runs in the same image.
 */
export function passportTag({ passport }: WorkflowValues): string {
  return passport?.imageTag ?? "1.3.4";
}

/** Login until the first run of the login job. */
const initialLogin = { username: "AWS", password: "not-yet-refreshed" };

/** Arguments for the values, beside the settings. */
type ValueArgs = Pick<PaasClusterArgs, "buckets" | "registry" | "database" | "valkeyUrl"> & {
  adminPassword: pulumi.Output<string>;
};

/**
 * The chart's values; secret.
 * @throws (from within the output) ArgumentError listing the values that cannot be used.
 */
export function chartValues(
  name: string,
  { buckets, registry, database, valkeyUrl, adminPassword }: ValueArgs,
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
  { buckets, registry, database, valkeyUrl, adminPassword }: pulumi.Unwrap<ValueArgs>,
): WorkflowValues {
  const outside = registry && {
    registryHost: registry.host,
    registryUsername: registry.login?.username ?? initialLogin.username,
    registryPassword: registry.login?.password ?? initialLogin.password,
  };
  const persistence = { enabled: true, size: "10Gi", storageClass: settings.storageClass };
  const on = (enabled: boolean) => ({ enabled });
  const valkey = { ...(valkeyUrl !== undefined && { valkeyUrl }), valkey: on(valkeyUrl === undefined) };
  return {
    global: { email: settings.email, platformDomain: settings.domain, certManagerEnabled: false },
    gateway: { gatewayClass },
    storage: on(false),
    // The component ClusterMetrics has the metrics and dashboards of the cluster.
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

/** Values of a bucket for a part of the chart. All are set, because the defaults of the parts differ. */
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

/** Merges groups recursively; the upper value replaces all other values. */
function merged(below: unknown, above: unknown): unknown {
  if (!isGroup(below) || !isGroup(above)) return above;
  const both = { ...below, ...above };
  for (const key of Object.keys(above)) if (key in below) both[key] = merged(below[key], above[key]);
  return both;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
