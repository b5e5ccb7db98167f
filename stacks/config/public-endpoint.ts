import { domainPattern } from "../../components/internal/name-patterns.ts";
import { cidr } from "./network.ts";
import { group, list, secret, text } from "../../components/internal/settings-schema.ts";

const zoneText = (route53Account: string) => ({
  description: `Id of the zone: of Designate in staging, of Route 53 in ${route53Account} in prod.`,
});
const route53ZoneId = text(/^Z[A-Z0-9]{7,31}$/, "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ");

/** A zone of Designate. */
export const designateZone = group({
  zoneId: text(/^[0-9a-f-]{32,36}$/, "the id of a zone of Designate").meta(zoneText("the account of prod")),
});

/** A zone of Route 53 in the account of prod. */
export const route53Zone = group({ zoneId: route53ZoneId.meta(zoneText("the account of prod")) });

/** A zone of Route 53 in the account that builds. */
export const ciRoute53Zone = group({ zoneId: route53ZoneId.meta(zoneText("the account that builds")) });

export type Zone = typeof designateZone | typeof route53Zone;

const from = list(cidr());
const name = text(domainPattern, "a host name with a domain, such as www.example.com");
const certificate = group({
  certificate: text(/^\s*-----BEGIN CERTIFICATE-----/, "a certificate with its intermediates (PEM)").meta({
    description: "The certificate with its intermediates (PEM).",
  }),
  privateKey: secret(/^\s*-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, "its private key (PEM)").meta({
    description: "Private key of the certificate (PEM); a secret.",
  }),
});

/** `jenkins.publicEndpoint`, with the zone of its name. */
export const webhooksEndpoint = (zone: Zone) =>
  group({
    from,
    name,
    certificate: certificate
      .meta({
        description: "Certificate for the name, and its key. GitHub requires a certificate of a public authority.",
        default: "a certificate of Jenkins' own authority",
      })
      .optional(),
    dns: zone
      .meta({ description: "Zone of the name.", default: "none; point the name to `jenkinsPublicAddress`" })
      .optional(),
  }).optional();

/** `deployHook.publicEndpoint`, with the zone of its names. */
export const appsEndpoint = (zone: Zone) =>
  group({
    from,
    names: list(name),
    certificate: certificate
      .meta({
        description: "Certificate for the names, and its key.",
        default: "a certificate of the hook's own authority, which browsers do not trust",
      })
      .optional(),
    dns: zone
      .meta({ description: "Zone of the names.", default: "none; point the names to `appsPublicAddress`" })
      .optional(),
  }).optional();

/** `paas.publicEndpoint`; its names are the platform's. */
export const paasEndpoint = group({ from }).optional();
