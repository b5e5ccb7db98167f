import * as pulumi from "@pulumi/pulumi";
import { kubernetesPorts } from "../../ignition/roles/kubernetes/settings.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { Release, Secret } from "../internal/kubernetes-sdk.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";
import charts from "../paas-cluster/charts.json" with { type: "json" };
import { tenant } from "../paas-cluster/namespaces.ts";
import { secretText } from "../internal/secrets.ts";

export interface ClusterMetricsArgs {
  /** The cluster whose pods, objects and kubelets are watched. */
  cluster: KubernetesCluster;
  /**
   * Storage class of Prometheus' volume.
   * Default: none; metrics go with the pod that has them.
   */
  storageClass?: string;
  /**
   * Size of that volume, in GiB.
   * Default: 20.
   */
  volumeGiB?: number;
  /**
   * How long metrics are kept, in days, if the volume has room.
   * Default: 15.
   */
  retentionDays?: number;
  /**
   * What every metric is labelled with as its `environment`.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Password of Grafana's user `admin`.
   * Default: generated; the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * How long the chart may take to come up, in seconds.
   * Default: 900.
   */
  timeoutSeconds?: number;
}

/** Name of the namespace; it takes restricted pods only. */
const namespaceName = "monitoring";

/** Where the API server asks the operator about rules that somebody applies. */
const webhookPort = 10250;

/**
 * Metrics of what runs on a Kubernetes cluster: kube-prometheus-stack by pinned chart, without what would need the host. The
 * machines themselves are watched by a `MonitoringHost`.
 */
export class ClusterMetrics extends pulumi.ComponentResource {
  /** Password of Grafana's user `admin`; a secret. */
  readonly adminPassword: pulumi.Output<string>;
  readonly #release: Release;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: ClusterMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      cluster,
      storageClass,
      volumeGiB = 20,
      retentionDays = 15,
      timeoutSeconds = 900,
      environment = pulumi.getStack(),
    } = args;
    new ArgumentCheck(name, args)
      .require(cluster !== undefined, "cluster", "is missing; give the cluster that is watched")
      .integer("volumeGiB", volumeGiB, bounds.monitoring.volumeGiB)
      .integer("retentionDays", retentionDays, bounds.monitoring.retentionDays)
      .integer("timeoutSeconds", timeoutSeconds, bounds.paas.timeoutSeconds)
      .require(
        storageClass === undefined || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(storageClass),
        "storageClass",
        `${JSON.stringify(storageClass)} cannot be a storage class; use lower-case letters, digits, - and .`,
      )
      .label("environment", environment)
      .throwIfInvalid();
    const { chart, version } = charts["kube-prometheus-stack"];
    super("paasmas:index:ClusterMetrics", name, { cluster: cluster.clusterName, version, retentionDays }, opts);
    const own = { parent: this, provider: kubernetesProvider(cluster) };

    // Kubelets tell of their pods to whoever the API server knows, from any node.
    const kubelet = { ...kubernetesPorts.kubelet, description: "kubelet, for metrics of pods" };
    cluster.cloud.allow(
      `${name}-kubelets`,
      { to: cluster.workerFirewall, from: cluster.workerFirewall, ports: [kubelet] },
      { parent: this },
    );
    cluster.cloud.allow(
      `${name}-control-planes`,
      { to: cluster.controlPlaneFirewall, from: cluster.workerFirewall, ports: [kubelet] },
      { parent: this },
    );

    const space = tenant(name, namespaceName, { security: "restricted", ingress: [{ ports: [webhookPort] }] }, own);
    this.adminPassword = secretText(
      `${name}-admin-password`,
      args.adminPassword,
      {
        what: "password",
        length: 32,
        form: /^[\x21-\x7e]{12,}$/,
        rule: "at least 12 printable ASCII characters without spaces",
      },
      { parent: this },
    );
    const login = new Secret(
      `${name}-grafana-login`,
      {
        metadata: { name: "grafana-login", namespace: space.name },
        stringData: { user: "admin", password: this.adminPassword },
      },
      own,
    );
    this.#release = new Release(
      `${name}-stack`,
      {
        name: "metrics",
        chart,
        version,
        namespace: space.name,
        values: stackValues({ storageClass, volumeGiB, retentionDays, environment, login: login.metadata.name }),
        atomic: true,
        cleanupOnFail: true,
        maxHistory: 5,
        timeout: timeoutSeconds,
      },
      pulumi.mergeOptions({ ...own, dependsOn: opts?.dependsOn }, { dependsOn: [...space.ready, login] }),
    );
    this.registerOutputs({});
  }

  /** What to wait for before using it. */
  get ready(): pulumi.Resource[] {
    return [this.#release];
  }
}

interface StackParts {
  storageClass?: string;
  volumeGiB: number;
  retentionDays: number;
  environment: string;
  /** The secret with Grafana's login. */
  login: pulumi.Output<string>;
}

/** The values of kube-prometheus-stack that are ours to say. */
function stackValues({ storageClass, volumeGiB, retentionDays, environment, login }: StackParts) {
  const off = { enabled: false };
  return {
    // Every machine has one already, and a pod would need the host's file system and network.
    nodeExporter: off,
    // kubeadm binds them to the machine itself.
    kubeEtcd: off,
    kubeControllerManager: off,
    kubeScheduler: off,
    kubeProxy: off,
    // Alerts are the affair of the machine that watches all the others.
    alertmanager: off,
    prometheus: {
      prometheusSpec: {
        retention: `${retentionDays}d`,
        retentionSize: `${Math.floor(volumeGiB * 0.8)}GB`,
        externalLabels: { environment },
        // What others bring, with their own charts, is watched as well.
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "2Gi" } },
        ...(storageClass !== undefined && {
          storageSpec: {
            volumeClaimTemplate: {
              spec: {
                storageClassName: storageClass,
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: `${volumeGiB}Gi` } },
              },
            },
          },
        }),
      },
    },
    grafana: {
      admin: { existingSecret: login, userKey: "user", passwordKey: "password" },
      // It would run as root, to give away a volume that there is not.
      initChownData: off,
      "grafana.ini": {
        analytics: { reporting_enabled: false, check_for_updates: false },
        "auth.anonymous": { enabled: false },
        users: { allow_sign_up: false },
      },
    },
  };
}
