import { createHash } from "node:crypto";

type Values = Record<string, unknown>;

/**
 * What a provider would compute, for the resources whose outputs flow into other resources' inputs. Placeholders
 * are derived from type and name, have the length of the real thing, and are the same in every run.
 */
export function computedOutputs(type: string, name: string, inputs: Values): Values {
  return table[type]?.(name, inputs) ?? {};
}

const table: Record<string, (name: string, inputs: Values) => Values> = {
  "random:index/randomPassword:RandomPassword": (name, inputs) => ({ result: text(name, Number(inputs.length ?? 32)) }),
  "random:index/randomId:RandomId": (name, inputs) => ({ hex: digest(name).slice(0, 2 * Number(inputs.byteLength ?? 8)) }),
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: pem("PRIVATE KEY", name, 3),
    publicKeyPem: pem("PUBLIC KEY", name, 2),
  }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: pem("CERTIFICATE REQUEST", name, 8) }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: pem("CERTIFICATE", name, 11) }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: pem("CERTIFICATE", name, 13) }),
};

/** A stable stand-in for an id that a provider would give. */
export function deterministicId(seed: string): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 17);
}

function digest(seed: string): string {
  return createHash("sha512").update(`planned ${seed}`).digest("hex");
}

function text(seed: string, length: number): string {
  let out = "";
  for (let i = 0; out.length < length; i++) out += digest(`${seed} ${i}`);
  return out.slice(0, length);
}

function pem(label: string, seed: string, lines: number): string {
  const body = Array.from({ length: lines }, (_, i) => Buffer.from(text(`${seed} ${i}`, 48)).toString("base64"));
  return `-----BEGIN ${label}-----\n${body.join("\n")}\n-----END ${label}-----\n`;
}
