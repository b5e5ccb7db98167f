import * as pulumi from "@pulumi/pulumi";
import { selfSigned } from "../internal/certificates.ts";
import { ConfigFile, CustomResource, Release, Secret } from "../internal/kubernetes-sdk.ts";
import type { PaasCertificatesArgs } from "./args.ts";
import charts from "./charts.json" with { type: "json" };
import { type Tenant, tenant } from "./namespaces.ts";
import { gatewayPorts } from "./ports.ts";
import { gatewayClass } from "./chart-values.ts";

const issuerHours = 10 * 365 * 24;

export interface GatewayArgs {
  domain: string;
  email: string;
  /** Default: the component creates an authority. */
  certificates?: PaasCertificatesArgs;
  gitPush: boolean;
  timeoutSeconds: number;
}

/** The gateway of the platform. */
export interface PaasGateway {
  /** Certificate of the authority that signs for the domain (PEM). Absent with a public authority. */
  readonly caCertificate?: pulumi.Output<string>;
  /** Resources to wait for before you use the gateway. */
  readonly ready: pulumi.Resource[];
}

/**
 * Creates the gateway of the apps: the Gateway API with the class of Kong, and a certificate for all names of the
 * domain, which cert-manager renews. Each app has a separate Gateway. Kong serves all of them on the same node ports;
 * Istio would create a load balancer of the cloud for each.
 */
export function paasGateway(name: string, args: GatewayArgs, opts: pulumi.CustomResourceOptions): PaasGateway {
  const { gitPush } = args;
  const api = new ConfigFile(`${name}-gateway-api`, { file: charts["gateway-api"].url }, opts);
  const certManager = tenant(name, "cert-manager", { security: "restricted", ingress: [{ ports: [10250] }] }, opts);
  const kong = tenant(
    name,
    "kong",
    { security: "restricted", ingress: [{ ports: gatewayPorts.pods(gitPush) }, { ports: [8080] }] },
    opts,
  );
  const issuing = certManagerRelease(name, args, certManager, opts);
  const proxy = kongRelease(name, args, kong, { ...opts, dependsOn: [api, ...kong.ready] });
  const gatewayKind = new CustomResource(
    `${name}-gateway-class`,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: gatewayClass, annotations: { "konghq.com/gatewayclass-unmanaged": "true" } },
      spec: { controllerName: "konghq.com/kic-gateway-controller" },
    },
    { ...opts, dependsOn: [api] },
  );

  const authority = args.certificates
    ? acmeIssuer(name, args, args.certificates, kong.name, opts)
    : ownIssuer(name, args.domain, kong.name, opts);
  const certificate = domainCertificate(name, args, authority, kong, { ...opts, dependsOn: [issuing] });
  const gateway = domainGateway(name, args, kong, { ...opts, dependsOn: [proxy, gatewayKind, certificate] });
  return { ...(authority.caCertificate && { caCertificate: authority.caCertificate }), ready: [gateway] };
}

/** Options of the Helm releases. */
const helm = { atomic: true, cleanupOnFail: true, maxHistory: 5 };

const controllerResources = { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } };

/** Name of the secret with the certificate of the domain. */
const secretName = "domain-tls";

function certManagerRelease(
  name: string,
  { timeoutSeconds }: GatewayArgs,
  namespace: Tenant,
  opts: pulumi.CustomResourceOptions,
): Release {
  return new Release(
    `${name}-cert-manager`,
    {
      name: "cert-manager",
      chart: charts["cert-manager"].chart,
      version: charts["cert-manager"].version,
      namespace: namespace.name,
      ...helm,
      timeout: timeoutSeconds,
      values: {
        crds: { enabled: true, keep: true },
        global: { leaderElection: { namespace: "cert-manager" } },
        resources: controllerResources,
        webhook: { resources: controllerResources },
        cainjector: { resources: controllerResources },
        startupapicheck: { resources: controllerResources },
      },
    },
    { ...opts, dependsOn: namespace.ready },
  );
}

