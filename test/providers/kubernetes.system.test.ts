import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { local } from "@pulumi/command";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CertificateAuthority } from "../../components/certificate-authority/index.ts";
import type { RenderedConfig } from "../../components/cloud/machine-config.ts";
import { JenkinsPods } from "../../components/jenkins-pods/index.ts";
import { kubernetesProvider } from "../../components/kubernetes-cluster/provider.ts";
import { ConfigMap, Namespace, Secret } from "../../components/internal/kubernetes-sdk.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import { version } from "../kubernetes/cluster.ts";
import { noKubernetes, programs } from "../kubernetes/requirements.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { ControlPlaneHost } from "./control-plane-host.ts";
import { isReal } from "./path.ts";
import { engineEnv, noEngine } from "./requirements.ts";
import { Steps } from "./steps.ts";

const reason =
  noEngine(["random", "tls", "command"]) ??
  (isReal("pulumi-resource-kubernetes") ? undefined : "no real provider of Kubernetes on the PATH") ??
  noKubernetes();
beforeEach(({ skip }) => skip(reason !== undefined, reason));

/** Loopback addresses of the load balancer: before and after its move. */
const [front, moved] = ["127.9.0.79", "127.9.0.78"] as const;

/** Objects that the program creates in Kubernetes. */
const objects = [
  ...[
    "account",
    "binding",
    "ca",
    "jenkins-agents",
    "jenkins-agents-closed",
    "jenkins-agents-default",
    "jenkins-agents-limits",
  ].map((part) => `builds-${part}`),
  ...["builds-jenkins-agents-open", "builds-role", "builds-token", "settings", "shop", "word"],
];

/** A cloud whose machines boot on a ControlPlaneHost. */
class BootedCloud extends FakeCloud {
  readonly #host: string;
  readonly #front: string;

  constructor(name: string, host: string, front: string) {
    super(name);
    this.#host = host;
    this.#front = front;
  }

  protected override gateOf(name: string, { text }: RenderedConfig): local.CommandArgs {
    const ask = `curl --silent --show-error --fail-with-body ${this.#host}/${name}`;
    return { create: `${ask} --data-binary @-`, stdin: text, delete: `${ask} --request DELETE` };
  }

  protected override loadBalancerAddress(): string {
    return this.#front;
  }
}

