import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";

export interface JenkinsPodsArgs {
  /** Cluster for the pods, with at least one pool of workers. */
  cluster: KubernetesCluster;
  /**
   * Authority of the certificate of Jenkins' proxy. Pass the same authority to JenkinsHost.
   * Default: none; the certificate is from a public authority.
   */
  ca?: CertificateAuthority;
  /**
   * Namespace of the pods. Use it only for these pods.
   * Default: `jenkins-agents`.
   */
  namespace?: string;
}
