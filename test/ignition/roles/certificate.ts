import { execFileSync } from "node:child_process";

interface Certificate {
  /** Common name of the subject. */
  name: string;
  days: number;
  /** Path of the private key; `-` for none. */
  key: string;
  /** Path of the certificate. */
  certificate: string;
  /** Alternative names of the subject, as openssl takes them: `IP:127.0.0.1,DNS:example.com`. Default: none. */
  alternativeNames?: string;
}

/** Writes a self-signed certificate and its key with openssl, as operators do. */
export function writeCertificate({ name, days, key, certificate, alternativeNames }: Certificate): void {
  const extension = alternativeNames === undefined ? [] : ["-addext", `subjectAltName=${alternativeNames}`];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-days", `${days}`, "-subj", `/CN=${name}`, ...extension];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
}
