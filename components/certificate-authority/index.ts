import * as pulumi from "@pulumi/pulumi";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { issued, selfSigned } from "../internal/certificates.ts";
import type { CertificateAuthorityArgs, IdentityArgs, IdentityUsage } from "./args.ts";

const usages: Record<IdentityUsage, string[]> = {
  server: ["digital_signature", "server_auth"],
  client: ["digital_signature", "client_auth"],
  peer: ["digital_signature", "server_auth", "client_auth"],
};

interface Signer {
  privateKey: pulumi.Output<string>;
  validityPeriodHours: number;
  earlyRenewalHours: number;
}

/** Signing keys of authorities. They are not in fields: schema inference lists even private fields as outputs. */
const signers = new WeakMap<CertificateAuthority, Signer>();

/**
 * Private certificate authority (ECDSA P-256). Its key is a secret in the state of the stack. By default, each cluster
 * has a separate authority, so that certificates of one cluster are not valid in another.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** Certificate of the authority (PEM). */
  readonly certificate: pulumi.Output<string>;

  /** @throws ArgumentError if a time is out of range, or longer than the time that contains it. */
  constructor(name: string, args: CertificateAuthorityArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { commonName = name, validityDays = 3650 } = args;
    const { identityValidityDays = clamp(730, validityDays) } = args;
    const { renewalDays = Math.min(90, Math.floor(identityValidityDays / 4)) } = args;
    new ArgumentCheck(name, args)
      .integer("validityDays", validityDays, { min: 1, max: 36500, unit: "days" })
      .integer("identityValidityDays", identityValidityDays, { min: 1, max: clamp(36500, validityDays), unit: "days" })
      .integer("renewalDays", renewalDays, { min: 0, max: Math.max(identityValidityDays - 1, 0), unit: "days" })
      .throwIfInvalid();
    const facts = { commonName, validityDays, identityValidityDays, renewalDays };
    super("paasmas:index:CertificateAuthority", name, facts, opts);

    const { certificate, privateKey } = selfSigned(
      name,
      {
        commonName,
        validityPeriodHours: validityDays * 24,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      },
      { parent: this },
    );
    signers.set(this, {
      privateKey,
      validityPeriodHours: identityValidityDays * 24,
      earlyRenewalHours: renewalDays * 24,
    });
    this.certificate = certificate;

    this.registerOutputs({ certificate: this.certificate });
  }

  /**
   * Creates a key and a signed certificate.
   * @param name Common name of the certificate, and first part of the resource names (`<name>-key`, ...).
   * @param opts Options. Pass the component that owns the machine as `parent`; the default is the authority.
   * @returns The identity; a secret, because it contains the private key.
   */
  issue(name: string, args: IdentityArgs, opts: pulumi.CustomResourceOptions = {}): pulumi.Output<TlsIdentity> {
    const { privateKey: signingKey, ...validity } = signers.get(this)!;
    const { certificate, privateKey } = issued(
      name,
      {
        request: { subject: { commonName: name }, ipAddresses: args.addresses ?? [], dnsNames: args.dnsNames ?? [] },
        signer: { certificate: this.certificate, privateKey: signingKey },
        ...validity,
        allowedUses: usages[args.usage],
      },
      { parent: this, ...opts },
    );
    return pulumi.output({ ca: this.certificate, certificate, privateKey });
  }
}

/** Returns the preferred value, limited to the range from 1 to `max`. */
function clamp(preferred: number, max: number): number {
  return Math.max(1, Math.min(preferred, max));
}
