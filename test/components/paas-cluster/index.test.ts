import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";
import type { PaasBucketArgs, PaasClusterArgs } from "../../../components/paas-cluster/args.ts";
import { nipIoDomain, PaasCluster } from "../../../components/paas-cluster/index.ts";
import { plan, type Planned } from "../planned.ts";

const bucket = (name: string): PaasBucketArgs => ({
  endpoint: "https://s3.example.com",
  bucket: name,
  accessKey: `${name}-user`,
  secretKey: pulumi.secret(`${name}-key`),
});
const inCluster = () => ({
  buckets: {
    builder: bucket("paas-builder"),
    logs: bucket("paas-logs"),
    registry: bucket("paas-registry"),
    database: bucket("paas-database"),
  },
});
const ecr = {
  host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  organization: "apps",
  ecr: { region: "eu-central-1", accessKey: "AKIAEXAMPLE", secretKey: "ecr-secret" },
};
const database = {
  controllerUrl: "postgres://c:pw@db.example.com:5432/controller",
  passportUrl: "postgres://p:pw@db.example.com:5432/passport",
  logsUrl: "postgres://l:pw@db.example.com:5432/logs",
};
const outside = () => ({
  buckets: { builder: bucket("paas-builder"), logs: bucket("paas-logs") },
  registry: ecr,
  database,
  valkeyUrl: pulumi.secret("rediss://:pw@valkey.example.com:6379/0"),
});

const paas = (args: Partial<PaasClusterArgs> = inCluster()) =>
  plan((cloud) => {
    const cluster = new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
    const made = new PaasCluster("paas", { cluster, domain: "apps.example.com", ...args } as PaasClusterArgs);
    return {
      url: made.url,
      address: made.address,
      ca: made.caCertificate,
      admin: made.admin.password,
      delivery: made.delivery.password,
    };
  });

const release = (planned: Planned, name = "workflow") => planned.one("kubernetes:helm.sh/v3:Release", `paas-${name}`);
const values = (planned: Planned) => release(planned).inputs.values as Record<string, Record<string, unknown>>;
const kubernetes = (planned: Planned) => planned.resources.filter(({ type }) => type.startsWith("kubernetes:"));

interface PodTemplate {
  spec: {
    template: {
      spec: {
        automountServiceAccountToken?: boolean;
        containers: { image: string; env: { name: string; value: string }[] }[];
      };
    };
  };
}

interface CronJob {
  metadata: object;
  spec: { schedule: string; concurrencyPolicy: string; jobTemplate: PodTemplate };
}

