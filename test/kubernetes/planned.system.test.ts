import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CertificateAuthority } from "../../components/certificate-authority/index.ts";
import { ClusterMetrics } from "../../components/cluster-metrics/index.ts";
import { JenkinsPods } from "../../components/jenkins-pods/index.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import type { PaasClusterArgs } from "../../components/paas-cluster/args.ts";
import { PaasCluster } from "../../components/paas-cluster/index.ts";
import { agentPod } from "../../ignition/roles/jenkins/pods.ts";
import type { Planned } from "../components/planned.ts";
import { Cluster, until } from "./cluster.ts";
import type { Machine } from "./machine.ts";
import { planWithKeys } from "./real-keys.ts";
import { definitions, noDefinitions, noKubernetes } from "./requirements.ts";

const reason = noKubernetes() ?? noDefinitions();
beforeEach(({ skip }) => skip(reason !== undefined, reason));

let cluster: Cluster;
let machine: Machine;
const admin = ["kubectl", "--kubeconfig", "/etc/outside.conf"];

beforeAll(async () => {
  if (reason !== undefined) return;
  cluster = new Cluster(await Cluster.plan({ controlPlanes: 1, pools: [] }));
  machine = cluster.bootFirst();
  const kinds = readdirSync(definitions)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(`${definitions}/${name}`, "utf8"));
  machine.ask([...admin, "apply", "--server-side", "--filename", "-"], { input: kinds.join("\n---\n") });
  machine.ask([...admin, "wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"]);
  // The server lists the kinds first, and knows their fields later.
  for (const kind of ["gateways.gateway.networking.k8s.io", "certificates.cert-manager.io"]) {
    await until(`the API server knows ${kind}`, () => machine.run([...admin, "explain", `${kind}.spec`]).status === 0);
  }
}, 300_000);
afterAll(() => cluster?.stop());

const bucket = (name: string) => ({
  endpoint: "https://s3.example.com",
  bucket: name,
  accessKey: "user",
  secretKey: pulumi.secret("key"),
});
const inside = {
  buckets: {
    builder: bucket("builder"),
    logs: bucket("logs"),
    registry: bucket("registry"),
    database: bucket("database"),
  },
};
const outside = {
  buckets: { builder: bucket("builder"), logs: bucket("logs") },
  registry: {
    host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    organization: "apps",
    ecr: { region: "eu-central-1", accessKey: "AKIAEXAMPLE", secretKey: "secret" },
  },
  database: {
    controllerUrl: "postgres://c:pw@db:5432/c",
    passportUrl: "postgres://p:pw@db:5432/p",
    logsUrl: "postgres://l:pw@db:5432/l",
  },
  valkeyUrl: pulumi.secret("rediss://:pw@valkey:6379/0"),
  certificates: { region: "eu-central-1", zoneId: "Z1", accessKey: "AKIAEXAMPLE", secretKey: "secret" },
};
const paas = (args: object) =>
  planWithKeys((cloud) => {
    const kubernetes = new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
    const { url } = new PaasCluster("paas", {
      cluster: kubernetes,
      domain: "apps.example.com",
      ...args,
    } as PaasClusterArgs);
    return { url };
  }, "10.9.0.0/24");

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; generateName?: string; namespace?: string };
}

/** Charts and files contain manifests of other projects, which are not tested here. */
const foreignTypes = ["kubernetes:helm.sh/v3:Release", "kubernetes:yaml/v2:ConfigFile"];

