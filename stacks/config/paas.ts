import type { z } from "zod";
import { paasArguments } from "../../components/paas-cluster/settings-schema.ts";
import { portBounds } from "../../components/internal/bounds.ts";
import { domainPattern } from "../../components/internal/name-patterns.ts";
import type { WorkflowValues } from "../../components/paas-cluster/workflow-values.ts";
import { designateZone, paasEndpoint, route53Zone, type Zone } from "./public-endpoint.ts";
import type { Problem } from "./error.ts";
import { cidr } from "./network.ts";
import { customGroup, flag, group, list, secret, text, whole } from "../../components/internal/settings-schema.ts";

/** Name of a stack's platform. */
export const paasName = "paas";

const domain = text(domainPattern, "a domain, such as apps.example.com").meta({
  description:
    "Domain of the platform, `apps.example.com`: an app has the name `<app>.<domain>`, the API `drycc.<domain>`. " +
    "It cannot be changed.",
  default: "in dev a name of nip.io with the address of the platform",
});
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
  // The component checks the values: it knows the chart.
  values: customGroup((given) => given as WorkflowValues, "is not a group of values", "values of the chart").optional(),
  allowFrom: list(cidr()).optional(),
  ...paasArguments,
};

const platform = {
  description:
    "The platform for apps on the Kubernetes cluster, see [PaasCluster](components/paas-cluster.md). " +
    "Its buckets are in the cloud of the stack. In prod its images are in `registry`, if the stack has one.",
  default: "none",
};

const paasZone = (zone: Zone) =>
  zone
    .meta({
      description: "Zone of the domain. In prod it also proves the domain for the public certificate.",
      default: "none; point all names of the domain to `paasAddress`; the certificate is of a private authority",
    })
    .optional();

/** `paas` of dev. Without a domain, it uses a name that resolves to its address. */
export const devPaasSettings = group({ ...common, domain: domain.optional() }).meta(platform);

/** `paas` of staging. */
export const openstackPaasSettings = group({
  ...common,
  domain,
  publicEndpoint: paasEndpoint,
  dns: paasZone(designateZone),
}).meta(platform);

/** `paas` of prod. */
export const awsPaasSettings = group({
  ...common,
  domain,
  publicEndpoint: paasEndpoint,
  dns: paasZone(route53Zone),
  allowTo: list(
    group({
      range: cidr().meta({
        description: "Range of its addresses. Its firewall must allow the range of the private network.",
      }),
      port: whole(portBounds).meta({ description: "Its port, 5432 for PostgreSQL." }),
    }),
  )
    .meta({
      description:
        "Services outside of the cluster to which its workers can connect. On AWS all other outgoing traffic except " +
        "HTTPS is closed. Required with `database` or `valkeyUrl`.",
      default: "none",
    })
    .optional(),
}).meta(platform);

export type PaasSettings = z.output<typeof devPaasSettings>;
export type OpenstackPaasSettings = z.output<typeof openstackPaasSettings>;
export type AwsPaasSettings = z.output<typeof awsPaasSettings>;

/** Settings of `paas` that contradict `kubernetes`. */
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
