import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import { marks } from "../../components/paas-cluster/registry-login/refresh.mts";
import { PaasCluster } from "../../components/paas-cluster/index.ts";
import { Cluster, until } from "./cluster.ts";
import type { Machine } from "./machine.ts";
import { planWithKeys } from "./real-keys.ts";
import { noKubernetes } from "./requirements.ts";

const reason = noKubernetes();
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const program = fileURLToPath(new URL("../../components/paas-cluster/registry-login/refresh.mts", import.meta.url));
const standIn = fileURLToPath(new URL("ecr.ts", import.meta.url));
const account = "system:serviceaccount:registry-login:registry-login";

let cluster: Cluster;
let machine: Machine;
const kubectl = (...args: string[]) => machine.ask(["kubectl", "--kubeconfig", "/etc/outside.conf", ...args]);
const apply = (...objects: object[]) =>
  machine.ask(["kubectl", "--kubeconfig", "/etc/outside.conf", "apply", "--server-side", "--filename", "-"], {
    input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  });

const secret = (namespace: string, name: string, stringData: Record<string, string>, type = "Opaque") => ({
  apiVersion: "v1",
  kind: "Secret",
  type,
  metadata: { name, namespace },
  stringData,
});
const pullSecret = (namespace: string, type: string) =>
  secret(
    namespace,
    `private-registry-${type}-off-cluster`,
    { ".dockerconfigjson": JSON.stringify({ auths: { [host]: { auth: Buffer.from("AWS:old").toString("base64") } } }) },
    "kubernetes.io/dockerconfigjson",
  );
const space = (name: string, labels = {}) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });

/** Runs the command of the pod, as its account, with the planned settings but other addresses. */
function refresh(planned: Record<string, string>): { status: number | null; stdout: string; stderr: string } {
  const env = {
    ...planned,
    API_URL: "https://api.kube.internal:6443",
    NODE_EXTRA_CA_CERTS: "/etc/kubernetes/pki/ca.crt",
    TOKEN_FILE: "/etc/token",
    KEYS: "/etc/keys",
    ECR_ENDPOINT: "http://127.0.0.1:9090/",
  };
  return machine.run([process.execPath, "--disable-warning=ExperimentalWarning", program], { env });
}

