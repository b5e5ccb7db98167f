/**
 * Stands in for kubelet and container runtime on a test's machine, which has no cgroups for them. Runs the commands of
 * static pods as processes, requests the node's certificate with the bootstrap token through a CSR, registers the node
 * and reports it as Ready. Start it on the machine: `node kubelet.ts NAME ADDRESS`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import https from "node:https";
import { parse } from "yaml";

const [name, address] = process.argv.slice(2) as [string, string];
const bootstrap = "/etc/kubernetes/bootstrap-kubelet.conf";
const kubeconfig = "/etc/kubernetes/kubelet.conf";
const own = "/var/lib/kubelet/pki";

/** kubeadm waits for this endpoint. */
createServer((_, response) => response.end("ok")).listen(10248, "127.0.0.1");

interface Running {
  hash: string;
  child: ChildProcess;
}
const running = new Map<string, Running>();

/** Starts missing or ended processes of manifests, and stops processes without a manifest. */
function staticPods(): void {
  const folder = "/etc/kubernetes/manifests";
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".yaml")) : [];
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    const hash = createHash("sha256").update(text).digest("hex");
    const known = running.get(file);
    if (known?.hash === hash && known.child.exitCode === null && known.child.signalCode === null) continue;
    // kubeadm has not written the whole file yet.
    if (!text.includes("\nstatus:")) continue;
    known?.child.kill("SIGTERM");
    const pod = parse(text) as {
      spec: { containers: { command: string[] }[]; volumes?: { hostPath?: { path: string; type?: string } }[] };
    };
    for (const { hostPath } of pod.spec.volumes ?? []) {
      if (hostPath?.type === "DirectoryOrCreate") mkdirSync(hostPath.path, { recursive: true });
    }
    const [program, ...args] = pod.spec.containers[0]!.command;
    const log = openSync(`/var/log/${file.replace(".yaml", "")}.log`, "a");
    const child = spawn(program!, args, { stdio: ["ignore", log, log] });
    child.on("error", (error) => process.stderr.write(`${program}: ${error.message}\n`));
    running.set(file, { hash, child });
  }
  for (const [file, { child }] of running) {
    if (files.includes(file)) continue;
    child.kill("SIGTERM");
    running.delete(file);
  }
}

interface Answer {
  status: number;
  /** JSON, or text. */
  body: unknown;
}

/** Sends one request to the API server, with the certificate or the token of a kubeconfig. */
function request(
  file: string,
  method: string,
  path: string,
  body?: unknown,
  type = "application/json",
): Promise<Answer> {
  const { clusters, users } = parse(readFileSync(file, "utf8")) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const { cluster } = clusters[0]!;
  const { user } = users[0]!;
  const part = (key: string) =>
    user[`${key}-data`] ? Buffer.from(user[`${key}-data`]!, "base64") : user[key] && readFileSync(user[key]!);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(user.token && { authorization: `Bearer ${user.token}` }),
    ...(text && { "content-type": type, "content-length": Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const sent = https.request(
      new URL(path, cluster.server),
      {
        method,
        headers,
        timeout: 5000,
        ca: Buffer.from(cluster["certificate-authority-data"]!, "base64"),
        cert: part("client-certificate"),
        key: part("client-key"),
      },
      (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: answer.startsWith("{") ? JSON.parse(answer) : answer }),
        );
      },
    );
    sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer")));
    sent.end(text);
  });
}

/**
 * TLS bootstrap of the kubelet: requests a certificate with the token, waits until it is signed, and writes a
 * kubeconfig.
 */
async function ownCertificate(): Promise<void> {
  if (existsSync(kubeconfig) || !existsSync(bootstrap)) return;
  mkdirSync(own, { recursive: true });
  const [key, csr] = [`${own}/kubelet-client.key`, `${own}/kubelet-client.csr`];
  if (!existsSync(csr)) {
    execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]);
    execFileSync("openssl", [
      "req",
      "-new",
      "-key",
      key,
      "-subj",
      `/O=system:nodes/CN=system:node:${name}`,
      "-out",
      csr,
    ]);
  }
  const object = `node-csr-${createHash("sha256").update(readFileSync(csr)).digest("hex").slice(0, 12)}`;
  const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  const found = await request(bootstrap, "GET", `${requests}/${object}`);
  if (found.status === 404) {
    const spec = {
      request: readFileSync(csr).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client-kubelet",
      usages: ["digital signature", "client auth"],
    };
    await request(bootstrap, "POST", requests, {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: object },
      spec,
    });
  }
  const certificate: string | undefined = (found.body as { status?: { certificate?: string } }).status?.certificate;
  if (certificate === undefined) return;
  const pem = `${own}/kubelet-client-current.pem`;
  writeFileSync(pem, Buffer.from(certificate, "base64").toString() + readFileSync(key, "utf8"), { mode: 0o600 });
  const config = parse(readFileSync(bootstrap, "utf8")) as Record<string, unknown>;
  config.users = (config.users as { name: string }[]).map((user) => ({
    name: user.name,
    user: { "client-certificate": pem, "client-key": pem },
  }));
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
}

const kubeletVersion: string = JSON.parse(
  execFileSync("kubeadm", ["version", "--output", "json"], { encoding: "utf8" }),
).clientVersion.gitVersion;

/** Registers the node, and reports it as Ready while this process runs. */
async function heartbeat(): Promise<void> {
  if (!existsSync(kubeconfig)) return;
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
  };
  if ((await request(kubeconfig, "GET", `/api/v1/nodes/${name}`)).status === 404)
    await request(kubeconfig, "POST", "/api/v1/nodes", node);
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const unknown = {
    architecture: "amd64",
    bootID: "",
    containerRuntimeVersion: "",
    kernelVersion: "",
    kubeProxyVersion: "",
    machineID: "",
    operatingSystem: "linux",
    osImage: "",
    systemUUID: "",
  };
  const status = {
    addresses: [
      { type: "InternalIP", address },
      { type: "Hostname", address: name },
    ],
    capacity: { cpu: "2", memory: "4Gi", pods: "110" },
    nodeInfo: { ...unknown, kubeletVersion },
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
  };
  await request(kubeconfig, "PATCH", `/api/v1/nodes/${name}/status`, { status }, "application/merge-patch+json");
}

interface Pod {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  status?: { phase?: string };
}

/** Reports pods of this node as running. Deletes evicted pods at once, because they have no processes. */
async function pods(): Promise<void> {
  if (!existsSync(kubeconfig)) return;
  const { body } = await request(kubeconfig, "GET", `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`);
  for (const { metadata, status } of (body as { items?: Pod[] }).items ?? []) {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
    if (metadata.deletionTimestamp !== undefined) await request(kubeconfig, "DELETE", path, { gracePeriodSeconds: 0 });
    else if (status?.phase !== "Running") {
      const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
      await request(kubeconfig, "PATCH", `${path}/status`, running, "application/merge-patch+json");
    }
  }
}

async function talk(): Promise<void> {
  for (;;) {
    for (const step of [ownCertificate, heartbeat, pods]) {
      await step().catch((error: Error) => process.stderr.write(`${step.name}: ${error.message}\n`));
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

setInterval(staticPods, 500);
void talk();
process.on("SIGTERM", () => {
  for (const { child } of running.values()) child.kill("SIGTERM");
  process.exit(0);
});
