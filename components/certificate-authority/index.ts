import * as pulumi from "@pulumi/pulumi";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { issued, selfSigned } from "../internal/certificates.ts";

export interface CertificateAuthorityArgs {
  /**
   * Common name of the authority's certificate.
   * Default: the component's name.
   * A change makes a new authority, and with it every certificate it issued.
   */
  commonName?: string;
  /**
   * How long the authority's own certificate is valid, in days.
   * Default: 3650 (ten years).
   * It is never renewed early: machines of one cluster must trust the same authority at any moment, so a new
   * authority is a decision, not something that happens in an update.
   */
  validityDays?: number;
  /**
   * How long an issued certificate is valid, in days.
   * Default: 730 (two years), or as long as the authority.
   * A shorter time means more rolls.
   */
  identityValidityDays?: number;
  /**
   * How long before its end an issued certificate is renewed, in days.
   * Default: 90, or a quarter of a shorter validity.
   * The first `up` within this time makes new certificates; that changes the machines' configs, so that they
   * are replaced one at a time: a renewal is a roll. Run `up` at least this often.
   */
  renewalDays?: number;
}

/** What a certificate may be used for. */
export type IdentityUsage = "server" | "client" | "peer";

export interface IdentityArgs {
  /**
   * IP addresses the certificate is good for.
   * Default: none.
   */
  addresses?: string[];
  /**
   * DNS names the certificate is good for.
   * Default: none.
   */
  dnsNames?: string[];
  /**
   * `server` may only be connected to, `client` may only connect, `peer` may do both.
   */
  usage: IdentityUsage;
}

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

/** What authorities sign with. Not in fields, not even private ones: a component's schema lists those as outputs. */
const signers = new WeakMap<CertificateAuthority, Signer>();

/**
 * A private certificate authority (ECDSA P-256) whose key lives in the stack's state, as a secret. Each cluster
 * has one of its own unless told otherwise, so that a certificate of one cluster opens no other.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** The authority's certificate (PEM). */
  readonly certificate: pulumi.Output<string>;

  /** @throws ArgumentError when the times do not fit into each other. */
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
   * Makes a key and has its certificate signed.
   * @param name Common name of the certificate, and the name of the resources (`<name>-key`, ...).
   * @param opts Give the component that owns the machine as `parent`; default: the authority.
   * @returns The identity as a whole: a secret, since the private key is part of it.
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

/** The usual value, or less where there is less room; at least 1. */
function clamp(usual: number, room: number): number {
  return Math.max(1, Math.min(usual, room));
}