const data = (namespace: string, name: string): Record<string, string> => {
  const { data: values } = JSON.parse(kubectl("get", "secret", name, "--namespace", namespace, "--output", "json")) as {
    data: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
};
const passwordOf = (namespace: string, name: string): string => {
  const values = data(namespace, name);
  const config = values[".dockerconfigjson"];
  if (config === undefined) return values["registry-password"]!;
  return Buffer.from((JSON.parse(config) as { auths: Record<string, { auth: string }> }).auths[host]!.auth, "base64")
    .toString()
    .replace("AWS:", "");
};
const asked = () => machine.read("/etc/ecr.log").split("\n").filter(Boolean);

let environment: Record<string, string>;
beforeAll(async () => {
  if (reason !== undefined) return;
  cluster = new Cluster(await Cluster.plan({ controlPlanes: 1, pools: [] }));
  machine = cluster.bootFirst();

  const bucket = (name: string) => ({
    endpoint: "https://s3.example.com",
    bucket: name,
    accessKey: "user",
    secretKey: pulumi.secret("key"),
  });
  const planned = await planWithKeys((cloud) => {
    const kubernetes = new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
    const registry = {
      host,
      organization: "apps",
      ecr: { region: "eu-central-1", accessKey: "AKIAEXAMPLE", secretKey: "secret" },
    };
    const buckets = { builder: bucket("builder"), logs: bucket("logs"), database: bucket("database") };
    return {
      url: new PaasCluster("paas", {
        cluster: kubernetes,
        domain: "apps.example.com",
        buckets,
        registry,
        processTypes: ["web", "worker"],
      }).url,
    };
  }, "10.9.0.0/24");
  const own = planned.resources.filter(
    ({ type, name }) =>
      /^kubernetes:(core|rbac|batch)/.test(type) && (name.startsWith("paas-registry-login") || name === "paas-drycc"),
  );
  for (const { inputs } of own.sort(
    (a, b) => Number(b.type.endsWith(":Namespace")) - Number(a.type.endsWith(":Namespace")),
  ))
    apply(inputs);
  const job = planned.one("kubernetes:batch/v1:CronJob", "paas-registry-login").inputs as {
    spec: {
      jobTemplate: {
        spec: { template: { spec: { containers: { command: string[]; env: { name: string; value: string }[] }[] } } };
      };
    };
  };
  const container = job.spec.jobTemplate.spec.template.spec.containers[0]!;
  environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

  apply(space("shop-api", { heritage: "drycc" }), space("shop-front", { heritage: "drycc" }), space("other"));
  apply(
    secret("drycc", "controller-creds", {
      "registry-host": host,
      "registry-username": "AWS",
      "registry-password": "old",
      "django-secret-key": "kept",
    }),
    secret("drycc", "builder-secret", {
      "registry-host": host,
      "registry-username": "AWS",
      "registry-password": "old",
    }),
    pullSecret("shop-api", "web"),
    pullSecret("shop-api", "worker"),
    pullSecret("shop-front", "web"),
    pullSecret("other", "web"),
    secret("shop-api", "shop-api-web-v2-env", { "db-url": "mysql://kept" }),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "drycc-builder", namespace: "drycc" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "drycc-builder" } },
        template: {
          metadata: { labels: { app: "drycc-builder" } },
          spec: { containers: [{ name: "builder", image: "builder" }] },
        },
      },
    },
  );
  machine.write("/etc/token", kubectl("create", "token", "registry-login", "--namespace", "registry-login"));
  for (const [key, value] of Object.entries({ "access-key": "AKIAEXAMPLE", "secret-key": "secret" }))
    machine.write(`/etc/keys/${key}`, value);
  machine.write("/etc/ecr.log", "");
  machine.start("ecr", [process.execPath, standIn, "/etc/ecr.log", "/etc/ecr.refuses"]);
  await until(
    "ECR's stand-in answers",
    () => machine.run(["curl", "--silent", "--output", "/dev/null", "http://127.0.0.1:9090/"]).status === 0,
  );
  machine.write("/etc/ecr.log", "");
}, 300_000);
afterAll(() => cluster?.stop());

const all = [
  ["drycc", "controller-creds"],
  ["drycc", "builder-secret"],
  ["shop-api", "private-registry-web-off-cluster"],
  ["shop-api", "private-registry-worker-off-cluster"],
  ["shop-front", "private-registry-web-off-cluster"],
] as const;
const passwords = () => all.map(([namespace, name]) => passwordOf(namespace, name));

