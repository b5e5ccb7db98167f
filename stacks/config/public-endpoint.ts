import { domainPattern } from "../../components/internal/name-patterns.ts";
import { cidr } from "./network.ts";
import { group, list, secret, text } from "./schema.ts";

/** A zone of Designate. */
export const designateZone = group({ zoneId: text(/^[0-9a-f-]{32,36}$/, "the id of a zone of Designate") }).optional();

/** A zone of Route 53. */
export const route53Zone = group({
  zoneId: text(/^Z[A-Z0-9]{7,31}$/, "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ"),
}).optional();

type Zone = typeof designateZone | typeof route53Zone;

const from = list(cidr());
const name = text(domainPattern, "a host name with a domain, such as www.example.com");
const certificate = group({
  certificate: text(/^\s*-----BEGIN CERTIFICATE-----/, "a certificate with its intermediates (PEM)"),
  privateKey: secret(/^\s*-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, "its private key (PEM)"),
}).optional();

/** `jenkins.publicEndpoint`, with the zone of its name. */
export const webhooksEndpoint = (dns: Zone) => group({ from, name, certificate, dns }).optional();

/** `deployHook.publicEndpoint`, with the zone of its names. */
export const appsEndpoint = (dns: Zone) => group({ from, names: list(name), certificate, dns }).optional();

/** `paas.publicEndpoint`; its names are the platform's. */
export const paasEndpoint = group({ from }).optional();
