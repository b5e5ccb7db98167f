import * as pulumi from "@pulumi/pulumi";
import { selfSigned } from "../internal/certificates.ts";
import { ConfigFile, CustomResource, Release, Secret } from "../internal/kubernetes-sdk.ts";
import type { PaasCertificatesArgs } from "./args.ts";
import charts from "./charts.json" with { type: "json" };
import { tenant } from "./namespaces.ts";
import { gatewayPorts } from "./ports.ts";
import { gatewayClass } from "./chart-values.ts";

const issuerHours = 10 * 365 * 24;

export interface GatewayArgs {
  domain: string;
  email: string;
  /** Absent: an authority made here. */
  certificates?: PaasCertificatesArgs;
  gitPush: boolean;
  timeoutSeconds: number;
}

/** What everything that comes in goes through. */
export interface PaasGateway {
  /** Certificate of the authority that signs for the domain (PEM). Absent: a public one. */
  readonly caCertificate?: pulumi.Output<string>;
  /** What to wait for before there is a gateway to use. */
  readonly ready: pulumi.Resource[];
}

/**
 * The gateway in front of the apps: the Gateway API with Kong as its class, and a certificate for all names of the domain
 * that cert-manager renews. Kong, and not Istio: every app has a Gateway of its own, and Kong serves them all on the same node
 * ports, where Istio would make a load balancer of a cloud for each.
 */
export function paasGateway(name: string, args: GatewayArgs, opts: pulumi.CustomResourceOptions): PaasGateway {
  const { domain, gitPush, timeoutSeconds } = args;
  const api = new ConfigFile(`${name}-gateway-api`, { file: charts["gateway-api"].url }, opts);
  const certManager = tenant(name, "cert-manager", { security: "restricted", ingress: [{ ports: [10250] }] }, opts);
  const kong = tenant(
    name,
    "kong",
    { security: "restricted", ingress: [{ ports: gatewayPorts.pods(gitPush) }, { ports: [8080] }] },
    opts,
  );
  const helm = { atomic: true, cleanupOnFail: true, maxHistory: 5, timeout: timeoutSeconds };

  const issuing = new Release(
    `${name}-cert-manager`,
    {
      name: "cert-manager",
      chart: charts["cert-manager"].chart,
      version: charts["cert-manager"].version,
      namespace: certManager.name,
      ...helm,
      values: {
        crds: { enabled: true, keep: true },
        global: { leaderElection: { namespace: "cert-manager" } },
        resources: controllerResources,
        webhook: { resources: controllerResources },
        cainjector: { resources: controllerResources },
        startupapicheck: { resources: controllerResources },
      },
    },
    { ...opts, dependsOn: certManager.ready },
  );
  const entry = new Release(
    `${name}-kong`,
    {
      name: "kong",
      chart: charts.kong.chart,
      version: charts.kong.version,
      repositoryOpts: { repo: charts.kong.repository },
      namespace: kong.name,
      ...helm,
      values: {
        controller: {
          ingressController: {
            // Routes of TCP, which git comes by, are not of the stable part of the API yet.
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
    { ...opts, dependsOn: [api, ...kong.ready] },
  );
  const kind = new CustomResource(
    `${name}-gateway-class`,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: gatewayClass, annotations: { "konghq.com/gatewayclass-unmanaged": "true" } },
      spec: { controllerName: "konghq.com/kic-gateway-controller" },
    },
    { ...opts, dependsOn: [api] },
  );

  const secretName = "domain-tls";
  const authority = args.certificates
    ? acmeIssuer(name, args, args.certificates, kong.name, opts)
    : ownIssuer(name, domain, kong.name, opts);
  const issuer = new CustomResource(
    `${name}-issuer`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Issuer",
      metadata: { name: "domain", namespace: kong.name },
      spec: authority.spec,
    },
    { ...opts, dependsOn: [issuing] },
  );
  const certificate = new CustomResource(
    `${name}-certificate`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name: "domain", namespace: kong.name },
      spec: {
        dnsNames: [domain, `*.${domain}`],
        issuerRef: { kind: "Issuer", name: "domain" },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        secretName,
      },
    },
    { ...opts, dependsOn: [issuer] },
  );
  const gateway = new CustomResource(
    `${name}-gateway`,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "domain", namespace: kong.name },
      spec: {
        gatewayClassName: gatewayClass,
        listeners: [
          {
            name: "https",
            port: gatewayPorts.https.port,
            protocol: "HTTPS",
            hostname: `*.${domain}`,
            tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secretName }] },
            // It holds the certificate; the apps' routes belong to gateways of their own.
            allowedRoutes: { namespaces: { from: "Same" } },
          },
        ],
      },
    },
    { ...opts, dependsOn: [entry, kind, certificate] },
  );
  return { ...(authority.caCertificate && { caCertificate: authority.caCertificate }), ready: [gateway] };
}

const controllerResources = { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } };

interface Authority {
  spec: pulumi.Input<Record<string, unknown>>;
  caCertificate?: pulumi.Output<string>;
}

/** An authority of the platform's own, whose key is in the cluster for cert-manager to sign with. */
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
