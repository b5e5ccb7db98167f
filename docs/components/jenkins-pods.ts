import type * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority, type Cloud, JenkinsHost, KubernetesCluster } from "paasmas";
import { JenkinsPods } from "paasmas/jenkins-pods";

/** @param appKey From the stack's config, `requireSecret("githubAppKey")`. */
export function buildsInPods(cloud: Cloud, appKey: pulumi.Input<string> = "-----BEGIN PRIVATE KEY-----\n...\n") {
  const cluster = new KubernetesCluster("kube", { cloud, pools: [{ name: "build", size: 2 }] });
  const ca = new CertificateAuthority("jenkins-ca");
  const pods = new JenkinsPods("jenkins-pods", { cluster, ca });
  const jenkins = new JenkinsHost("jenkins", {
    cloud,
    domain: "ci.example.com",
    github: { organization: "example", appId: "4711", privateKey: appKey },
    ca,
    kubernetes: pods.connection,
  });
  pods.allowJenkins(jenkins.firewall);
  return { url: jenkins.url };
}
