import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where test/tools/kubernetes/build.sh puts what it builds. */
export const programs = fileURLToPath(new URL("../../.cache/tools/kubernetes/", import.meta.url));

const wanted = ["etcd", "etcdctl", "etcdutl", "kubeadm", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Why there can be no real control plane here; absent when there can. */
export function noKubernetes(): string | undefined {
  const missing = wanted.filter((name) => !existsSync(`${programs}${name}`));
  if (missing.length > 0) return `${missing.join(", ")} not built: test/tools/kubernetes/build.sh`;
  if (process.getuid?.() !== 0) return "needs root, for namespaces of its own";
  for (const tool of ["jq", "curl", "ip", "nsenter", "openssl", "unshare"]) {
    if (spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0) return `${tool} is not installed`;
  }
  const { status, stderr } = spawnSync("unshare", ["--mount", "--net", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `no namespaces of its own here: ${stderr.trim()}`;
}
