import * as pulumi from "@pulumi/pulumi";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { JenkinsKubernetes } from "../../ignition/roles/jenkins/settings.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import type { Firewall } from "../cloud/cloud.ts";

/** Kubernetes cluster for builds in pods. The component JenkinsPods creates these values. */
export interface JenkinsKubernetesArgs {
  /** URL of the API, `https://10.30.64.79:6443`. */
  server: pulumi.Input<string>;
  /** Authority of the API's certificate (PEM). */
  ca: pulumi.Input<string>;
  /** Token of a service account that can run pods in the namespace; a secret. */
  token: pulumi.Input<string>;
  /** Namespace of the pods. */
  namespace: string;
  /**
   * Whether the pods verify Jenkins' certificate with the ConfigMap `jenkins-ca` of their namespace.
   * Default: false; the certificate is from a public authority.
   */
  trustsConfigMap?: boolean;
  /**
   * Firewall of the machines that run the pods. Its machines may connect to Jenkins' proxy.
   * Default: none; `allowFrom` must contain the addresses of the pods.
   */
  firewall?: Firewall;
  /**
   * Number of pods at the same time.
   * Default: 10.
   */
  pods?: number;
  /**
   * Container image of Jenkins' inbound agent, by tag or digest.
   * Default: `jenkins-inbound-agent` in `ignition/roles/images.json`.
   */
  image?: string;
}

/** Checks the cluster for pods. */
export function checkKubernetes(
  { namespace, pods = 10, image = "unused" }: JenkinsKubernetesArgs,
  check: ArgumentCheck,
): void {
  check
    .require(
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace ?? ""),
      "kubernetes.namespace",
      `${JSON.stringify(namespace)} is not a namespace; use lower-case letters, digits and inner hyphens`,
    )
    .integer("kubernetes.pods", pods, bounds.jenkins.pods)
    .require(/^\S+$/.test(image), "kubernetes.image", `${JSON.stringify(image)} is not a container image`);
}

/** The cluster for pods with the defaults filled in, without the token. */
export function jenkinsKubernetes({
  server,
  ca,
  namespace,
  trustsConfigMap = false,
  pods = 10,
  image = images["jenkins-inbound-agent"],
}: JenkinsKubernetesArgs): pulumi.Output<JenkinsKubernetes> {
  return pulumi
    .all([server, ca])
    .apply(([url, authority]) => ({ server: url, ca: authority, namespace, trustsConfigMap, pods, image }));
}
