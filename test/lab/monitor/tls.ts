import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from "node:crypto";
// The library below requires this import.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { type Provider, refuseUnknown, type Values } from "./provider.ts";

type CryptoKey = webcrypto.CryptoKey;
type CryptoKeyPair = webcrypto.CryptoKeyPair;

x509.cryptoProvider.set(webcrypto as never);

const curves: Record<string, string> = { P256: "P-256", P384: "P-384", P521: "P-521" };

/** `tls.PrivateKey`. */
export const privateKey: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("PrivateKey", inputs, ["algorithm", "ecdsaCurve", "rsaBits"]);
    const key = generate(inputs);
    return {
      id: crypto.randomUUID(),
      outputs: {
        // The encodings of the real provider: SEC 1 and PKCS #1.
        privateKeyPem: pem(
          key,
          key.asymmetricKeyType === "ec" ? "sec1" : key.asymmetricKeyType === "rsa" ? "pkcs1" : "pkcs8",
        ),
        privateKeyPemPkcs8: pem(key, "pkcs8"),
        publicKeyPem: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
        ...(key.asymmetricKeyDetails?.namedCurve === "prime256v1" && { publicKeyOpenssh: openSsh(key) }),
      },
    };
  },
  async delete() {},
};

/** `tls.CertRequest`. */
export const certRequest: Provider = {
  updatable: [],
  async create(_, inputs) {
    refuseUnknown("CertRequest", inputs, ["privateKeyPem", "subject", "dnsNames", "ipAddresses", "uris"]);
    const keys = await keyPair(String(inputs.privateKeyPem));
    const names = alternativeNames(inputs);
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: subject(inputs.subject),
      keys,
      signingAlgorithm: signing(keys),
      extensions: names ? [names] : [],
    });
    return { id: crypto.randomUUID(), outputs: { certRequestPem: `${request.toString("pem")}\n` } };
  },
  async delete() {},
};

const certificateInputs = [
  "validityPeriodHours",
  "earlyRenewalHours",
  "allowedUses",
  "isCaCertificate",
  "setSubjectKeyId",
  "setAuthorityKeyId",
];

/** `tls.SelfSignedCert`. */
export const selfSignedCert: Provider = {
  updatable: ["earlyRenewalHours"],
  async create(_, inputs) {
    refuseUnknown("SelfSignedCert", inputs, [
      ...certificateInputs,
      "privateKeyPem",
      "subject",
      "dnsNames",
      "ipAddresses",
      "uris",
    ]);
    const keys = await keyPair(String(inputs.privateKeyPem));
    const names = alternativeNames(inputs);
    return certificate(inputs, {
      subject: subject(inputs.subject),
      issuer: subject(inputs.subject),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: signing(keys),
      extensions: names ? [names] : [],
    });
  },
  async delete() {},
};

/** `tls.LocallySignedCert`. */
export const locallySignedCert: Provider = {
  updatable: ["earlyRenewalHours"],
  async create(_, inputs) {
    refuseUnknown("LocallySignedCert", inputs, [
      ...certificateInputs,
      "certRequestPem",
      "caPrivateKeyPem",
      "caCertPem",
    ]);
    const request = new x509.Pkcs10CertificateRequest(String(inputs.certRequestPem));
    const authority = await keyPair(String(inputs.caPrivateKeyPem));
    const issuer = new x509.X509Certificate(String(inputs.caCertPem));
    const names = request.extensions.find((extension) => extension.type === subjectAlternativeName);
    return certificate(inputs, {
      subject: request.subjectName,
      issuer: issuer.subjectName,
      publicKey: await request.publicKey.export(),
      signingKey: authority.privateKey,
      signingAlgorithm: signing(authority),
      extensions: [...(names ? [names] : []), await x509.AuthorityKeyIdentifierExtension.create(issuer)],
    });
  },
  async delete() {},
};

interface CertificateParts {
  subject: x509.X509CertificateCreateParamsName;
  issuer: x509.X509CertificateCreateParamsName;
  publicKey: CryptoKey;
  signingKey: CryptoKey;
  signingAlgorithm: SigningAlgorithm;
  extensions: x509.Extension[];
}

type SigningAlgorithm = { name: string; hash?: string };

async function certificate(inputs: Values, parts: CertificateParts) {
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(notBefore.getTime() + Number(inputs.validityPeriodHours) * 3_600_000);
  const extensions = [...parts.extensions, ...usages((inputs.allowedUses as string[] | undefined) ?? [])];
  extensions.push(new x509.BasicConstraintsExtension(inputs.isCaCertificate === true, undefined, true));
  if (inputs.isCaCertificate === true || inputs.setSubjectKeyId === true) {
    extensions.push(await x509.SubjectKeyIdentifierExtension.create(parts.publicKey));
  }
  const made = await x509.X509CertificateGenerator.create({ ...parts, extensions, notBefore, notAfter });
  return {
    id: crypto.randomUUID(),
    outputs: {
      certPem: `${made.toString("pem")}\n`,
      validityStartTime: notBefore.toISOString(),
      validityEndTime: notAfter.toISOString(),
      readyForRenewal: false,
    },
  };
}

