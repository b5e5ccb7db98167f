import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** Certificate with its key (PEM). */
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

/** Creates an authority: a key (ECDSA P-256, `<name>-key`) and a self-signed certificate (`<name>-certificate`). */
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
  /** Subject and names of the certificate. */
  request: Pick<tls.CertRequestArgs, "subject" | "ipAddresses" | "dnsNames">;
  /** Authority that signs it. */
  signer: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  validityPeriodHours: number;
  earlyRenewalHours: number;
  allowedUses: string[];
}

/** Creates a key (ECDSA P-256, `<name>-key`) and a signed certificate (`<name>-request`, `<name>-certificate`). */
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