describe("logins to ECR", () => {
  test("are written to the secrets of the platform and of the apps with one request, and restart the builder", () => {
    const { status, stdout, stderr } = refresh(environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toEqual(
      all.map(([namespace, name]) =>
        expect.stringMatching(new RegExp(`^${namespace}/${name} has no login of this job: new login until 20`)),
      ),
    );
    expect(passwords()).toEqual(Array(5).fill("login-1"));
    expect(data("drycc", "controller-creds")).toEqual({
      "registry-host": host,
      "registry-username": "AWS",
      "registry-password": "login-1",
      "django-secret-key": "kept",
    });
    expect(asked()).toEqual(["200 AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"]);
    expect(
      kubectl(
        "get",
        "deployment",
        "drycc-builder",
        "--namespace",
        "drycc",
        "--output",
        `jsonpath={.spec.template.metadata.annotations}`,
      ),
    ).toContain(marks.expires);
  });

  test("are not written to other namespaces, nor to other secrets of an app", () => {
    expect(passwordOf("other", "private-registry-web-off-cluster")).toBe("old");
    expect(data("shop-api", "shop-api-web-v2-env")).toEqual({ "db-url": "mysql://kept" });
  });

  test("stay while they are valid, without a request", () => {
    expect(refresh(environment)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(asked()).toHaveLength(1);
  });

  test("are restored after an upgrade of the chart or a deployment has overwritten them", () => {
    apply(secret("drycc", "builder-secret", { "registry-password": "not-yet-refreshed" }));
    kubectl("delete", "secret", "private-registry-web-off-cluster", "--namespace", "shop-front");
    apply(pullSecret("shop-front", "web"));
    const { status, stdout } = refresh(environment);
    expect([status, stdout.replaceAll(/20\S+Z/g, "TIME")]).toEqual([
      0,
      "drycc/builder-secret was overwritten: new login until TIME\n" +
        "shop-front/private-registry-web-off-cluster has no login of this job: new login until TIME\n",
    ]);
    expect(passwords()).toEqual(["login-1", "login-2", "login-1", "login-1", "login-2"]);
  });

  test("are replaced well before they expire", () => {
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    kubectl(
      "annotate",
      "secret",
      "controller-creds",
      "--namespace",
      "drycc",
      "--overwrite",
      `${marks.expires}=${inHours(7.9)}`,
    );
    kubectl(
      "annotate",
      "secret",
      "private-registry-web-off-cluster",
      "--namespace",
      "shop-api",
      "--overwrite",
      `${marks.expires}=${inHours(8.1)}`,
    );
    expect(refresh(environment).stdout).toMatch(/^drycc\/controller-creds ends in 7\.9 hours: new login until \S+\n$/);
    expect(passwords()).toEqual(["login-3", "login-2", "login-1", "login-1", "login-2"]);
  });

  test("stay if ECR rejects the request, and the job fails with ECR's message", () => {
    machine.write("/etc/ecr.refuses", "User is not authorized to perform: ecr:GetAuthorizationToken");
    kubectl("annotate", "secret", "controller-creds", "--namespace", "drycc", `${marks.expires}-`);
    const { status, stdout, stderr } = refresh(environment);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^drycc\/controller-creds: http:\/\/127\.0\.0\.1:9090\/: .*User is not authorized to perform: ecr:GetAuthorizationToken/,
    );
    expect(passwordOf("drycc", "controller-creds")).toBe("login-3");
    machine.ask(["rm", "/etc/ecr.refuses"]);
    machine.write("/etc/keys/secret-key", "wrong");
    expect(refresh(environment).stderr).toContain("The request signature we calculated does not match");
  });

  test("are the only objects that the account can change", () => {
    const can = (...what: string[]) =>
      machine
        .run(["kubectl", "--kubeconfig", "/etc/outside.conf", "auth", "can-i", "--as", account, ...what])
        .stdout.trim();
    const secretOf = (verb: string, name: string, namespace: string) =>
      can(verb, `secrets/${name}`, "--namespace", namespace);
    expect(
      all.map(([namespace, name]) => [secretOf("get", name, namespace), secretOf("patch", name, namespace)]),
    ).toEqual(Array(5).fill(["yes", "yes"]));
    expect([
      secretOf("get", "passport-creds", "drycc"),
      secretOf("delete", "controller-creds", "drycc"),
      secretOf("get", "shop-api-web-v2-env", "shop-api"),
      secretOf("get", "controller-creds", "shop-api"),
      secretOf("get", "registry-login", "registry-login"),
      can("list", "secrets", "--all-namespaces"),
      can("create", "secrets", "--namespace", "drycc"),
      can("create", "pods", "--namespace", "drycc"),
      can("patch", "deployments.apps/drycc-controller-api", "--namespace", "drycc"),
      can("delete", "namespaces"),
    ]).toEqual(Array(10).fill("no"));
    expect([can("patch", "deployments.apps/drycc-builder", "--namespace", "drycc"), can("list", "namespaces")]).toEqual(
      ["yes", "yes"],
    );
  });
});
