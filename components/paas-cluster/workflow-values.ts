import { z } from "zod";
import { domainPattern } from "../internal/name-patterns.ts";
import { filled, flag, oneOf, quantity, text, type ValueProblem, valueProblems, whole } from "./value-schema.ts";

const replicas = whole(0, 20).optional();
const environment = z.record(text(/^[A-Z_][A-Z0-9_]*$/, "names such as LDAP_ENDPOINT"), filled("a text")).optional();
const imageTag = text(/^[\w][\w.-]{0,127}(@sha256:[0-9a-f]{64})?$/, "a tag such as 1.8.1").optional();
const enabled = z.strictObject({ enabled: flag() }).optional();
const amounts = z.strictObject({ cpu: quantity().optional(), memory: quantity().optional() }).optional();
const resources = z.strictObject({ requests: amounts, limits: amounts }).optional();
const persistence = z
  .strictObject({
    enabled: flag(),
    size: quantity().optional(),
    storageClass: filled("the name of a storage class").optional(),
  })
  .optional();
const postgres = text(/^postgres(ql)?:\/\/[^\s]+$/, "postgres://user:password@host:5432/name").optional();
const redis = text(/^rediss?:\/\/[^\s]+$/, "redis://:password@host:6379/0").optional();

/** Values of an object store, for four parts of the chart. */
const storage = {
  storageBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket").optional(),
  storageEndpoint: text(/^https?:\/\/[^\s/]+$/, "https://host, without a path").optional(),
  storageAccesskey: filled("an access key").optional(),
  storageSecretkey: filled("a secret key").optional(),
  storagePathStyle: oneOf("true", "false", "auto").optional(),
  storage: enabled,
};

/** Values of an image registry outside of the cluster, for two parts of the chart. */
const registry = {
  registryHost: text(/^[a-z0-9.-]+(:\d+)?$/, "a host, without https://").optional(),
  registryUsername: filled("a user").optional(),
  registryPassword: filled("a password").optional(),
  registry: enabled,
};

/**
 * Values of the chart of Drycc Workflow and of its parts. A part does not see the values of the chart, for example
 * `registry.enabled`, and has similar values itself. {@link workflowProblems} checks that they agree.
 */
export const workflowValues = z.strictObject({
  global: z
    .strictObject({
      email: text(/^[^@\s]+@[^@\s]+$/, "an address such as ops@example.com").optional(),
      platformDomain: text(domainPattern, "a domain").optional(),
      certManagerEnabled: flag().optional(),
    })
    .optional(),
  gateway: z.strictObject({ gatewayClass: filled("a gateway class").optional() }).optional(),
  storage: enabled,
  victoriametrics: enabled,
  grafana: enabled,
  builder: z
    .strictObject({
      imageTag,
      replicas,
      resources,
      service: z.strictObject({ type: oneOf("ClusterIP") }).optional(),
      ...storage,
      ...registry,
      registryOrganization: text(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "the first part of the images' names").optional(),
    })
    .optional(),
  controller: z
    .strictObject({
      imageTag,
      registrationMode: oneOf("enabled", "disabled", "admin_only").optional(),
      appImagePullPolicy: oneOf("Always", "IfNotPresent").optional(),
      appGatewayClass: filled("a gateway class").optional(),
      appStorageClass: filled("a storage class").optional(),
      apiReplicas: replicas,
      celeryReplicas: replicas,
      mutateReplicas: replicas,
      databaseUrl: postgres,
      valkeyUrl: redis,
      ...registry,
      database: enabled,
      valkey: enabled,
      environment,
      config: z.strictObject({ limitPlans: filled("limit plans as JSON").optional() }).optional(),
    })
    .optional(),
  passport: z
    .strictObject({
      enabled: flag().optional(),
      imageTag,
      replicas,
      adminUsername: text(/^[a-z][a-z0-9._-]{2,29}$/, "3 to 30 lower-case letters, digits and . _ -").optional(),
      adminPassword: text(/^[\x21-\x7e]{20,}$/, "at least 20 printable ASCII characters without spaces").optional(),
      adminEmail: text(/^[^@\s]+@[^@\s]+$/, "an address such as ops@example.com").optional(),
      databaseUrl: postgres,
      valkeyUrl: redis,
      database: enabled,
      valkey: enabled,
      environment,
    })
    .optional(),
  database: z
    .strictObject({ enabled: flag().optional(), imageTag, replicas: oneOrThree(), resources, persistence, ...storage })
    .optional(),
  valkey: z.strictObject({ enabled: flag().optional(), imageTag, replicas: oneOrThree(), persistence }).optional(),
  registry: z
    .strictObject({
      enabled: flag().optional(),
      imageTag,
      replicas,
      resources,
      redirect: oneOf("true", "false").optional(),
      username: filled("a user").optional(),
      password: filled("a password").optional(),
      ...storage,
    })
    .optional(),
  quickwit: z
    .strictObject({
      imageTag,
      logIndexRetention: text(/^[1-9]\d* days$/, "a number of days such as 30 days").optional(),
      databaseUrl: postgres,
      database: enabled,
      indexer: z.strictObject({ replicas, persistence }).optional(),
      searcher: z.strictObject({ replicas, persistence }).optional(),
      ...storage,
    })
    .optional(),
});

