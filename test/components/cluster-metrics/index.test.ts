import { beforeAll, describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { ClusterMetrics, type ClusterMetricsArgs } from "../../../components/cluster-metrics/index.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";
import { plan, type Planned } from "../planned.ts";

const metrics = (args: Partial<ClusterMetricsArgs> = {}) =>
  plan((cloud) => {
    const cluster = new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
    const made = new ClusterMetrics("metrics", { cluster, ...args });
    return { password: made.adminPassword };
  });
const stack = (planned: Planned) => planned.one("kubernetes:helm.sh/v3:Release", "metrics-stack");
const values = (planned: Planned) =>
  stack(planned).inputs.values as Record<string, Record<string, Record<string, unknown>>>;

describe("ClusterMetrics", () => {
  let planned: Planned;
  beforeAll(async () => {
    planned = await metrics();
  });

  test("installs one chart with a fixed version after its namespace, and rolls a failed install back", () => {
    expect(stack(planned).inputs).toMatchObject({
      name: "metrics",
      chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
      version: "93.6.0",
      namespace: "monitoring",
      atomic: true,
      timeout: 900,
    });
    const waits = stack(planned).dependencies.map((urn) => urn.split("::").at(-1));
    expect(waits).toEqual(
      expect.arrayContaining([
        "metrics-monitoring-closed",
        "metrics-monitoring-limits",
        "metrics-monitoring-default",
        "metrics-grafana-login",
      ]),
    );
    const provider = planned.one("pulumi:providers:kubernetes", "kube");
    const made = planned.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(new Set(made.map((one) => one.provider?.split("::").slice(0, -1).join("::")))).toEqual(
      new Set([provider.urn]),
    );
  });

  test("allows only restricted pods in its namespace, and only requests of the API server", () => {
    const { metadata } = planned.one("kubernetes:core/v1:Namespace", "metrics-monitoring").inputs as {
      metadata: { name: string; labels: Record<string, string> };
    };
    expect([metadata.name, metadata.labels["pod-security.kubernetes.io/enforce"]]).toEqual([
      "monitoring",
      "restricted",
    ]);
    const { spec } = planned.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "metrics-monitoring-open").inputs as {
      spec: { ingress: unknown[] };
    };
    expect(spec.ingress).toEqual([{ from: [{ podSelector: {} }] }, { ports: [{ protocol: "TCP", port: 10250 }] }]);
  });

  test("reads metrics of kubelets from every worker, and opens no other ports", () => {
    const firewallRules = planned
      .firewallRules()
      .filter((opening) => opening.startsWith("kube-workers ->") && opening.endsWith(": 10250"));
    expect(firewallRules).toEqual(["kube-workers -> kube-workers: 10250", "kube-workers -> kube: 10250"]);
  });

  test("disables the chart's parts that need the host, that kubeadm hides, or that other components replace", () => {
    const off = Object.entries(values(planned)).filter(([, part]) => (part as { enabled?: boolean }).enabled === false);
    expect(off.map(([name]) => name).sort()).toEqual([
      "alertmanager",
      "kubeControllerManager",
      "kubeEtcd",
      "kubeProxy",
      "kubeScheduler",
      "nodeExporter",
    ]);
    expect(values(planned).grafana!.initChownData).toEqual({ enabled: false });
  });

  test("stores Grafana's password in a Secret, not in the chart's values", () => {
    const password = String(
      planned.one("random:index/randomPassword:RandomPassword", "metrics-admin-password").outputs.result,
    );
    expect([password.length, planned.secretOutputs]).toEqual([32, ["password"]]);
    expect(JSON.stringify(stack(planned).inputs)).not.toContain(password);
    const login = planned.one("kubernetes:core/v1:Secret", "metrics-grafana-login");
    expect(login.inputs).toMatchObject({
      metadata: { namespace: "monitoring" },
      stringData: { user: "admin", password },
    });
    expect(login.secretPaths.some((path) => path.startsWith("$.stringData"))).toBe(true);
    expect(values(planned).grafana!.admin).toEqual({
      existingSecret: "grafana-login",
      userKey: "user",
      passwordKey: "password",
    });
  });

  test("applies every argument", async () => {
    const chosen = await metrics({
      storageClass: "fast",
      volumeGiB: 100,
      retentionDays: 90,
      environment: "prod-eu",
      adminPassword: "correct-horse-battery",
      timeoutSeconds: 600,
    });
    expect(stack(chosen).inputs.timeout).toBe(600);
    expect(chosen.outputs.password).toBe("correct-horse-battery");
    expect(values(chosen).prometheus!.prometheusSpec).toMatchObject({
      retention: "90d",
      retentionSize: "80GB",
      externalLabels: { environment: "prod-eu" },
      storageSpec: {
        volumeClaimTemplate: {
          spec: {
            storageClassName: "fast",
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "100Gi" } },
          },
        },
      },
    });
    expect(values(planned).prometheus!.prometheusSpec).not.toHaveProperty("storageSpec");
    expect(values(planned).prometheus!.prometheusSpec).toMatchObject({
      retention: "15d",
      retentionSize: "16GB",
      externalLabels: { environment: "dev" },
    });
  });

  test.each<[Partial<ClusterMetricsArgs>, string]>([
    [{ volumeGiB: 1 }, "metrics.volumeGiB: 1 is not allowed; use a whole number from 5 to 16384 GiB"],
    [{ retentionDays: 0 }, "metrics.retentionDays: 0 is not allowed; use a whole number from 1 to 3650 days"],
    [{ timeoutSeconds: 1 }, "metrics.timeoutSeconds: 1 is not allowed; use a whole number from 300 to 7200 seconds"],
    [
      { storageClass: "Fast SSD" },
      'metrics.storageClass: "Fast SSD" cannot be a storage class; use lower-case letters, digits, - and .',
    ],
    [{ environment: "a b" }, 'metrics.environment: "a b" cannot be a label; use up to 64 letters, digits and . _ -'],
    [
      { adminPassword: "short" },
      "metrics-admin-password: the given password is not allowed; use at least 12 printable ASCII characters without spaces",
    ],
    [{ cluster: undefined as never }, "metrics.cluster: is missing; give the cluster to monitor"],
  ])("rejects %j", async (args, message) => {
    await expect(metrics(args)).rejects.toThrow(new ArgumentError([message]));
  });
});
