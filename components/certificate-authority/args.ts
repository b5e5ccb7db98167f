export interface CertificateAuthorityArgs {
  /**
   * Common name of the authority's certificate.
   * Default: the name of the component.
   * A change creates a new authority and new certificates.
   */
  commonName?: string;
  /**
   * Validity of the authority's certificate, in days. From 1 to 36500.
   * Default: 3650 (ten years).
   * Updates do not renew it: all machines of a cluster must trust the same authority. To replace it, an operator
   * creates a new authority.
   */
  validityDays?: number;
  /**
   * Validity of an issued certificate, in days. From 1 to the validity of the authority.
   * Default: 730 (two years), or the validity of the authority if it is shorter.
   * A shorter validity causes more rolls.
   */
  identityValidityDays?: number;
  /**
   * Renewal of an issued certificate before its end, in days. From 0 to less than `identityValidityDays`.
   * Default: 90, or a quarter of a shorter validity.
   * The first `up` in this time renews the certificates. This changes the configs of the machines, so Pulumi replaces
   * them one at a time. Run `up` at least once in this time.
   */
  renewalDays?: number;
}

/** Allowed use of a certificate. */
export type IdentityUsage = "server" | "client" | "peer";

export interface IdentityArgs {
  /**
   * IP addresses in the certificate.
   * Default: none.
   */
  addresses?: string[];
  /**
   * DNS names in the certificate.
   * Default: none.
   */
  dnsNames?: string[];
  /**
   * Allowed use: `server` accepts connections, `client` opens connections, `peer` does both.
   */
  usage: IdentityUsage;
}