/** Values of the chart. All are optional, with the defaults of the chart. */
export type WorkflowValues = z.input<typeof workflowValues>;

function oneOrThree() {
  return z
    .custom<number>((given) => given === 1 || given === 3 || given === 5, {
      error: () => ({ message: "cannot form a quorum; use 1, 3 or 5" }),
    })
    .optional();
}

/** Parts of the chart that use a bucket, by the name of the bucket's argument. */
const storing = { builder: "builder", registry: "registry", database: "database", logs: "quickwit" } as const;

/** Lists the validation errors of the values, and of their combinations. */
export function workflowProblems(values: WorkflowValues, at = "values"): ValueProblem[] {
  const problems = valueProblems(workflowValues, values, at);
  if (problems.length > 0) return problems;
  const refuse = (path: string, message: string) => problems.push({ path: `${at}.${path}`, message });
  checkBuckets(values, refuse);
  checkRegistry(values, refuse);
  checkServers(values, refuse);
  return problems;
}

type Refuse = (path: string, message: string) => void;

/** Checks that each part has a separate bucket. */
function checkBuckets(values: WorkflowValues, refuse: Refuse): void {
  const used = Object.values(storing).filter(
    (part) => part === "builder" || part === "quickwit" || values[part]?.enabled !== false,
  );
  const buckets = new Map<string, string>();
  for (const part of used) {
    const { storageBucket, storageEndpoint } = values[part] ?? {};
    // The defaults of the chart are wrong: the buckets of builder and registry are swapped.
    if (storageBucket === undefined || storageEndpoint === undefined)
      refuse(`${part}.storageBucket`, "is missing; give the name and the endpoint of each bucket");
    const bucket = `${storageEndpoint}/${storageBucket}`;
    const other = buckets.get(bucket);
    if (other !== undefined)
      refuse(
        `${part}.storageBucket`,
        `${JSON.stringify(storageBucket)} is already used by ${other}; use a separate bucket`,
      );
    buckets.set(bucket, part);
  }
}

/** Checks that all parts use the same registry. */
function checkRegistry(values: WorkflowValues, refuse: Refuse): void {
  const inCluster = values.registry?.enabled !== false;
  for (const part of ["builder", "controller"] as const) {
    const { registryHost, registry: own } = values[part] ?? {};
    if ((own?.enabled !== false) !== inCluster)
      refuse(
        `${part}.registry.enabled`,
        `${own?.enabled !== false} does not agree with registry.enabled; use ${inCluster}`,
      );
    if ((registryHost === undefined) !== inCluster)
      refuse(
        `${part}.registryHost`,
        inCluster
          ? "is only for a registry outside of the cluster; remove it"
          : "is missing; give the host of the registry outside of the cluster",
      );
  }
}

/** Checks the URLs of a database and a Valkey outside of the cluster. */
function checkServers(values: WorkflowValues, refuse: Refuse): void {
  const servers = [
    { server: "database", url: "databaseUrl", parts: ["controller", "passport", "quickwit"], title: "database" },
    { server: "valkey", url: "valkeyUrl", parts: ["controller", "passport"], title: "Valkey" },
  ] as const;
  for (const { server, url, parts, title } of servers) {
    const outside = values[server]?.enabled === false;
    for (const part of parts) {
      const given: { databaseUrl?: string; valkeyUrl?: string } = values[part] ?? {};
      if (outside === (given[url] !== undefined)) continue;
      refuse(
        `${part}.${url}`,
        outside
          ? `is missing; give the URL of the ${title} outside of the cluster`
          : `is only for a ${title} outside of the cluster; remove it`,
      );
    }
  }
}
