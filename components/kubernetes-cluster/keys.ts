import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import type { ControlPlaneKeys } from "../../ignition/roles/kubernetes/settings.ts";
import { issued, type KeyPair, selfSigned } from "../internal/certificates.ts";

/** Validity of the authorities of a cluster, in hours: ten years. A new authority requires a new cluster. */
const authorityHours = 10 * 365 * 24;

/** Validity of an administrator's certificate, and time before its end at which an update renews it, in hours. */
const administrator = { validityPeriodHours: 365 * 24, earlyRenewalHours: 90 * 24 };

/** Group that kubeadm binds to the role cluster-admin. Unlike `system:masters`, the binding can be removed. */
const administrators = "kubeadm:cluster-admins";

/** Keys of a cluster. Pulumi creates them once and stores them in its state; all are secrets. */
export interface ClusterKeys {
  /** Keys of the control planes. */
  controlPlane: pulumi.Output<ControlPlaneKeys>;
  /** Certificate of the authority of the API (PEM). */
  apiCa: pulumi.Output<string>;
  /** Key from which the join tokens of workers are derived. */
  join: pulumi.Output<string>;
}

/**
 * Creates the keys of a cluster.
 * @param encryptionKeys Names of the keys for the encryption of secrets; the first key encrypts.
 */
export function clusterKeys(
  name: string,
  encryptionKeys: readonly string[],
  opts: pulumi.CustomResourceOptions,
): ClusterKeys {
  const kubernetes = authority(`${name}-kubernetes-ca`, "kubernetes", opts);
  const etcd = authority(`${name}-etcd-ca`, "etcd-ca", opts);
  const frontProxy = authority(`${name}-front-proxy-ca`, "front-proxy-ca", opts);
  const accounts = new tls.PrivateKey(`${name}-service-accounts`, { algorithm: "RSA", rsaBits: 2048 }, opts);
  const serviceAccounts = { publicKey: accounts.publicKeyPem, privateKey: pulumi.secret(accounts.privateKeyPem) };
  const join = pulumi.secret(
    new random.RandomPassword(`${name}-join-key`, { length: 40, special: false }, opts).result,
  );
  const encryption = encryptionKeys.map((key) => ({
    name: key,
    key: pulumi.secret(new random.RandomBytes(`${name}-encryption-${key}`, { length: 32 }, opts).base64),
  }));
  return {
    controlPlane: pulumi.output({ kubernetes, etcd, frontProxy, serviceAccounts, join, encryption }),
    apiCa: kubernetes.certificate,
    join,
  };
}

/** Creates an authority. The control planes have its key, because kubeadm signs certificates on the machine. */
function authority(name: string, commonName: string, opts: pulumi.CustomResourceOptions): KeyPair {
  const allowedUses = ["cert_signing", "crl_signing", "digital_signature", "key_encipherment"];
  return selfSigned(name, { commonName, validityPeriodHours: authorityHours, allowedUses }, opts);
}

export interface KubeconfigArgs {
  cluster: string;
  /** Address or name of the API for clients. */
  server: pulumi.Input<string>;
  /** Name that is always in the certificate of the API. */
  serverName: string;
  apiCa: pulumi.Input<string>;
  /** Signing key; a secret. */
  apiCaKey: pulumi.Input<string>;
}

/** Returns a kubeconfig with a certificate of an administrator; a secret. The text is JSON, which is valid YAML. */
export function administratorKubeconfig(
  name: string,
  args: KubeconfigArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { certificate, privateKey } = issued(
    name,
    {
      request: { subject: { commonName: name, organization: administrators } },
      signer: { certificate: args.apiCa, privateKey: args.apiCaKey },
      ...administrator,
      allowedUses: ["digital_signature", "client_auth"],
    },
    opts,
  );
  const values = pulumi.all([args.server, args.apiCa, certificate, privateKey]);
  return pulumi.secret(
    values.apply(([server, ca, signed, secret]) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          {
            name: args.cluster,
            cluster: {
              server: `https://${server}`,
              "tls-server-name": args.serverName,
              "certificate-authority-data": base64(ca),
            },
          },
        ],
        users: [{ name, user: { "client-certificate-data": base64(signed), "client-key-data": base64(secret) } }],
        contexts: [{ name: args.cluster, context: { cluster: args.cluster, user: name } }],
        "current-context": args.cluster,
      }),
    ),
  );
}

/** The same kubeconfig with another address of the API. Its certificate has a fixed name, so the address may differ. */
export function withServer(kubeconfig: string, server: string): string {
  const config = JSON.parse(kubeconfig) as { clusters: { cluster: object }[] };
  const clusters = config.clusters.map((entry) => ({
    ...entry,
    cluster: { ...entry.cluster, server: `https://${server}` },
  }));
  return JSON.stringify({ ...config, clusters });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
