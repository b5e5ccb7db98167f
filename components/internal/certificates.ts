import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate with its key (PEM). */
export interface KeyPair {
  certificate: pulumi.Output<string>;
  /** Secret. */
  privateKey: pulumi.Output<string>;
}

export interface AuthorityCertificateArgs {
  commonName: string;
  validityPeriodHours: number;
  allowedUses: string[];
}

/** An authority: a key (ECDSA P-256, `<name>-key`), and a certificate that it has signed itself (`<name>-certificate`). */
export function selfSigned(
  name: string,
  { commonName, validityPeriodHours, allowedUses }: AuthorityCertificateArgs,
  opts: pulumi.CustomResourceOptions,
): KeyPair {
  const privateKey = newKey(name, opts);
  const { certPem } = new tls.SelfSignedCert(
    `${name}-certificate`,
    {
      privateKeyPem: privateKey,
      isCaCertificate: true,
      subject: { commonName },
      validityPeriodHours,
      allowedUses,
      setSubjectKeyId: true,
    },
    opts,
  );
  return { certificate: certPem, privateKey };
}

export interface IssuedCertificateArgs {
  /** Who it is for. */
  request: Pick<tls.CertRequestArgs, "subject" | "ipAddresses" | "dnsNames">;
  /** Who signs it. */
  signer: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  validityPeriodHours: number;
  earlyRenewalHours: number;
  allowedUses: string[];
}

/** A key (ECDSA P-256, `<name>-key`), and a certificate that an authority has signed (`<name>-request`, `<name>-certificate`). */
export function issued(name: string, args: IssuedCertificateArgs, opts: pulumi.CustomResourceOptions): KeyPair {
  const { request, signer, ...validity } = args;
  const privateKey = newKey(name, opts);
  const { certRequestPem } = new tls.CertRequest(`${name}-request`, { privateKeyPem: privateKey, ...request }, opts);
  const { certPem } = new tls.LocallySignedCert(
    `${name}-certificate`,
    {
      certRequestPem,
      caPrivateKeyPem: signer.privateKey,
      caCertPem: signer.certificate,
      ...validity,
      setSubjectKeyId: true,
    },
    opts,
  );
  return { certificate: certPem, privateKey };
}

function newKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  return pulumi.secret(key.privateKeyPem);
}