describe("PaasCluster", () => {
  let planned: Planned;
  beforeAll(async () => {
    planned = await paas();
  });

  test("creates three charts, the Gateway API and additional objects, all with the cluster's provider", () => {
    expect(planned.one("paasmas:index:PaasCluster", "paas").inputs).toEqual({
      domain: "apps.example.com",
      version: "1.8.3",
      cluster: "kube",
      images: "registry in the cluster",
      database: "in the cluster",
      gitPush: false,
    });
    const made: Record<string, number> = {};
    for (const { type } of kubernetes(planned)) made[type] = (made[type] ?? 0) + 1;
    expect(made).toEqual({
      "kubernetes:apps/v1:Deployment": 1,
      "kubernetes:cert-manager.io/v1:Certificate": 1,
      "kubernetes:cert-manager.io/v1:Issuer": 1,
      "kubernetes:batch/v1:Job": 1,
      "kubernetes:core/v1:ConfigMap": 2,
      "kubernetes:core/v1:LimitRange": 3,
      "kubernetes:core/v1:Namespace": 3,
      "kubernetes:core/v1:Secret": 2,
      "kubernetes:core/v1:ServiceAccount": 1,
      "kubernetes:core/v1:ServiceAccountPatch": 3,
      "kubernetes:gateway.networking.k8s.io/v1:Gateway": 1,
      "kubernetes:gateway.networking.k8s.io/v1:GatewayClass": 1,
      "kubernetes:helm.sh/v3:Release": 3,
      "kubernetes:networking.k8s.io/v1:NetworkPolicy": 6,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:Role": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": 1,
      "kubernetes:storage.k8s.io/v1:StorageClass": 1,
      "kubernetes:yaml/v2:ConfigFile": 1,
    });
    const provider = planned.one("pulumi:providers:kubernetes", "kube");
    expect(provider.secretPaths).toEqual(["$.kubeconfig"]);
    expect(new Set(kubernetes(planned).map((one) => one.provider?.split("::").slice(0, -1).join("::")))).toEqual(
      new Set([provider.urn]),
    );
    expect(planned.secretOutputs).toEqual(["admin", "delivery"]);
  });

  test("installs charts with fixed versions after their dependencies, and rolls a failed install back", () => {
    const charts = ["cert-manager", "kong", "workflow"].map((name) => release(planned, name).inputs);
    expect(charts).toMatchObject([
      {
        name: "cert-manager",
        chart: "oci://quay.io/jetstack/charts/cert-manager",
        version: "v1.19.6",
        namespace: "cert-manager",
        atomic: true,
        timeout: 1800,
      },
      {
        name: "kong",
        chart: "ingress",
        version: "0.24.0",
        repositoryOpts: { repo: "https://charts.konghq.com" },
        namespace: "kong",
        atomic: true,
        timeout: 1800,
      },
      {
        name: "drycc",
        chart: "oci://registry.drycc.cc/drycc/charts/workflow",
        version: "1.8.3",
        namespace: "drycc",
        atomic: true,
        waitForJobs: true,
        timeout: 1800,
      },
    ]);
    const waits = (name: string) =>
      release(planned, name)
        .dependencies.map((urn) => urn.split("::").at(-1))
        .sort();
    expect(waits("workflow")).toEqual(
      expect.arrayContaining([
        "paas-gateway",
        "paas-drycc-closed",
        "paas-drycc-limits",
        "paas-drycc-default",
        "paas-node-volumes",
      ]),
    );
    expect(waits("kong")).toEqual(expect.arrayContaining(["paas-gateway-api", "paas-kong-closed"]));
  });

  test("configures every bucket, and disables the chart's object store, metrics and dashboards", () => {
    const all = values(planned);
    const storage = (part: string, name: string) =>
      expect(all[part]).toMatchObject({
        storageEndpoint: "https://s3.example.com",
        storageBucket: name,
        storageAccesskey: `${name}-user`,
        storageSecretkey: `${name}-key`,
        storagePathStyle: "true",
        storage: { enabled: false },
      });
    storage("builder", "paas-builder");
    storage("registry", "paas-registry");
    storage("database", "paas-database");
    storage("quickwit", "paas-logs");
    expect([all.storage, all.victoriametrics, all.grafana]).toEqual([
      { enabled: false },
      { enabled: false },
      { enabled: false },
    ]);
    expect(release(planned).secretPaths).toEqual(["$.values"]);
  });

  test("configures an external registry, database and Valkey in every part of the platform", async () => {
    const away = await paas(outside());
    const all = values(away);
    expect([all.registry, all.database, all.valkey]).toEqual([
      { enabled: false },
      { enabled: false },
      { enabled: false },
    ]);
    for (const part of ["builder", "controller"]) {
      expect(all[part]).toMatchObject({
        registryHost: ecr.host,
        registryUsername: "AWS",
        registry: { enabled: false },
      });
    }
    expect(all.builder).toMatchObject({ registryOrganization: "apps", replicas: 0 });
    expect(all.controller).toMatchObject({
      databaseUrl: database.controllerUrl,
      database: { enabled: false },
      valkeyUrl: "rediss://:pw@valkey.example.com:6379/0",
      valkey: { enabled: false },
    });
    expect(all.passport).toMatchObject({
      databaseUrl: database.passportUrl,
      database: { enabled: false },
      valkey: { enabled: false },
    });
    expect(all.quickwit).toMatchObject({ databaseUrl: database.logsUrl, database: { enabled: false } });
    expect(JSON.stringify(all)).not.toMatch(/paas-registry|paas-database/);
  });

  test("renews ECR logins from a separate namespace, with an account that can write only named Secrets", async () => {
    const away = await paas({ ...outside(), processTypes: ["web", "worker"] });
    const job = away.one("kubernetes:batch/v1:CronJob", "paas-registry-login").inputs as unknown as CronJob;
    expect([job.metadata, job.spec.schedule, job.spec.concurrencyPolicy]).toEqual([
      { name: "registry-login", namespace: "registry-login" },
      "*/5 * * * *",
      "Forbid",
    ]);
    const pod = job.spec.jobTemplate.spec.template.spec;
    expect(pod.containers[0]!.image).toMatch(/^docker\.io\/library\/node:24-alpine@sha256:[0-9a-f]{64}$/);
    const environment = Object.fromEntries(pod.containers[0]!.env.map(({ name, value }) => [name, value]));
    expect(environment).toMatchObject({
      ECR_ENDPOINT: "https://api.ecr.eu-central-1.amazonaws.com/",
      HOST: ecr.host,
      PLATFORM: "drycc",
      PROCESS_TYPES: "web worker",
    });
    expect(JSON.stringify(environment)).not.toContain("ecr-secret");
    expect(away.one("kubernetes:core/v1:Secret", "paas-registry-login").secretPaths).toEqual(["$.stringData"]);
    expect(away.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "paas-registry-login").inputs.rules).toEqual(
      [
        { apiGroups: [""], resources: ["namespaces"], verbs: ["list"] },
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: ["private-registry-web-off-cluster", "private-registry-worker-off-cluster"],
          verbs: ["get", "patch"],
        },
      ],
    );
    expect(away.one("kubernetes:rbac.authorization.k8s.io/v1:Role", "paas-registry-login").inputs).toMatchObject({
      metadata: { name: "registry-login", namespace: "drycc" },
      rules: [
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: ["controller-creds", "builder-secret"],
          verbs: ["get", "patch"],
        },
        { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["drycc-builder"], verbs: ["patch"] },
      ],
    });
    expect(planned.names("kubernetes:batch/v1:CronJob")).toEqual([]);
  });

  test("creates its users from Secrets: an administrator, and a user that can only deploy", () => {
    const secret = planned.one("kubernetes:core/v1:Secret", "paas-users");
    expect(secret.secretPaths).toEqual(["$.stringData"]);
    expect(JSON.parse((secret.inputs.stringData as Record<string, string>)["users.json"]!)).toEqual([
      { username: "admin", email: "admin@apps.example.com", administrator: true, password: planned.outputs.admin },
      {
        username: "delivery",
        email: "delivery@apps.example.com",
        administrator: false,
        password: planned.outputs.delivery,
      },
    ]);
    expect(values(planned).passport).toMatchObject({
      imageTag: "1.3.4",
      adminUsername: "admin",
      adminPassword: planned.outputs.admin,
    });
    expect(planned.outputs.admin).not.toBe(planned.outputs.delivery);
    const job = planned.one("kubernetes:batch/v1:Job", "paas-users");
    expect([job.replaceOnChanges, job.deleteBeforeReplace]).toEqual([["spec"], true]);
    expect(job.dependencies.map((urn) => urn.split("::").at(-1))).toContain("paas-workflow");
    const { containers, automountServiceAccountToken } = (job.inputs as unknown as PodTemplate).spec.template.spec;
    expect([containers[0]!.image, automountServiceAccountToken]).toEqual([
      "registry.drycc.cc/drycc/passport:1.3.4",
      false,
    ]);
    expect(JSON.stringify(job.inputs)).not.toContain(planned.outputs.admin);
  });

  test("accepts traffic at one address, on node ports of the workers", () => {
    expect(planned.one(factTypes.loadBalancer, "paas-apps").inputs).toMatchObject({
      address: "10.9.0.78",
      targets: ["kube-worker-0", "kube-worker-1"],
      ports: [
        { port: 80, targetPort: 30080 },
        { port: 443, targetPort: 30443 },
      ],
      allowFrom: ["10.9.0.0/24"],
    });
    expect(planned.firewallRules().filter((opening) => /:\s(30|10256)/.test(opening))).toEqual([
      "10.9.0.78/32 -> kube-workers: 10256",
      "10.9.0.78/32 -> kube-workers: 30080",
      "10.9.0.78/32 -> kube-workers: 30443",
    ]);
    const { gateway } = release(planned, "kong").inputs.values as { gateway: { proxy: unknown } };
    expect(gateway.proxy).toEqual({
      type: "NodePort",
      http: { nodePort: 30080 },
      tls: { nodePort: 30443 },
      stream: [],
    });
    expect(planned.outputs).toMatchObject({ url: "https://drycc.apps.example.com", address: "10.9.0.78" });
  });

  test("has TLS for all names of the domain, with certificates of its authority or of an ACME server", async () => {
    const gateway = planned.one("kubernetes:gateway.networking.k8s.io/v1:Gateway", "paas-gateway").inputs.spec as {
      listeners: unknown[];
    };
    expect(gateway.listeners).toEqual([
      {
        name: "https",
        port: 443,
        protocol: "HTTPS",
        hostname: "*.apps.example.com",
        tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "domain-tls" }] },
        allowedRoutes: { namespaces: { from: "Same" } },
      },
    ]);
    expect(planned.one("kubernetes:cert-manager.io/v1:Certificate", "paas-certificate").inputs.spec).toMatchObject({
      dnsNames: ["apps.example.com", "*.apps.example.com"],
      secretName: "domain-tls",
    });
    expect(planned.one("kubernetes:cert-manager.io/v1:Issuer", "paas-issuer").inputs.spec).toEqual({
      ca: { secretName: "domain-ca" },
    });
    expect(planned.one("kubernetes:core/v1:Secret", "paas-domain-ca").secretPaths).toEqual(["$.stringData"]);
    expect(planned.outputs.ca).toContain("CERTIFICATE");

    const certificates = { region: "eu-central-1", zoneId: "Z1", accessKey: "AKIAZONE", secretKey: "zone-secret" };
    const acme = await paas({ ...inCluster(), certificates });
    expect(acme.one("kubernetes:cert-manager.io/v1:Issuer", "paas-issuer").inputs.spec).toEqual({
      acme: {
        server: "https://acme-v02.api.letsencrypt.org/directory",
        email: "admin@apps.example.com",
        privateKeySecretRef: { name: "domain-account" },
        solvers: [
          {
            dns01: {
              route53: {
                region: "eu-central-1",
                hostedZoneID: "Z1",
                accessKeyIDSecretRef: { name: "domain-zone", key: "access-key" },
                secretAccessKeySecretRef: { name: "domain-zone", key: "secret-key" },
              },
            },
          },
        ],
      },
    });
    expect(acme.outputs.ca).toBeUndefined();
  });

  test("allows privileged pods in one namespace only, and closes and limits every namespace", () => {
    const namespaces = planned.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    const security = namespaces.map(({ inputs }) => {
      const { name, labels } = inputs.metadata as { name: string; labels: Record<string, string> };
      return [name, labels["pod-security.kubernetes.io/enforce"], labels["pod-security.kubernetes.io/warn"]];
    });
    expect(security).toEqual([
      ["cert-manager", "restricted", "restricted"],
      ["kong", "restricted", "restricted"],
      ["drycc", "privileged", "restricted"],
    ]);
    for (const name of ["cert-manager", "kong", "drycc"]) {
      expect(planned.one("kubernetes:core/v1:ServiceAccountPatch", `paas-${name}-default`).inputs).toMatchObject({
        metadata: { name: "default", namespace: name },
        automountServiceAccountToken: false,
      });
      expect(planned.one("kubernetes:core/v1:LimitRange", `paas-${name}-limits`).inputs.metadata).toMatchObject({
        namespace: name,
      });
    }
    const rules = (name: string) =>
      planned.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", `paas-drycc-${name}`).inputs.spec;
    expect(rules("closed")).toEqual({ podSelector: {}, policyTypes: ["Ingress"] });
    expect(rules("open")).toEqual({
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ podSelector: {} }] },
        { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kong" } } }] },
        { ports: [{ protocol: "TCP", port: 8443 }] },
      ],
    });
  });

  test("gives apps sizes that comply with the restricted standard", () => {
    const { limitPlans } = values(planned).controller!.config as { limitPlans: string };
    const plans = JSON.parse(limitPlans) as { pk: string; fields: Record<string, unknown> }[];
    expect(plans.map(({ pk }) => pk)).toEqual([
      "std1.large.c1m1",
      "std1.large.c1m2",
      "std1.large.c1m4",
      "std1.large.c2m2",
      "std1.large.c2m4",
      "std1.large.c2m8",
      "std1.large.c4m4",
      "std1.large.c4m8",
      "std1.large.c4m16",
    ]);
    for (const { fields } of plans) {
      expect(fields.pod_security_context).toEqual({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      expect(fields.container_security_context).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
    }
    // The chart renders the text as a template.
    expect(limitPlans).not.toContain("{{");
  });

  test("stores volumes on the data volumes of the workers, unless a storage class is given", async () => {
    expect(planned.one("kubernetes:storage.k8s.io/v1:StorageClass", "paas-node-volumes").inputs).toMatchObject({
      metadata: {
        name: "node-volumes",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true", defaultVolumeType: "local" },
      },
      provisioner: "paasmas/node-volumes",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    const { data } = planned.one("kubernetes:core/v1:ConfigMap", "paas-node-volumes").inputs as {
      data: Record<string, string>;
    };
    expect(JSON.parse(data["config.json"]!)).toEqual({
      nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: ["/var/lib/paasmas/kubernetes/volumes"] }],
    });
    expect(values(planned).database).toMatchObject({
      replicas: 3,
      persistence: { enabled: true, size: "10Gi", storageClass: "node-volumes" },
    });
    const other = await paas({ ...inCluster(), storageClass: "ssd" });
    expect(other.names("kubernetes:storage.k8s.io/v1:StorageClass")).toEqual([]);
    expect(values(other).controller).toMatchObject({ appStorageClass: "ssd" });
  });

  test("builds on push only if it is enabled", async () => {
    const git = await paas({ ...inCluster(), gitPush: true });
    expect([values(planned).builder!.replicas, values(git).builder!.replicas]).toEqual([0, 1]);
    const { gateway, controller } = release(git, "kong").inputs.values as {
      gateway: { proxy: { stream: unknown } };
      controller: { ingressController: { env: unknown } };
    };
    expect(gateway.proxy.stream).toEqual([
      { containerPort: 2222, servicePort: 2222, nodePort: 30222, protocol: "TCP" },
    ]);
    expect(controller.ingressController.env).toEqual({
      anonymous_reports: "false",
      feature_gates: "GatewayAlpha=true",
    });
    expect(git.firewallRules()).toContain("10.9.0.78/32 -> kube-workers: 30222");
  });

  test("creates its DNS names in the given zone", async () => {
    const records: unknown[] = [];
    const dns = { record: (name: string, args: { domain: string }) => void records.push([name, args.domain]) };
    await paas({ ...inCluster(), dns });
    expect(records).toEqual([["paas-domain", "*.apps.example.com"]]);
    expect(nipIoDomain("10.77.0.78")).toBe("10-77-0-78.nip.io");
    expect(() => nipIoDomain("lb.example.com")).toThrow(
      '"lb.example.com" is not an IPv4 address; use one such as 10.77.0.78',
    );
  });
});