const keyUsages: Record<string, x509.KeyUsageFlags> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  content_commitment: x509.KeyUsageFlags.nonRepudiation,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  data_encipherment: x509.KeyUsageFlags.dataEncipherment,
  key_agreement: x509.KeyUsageFlags.keyAgreement,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
};

const extendedUsages: Record<string, x509.ExtendedKeyUsage> = {
  server_auth: x509.ExtendedKeyUsage.serverAuth,
  client_auth: x509.ExtendedKeyUsage.clientAuth,
  code_signing: x509.ExtendedKeyUsage.codeSigning,
  email_protection: x509.ExtendedKeyUsage.emailProtection,
  timestamping: x509.ExtendedKeyUsage.timeStamping,
  ocsp_signing: x509.ExtendedKeyUsage.ocspSigning,
};

function usages(allowed: readonly string[]): x509.Extension[] {
  const unknown = allowed.filter((use) => !(use in keyUsages) && !(use in extendedUsages));
  if (unknown.length > 0) throw new Error(`the lab does not know the certificate use ${unknown.join(", ")}`);
  const flags = allowed.reduce((all, use) => all | (keyUsages[use] ?? 0), 0);
  const extended = allowed.flatMap((use) => extendedUsages[use] ?? []);
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}

function alternativeNames(inputs: Values): x509.SubjectAlternativeNameExtension | undefined {
  const of = (key: string, type: "dns" | "ip" | "url") =>
    ((inputs[key] as string[] | undefined) ?? []).map((value) => ({ type, value }));
  const names = [...of("dnsNames", "dns"), ...of("ipAddresses", "ip"), ...of("uris", "url")];
  return names.length === 0 ? undefined : new x509.SubjectAlternativeNameExtension(names);
}

const subjectAlternativeName = "2.5.29.17";

const subjectFields = {
  country: "C",
  province: "ST",
  locality: "L",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
};

function subject(given: unknown): string {
  const values = (given ?? {}) as Record<string, string>;
  refuseUnknown("certificate subject", values, Object.keys(subjectFields));
  return new x509.Name(
    Object.entries(subjectFields).flatMap(([field, code]) =>
      values[field] === undefined ? [] : [{ [code]: [values[field]] }],
    ),
  ).toString();
}

function generate(inputs: Values): KeyObject {
  switch (inputs.algorithm) {
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: Number(inputs.rsaBits ?? 2048) }).privateKey;
    case "ECDSA": {
      const namedCurve = curves[String(inputs.ecdsaCurve ?? "P224")];
      if (!namedCurve)
        throw new Error(
          `the lab cannot make ECDSA keys on ${inputs.ecdsaCurve ?? "P224"}, only on ${Object.keys(curves).join(", ")}`,
        );
      return generateKeyPairSync("ec", { namedCurve }).privateKey;
    }
    case "ED25519":
      return generateKeyPairSync("ed25519").privateKey;
    default:
      throw new Error(`the lab cannot make ${inputs.algorithm} keys, only RSA, ECDSA and ED25519`);
  }
}

function pem(key: KeyObject, type: "sec1" | "pkcs1" | "pkcs8"): string {
  return key.export({ type: type as "pkcs8", format: "pem" }).toString();
}

/** The public part of a P-256 key in SSH's format (RFC 5656): three texts, each after its length. */
function openSsh(key: KeyObject): string {
  const { x, y } = createPublicKey(key).export({ format: "jwk" }) as { x: string; y: string };
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const parts = ["ecdsa-sha2-nistp256", "nistp256", point].map((part) => {
    const bytes = Buffer.from(part as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return `ecdsa-sha2-nistp256 ${Buffer.concat(parts).toString("base64")}\n`;
}

async function keyPair(privateKeyPem: string): Promise<CryptoKeyPair> {
  const key = createPrivateKey(privateKeyPem);
  const details = key.asymmetricKeyDetails ?? {};
  const algorithm =
    key.asymmetricKeyType === "ec"
      ? {
          name: "ECDSA",
          namedCurve: { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[details.namedCurve ?? ""] ?? "",
        }
      : key.asymmetricKeyType === "rsa"
        ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
        : { name: "Ed25519" };
  const der = (from: KeyObject, type: "pkcs8" | "spki") =>
    new Uint8Array(from.export({ type: type as "pkcs8", format: "der" }) as Buffer);
  return {
    privateKey: await crypto.subtle.importKey("pkcs8", der(key, "pkcs8"), algorithm, true, ["sign"]),
    publicKey: await crypto.subtle.importKey("spki", der(createPublicKey(key), "spki"), algorithm, true, ["verify"]),
  } as CryptoKeyPair;
}

function signing(keys: CryptoKeyPair): SigningAlgorithm {
  const { name } = keys.privateKey.algorithm;
  return name === "ECDSA" ? { name, hash: "SHA-256" } : { name };
}