/** The planned objects as manifests, namespaces first. */
function manifests(planned: Planned): Manifest[] {
  return planned.resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !foreignTypes.includes(type))
    .map(({ name, inputs }) => {
      const { metadata = {}, ...rest } = inputs as unknown as Manifest;
      // The provider names objects that have no name.
      return { ...rest, metadata: { ...metadata, ...(metadata.name === undefined && { name: `${name}-0000000` }) } };
    })
    .sort((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace"));
}

const accept = (objects: readonly Manifest[], ...more: string[]) =>
  machine.run([...admin, "apply", "--server-side", ...more, "--filename", "-"], {
    input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  });

/** Creates the namespaces, which the other objects need, and submits the others with a dry run. */
function expectAccepted(all: readonly Manifest[]): void {
  expect(accept(all.filter(({ kind }) => kind === "Namespace"))).toMatchObject({ status: 0, stderr: "" });
  for (const object of all) {
    const { status, stderr } = accept([object], "--dry-run=server");
    expect([object.kind, object.metadata.name, status, stderr]).toEqual([object.kind, object.metadata.name, 0, ""]);
  }
}

describe("the planned objects of the cluster", () => {
  test.each([
    ["with everything in the cluster", inside],
    ["with everything outside of it", outside],
  ])(
    "PaasCluster %s: the API accepts each manifest",
    async (_, args) => {
      const all = manifests(await paas(args));
      expect(all.length).toBeGreaterThan(10);
      expect(all.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["GatewayClass", "Gateway", "Issuer", "Certificate"]),
      );
      expectAccepted(all);
    },
    120_000,
  );

  test("ClusterMetrics: the API accepts each manifest", async () => {
    const planned = await planWithKeys((cloud) => {
      new ClusterMetrics("metrics", { cluster: new KubernetesCluster("kube", { cloud, controlPlanes: 1 }) });
      return {};
    }, "10.9.0.0/24");
    const all = manifests(planned);
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["Namespace", "NetworkPolicy", "Secret"]));
    expectAccepted(all);
  }, 120_000);

  test("JenkinsPods: the API accepts each manifest, and the account may only run restricted pods there", async () => {
    const planned = await planWithKeys((cloud) => {
      new JenkinsPods("pods", {
        cluster: new KubernetesCluster("kube", { cloud, controlPlanes: 1 }),
        ca: new CertificateAuthority("jenkins-ca"),
      });
      return {};
    }, "10.9.0.0/24");
    const all = manifests(planned);
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["Role", "RoleBinding", "Secret", "ConfigMap"]));
    expect(accept(all)).toMatchObject({ status: 0, stderr: "" });

    const space = ["--namespace", "jenkins-agents"];
    const tokenNow = () =>
      machine.run([...admin, ...space, "get", "secret", "jenkins-token", "--output", "jsonpath={.data.token}"]).stdout;
    await until("the account has its token", () => tokenNow() !== "");
    const token = tokenNow();
    // kubectl reads a text after a slash as a name.
    const may = (verb: string, what: string, ...more: string[]) => {
      const [resource = "", subresource] = what.split("/");
      const options = [
        "--as",
        "system:serviceaccount:jenkins-agents:jenkins",
        ...(subresource === undefined ? [] : ["--subresource", subresource]),
        ...more,
      ];
      return machine.run([...admin, "auth", "can-i", verb, resource, ...options]).stdout.trim();
    };
    const allowed = [
      ["create", "pods"],
      ["delete", "pods"],
      ["get", "pods"],
      ["list", "pods"],
      ["watch", "pods"],
      ["create", "pods/exec"],
      ["get", "pods/exec"],
      ["get", "pods/log"],
      ["watch", "events"],
    ];
    for (const [verb, resource] of allowed)
      expect([verb, resource, may(verb!, resource!, ...space)]).toEqual([verb, resource, "yes"]);
    const refused = [
      ["get", "secrets"],
      ["list", "secrets"],
      ["get", "configmaps"],
      ["create", "serviceaccounts/token"],
      ["create", "rolebindings"],
      ["update", "pods"],
      ["create", "pods/ephemeralcontainers"],
      ["create", "deployments"],
      ["get", "nodes"],
      ["impersonate", "users"],
    ];
    for (const [verb, resource] of refused)
      expect([verb, resource, may(verb!, resource!, ...space)]).toEqual([verb, resource, "no"]);
    expect(may("create", "pods", "--namespace", "default")).toBe("no");

    const identity = Buffer.from(Buffer.from(token, "base64").toString().split(".")[1]!, "base64url").toString();
    expect(JSON.parse(identity)).toMatchObject({ sub: "system:serviceaccount:jenkins-agents:jenkins" });

    type Spec = Record<string, unknown> & { containers: Record<string, unknown>[]; securityContext: object };
    const run = (change: (spec: Spec) => void) => {
      const pod = agentPod({ image: "docker.io/jenkins/inbound-agent:1", trustsConfigMap: true }) as unknown as {
        spec: Spec;
      };
      change(pod.spec);
      const made = { ...pod, metadata: { name: "build", namespace: "jenkins-agents" } };
      const { status, stderr } = machine.run(
        [
          ...admin,
          "create",
          "--as",
          "system:serviceaccount:jenkins-agents:jenkins",
          "--dry-run=server",
          "--filename",
          "-",
        ],
        { input: JSON.stringify(made) },
      );
      return { status, stderr };
    };
    expect(run(() => {})).toEqual({ status: 0, stderr: "" });
    const wrong: [(spec: Spec) => void, RegExp][] = [
      [
        (spec) => (spec.containers[0]!.securityContext = { privileged: true }),
        /violates PodSecurity "restricted:latest": privileged/,
      ],
      [(spec) => (spec.hostNetwork = true), /violates PodSecurity "restricted:latest": host namespaces/],
      [
        (spec) => (spec.volumes = [{ name: "jenkins-ca", hostPath: { path: "/" } }]),
        /violates PodSecurity "restricted:latest": .*hostPath/,
      ],
      [
        (spec) => Object.assign(spec.securityContext, { runAsUser: 0 }),
        /violates PodSecurity "restricted:latest": .*runAsUser=0/,
      ],
    ];
    for (const [change, reason] of wrong)
      expect(run(change)).toEqual({ status: 1, stderr: expect.stringMatching(reason) });
  }, 120_000);

  test.each<[string, object]>([
    ["LimitRange", { apiVersion: "v1", spec: { limits: [{ type: "Container", defaults: {} }] } }],
    [
      "Certificate",
      {
        apiVersion: "cert-manager.io/v1",
        spec: { secretName: "x", issuerRef: { name: "x" }, dnsName: ["example.com"] },
      },
    ],
  ])("the API rejects a wrong %s", (kind, wrong) => {
    const { status, stderr } = accept(
      [{ ...wrong, kind, metadata: { name: "wrong", namespace: "default" } } as Manifest],
      "--dry-run=server",
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining("field not declared in schema")]);
  });
});