function kongRelease(
  name: string,
  { gitPush, timeoutSeconds }: GatewayArgs,
  namespace: Tenant,
  opts: pulumi.CustomResourceOptions,
): Release {
  return new Release(
    `${name}-kong`,
    {
      name: "kong",
      chart: charts.kong.chart,
      version: charts.kong.version,
      repositoryOpts: { repo: charts.kong.repository },
      namespace: namespace.name,
      ...helm,
      timeout: timeoutSeconds,
      values: {
        controller: {
          ingressController: {
            // TCP routes, which git needs, are still in the experimental part of the Gateway API.
            env: { anonymous_reports: "false", ...(gitPush && { feature_gates: "GatewayAlpha=true" }) },
            resources: controllerResources,
          },
        },
        gateway: {
          replicaCount: 2,
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
          podDisruptionBudget: { enabled: true, minAvailable: 1 },
          proxy: gatewayPorts.proxy(gitPush),
        },
      },
    },
    opts,
  );
}

/** Creates the issuer and the certificate of all names of the domain. */
function domainCertificate(
  name: string,
  { domain }: GatewayArgs,
  { spec }: Authority,
  namespace: Tenant,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  const metadata = { name: "domain", namespace: namespace.name };
  const issuer = new CustomResource(
    `${name}-issuer`,
    { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata, spec },
    opts,
  );
  return new CustomResource(
    `${name}-certificate`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata,
      spec: {
        dnsNames: [domain, `*.${domain}`],
        issuerRef: { kind: "Issuer", name: "domain" },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        secretName,
      },
    },
    { ...opts, dependsOn: [issuer] },
  );
}

/** Creates the Gateway that holds the certificate of the domain. */
function domainGateway(
  name: string,
  { domain }: GatewayArgs,
  namespace: Tenant,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  return new CustomResource(
    `${name}-gateway`,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "domain", namespace: namespace.name },
      spec: {
        gatewayClassName: gatewayClass,
        listeners: [
          {
            name: "https",
            port: gatewayPorts.https.port,
            protocol: "HTTPS",
            hostname: `*.${domain}`,
            tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secretName }] },
            // The routes of apps belong to separate gateways.
            allowedRoutes: { namespaces: { from: "Same" } },
          },
        ],
      },
    },
    opts,
  );
}

/** Issuer of the certificate. */
interface Authority {
  spec: pulumi.Input<Record<string, unknown>>;
  caCertificate?: pulumi.Output<string>;
}

/** Creates an authority. Its key is in the cluster, so that cert-manager can sign with it. */
function ownIssuer(
  name: string,
  domain: string,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): Authority {
  const { certificate, privateKey } = selfSigned(
    `${name}-domain-ca`,
    {
      commonName: domain.slice(0, 64),
      validityPeriodHours: issuerHours,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    },
    { parent: opts.parent! },
  );
  const secret = new Secret(
    `${name}-domain-ca`,
    {
      metadata: { name: "domain-ca", namespace },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate, "tls.key": privateKey },
    },
    opts,
  );
  return { spec: { ca: { secretName: secret.metadata.name } }, caCertificate: certificate };
}

function acmeIssuer(
  name: string,
  { email }: GatewayArgs,
  {
    server = "https://acme-v02.api.letsencrypt.org/directory",
    region,
    zoneId,
    accessKey,
    secretKey,
  }: PaasCertificatesArgs,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): Authority {
  const secret = new Secret(
    `${name}-domain-zone`,
    {
      metadata: { name: "domain-zone", namespace },
      stringData: { "access-key": accessKey, "secret-key": pulumi.secret(secretKey) },
    },
    opts,
  );
  const keyOf = (key: string) => ({ name: secret.metadata.name, key });
  return {
    spec: {
      acme: {
        server,
        email,
        privateKeySecretRef: { name: "domain-account" },
        solvers: [
          {
            dns01: {
              route53: {
                region,
                hostedZoneID: zoneId,
                accessKeyIDSecretRef: keyOf("access-key"),
                secretAccessKeySecretRef: keyOf("secret-key"),
              },
            },
          },
        ],
      },
    },
  };
}