describe("a cluster and its objects, by the engine in one update", { timeout: 300_000 }, () => {
  const host = reason === undefined ? new ControlPlaneHost() : undefined;
  let folder: string;
  let url: string;
  let stack: Stack;

  beforeAll(async () => {
    if (!host) return;
    url = await host.open();
    await host.connect(front, moved);
    folder = mkdtempSync(join(tmpdir(), "engine-kubernetes-"));
    const envVars = { ...engineEnv, PULUMI_BACKEND_URL: pathToFileURL(folder).href, KUBECONFIG: "/nowhere" };
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "engine-kubernetes", projectName: "paasmas", program: async () => {} },
      { envVars },
    );
  }, 60_000);
  afterAll(() => {
    host?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  async function run(operation: "preview" | "up" | "destroy", colour: string, address: string = front): Promise<Steps> {
    const steps = new Steps();
    const program = async () => {
      const cluster = new KubernetesCluster("kube", {
        cloud: new BootedCloud("cloud", url, address),
        version,
        controlPlanes: 1,
        pools: [],
      });
      const provider = kubernetesProvider(cluster);
      const { metadata } = new Namespace("shop", { metadata: { name: "shop" } }, { provider });
      new ConfigMap(
        "settings",
        { metadata: { name: "settings", namespace: metadata.name }, data: { colour } },
        { provider },
      );
      new Secret(
        "word",
        { metadata: { name: "word", namespace: metadata.name }, stringData: { [colour]: "secret" } },
        { provider },
      );
      const { connection } = new JenkinsPods("builds", { cluster, ca: new CertificateAuthority("ca", {}) });
      return { kubeconfig: cluster.kubeconfig, token: connection.token };
    };
    await stack[operation]({ program, onEvent: steps.onEvent });
    return steps;
  }

  /** Output of kubectl outside of the cluster, with the kubeconfig of the stack. */
  async function kubectl(args: string[], user?: { token: string }): Promise<string> {
    const config = JSON.parse((await stack.outputs()).kubeconfig!.value);
    if (user) config.users[0].user = user;
    const file = join(folder, "kubeconfig");
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    // Not synchronous, because the load balancer runs in this process.
    const { stdout } = await promisify(execFile)(`${programs}kubectl`, ["--kubeconfig", file, ...args], {
      env: { HOME: folder },
    }).catch((error) => error);
    return stdout.trim();
  }

  const colour = () =>
    kubectl(["get", "configmap", "settings", "--namespace", "shop", "--output", "jsonpath={.data.colour}"]);
  const words = async () =>
    Object.keys(
      JSON.parse(await kubectl(["get", "secret", "word", "--namespace", "shop", "--output", "jsonpath={.data}"])),
    );
  const uids = () =>
    kubectl([
      "get",
      "namespace,configmap,role,secret",
      "--all-namespaces",
      "--output",
      "jsonpath={.items[*].metadata.uid}",
    ]);

  /** Objects of Kubernetes in the state, and the provider. */
  async function inKubernetes(): Promise<string[]> {
    const { resources } = (await stack.exportStack()).deployment;
    return resources
      .filter(({ type }: { type: string }) => /^(pulumi:providers:)?kubernetes\b/.test(type))
      .map(({ urn }: { urn: string }) => urn.split("::").at(-1)!);
  }

  it("creates nothing in Kubernetes if the machine's gate does not open", async () => {
    host!.boots = false;
    await expect(run("up", "red")).rejects.toThrow(/503[\s\S]*not ready/);
    expect(await inKubernetes()).toEqual([]);
  });

  it("creates the machine, and the objects with its kubeconfig", async () => {
    host!.boots = true;
    const { order } = await run("up", "red");
    const machine = order.indexOf("create kube-0-ready");
    expect(order[machine + 1]).toBe("create kube");
    expect(order.slice(machine + 2).sort()).toEqual(objects.map((name) => `create ${name}`));
    expect([await colour(), await words()]).toEqual(["red", ["red"]]);
    // Kubernetes created this account before or during the update.
    expect(
      await kubectl([
        "get",
        "serviceaccount",
        "default",
        "--namespace",
        "jenkins-agents",
        "--output",
        "jsonpath={.automountServiceAccountToken}",
      ]),
    ).toBe("false");
  });

  it("returns the credentials of Jenkins", async () => {
    const token = (await stack.outputs()).token!;
    expect(token.secret).toBe(true);
    const may = (verb: string, kind: string) =>
      kubectl(["auth", "can-i", verb, kind, "--namespace", "jenkins-agents"], { token: token.value });
    expect([await may("create", "pods"), await may("get", "secrets")]).toEqual(["yes", "no"]);
  });

  it("has no changes afterwards", async () => {
    expect((await run("preview", "red")).changes).toEqual([]);
    // Defaults that Kubernetes adds do not count as changes.
    await stack.refresh();
    expect((await run("preview", "red")).changes).toEqual([]);
  });

  it("updates changed objects in place", async () => {
    const before = await uids();
    expect((await run("up", "blue")).order.sort()).toEqual(["update settings", "update word"]);
    expect([await colour(), await words()]).toEqual(["blue", ["blue"]]);
    expect(await uids()).toBe(before);
  });

  it("replaces nothing when the API has another address", async () => {
    const before = await uids();
    expect((await run("up", "blue", moved)).order).toEqual(["update kube"]);
    expect(before).toContain("-");
    expect(await uids()).toBe(before);
  });

  it("neither blocks a repair nor loses the objects while the API does not answer", async () => {
    host!.cutOff();
    expect((await run("up", "blue", moved)).changes).toEqual([]);
    expect((await run("preview", "green", moved)).order.sort()).toEqual(["update settings", "update word"]);
    await expect(run("destroy", "blue", moved)).rejects.toThrow(
      /cluster is unreachable[\s\S]*PULUMI_K8S_DELETE_UNREACHABLE/,
    );
    expect(await inKubernetes()).toHaveLength(objects.length + 1);
    await host!.connect(front, moved);
  });

  it("deletes all objects before the machine", async () => {
    const { order } = await run("destroy", "blue", moved);
    const machine = order.indexOf("delete kube-0-ready");
    expect(order.slice(0, machine - 1).sort()).toEqual(objects.map((name) => `delete ${name}`));
    expect(order[machine - 1]).toBe("delete kube");
    expect(host!.namespacesLeft).toEqual(["default", "kube-node-lease", "kube-public", "kube-system"]);
  });
});