describe("an invalid argument of a PaasCluster", () => {
  const refusal = async (args: Partial<PaasClusterArgs>): Promise<string[]> => {
    const error = await paas(args).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message.split("\n");
  };

  test("is rejected together with all others, each with the given and the allowed value", async () => {
    const given = {
      ...inCluster(),
      registry: { host: "registry.example.com", organization: "Apps" },
      domain: "apps",
      adminUsername: "Root",
      deliveryUsername: "x",
      processTypes: ["Web!"],
      allowFrom: ["10.0.0.0/40"],
      timeoutSeconds: 10,
      email: "nobody",
    };
    expect(await refusal(given)).toEqual([
      'paas.domain: "apps" is not allowed; use a domain of up to 189 characters such as apps.example.com',
      "paas.buckets.registry: cannot be combined with registry; remove one of them",
      "paas.registry: has neither login nor ecr; use one of them",
      'paas.registry.organization: "Apps" is not allowed; use the prefix of the images\' names, such as apps',
      'paas.email: "nobody" is not allowed; use an address such as ops@example.com',
      "paas.timeoutSeconds: 10 is not allowed; use a whole number from 300 to 7200 seconds",
      'paas.adminUsername: "Root" is not allowed; use 3 to 30 lower-case letters, digits and . _ -, starting with a letter',
      'paas.deliveryUsername: "x" is not allowed; use 3 to 30 lower-case letters, digits and . _ -, starting with a letter',
      'paas.processTypes[0]: "Web!" is not allowed; use lower-case letters, digits and hyphens',
      expect.stringMatching(/^paas\.allowFrom\[0\]: /),
    ]);
  });

  test("is rejected: a registry or a database in the cluster without a bucket", async () => {
    expect(await refusal({ buckets: { builder: bucket("a-bucket"), logs: bucket("b-bucket") } })).toEqual([
      "paas.buckets.registry: is missing; give the bucket for images, or a registry",
      "paas.buckets.database: is missing; give the bucket for backups, or a database",
    ]);
  });

  test("is rejected: a value that the chart does not support", async () => {
    const wrong = {
      builder: { replicas: "two" },
      contoller: {},
      valkey: { replicas: 2 },
      quickwit: { logIndexRetention: "a month" },
      controller: { registrationMode: "open" },
    };
    expect(await refusal({ ...inCluster(), values: wrong as never })).toEqual([
      'paas.values.builder.replicas: "two" is not allowed; use a whole number from 0 to 20',
      'paas.values.controller.registrationMode: "open" is not allowed; use "enabled" or "disabled" or "admin_only"',
      "paas.values.valkey.replicas: 2 cannot form a quorum; use 1, 3 or 5",
      'paas.values.quickwit.logIndexRetention: "a month" is not allowed; use a number of days such as 30 days',
      "paas.values.contoller: is not a value of the chart; known are builder, controller, database, gateway, global, grafana, passport, quickwit, registry, storage, valkey, victoriametrics",
    ]);
  });

  test("is rejected: inconsistent settings, and two parts with the same bucket", async () => {
    expect(
      await refusal({
        ...inCluster(),
        values: { registry: { enabled: false }, builder: { storageBucket: "paas-logs" } },
      }),
    ).toEqual([
      'paas.values.quickwit.storageBucket: "paas-logs" is already used by builder; use a separate bucket',
      "paas.values.builder.registry.enabled: true does not agree with registry.enabled; use false",
      "paas.values.builder.registryHost: is missing; give the host of the registry outside of the cluster",
      "paas.values.controller.registry.enabled: true does not agree with registry.enabled; use false",
      "paas.values.controller.registryHost: is missing; give the host of the registry outside of the cluster",
    ]);
  });

  test("is rejected without its value in the message: a secret in the wrong format", async () => {
    expect(await refusal({ ...outside(), valkeyUrl: pulumi.secret("no-url-at-all") })).toEqual([
      "paas.values.controller.valkeyUrl: the given value is not allowed; use redis://:password@host:6379/0",
      "paas.values.passport.valkeyUrl: the given value is not allowed; use redis://:password@host:6379/0",
    ]);
  });
});
