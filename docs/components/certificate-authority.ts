import { CertificateAuthority } from "paasmas";

export function authority() {
  const ca = new CertificateAuthority("shop-ca", { identityValidityDays: 365, renewalDays: 60 });

  // Certificate, key and the authority's own certificate (PEM), as one secret.
  const identity = ca.issue("api", { usage: "server", dnsNames: ["api.shop.example.com"] });
  return { ca: ca.certificate, identity };
}
