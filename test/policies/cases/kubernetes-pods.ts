import { type Case, unknownBoolean, unknownString } from "./case.ts";
import { container, cronJob, deployment, digest, group, object, pod, podSpec } from "./kubernetes.ts";
import { planned } from "../planned.ts";

const template = "spec.template.spec";
const withContext = (context: Record<string, unknown>) => ({
  securityContext: { ...(container.securityContext as object), ...context },
});
const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

export const cases: Case[] = [
  {
    policy: "kubernetes-not-privileged",
    given: "privileged containers of every type, in every kind with pods",
    resources: [
      pod({}, { securityContext: { privileged: true } }),
      deployment({ initContainers: [{ securityContext: { privileged: true } }] }),
      cronJob({ ephemeralContainers: [{ securityContext: { privileged: true } }] }),
      object("core/v1:PodTemplate", "windows", {
        template: { spec: podSpec({ securityContext: { windowsOptions: { hostProcess: true } } }) },
      }),
    ],
    expected: [
      "web: spec.containers[0].securityContext.privileged is true; allowed: false",
      "windows: template.spec.securityContext.windowsOptions.hostProcess is true; allowed: false",
      `web: ${template}.initContainers[0].securityContext.privileged is true; allowed: false`,
      "nightly: spec.jobTemplate.spec.template.spec.ephemeralContainers[0].securityContext.privileged is true; allowed: false",
    ],
  },
  {
    policy: "kubernetes-not-privileged",
    given: "an older API version, a list, a patch and a group of manifests",
    resources: [
      ...[
        "apps/v1beta2:StatefulSet",
        "extensions/v1beta1:DaemonSet",
        "apps/v1:ReplicaSet",
        "core/v1:ReplicationController",
        "batch/v1:Job",
      ].map((type) =>
        object(type, "web", { spec: { template: { spec: podSpec({}, { securityContext: { privileged: true } }) } } }),
      ),
      planned("kubernetes:core/v1:PodList", "pods", {
        items: [
          { metadata: { name: "one" }, spec: podSpec() },
          { metadata: { name: "two" }, spec: podSpec({}, { securityContext: { privileged: true } }) },
        ],
      }),
      object("apps/v1:DeploymentPatch", "web", {
        spec: { template: { spec: { containers: [{ securityContext: { privileged: true } }] } } },
      }),
      group({
        objs: [
          {
            apiVersion: "v1",
            kind: "List",
            items: [
              {
                kind: "Pod",
                metadata: { name: "web", namespace: "shop" },
                spec: { containers: [{ securityContext: { privileged: true } }] },
              },
            ],
          },
        ],
        yaml: "kind: ConfigMap\n---\nkind: Pod\nspec:\n  containers:\n    - securityContext: {privileged: true}\n",
      }),
    ],
    expected: [
      "pods: items[1] Pod default/two: spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.template.spec.containers[0].securityContext.privileged is true; allowed: false",
      "manifests: objs[0].items[0] Pod shop/web: spec.containers[0].securityContext.privileged is true; allowed: false",
      "manifests: yaml[1] Pod without a name: spec.containers[0].securityContext.privileged is true; allowed: false",
    ],
  },
  {
    policy: "kubernetes-not-privileged",
    given: "an object that the configuration names by namespace and name",
    resources: [
      object("core/v1:Pod", "builder", {
        metadata: { namespace: "build" },
        spec: { containers: [{ securityContext: { privileged: true } }] },
      }),
      group({
        objs: [
          {
            kind: "Pod",
            metadata: { namespace: "build", name: "other" },
            spec: { containers: [{ securityContext: { privileged: true } }] },
          },
        ],
      }),
      pod({}, { securityContext: { privileged: true } }),
    ],
    config: { "kubernetes-not-privileged": { exemptions: [{ resource: "build/*", reason: "builds images" }] } },
    expected: [
      "exempted (builds images): builder: spec.containers[0].securityContext.privileged is true; allowed: false",
      "web: spec.containers[0].securityContext.privileged is true; allowed: false",
      "exempted (builds images): manifests: objs[0] Pod build/other: spec.containers[0].securityContext.privileged is true; allowed: false",
    ],
  },
  {
    policy: "kubernetes-not-privileged",
    given: "containers without privileges, and unknown values",
    resources: [
      pod(),
      deployment({}, { securityContext: { privileged: unknownBoolean } }),
      pod({ containers: unknownString }),
      pod({ securityContext: unknownObject }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-no-host-namespaces",
    given: "a pod with all three host namespaces",
    resources: [deployment({ hostNetwork: true, hostPID: true, hostIPC: true })],
    expected: ["hostNetwork", "hostPID", "hostIPC"].map(
      (property) => `web: ${template}.${property} is true; allowed: false`,
    ),
  },
  {
    policy: "kubernetes-no-host-namespaces",
    given: "a pod with separate namespaces",
    resources: [deployment({ hostNetwork: false })],
    expected: [],
  },
  {
    policy: "kubernetes-no-host-ports",
    given: "a container with a port of the node",
    resources: [deployment({}, { ports: [{ containerPort: 80 }, { containerPort: 443, hostPort: 443 }] })],
    expected: [`web: ${template}.containers[0].ports[1].hostPort is 443; allowed: no port of the node`],
  },
  {
    policy: "kubernetes-no-host-ports",
    given: "containers without host ports",
    resources: [deployment({}, { ports: [{ containerPort: 80, hostPort: 0 }] })],
    expected: [],
  },
  {
    policy: "kubernetes-no-host-paths",
    given: "a pod and a PersistentVolume with files of the node",
    resources: [
      deployment({
        volumes: [
          { name: "data", emptyDir: {} },
          { name: "docker", hostPath: { path: "/var/run/docker.sock" } },
        ],
      }),
      object("core/v1:PersistentVolume", "node-disk", { spec: { hostPath: { path: "/srv" } } }),
    ],
    expected: [
      `web: ${template}.volumes[1].hostPath is "/var/run/docker.sock"; allowed: volumes without hostPath`,
      'node-disk: spec.hostPath is "/srv"; allowed: volumes without hostPath',
    ],
  },
  {
    policy: "kubernetes-no-host-paths",
    given: "claims, and storage of a driver",
    resources: [
      deployment({ volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] }),
      object("core/v1:PersistentVolume", "disk", { spec: { csi: {} } }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-volume-types",
    given: "a pod with a file server, and a pod with a cloud volume",
    resources: [
      deployment({
        volumes: [
          { name: "files", nfs: { server: "10.0.0.1", path: "/" } },
          { name: "disk", awsElasticBlockStore: { volumeID: "vol-1" } },
        ],
      }),
    ],
    expected: ["nfs", "awsElasticBlockStore"].map(
      (type, index) =>
        `web: ${template}.volumes[${index}] is of the type ${type}; allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret`,
    ),
  },
  {
    policy: "kubernetes-volume-types",
    given: "claims, Secrets, and a host path, which another policy checks",
    resources: [
      deployment({
        volumes: [
          { name: "a", secret: {} },
          { name: "b", csi: {} },
          { name: "c", hostPath: {} },
          { name: "d", nfs: null },
        ],
      }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-no-probe-hosts",
    given: "a probe and a hook that call another host",
    resources: [
      deployment(
        {},
        {
          livenessProbe: { httpGet: { host: "169.254.169.254", path: "/" } },
          lifecycle: { preStop: { tcpSocket: { host: "10.0.0.1", port: 22 } } },
        },
      ),
    ],
    expected: [
      `web: ${template}.containers[0].livenessProbe.httpGet.host is "169.254.169.254"; allowed: the pod itself`,
      `web: ${template}.containers[0].lifecycle.preStop.tcpSocket.host is "10.0.0.1"; allowed: the pod itself`,
    ],
  },
  {
    policy: "kubernetes-no-probe-hosts",
    given: "a probe and a hook that call the pod",
    resources: [deployment({}, { readinessProbe: { httpGet: { path: "/", port: 80 } } })],
    expected: [],
  },
  {
    policy: "kubernetes-capabilities-dropped",
    given: "containers that keep or add capabilities",
    resources: [
      pod({}, { securityContext: {} }),
      deployment(
        {},
        { securityContext: { capabilities: { drop: ["NET_RAW"], add: ["SYS_ADMIN", "NET_BIND_SERVICE"] } } },
      ),
    ],
    expected: [
      'web: spec.containers[0].securityContext.capabilities.drop is not set; allowed: ["ALL"]',
      `web: ${template}.containers[0].securityContext.capabilities.drop is ["NET_RAW"]; allowed: ["ALL"]`,
      `web: ${template}.containers[0].securityContext.capabilities.add has SYS_ADMIN; allowed: NET_BIND_SERVICE`,
    ],
  },
  {
    policy: "kubernetes-capabilities-dropped",
    given: "dropped capabilities, unknown values, patches without the setting, and Windows",
    resources: [
      pod({}, { securityContext: { capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } } }),
      pod({}, { securityContext: unknownObject }),
      object("core/v1:PodPatch", "web", { spec: { containers: [{ name: "web" }] } }),
      pod({ os: { name: "windows" } }, { securityContext: {} }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-no-privilege-escalation",
    given: "containers that allow privilege escalation, or do not deny it, including init containers",
    resources: [
      deployment({ initContainers: [{ name: "prepare" }] }, { securityContext: { allowPrivilegeEscalation: true } }),
    ],
    expected: [
      `web: ${template}.containers[0].securityContext.allowPrivilegeEscalation is true; allowed: false`,
      `web: ${template}.initContainers[0].securityContext.allowPrivilegeEscalation is not set; allowed: false`,
    ],
  },
  {
    policy: "kubernetes-no-privilege-escalation",
    given: "denied privilege escalation, unknown values, and patches without the setting",
    resources: [
      pod(),
      pod({}, { securityContext: { allowPrivilegeEscalation: unknownBoolean } }),
      object("core/v1:PodPatch", "web", { spec: { containers: [{}] } }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-non-root",
    given: "a pod without the setting, a container that overrides it, and user id 0",
    resources: [
      pod({ securityContext: {} }),
      deployment({}, withContext({ runAsNonRoot: false })),
      cronJob({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }),
    ],
    expected: [
      "web: spec.containers[0].securityContext.runAsNonRoot is not set; allowed: true",
      `web: ${template}.containers[0].securityContext.runAsNonRoot is false; allowed: true`,
      "nightly: spec.jobTemplate.spec.template.spec.securityContext.runAsUser is 0; allowed: a user that is not root",
    ],
  },
  {
    policy: "kubernetes-non-root",
    given: "the setting on the pod or on each container, and unknown values",
    resources: [
      pod(),
      pod({ securityContext: {} }, withContext({ runAsNonRoot: true, runAsUser: 1000 })),
      pod({ securityContext: unknownObject }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-seccomp",
    given: "a pod without a profile, and a container that overrides it",
    resources: [pod({ securityContext: {} }), deployment({}, withContext({ seccompProfile: { type: "Unconfined" } }))],
    expected: [
      'web: spec.containers[0].securityContext.seccompProfile.type is not set; allowed: "RuntimeDefault", "Localhost"',
      `web: ${template}.containers[0].securityContext.seccompProfile.type is "Unconfined"; allowed: "RuntimeDefault", "Localhost"`,
    ],
  },
  {
    policy: "kubernetes-seccomp",
    given: "a profile on the pod or on each container, and unknown values",
    resources: [
      pod(),
      pod({ securityContext: {} }, withContext({ seccompProfile: { type: "Localhost" } })),
      pod({ securityContext: { seccompProfile: unknownObject } }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-kernel-defaults",
    given: "other profiles, labels, /proc mounts and kernel settings than the defaults",
    resources: [
      object("apps/v1:Deployment", "web", {
        spec: {
          template: {
            metadata: { annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" } },
            spec: podSpec(
              {
                securityContext: {
                  sysctls: [
                    { name: "kernel.msgmax", value: "65536" },
                    { name: "net.ipv4.tcp_syncookies", value: "1" },
                  ],
                },
              },
              withContext({
                appArmorProfile: { type: "Unconfined" },
                seLinuxOptions: { type: "spc_t", user: "system_u" },
                procMount: "Unmasked",
              }),
            ),
          },
        },
      }),
    ],
    expected: [
      `web: ${template}.containers[0].securityContext.appArmorProfile.type is "Unconfined"; allowed: "RuntimeDefault", "Localhost"`,
      `web: ${template}.containers[0].securityContext.seLinuxOptions.type is "spc_t"; allowed: a type for containers`,
      `web: ${template}.containers[0].securityContext.seLinuxOptions.user is "system_u"; allowed: not set`,
      `web: ${template}.containers[0].securityContext.procMount is "Unmasked"; allowed: "Default"`,
      `web: ${template}.securityContext.sysctls[0].name is "kernel.msgmax"; allowed: kernel settings that affect only the pod`,
      'web: spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"] is "unconfined"; allowed: "runtime/default", "localhost/..."',
    ],
  },
  {
    policy: "kubernetes-kernel-defaults",
    given: "the defaults of the runtime",
    resources: [
      pod(),
      pod(
        {},
        withContext({
          appArmorProfile: { type: "RuntimeDefault" },
          seLinuxOptions: { type: "container_t", level: "s0:c1" },
          procMount: "Default",
        }),
      ),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-image-digest",
    given: "an image with a mutable tag, and one without a tag",
    resources: [deployment({ initContainers: [{ image: "registry:5000/tools" }] }, { image: "nginx:1.15-alpine" })],
    expected: [
      `web: ${template}.containers[0].image is "nginx:1.15-alpine"; allowed: a digest (@sha256:...)`,
      `web: ${template}.initContainers[0].image is "registry:5000/tools", which means latest; allowed: a digest (@sha256:...)`,
    ],
  },
  {
    policy: "kubernetes-image-digest",
    given: "an image with a digest, and an unknown image",
    resources: [pod(), pod({}, { image: `nginx${digest}` }), pod({}, { image: unknownString })],
    expected: [],
  },
  {
    policy: "kubernetes-resources",
    given: "a container without resources, and one with only a memory request",
    resources: [
      pod({}, { resources: undefined }),
      deployment({}, { resources: { requests: { memory: "1Gi" }, limits: { cpu: "1" } } }),
    ],
    expected: [
      "web: spec.containers[0].resources does not set requests.cpu, limits.cpu, requests.memory, limits.memory; allowed: requests and limits of cpu and memory",
      `web: ${template}.containers[0].resources does not set limits.memory; allowed: requests and limits of cpu and memory`,
    ],
  },
  {
    policy: "kubernetes-resources",
    given: "limits, which are also requests, limits of the pod, and containers that cannot have limits",
    resources: [
      pod({}, { resources: { limits: { cpu: "1", memory: "1Gi" } } }),
      pod({ resources: { limits: { cpu: "1", memory: "1Gi" } } }, { resources: {} }),
      pod({ ephemeralContainers: [{ name: "debug" }] }),
      pod({}, { resources: unknownObject }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-service-account-tokens",
    given: "a pod with a token of the default account, and a default account that mounts its token",
    resources: [
      deployment({ automountServiceAccountToken: undefined }),
      pod({ automountServiceAccountToken: true, serviceAccountName: "default" }),
      object("core/v1:ServiceAccount", "default"),
    ],
    expected: [
      "web: spec.automountServiceAccountToken is true for the service account default; allowed: false, or a dedicated account",
      `web: ${template}.automountServiceAccountToken is not set for the service account default; allowed: false, or a dedicated account`,
      "default: automountServiceAccountToken of the service account default is not set; allowed: false",
    ],
  },
  {
    policy: "kubernetes-service-account-tokens",
    given: "no token, a dedicated account, and unknown values",
    resources: [
      pod(),
      pod({ automountServiceAccountToken: undefined, serviceAccountName: "web" }),
      pod({ automountServiceAccountToken: undefined, serviceAccountName: unknownString }),
      object("core/v1:ServiceAccount", "web"),
      object("core/v1:ServiceAccount", "default", { automountServiceAccountToken: false }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-no-plain-secrets",
    given: "a secret in an environment value, on a command line and in a ConfigMap",
    resources: [
      deployment(
        {},
        { env: [{ name: "DB_PASSWORD", value: "correct-horse-battery" }], args: ["--api-key=correct-horse-battery"] },
      ),
      object("core/v1:ConfigMap", "settings", {
        data: { "app.ini": "user = web\npassword = correct-horse-battery\n" },
        binaryData: { key: Buffer.from("-----BEGIN EC PRIVATE KEY-----\nAAAA\n").toString("base64") },
      }),
    ],
    expected: [
      `web: ${template}.containers[0].env "DB_PASSWORD" holds a secret; allowed: valueFrom.secretKeyRef, or a mounted Secret`,
      `web: ${template}.containers[0].args holds a value for api-key; allowed: a mounted Secret`,
      'settings: data["app.ini"] holds a secret; allowed: a Secret',
      'settings: binaryData["key"] holds a secret; allowed: a Secret',
    ],
  },
  {
    policy: "kubernetes-no-plain-secrets",
    given: "references, paths and names of Secrets",
    resources: [
      deployment(
        {},
        {
          env: [
            { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "database", key: "password" } } },
            { name: "DB_PASSWORD_FILE", value: "/run/secrets/password" },
            { name: "TLS_SECRET_NAME", value: "web-certificate" },
            { name: "TOKEN", value: unknownString },
          ],
        },
      ),
      object("core/v1:ConfigMap", "settings", {
        data: { "app.yaml": "passwordFile: password.txt\nsecretName: web-certificate\nlevel: info\n" },
      }),
    ],
    expected: [],
  },
];
