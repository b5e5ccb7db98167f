import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { Firewall } from "../cloud/cloud.ts";
import type { JenkinsKubernetesArgs } from "../jenkins-host/kubernetes-agents.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { ConfigMap, Role, RoleBinding, Secret, ServiceAccount } from "../internal/kubernetes-sdk.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";
import { tenant } from "../paas-cluster/namespaces.ts";
import type { JenkinsPodsArgs } from "./args.ts";

export type { JenkinsPodsArgs } from "./args.ts";

/**
 * Permissions that the Kubernetes plugin of Jenkins needs to run builds in pods. Access to secrets is not one of them:
 * it would give control of the namespace.
 */
const rules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] },
];

/**
 * Namespace on a Kubernetes cluster for builds of a Jenkins outside of the cluster. It allows only restricted pods, and
 * pods of other namespaces cannot connect to its pods. A service account for Jenkins can run pods there; the pods of
 * builds have no service account.
 */
export class JenkinsPods extends pulumi.ComponentResource {
  /** Value for the argument `kubernetes` of JenkinsHost. */
  readonly connection: JenkinsKubernetesArgs;
  readonly #cluster: KubernetesCluster;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: JenkinsPodsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, ca, namespace: space = "jenkins-agents" } = args;
    new ArgumentCheck(name, args)
      .require(cluster !== undefined, "cluster", "is missing; give the cluster for the pods")
      .require(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(space),
        "namespace",
        `${JSON.stringify(space)} is not a namespace; use lower-case letters, digits and inner hyphens`,
      )
      .require(
        !/^(default|kube-.*)$/.test(space),
        "namespace",
        `${JSON.stringify(space)} is reserved for the cluster; use a separate namespace for the pods`,
      )
      .throwIfInvalid();
    super("paasmas:index:JenkinsPods", name, { cluster: cluster.clusterName, namespace: space }, opts);
    this.#cluster = cluster;
    const own = { parent: this, provider: kubernetesProvider(cluster) };

    const { name: namespace } = tenant(name, space, { security: "restricted", ingress: [] }, own);
    // Jenkins uses this account from outside of the cluster. No pod gets its token.
    const account = new ServiceAccount(
      `${name}-account`,
      { metadata: { name: "jenkins", namespace }, automountServiceAccountToken: false },
      own,
    );
    const role = new Role(`${name}-role`, { metadata: { name: "jenkins", namespace }, rules }, own);
    new RoleBinding(
      `${name}-binding`,
      {
        metadata: { name: "jenkins", namespace },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      own,
    );
    // Kubernetes renews tokens only for pods. Jenkins is outside of the cluster and needs a permanent token.
    const token = new Secret(
      `${name}-token`,
      {
        metadata: {
          name: "jenkins-token",
          namespace,
          annotations: { "kubernetes.io/service-account.name": account.metadata.name },
        },
        type: "kubernetes.io/service-account-token",
      },
      { ...own, additionalSecretOutputs: ["data"] },
    );
    if (ca)
      new ConfigMap(
        `${name}-ca`,
        { metadata: { name: "jenkins-ca", namespace }, data: { "ca.pem": ca.certificate } },
        own,
      );

    this.connection = {
      server: cluster.apiUrl,
      ca: cluster.caCertificate,
      // During a plan the secret has no data.
      token: pulumi.secret(token.data).apply((data) => Buffer.from(data?.token ?? "", "base64").toString()),
      namespace: space,
      trustsConfigMap: ca !== undefined,
      firewall: cluster.workerFirewall,
    };
    this.registerOutputs({});
  }

  /** Allows Jenkins' machine to connect to the API of the cluster. JenkinsHost allows connections from pods. */
  allowJenkins(from: Firewall): void {
    this.#cluster.allowClients(from);
  }
}
