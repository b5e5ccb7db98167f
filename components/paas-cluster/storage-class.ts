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

/** Folder of the volumes on a worker. It is on the data volume, which a replaced machine keeps. */
const folder = `${dataPath}/volumes`;

/** Namespace of the provisioner. Only this namespace of the cluster may have pods with access to the nodes. */
const namespace = "kube-system";

const provisioner = "paasmas/node-volumes";

/**
 * Pod that creates or removes the folder of a volume. It runs as root, with access only to the folder of all volumes.
 */
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
 * Creates a storage class whose volumes are folders of the workers' data volumes, without a service of the cloud. A
 * volume stays on its node and survives a replacement of the machine. For data that must survive the loss of a node,
 * run members on several nodes.
 * @returns Resources to wait for before the first volume.
 */
export function nodeVolumes(parent: string, name: string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const metadata = { name, namespace };
  const account = new ServiceAccount(`${parent}-${name}`, { metadata, automountServiceAccountToken: false }, opts);
  const bindings = permissions(parent, name, account, opts);
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
        template: { metadata: { labels }, spec: podSpec(name, config) },
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
          // With SELinux, the kubelet labels volumes of this type for their pods.
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

/** Gives the provisioner access to pods, volumes and storage classes. */
function permissions(
  parent: string,
  name: string,
  account: ServiceAccount,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const metadata = { name, namespace };
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
  return [
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
}

function podSpec(name: string, config: ConfigMap) {
  return {
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
  };
}
