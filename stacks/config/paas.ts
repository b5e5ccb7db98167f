import type { z } from "zod";
import { bounds, portBounds } from "../../components/internal/bounds.ts";
import { domainPattern } from "../../components/internal/name-patterns.ts";
import type { WorkflowValues } from "../../components/paas-cluster/workflow-values.ts";
import { designateZone, paasEndpoint, route53Zone } from "./public-endpoint.ts";
import type { Problem } from "./error.ts";
import { cidr } from "./network.ts";
import { flag, group, list, secret, text, value, whole } from "./schema.ts";

/** Name of a stack's platform. */
export const paasName = "paas";

const domain = text(domainPattern, "a domain, such as apps.example.com");
const username = text(
  /^[a-z][a-z0-9._-]{2,29}$/,
  "3 to 30 lower-case letters, digits and . _ -, a letter first",
).optional();
const [postgresExample, valkeyExample] = ["postgres://user:password@host:5432/name", "redis://:password@host:6379/0"];
const postgres = secret(/^postgres(ql)?:\/\/\S+$/, postgresExample, postgresExample);

const common = {
  database: group({ controllerUrl: postgres, passportUrl: postgres, logsUrl: postgres }).optional(),
  valkeyUrl: secret(/^rediss?:\/\/\S+$/, valkeyExample, valkeyExample).optional(),
  adminUsername: username,
  adminPassword: secret(/^[\x21-\x7e]{20,128}$/, "20 to 128 printable ASCII characters without spaces").optional(),
  deliveryUsername: username,
  email: text(/^[^@\s]+@[^@\s]+$/, "an address such as ops@example.com").optional(),
  gitPush: flag().optional(),
  storageClass: text(/./, "the name of a storage class").optional(),
  processTypes: list(text(/^[a-z][a-z0-9-]{0,62}$/, "a kind of process, such as web")).optional(),
  // The component knows the chart's values, and checks them.
  values: value<WorkflowValues>(
    (given) => typeof given === "object" && given !== null,
    "is not a group of values",
    "use values of the chart",
  ).optional(),
  allowFrom: list(cidr()).optional(),
  timeoutSeconds: whole(bounds.paas.timeoutSeconds).optional(),
};

/** `paas` of dev: without a domain, one that leads to its address by itself. */
export const devPaasSettings = group({ ...common, domain: domain.optional() });

/** `paas` of staging. */
export const openstackPaasSettings = group({
  ...common,
  domain,
  publicEndpoint: paasEndpoint,
  dns: designateZone,
});

/** `paas` of prod. */
export const awsPaasSettings = group({
  ...common,
  domain,
  publicEndpoint: paasEndpoint,
  dns: route53Zone,
  allowTo: list(group({ range: cidr(), port: whole(portBounds) })).optional(),
});

export type PaasSettings = z.output<typeof devPaasSettings>;
export type OpenstackPaasSettings = z.output<typeof openstackPaasSettings>;
export type AwsPaasSettings = z.output<typeof awsPaasSettings>;

/** What does not go together. */
export function paasProblems(settings: PaasSettings | undefined, kubernetes: unknown, workers: number): Problem[] {
  if (settings === undefined) return [];
  if (kubernetes === undefined)
    return [
      { path: "paas", message: "runs on the cluster of kubernetes, which there is not; add it, or leave this out" },
    ];
  return workers > 0
    ? []
    : [{ path: "kubernetes.pools", message: "[] leaves paas without workers to run on; use a pool of them" }];
}
