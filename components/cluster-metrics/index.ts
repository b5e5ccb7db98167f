import * as pulumi from "@pulumi/pulumi";
import { kubernetesPorts } from "../../ignition/roles/kubernetes/settings.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { Release, Secret } from "../internal/kubernetes-sdk.ts";
import charts from "../paas-cluster/charts.json" with { type: "json" };
import { tenant } from "../paas-cluster/namespaces.ts";
import { secretText, typedPassword } from "../internal/secrets.ts";
import type { ClusterMetricsArgs } from "./args.ts";
import { clusterMetricsDefaults, clusterMetricsArguments } from "./settings-schema.ts";

export type { ClusterMetricsArgs } from "./args.ts";

/** Namespace of the chart. It allows only restricted pods. */
const namespaceName = "monitoring";

/** Port of the operator's admission webhook for alert rules; the API server calls it. */
const webhookPort = 10250;

/**
 * Metrics of the workloads on a Kubernetes cluster: kube-prometheus-stack with a pinned chart, without the parts that
 * need access to the host. A `MonitoringHost` monitors the machines.
 */
export class ClusterMetrics extends pulumi.ComponentResource {
  /** Password of the Grafana user `admin`; a secret. */
  readonly adminPassword: pulumi.Output<string>;
  readonly #release: Release;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: ClusterMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      cluster,
      storageClass,
      volumeGiB = clusterMetricsDefaults.volumeGiB,
      retentionDays = clusterMetricsDefaults.retentionDays,
      timeoutSeconds = 900,
      environment = pulumi.getStack(),
    } = args;
    new ArgumentCheck(name, args)
      .require(cluster !== undefined, "cluster", "is missing; give the cluster to monitor")
      .schemas(clusterMetricsArguments, args)
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

    // Prometheus runs on any node. Each kubelet authenticates its requests with the API server.
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
    this.adminPassword = secretText(`${name}-admin-password`, args.adminPassword, typedPassword, { parent: this });
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

  /** Resources to wait for before you use the metrics. */
  get ready(): pulumi.Resource[] {
    return [this.#release];
  }
}

interface StackParts {
  storageClass?: string;
  volumeGiB: number;
  retentionDays: number;
  environment: string;
  /** Name of the secret with the Grafana login. */
  login: pulumi.Output<string>;
}

/** Values of kube-prometheus-stack. */
function stackValues({ storageClass, volumeGiB, retentionDays, environment, login }: StackParts) {
  const off = { enabled: false };
  return {
    // Each machine runs the metrics agent. A pod would need access to the host's files and network.
    nodeExporter: off,
    // kubeadm makes these components listen only on their own machine.
    kubeEtcd: off,
    kubeControllerManager: off,
    kubeScheduler: off,
    kubeProxy: off,
    // The monitoring host sends the alerts.
    alertmanager: off,
    prometheus: {
      prometheusSpec: {
        retention: `${retentionDays}d`,
        retentionSize: `${Math.floor(volumeGiB * 0.8)}GB`,
        externalLabels: { environment },
        // Prometheus also uses the monitors and rules of other charts.
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
      // The container would run as root to change the owner of a volume that does not exist.
      initChownData: off,
      "grafana.ini": {
        analytics: { reporting_enabled: false, check_for_updates: false },
        "auth.anonymous": { enabled: false },
        users: { allow_sign_up: false },
      },
    },
  };
}
