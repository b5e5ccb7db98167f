/**
 * Stands in for kubelet and container runtime on a test's machine, which has no cgroups to run them with: runs the static
 * pods' commands as processes, as their manifests have them; asks for the node's certificate with the bootstrap
 * token, through a CSR; registers the node and reports it Ready. Started on the machine: `node kubelet.ts NAME ADDRESS`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { parse } from "yaml";

const [name, address] = process.argv.slice(2) as [string, string];
const bootstrap = "/etc/kubernetes/bootstrap-kubelet.conf";
const kubeconfig = "/etc/kubernetes/kubelet.conf";
const own = "/var/lib/kubelet/pki";

/** kubeadm waits for this. */
createServer((_, response) => response.end("ok")).listen(10248, "127.0.0.1");

interface Running {
  hash: string;
  child: ChildProcess;
}
const running = new Map<string, Running>();

/** Starts what has a manifest, and what ended; stops what has none any more. */
function staticPods(): void {
  const folder = "/etc/kubernetes/manifests";
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".yaml")) : [];
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    const hash = createHash("sha256").update(text).digest("hex");
    const known = running.get(file);
    if (known?.hash === hash && known.child.exitCode === null && known.child.signalCode === null) continue;
    known?.child.kill("SIGTERM");
    const pod = parse(text) as { spec: { containers: { command: string[] }[]; volumes?: { hostPath?: { path: string; type?: string } }[] } };
    for (const { hostPath } of pod.spec.volumes ?? []) {
      if (hostPath?.type === "DirectoryOrCreate") mkdirSync(hostPath.path, { recursive: true });
    }
    const [program, ...args] = pod.spec.containers[0]!.command;
    const log = openSync(`/var/log/${file.replace(".yaml", "")}.log`, "a");
    running.set(file, { hash, child: spawn(program!, args, { stdio: ["ignore", log, log] }) });
  }
  for (const [file, { child }] of running) {
    if (files.includes(file)) continue;
    child.kill("SIGTERM");
    running.delete(file);
  }
}

function kubectl(config: string, args: readonly string[], input = ""): { ok: boolean; stdout: string } {
  const { status, stdout, stderr } = spawnSync("kubectl", ["--kubeconfig", config, "--request-timeout=5s", ...args], { input, encoding: "utf8" });
  if (status !== 0) process.stderr.write(`kubectl ${args.join(" ")}: ${stderr}`);
  return { ok: status === 0, stdout };
}

/** The kubelet's TLS bootstrap: a request with the token, the certificate from whoever signs it, a kubeconfig of its own. */
function ownCertificate(): void {
  if (existsSync(kubeconfig) || !existsSync(bootstrap)) return;
  mkdirSync(own, { recursive: true });
  const [key, request] = [`${own}/kubelet-client.key`, `${own}/kubelet-client.csr`];
  if (!existsSync(request)) {
    execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]);
    execFileSync("openssl", ["req", "-new", "-key", key, "-subj", `/O=system:nodes/CN=system:node:${name}`, "-out", request]);
  }
  const csr = `node-csr-${createHash("sha256").update(readFileSync(request)).digest("hex").slice(0, 12)}`;
  const found = kubectl(bootstrap, ["get", "csr", csr, "--output", "json", "--ignore-not-found"]);
  if (!found.ok) return;
  if (found.stdout === "") {
    const object = {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: csr },
      spec: {
        request: readFileSync(request).toString("base64"),
        signerName: "kubernetes.io/kube-apiserver-client-kubelet",
        usages: ["digital signature", "client auth"],
      },
    };
    kubectl(bootstrap, ["create", "--filename", "-"], JSON.stringify(object));
    return;
  }
  const certificate = (JSON.parse(found.stdout) as { status?: { certificate?: string } }).status?.certificate;
  if (certificate === undefined) return;
  const pem = `${own}/kubelet-client-current.pem`;
  writeFileSync(pem, Buffer.from(certificate, "base64").toString() + readFileSync(key, "utf8"), { mode: 0o600 });
  const config = parse(readFileSync(bootstrap, "utf8")) as Record<string, unknown>;
  config.users = (config.users as { name: string }[]).map((user) => ({ name: user.name, user: { "client-certificate": pem, "client-key": pem } }));
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
}

/** Registers the node, then reports it Ready, as long as this runs. */
function heartbeat(): void {
  if (!existsSync(kubeconfig)) return;
  const node = { apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } } };
  if (!kubectl(kubeconfig, ["get", "node", name]).ok && !kubectl(kubeconfig, ["create", "--filename", "-"], JSON.stringify(node)).ok) return;
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const status = {
    addresses: [
      { type: "InternalIP", address },
      { type: "Hostname", address: name },
    ],
    capacity: { cpu: "2", memory: "4Gi", pods: "110" },
    nodeInfo: {
      kubeletVersion: JSON.parse(execFileSync("kubeadm", ["version", "--output", "json"], { encoding: "utf8" })).clientVersion.gitVersion,
      architecture: "amd64", bootID: "", containerRuntimeVersion: "none", kernelVersion: "", kubeProxyVersion: "", machineID: "",
      operatingSystem: "linux", osImage: "", systemUUID: "",
    },
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "", lastHeartbeatTime: now, lastTransitionTime: now }],
  };
  kubectl(kubeconfig, ["patch", "node", name, "--subresource", "status", "--type", "merge", "--patch", JSON.stringify({ status })]);
}

/** What was evicted from this node goes at once: nothing runs that would have to end first. */
function finishPods(): void {
  if (!existsSync(kubeconfig)) return;
  const { ok, stdout } = kubectl(kubeconfig, ["get", "pods", "--all-namespaces", "--field-selector", `spec.nodeName=${name}`, "--output", "json"]);
  if (!ok) return;
  for (const { metadata } of (JSON.parse(stdout) as { items: { metadata: { name: string; namespace: string; deletionTimestamp?: string } }[] }).items) {
    if (metadata.deletionTimestamp === undefined) continue;
    kubectl(kubeconfig, ["delete", "pod", metadata.name, "--namespace", metadata.namespace, "--grace-period=0", "--force", "--wait=false"]);
  }
}

let rounds = 0;
setInterval(() => {
  staticPods();
  if (rounds++ % 5 === 0) {
    ownCertificate();
    heartbeat();
    finishPods();
  }
}, 500);
process.on("SIGTERM", () => {
  for (const { child } of running.values()) child.kill("SIGTERM");
  process.exit(0);
});
