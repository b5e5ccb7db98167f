import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import type { CertificateAuthorityArgs } from "../../../components/certificate-authority/args.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { planProgram } from "../planned.ts";

const privateKey = "tls:index/privateKey:PrivateKey";
const selfSigned = "tls:index/selfSignedCert:SelfSignedCert";
const request = "tls:index/certRequest:CertRequest";
const signed = "tls:index/locallySignedCert:LocallySignedCert";

function authority(
  args: CertificateAuthorityArgs,
  use: (ca: CertificateAuthority) => Record<string, unknown> = () => ({}),
) {
  return planProgram(() => use(new CertificateAuthority("ca", args)));
}

describe("CertificateAuthority", () => {
  test("creates a P-256 key and a signing certificate for ten years, and does not renew it by itself", async () => {
    const planned = await authority({});
    expect(planned.resources.map(({ type }) => type).slice(1)).toEqual([
      "paasmas:index:CertificateAuthority",
      privateKey,
      selfSigned,
    ]);
    expect(planned.one(privateKey, "ca-key").inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    const certificate = planned.one(selfSigned, "ca-certificate");
    expect(certificate.inputs).toMatchObject({
      isCaCertificate: true,
      subject: { commonName: "ca" },
      validityPeriodHours: 87600,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    });
    expect(certificate.inputs).not.toHaveProperty("earlyRenewalHours");
    expect(certificate.secretPaths).toEqual(["$.privateKeyPem"]);
  });

  test.each([
    ["server", ["digital_signature", "server_auth"]],
    ["client", ["digital_signature", "client_auth"]],
    ["peer", ["digital_signature", "server_auth", "client_auth"]],
  ] as const)("limits a %s certificate to that use", async (usage, allowedUses) => {
    const planned = await authority({}, (ca) => {
      ca.issue("node-0", { usage, addresses: ["10.9.0.10"], dnsNames: ["node-0"] });
      return {};
    });
    expect(planned.one(request, "node-0-request").inputs).toMatchObject({
      subject: { commonName: "node-0" },
      ipAddresses: ["10.9.0.10"],
      dnsNames: ["node-0"],
    });
    const certificate = planned.one(signed, "node-0-certificate");
    expect(certificate.inputs).toMatchObject({ allowedUses, validityPeriodHours: 17520, earlyRenewalHours: 2160 });
    expect(certificate.inputs).not.toHaveProperty("isCaCertificate");
    expect(certificate.secretPaths).toEqual(["$.caPrivateKeyPem"]);
    expect(planned.one(request, "node-0-request").secretPaths).toEqual(["$.privateKeyPem"]);
  });

  test("outputs an identity as a secret with authority, certificate and key", async () => {
    const { outputs, secretOutputs } = await authority({}, (ca) => ({
      identity: ca.issue("node-0", { usage: "client" }),
      ca: ca.certificate,
    }));
    expect(secretOutputs).toEqual(["identity"]);
    const { ca, certificate, privateKey: key } = outputs.identity as Record<string, string>;
    expect(ca).toBe(outputs.ca);
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(key).toMatch(/^-----BEGIN (EC )?PRIVATE KEY-----\n/);
  });

  test("accepts other validity periods and another name", async () => {
    const planned = await authority(
      { commonName: "Example CA", validityDays: 100, identityValidityDays: 10, renewalDays: 2 },
      (ca) => {
        ca.issue("a", { usage: "client" });
        return {};
      },
    );
    expect(planned.one(selfSigned, "ca-certificate").inputs).toMatchObject({
      subject: { commonName: "Example CA" },
      validityPeriodHours: 2400,
    });
    expect(planned.one(signed, "a-certificate").inputs).toMatchObject({
      validityPeriodHours: 240,
      earlyRenewalHours: 48,
    });
  });

  test("shortens the derived periods with a short validity", async () => {
    const planned = await authority({ validityDays: 40 });
    expect(planned.one("paasmas:index:CertificateAuthority", "ca").inputs).toEqual({
      commonName: "ca",
      validityDays: 40,
      identityValidityDays: 40,
      renewalDays: 10,
    });
  });

  test("creates the resources of an identity as children of the component that uses it", async () => {
    const planned = await authority({}, (ca) => {
      const other = new CertificateAuthority("other", {});
      ca.issue("a", { usage: "client" }, { parent: other });
      return {};
    });
    const parent = planned.one("paasmas:index:CertificateAuthority", "other").urn;
    expect(
      [privateKey, request, signed].map((type) =>
        planned.resources.filter((r) => r.type === type && r.name.startsWith("a-")).map((r) => r.parent),
      ),
    ).toEqual([[parent], [parent], [parent]]);
  });

  test.each<[CertificateAuthorityArgs, string]>([
    [{ validityDays: 0 }, "ca.validityDays: 0 is not allowed; use a whole number from 1 to 36500 days"],
    [
      { identityValidityDays: 4000 },
      "ca.identityValidityDays: 4000 is not allowed; use a whole number from 1 to 3650 days",
    ],
    [
      { identityValidityDays: 30, renewalDays: 90 },
      "ca.renewalDays: 90 is not allowed; use a whole number from 0 to 29 days",
    ],
  ])("rejects %j", async (args, message) => {
    await expect(authority(args)).rejects.toThrow(new ArgumentError([message]));
  });
});
