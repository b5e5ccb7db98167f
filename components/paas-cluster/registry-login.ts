import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CronJob,
  Role,
  RoleBinding,
  Secret,
  ServiceAccount,
} from "../internal/kubernetes-sdk.ts";
import type { PaasEcrArgs } from "./args.ts";
import images from "./images.json" with { type: "json" };
import { tenant } from "./namespaces.ts";
import { containerSecurity, podSecurity, smallResources } from "./pods.ts";

const program = readFileSync(new URL("registry-login/refresh.mts", import.meta.url), "utf8");

export interface RegistryLoginArgs {
  ecr: PaasEcrArgs;
  /** Host of the registry. */
  host: pulumi.Input<string>;
  /** Namespace of the platform. */
  platform: string;
  processTypes: readonly string[];
}

const folders = { program: "/opt/paasmas", keys: "/run/keys" };
const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Name of the job, and of its separate namespace. */
const name = "registry-login";

/**
 * Keeps a login to ECR in the secrets of the platform, and in the secrets for the images of apps. A job runs every five
 * minutes. It replaces a login that has less than eight of its twelve hours left, or that an upgrade of the chart
 * changed.
 */
export function registryLogin(parent: string, args: RegistryLoginArgs, opts: pulumi.CustomResourceOptions): void {
  const { ecr } = args;
  const own = tenant(parent, name, { security: "restricted", ingress: [] }, opts);
  const metadata = { name, namespace: own.name };
  const identity = new ServiceAccount(
    `${parent}-${name}`,
    { metadata, automountServiceAccountToken: false },
    { ...opts, dependsOn: own.ready },
  );
  const bindings = permissions(parent, args, identity, own.name, opts);
  const source = new ConfigMap(`${parent}-${name}`, { metadata, data: { "refresh.mts": program } }, opts);
  const keys = new Secret(
    `${parent}-${name}`,
    { metadata, stringData: { "access-key": ecr.accessKey, "secret-key": pulumi.secret(ecr.secretKey) } },
    opts,
  );
  new CronJob(
    `${parent}-${name}`,
    {
      metadata,
      spec: {
        schedule: "*/5 * * * *",
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 3,
            activeDeadlineSeconds: 600,
            template: { metadata: { labels: { app: name } }, spec: podSpec(environment(args), source, keys) },
          },
        },
      },
    },
    { ...opts, dependsOn: bindings },
  );
}

/** Gives the job access to the secrets with logins. Access is by name, so that all other secrets stay unknown to it. */
function permissions(
  parent: string,
  { platform, processTypes }: RegistryLoginArgs,
  identity: ServiceAccount,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const bound = (kind: string) => ({ roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name }, subjects });
  const inPlatform = new Role(
    `${parent}-${name}`,
    {
      metadata: { name, namespace: platform },
      rules: [
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: ["controller-creds", "builder-secret"],
          verbs: ["get", "patch"],
        },
        { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["drycc-builder"], verbs: ["patch"] },
      ],
    },
    opts,
  );
  const inApps = new ClusterRole(
    `${parent}-${name}`,
    {
      metadata: { name },
      rules: [
        { apiGroups: [""], resources: ["namespaces"], verbs: ["list"] },
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: processTypes.map((type) => `private-registry-${type}-off-cluster`),
          verbs: ["get", "patch"],
        },
      ],
    },
    opts,
  );
  return [
    new RoleBinding(
      `${parent}-${name}`,
      { metadata: { name, namespace: platform }, ...bound("Role") },
      { ...opts, dependsOn: [inPlatform, identity] },
    ),
    new ClusterRoleBinding(
      `${parent}-${name}`,
      { metadata: { name }, ...bound("ClusterRole") },
      { ...opts, dependsOn: [inApps, identity] },
    ),
  ];
}

function environment({ ecr, host, platform, processTypes }: RegistryLoginArgs): Record<string, pulumi.Input<string>> {
  const domain = ecr.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    API_URL: "https://kubernetes.default.svc",
    TOKEN_FILE: `${account}/token`,
    NODE_EXTRA_CA_CERTS: `${account}/ca.crt`,
    KEYS: folders.keys,
    ECR_ENDPOINT: `https://api.ecr.${ecr.region}.${domain}/`,
    REGION: ecr.region,
    HOST: host,
    PLATFORM: platform,
    PROCESS_TYPES: processTypes.join(" "),
  };
}

function podSpec(variables: Record<string, pulumi.Input<string>>, source: ConfigMap, keys: Secret) {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    restartPolicy: "Never",
    securityContext: { ...podSecurity, fsGroup: podSecurity.runAsGroup },
    containers: [
      {
        name,
        image: images.node,
        command: ["node", `${folders.program}/refresh.mts`],
        env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
        resources: smallResources,
        securityContext: containerSecurity,
        volumeMounts: [
          { name: "program", mountPath: folders.program, readOnly: true },
          { name: "keys", mountPath: folders.keys, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "program", configMap: { name: source.metadata.name } },
      { name: "keys", secret: { secretName: keys.metadata.name, defaultMode: 0o440 } },
    ],
  };
}
