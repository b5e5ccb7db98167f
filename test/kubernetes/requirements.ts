import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missing } from "../ignition/roles/requirements.ts";

/** Where test/tools/kubernetes/build.sh puts what it builds. */
export const programs = fileURLToPath(new URL("../../.cache/tools/kubernetes/", import.meta.url));

/** Where test/tools/kubernetes/definitions.sh puts the definitions of kinds that charts bring. */
export const definitions = `${programs}definitions`;

const wanted = [
  "etcd",
  "etcdctl",
  "etcdutl",
  "kubeadm",
  "kubectl",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
];

/**
 * Why there can be no real control plane here; absent when there can.
 * @throws Error in CI, unless it is the kernel or a sandbox that refuses.
 */
export function noKubernetes(): string | undefined {
  const absent = wanted.filter((name) => !existsSync(`${programs}${name}`));
  if (absent.length > 0) return lacking(`${absent.join(", ")} not built: test/tools/kubernetes/build.sh`);
  return missing({
    root: true,
    programs: ["jq", "curl", "ip", "nsenter", "openssl", "unshare"],
    commands: {
      "no network namespaces that can be connected": "unshare --mount --net ip link add near type veth peer name far",
    },
  });
}

/**
 * Why the kinds that charts bring are not known here; absent when they are.
 * @throws Error in CI.
 */
export function noDefinitions(): string | undefined {
  return existsSync(`${definitions}/stamp`)
    ? undefined
    : lacking("the charts' kinds are not there: test/tools/kubernetes/definitions.sh");
}

function lacking(reason: string): string {
  if (process.env.CI === "true") throw new Error(`${reason}; CI has to run this`);
  return reason;
}
