import { stringify } from "yaml";
import type { JenkinsKubernetes } from "./settings.ts";

/** User id of the agent's image. */
const uid = 1000;

/** Folder in the pod with the certificate authority of Jenkins. */
const trusted = "/etc/paasmas";

/** The pod of a build. It meets the restricted pod security standard. */
export function agentPod({
  image,
  trustsConfigMap,
}: Pick<JenkinsKubernetes, "image" | "trustsConfigMap">): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "Pod",
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: uid,
        fsGroup: uid,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          // The plugin requires this name for the agent's container.
          name: "jnlp",
          image,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "2Gi" } },
          ...(trustsConfigMap && {
            env: [{ name: "REMOTING_OPTS", value: `-cert @${trusted}/ca.pem` }],
            volumeMounts: [{ name: "jenkins-ca", mountPath: trusted, readOnly: true }],
          }),
        },
      ],
      ...(trustsConfigMap && { volumes: [{ name: "jenkins-ca", configMap: { name: "jenkins-ca" } }] }),
    },
  };
}

/** The cluster, as the plugin Kubernetes reads it. Agents connect by WebSocket: Jenkins has no agent port. */
export function podCloud(
  jenkinsUrl: string,
  kubernetes: JenkinsKubernetes,
  credentialsId: string,
): Record<string, unknown> {
  const { server, ca, namespace, pods } = kubernetes;
  return {
    name: "kubernetes",
    serverUrl: server,
    serverCertificate: ca,
    skipTlsVerify: false,
    credentialsId,
    namespace,
    jenkinsUrl,
    webSocket: true,
    containerCapStr: String(pods),
    templates: [
      {
        name: "pods",
        label: "pods",
        nodeUsageMode: "EXCLUSIVE",
        slaveConnectTimeout: 300,
        idleMinutes: 0,
        yaml: stringify(agentPod(kubernetes), { lineWidth: 0 }),
      },
    ],
  };
}
