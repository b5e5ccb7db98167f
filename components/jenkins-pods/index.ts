import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Firewall } from "../cloud/cloud.ts";
import type { JenkinsKubernetesArgs } from "../jenkins-host/kubernetes-agents.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { ConfigMap, Role, RoleBinding, Secret, ServiceAccount } from "../internal/kubernetes-sdk.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";
import { tenant } from "../paas-cluster/namespaces.ts";

export interface JenkinsPodsArgs {
  /** The cluster that the pods run on, with at least one pool of workers. */
  cluster: KubernetesCluster;
  /**
   * Authority of the certificate of Jenkins' proxy; the same is given to JenkinsHost.
   * Default: none; the certificate is one that everybody knows.
   */
  ca?: CertificateAuthority;
  /**
   * Namespace of the pods; nothing else is to be in it.
   * Default: `jenkins-agents`.
   */
  namespace?: string;
}

/**
 * What a plugin of Jenkins needs to run builds as pods: start them, follow them, run their steps in them, and nothing else.
 * Secrets are not among it: whoever may read those of a namespace has everything in it.
 */
const rules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] },
];

/**
 * A place on a Kubernetes cluster for builds of a Jenkins outside of it: a namespace that takes restricted pods alone, and an
 * account that may run them there. A build's pod has no account, and nobody else's pods reach it.
 */
export class JenkinsPods extends pulumi.ComponentResource {
  /** What JenkinsHost is given as `kubernetes`. */
  readonly connection: JenkinsKubernetesArgs;
  readonly #cluster: KubernetesCluster;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: JenkinsPodsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, ca, namespace: space = "jenkins-agents" } = args;
    new ArgumentCheck(name, args)
      .require(cluster !== undefined, "cluster", "is missing; give the cluster that the pods run on")
      .require(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(space),
        "namespace",
        `${JSON.stringify(space)} is not a namespace; use lower-case letters, digits and inner hyphens`,
      )
      .require(
        !/^(default|kube-.*)$/.test(space),
        "namespace",
        `${JSON.stringify(space)} is the cluster's own; use one for the pods alone`,
      )
      .throwIfInvalid();
    super("paasmas:index:JenkinsPods", name, { cluster: cluster.clusterName, namespace: space }, opts);
    this.#cluster = cluster;
    const own = { parent: this, provider: kubernetesProvider(cluster) };

    const { name: namespace } = tenant(name, space, { security: "restricted", ingress: [] }, own);
    // Who may run builds is no pod of the namespace.
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
    // Jenkins is outside of the cluster, where no token reaches it that the cluster renews.
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
      // In a plan there is none yet.
      token: pulumi.secret(token.data).apply((data) => Buffer.from(data?.token ?? "", "base64").toString()),
      namespace: space,
      trustsConfigMap: ca !== undefined,
      firewall: cluster.workerFirewall,
    };
    this.registerOutputs({});
  }

  /** Lets Jenkins' machine connect to the cluster's API; JenkinsHost itself lets in the pods. */
  allowJenkins(from: Firewall): void {
    this.#cluster.allowClients(from);
  }
}
