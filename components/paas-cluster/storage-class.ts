import type * as pulumi from "@pulumi/pulumi";
import { dataPath } from "../../ignition/roles/kubernetes/settings.ts";
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  Deployment,
  Role,
  RoleBinding,
  ServiceAccount,
  StorageClass,
} from "../internal/kubernetes-sdk.ts";
import images from "./images.json" with { type: "json" };
import { containerSecurity, podSecurity, smallResources } from "./pods.ts";

/** Where volumes are on a worker: on its data volume, which outlives the machine. */
const folder = `${dataPath}/volumes`;

/** The cluster's own namespace: what makes folders on nodes belongs to the nodes, and nothing else may. */
const namespace = "kube-system";

const provisioner = "paasmas/node-volumes";

/** The short-lived pod that makes or removes a folder. It runs as root, on the one folder that all volumes are in. */
const helperPod = JSON.stringify({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "helper-pod" },
  spec: {
    automountServiceAccountToken: false,
    priorityClassName: "system-node-critical",
    containers: [
      {
        name: "helper-pod",
        image: images.busybox,
        resources: smallResources,
        securityContext: { seLinuxOptions: { type: "spc_t" }, allowPrivilegeEscalation: false },
      },
    ],
  },
});

/**
 * A storage class whose volumes are folders of the workers' own data volumes, so that it needs nothing of a cloud. A volume
 * stays on its node and outlives the machine; what must survive the loss of a node has members on several of them.
 * @returns What to wait for before there can be volumes.
 */
export function nodeVolumes(parent: string, name: string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const metadata = { name, namespace };
  const account = new ServiceAccount(`${parent}-${name}`, { metadata, automountServiceAccountToken: false }, opts);
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const read = ["get", "list", "watch"];
  const own = new Role(
    `${parent}-${name}-own`,
    { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: [...read, "create", "delete"] }] },
    opts,
  );
  const all = new ClusterRole(
    `${parent}-${name}-all`,
    {
      metadata: { name },
      rules: [
        {
          apiGroups: [""],
          resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
          verbs: read,
        },
        { apiGroups: [""], resources: ["persistentvolumes"], verbs: [...read, "create", "patch", "update", "delete"] },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
        { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: read },
      ],
    },
    opts,
  );
  const bindings = [
    new RoleBinding(
      `${parent}-${name}-own`,
      { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name }, subjects },
      { ...opts, dependsOn: [own, account] },
    ),
    new ClusterRoleBinding(
      `${parent}-${name}-all`,
      { metadata: { name }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name }, subjects },
      { ...opts, dependsOn: [all, account] },
    ),
  ];
  const config = new ConfigMap(
    `${parent}-${name}`,
    {
      metadata,
      data: {
        "config.json": JSON.stringify({
          nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [folder] }],
        }),
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        "helperPod.yaml": helperPod,
      },
    },
    opts,
  );
  const labels = { app: name };
  const deployment = new Deployment(
    `${parent}-${name}`,
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: true,
            securityContext: podSecurity,
            priorityClassName: "system-cluster-critical",
            containers: [
              {
                name: "provisioner",
                image: images["local-path-provisioner"],
                command: ["local-path-provisioner", "start", "--config", "/etc/config/config.json"],
                args: [
                  "--provisioner-name",
                  provisioner,
                  "--namespace",
                  namespace,
                  "--configmap-name",
                  name,
                  "--service-account-name",
                  name,
                ],
                env: [{ name: "CONFIG_MOUNT_PATH", value: "/etc/config/" }],
                resources: smallResources,
                securityContext: containerSecurity,
                volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
              },
            ],
            volumes: [{ name: "config", configMap: { name: config.metadata.name } }],
          },
        },
      },
    },
    { ...opts, dependsOn: bindings },
  );
  const storageClass = new StorageClass(
    `${parent}-${name}`,
    {
      metadata: {
        name,
        annotations: {
          "storageclass.kubernetes.io/is-default-class": "true",
          // The kubelet labels such volumes for their pods where SELinux is enforced.
          defaultVolumeType: "local",
        },
      },
      provisioner,
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    opts,
  );
  return [deployment, storageClass];
}
