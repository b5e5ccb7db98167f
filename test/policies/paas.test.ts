import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { runPolicies, type Violation } from "../../cli/plan/policies.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import { PaasCluster } from "../../components/paas-cluster/index.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { plan, type Planned } from "../components/planned.ts";

const bucket = (name: string) => ({
  endpoint: "https://s3.example.com",
  bucket: name,
  accessKey: "user",
  secretKey: pulumi.secret("key"),
});
const buckets = {
  builder: bucket("builder"),
  logs: bucket("logs"),
  registry: bucket("registry"),
  database: bucket("database"),
};

describe("a PaasCluster with builds on push", () => {
  let planned: Planned;
  beforeAll(async () => {
    planned = await plan((cloud) => {
      const cluster = new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
      new PaasCluster("paas", { cluster, domain: "apps.example.com", gitPush: true, buckets });
      return {};
    });
  });

  const judged = async (config?: object) => {
    const results = await runPolicies(policies, planned.resources, policyConfig(policies, config));
    const kubernetes = results.filter(({ name }) => name.startsWith("kubernetes-"));
    return { kubernetes, violations: kubernetes.flatMap((result) => result.violations) };
  };
  const short = ({ policy, level, message }: Violation) => [
    policy,
    level,
    /^(?:exempted \((.*?)\): )?(\S+) /.exec(message)?.slice(1).join(" ").trim(),
  ];

  it("needs two exemptions: for the namespace with privileged builds and for a chart image with a tag", async () => {
    const { violations } = await judged();
    expect(violations.map(short)).toEqual([
      ["kubernetes-image-digest", "mandatory", "paas-users"],
      ["kubernetes-namespace-pod-security", "mandatory", "paas-drycc"],
      ["kubernetes-contents-seen", "advisory", "paas-gateway-api"],
    ]);
  });

  it("passes with exemptions for its namespace, and prints their reasons", async () => {
    const exempted = (reason: string) => ({ exemptions: [{ resource: "drycc/*", reason }] });
    const config = {
      "kubernetes-namespace-pod-security": exempted("builds images as root"),
      "kubernetes-image-digest": exempted("the chart's image"),
    };
    const { violations } = await judged(config);
    expect(violations.map(short)).toEqual([
      ["kubernetes-image-digest", "advisory", "the chart's image paas-users"],
      ["kubernetes-namespace-pod-security", "advisory", "builds images as root paas-drycc"],
      ["kubernetes-contents-seen", "advisory", "paas-gateway-api"],
    ]);
  });

  it("gives resources to every Kubernetes policy, except those for Ingresses and exposed Services", async () => {
    const { kubernetes } = await judged();
    expect(kubernetes.filter(({ resources }) => resources === 0).map(({ name }) => name)).toEqual([
      "kubernetes-ingress-tls",
      "kubernetes-services-internal",
    ]);
  });
});
