import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { withTimeLimit } from "./binaries.ts";
import { kubernetesWorkloads } from "./manifests.ts";
import {
  apiServerFolder,
  clusterConfiguration,
  documents,
  initConfiguration,
  kubeletConfiguration,
  proxyConfiguration,
} from "./kubeadm.ts";
import { healthSeconds, library, local, machine, script } from "./machine.ts";
import {
  type BackupTarget,
  type ControlPlaneKeys,
  type ControlPlaneNode,
  folder,
  type SigningAuthority,
} from "./settings.ts";

const pki = "/etc/kubernetes/pki";

/** Number of etcd snapshots on the machine. A bucket has its own lifecycle rules. */
const backupsKept = 24;

/** Retention of an uploaded snapshot, in days, if the upload sets it (Swift). */
const keptDays = 30;

const loneScripts = [
  "kubernetes-control-plane",
  "kubernetes-publish",
  "kubernetes-tokens",
  "kubernetes-health",
  "kubernetes-backup",
  "kubernetes-restore",
  "kubernetes-certificates",
];

/** The Ignition config of one control plane. */
export function kubernetesControlPlane(node: ControlPlaneNode): Config {
  const { name, address } = node.host;
  const { controlPlanes } = node.settings;
  const others = controlPlanes.filter((peer) => peer.name !== name);
  const ordinal = controlPlanes.findIndex((peer) => peer.name === name);
  const whole = config(
    machine(node, {
      service: "kubernetes-control-plane.service",
      ready: "ready-control-plane",
      withEtcd: true,
      keep: [],
      healthSeconds,
      parameters: {
        CONTROL_PLANES: controlPlanes.map((peer) => peer.name).join(","),
        POOLS: node.pools.join(","),
        BACKUPS_KEPT: backupsKept,
        KEPT_DAYS: keptDays,
        PEER_URL: peerUrl(address),
        PEER_ENDPOINTS: others.map((peer) => `https://${peer.address}:2379`).join(","),
        INITIAL_CLUSTER: controlPlanes.map((peer) => `${peer.name}=${peerUrl(peer.address)}`).join(","),
        // Pulumi creates the machines one at a time: this one and the earlier ones have no quorum yet.
        MAY_WAIT: ordinal + 1 < Math.floor(controlPlanes.length / 2) + 1 ? "yes" : "no",
      },
    }),
    kubeadmFiles(node),
    keyFiles(node.keys),
    apiServerFiles(node),
    ...manifestFiles(node),
    backupTarget(node),
    library("../etcd-client/etcd.sh"),
    library("../etcd/membership.sh"),
    library("join-token.sh"),
    ...loneScripts.map(script),
    ...[
      "kubernetes-tokens.service",
      "kubernetes-health.socket",
      "kubernetes-backup.timer",
      "kubernetes-certificates.timer",
    ].map((unitName) => unit({ name: unitName, from: local(unitName), enabled: true })),
    ...["kubernetes-health@.service", "kubernetes-backup.service", "kubernetes-certificates.service"].map((unitName) =>
      unit({ name: unitName, from: local(unitName) }),
    ),
  );
  return withTimeLimit(whole);
}

function kubeadmFiles(node: ControlPlaneNode): Fragment {
  const parts = {
    cluster: clusterConfiguration(node),
    init: initConfiguration(node),
    kubelet: kubeletConfiguration(),
    proxy: proxyConfiguration(node),
  };
  const { storage } = config(
    ...Object.entries(parts).map(([name, document]) =>
      file({ path: `${folder}/${name}.json`, text: documents(document) }),
    ),
    directory({ path: `${folder}/patches` }),
    // With SELinux, static pods need this to read files of the machine.
    ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((component) =>
      fileFromDisk({ path: `${folder}/patches/${component}+strategic.json`, from: local("patches/host-files.json") }),
    ),
  );
  return { storage };
}

/** kubeadm signs all other certificates of the machine with these keys. */
function keyFiles(keys: ControlPlaneKeys): Fragment {
  const authority = (name: string, { certificate, privateKey }: SigningAuthority) => [
    file({ path: `${pki}/${name}.crt`, text: certificate }),
    file({ path: `${pki}/${name}.key`, text: privateKey, mode: 0o600 }),
  ];
  const { storage } = config(
    directory({ path: pki }),
    directory({ path: `${pki}/etcd` }),
    ...authority("ca", keys.kubernetes),
    ...authority("etcd/ca", keys.etcd),
    ...authority("front-proxy-ca", keys.frontProxy),
    file({ path: `${pki}/sa.pub`, text: keys.serviceAccounts.publicKey }),
    file({ path: `${pki}/sa.key`, text: keys.serviceAccounts.privateKey, mode: 0o600 }),
    file({ path: `${folder}/join-key`, text: keys.join, mode: 0o600 }),
  );
  return { storage };
}

function apiServerFiles(node: ControlPlaneNode): Fragment {
  const { storage } = config(
    directory({ path: apiServerFolder, mode: 0o700 }),
    ...["authentication.yaml", "admission.yaml", "audit.yaml"].map((name) =>
      fileFromDisk({ path: `${apiServerFolder}/${name}`, from: local(`apiserver/${name}`), mode: 0o600 }),
    ),
    file({ path: `${apiServerFolder}/encryption.json`, text: documents(encryption(node.keys)), mode: 0o600 }),
    file({ path: `${apiServerFolder}/kubelet-ca.pem`, text: node.kubelet.ca }),
  );
  return { storage };
}

/** The first key encrypts, all keys decrypt. Secrets from before the first key are read unencrypted. */
function encryption({ encryption: keys }: ControlPlaneKeys): Record<string, unknown> {
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: keys.map(({ name, key: secret }) => ({ name, secret })) } }, { identity: {} }],
      },
    ],
  };
}

function manifestFiles(node: ControlPlaneNode): Fragment[] {
  return kubernetesWorkloads(node.settings).map(({ name, text }) =>
    file({ path: `${folder}/manifests/${name}`, text }),
  );
}

function backupTarget({ backup }: ControlPlaneNode): Fragment {
  return backup === undefined ? {} : envFile({ path: `${folder}/backup.conf`, values: backupSettings(backup) });
}

function backupSettings(backup: BackupTarget): Record<string, string> {
  if ("uploadUrl" in backup) return { UPLOAD_URL: backup.uploadUrl };
  const { endpoint, name, region, keys } = backup;
  return {
    ENDPOINT: endpoint,
    BUCKET: name,
    REGION: region,
    ...(keys && { ACCESS_KEY: keys.accessKey, SECRET_KEY: keys.secretKey }),
  };
}

function peerUrl(address: string): string {
  return `https://${address}:2380`;
}
