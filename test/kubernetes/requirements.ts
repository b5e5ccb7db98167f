import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missing } from "../ignition/roles/requirements.ts";

/** Folder with the programs of test/tools/kubernetes/build.sh. */
export const programs = fileURLToPath(new URL("../../.cache/tools/kubernetes/", import.meta.url));

/** Folder with the definitions of test/tools/kubernetes/definitions.sh: kinds that charts install. */
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
 * The reason why no real control plane can run here. Absent if it can.
 * @throws Error in CI, unless the kernel or a sandbox is the reason.
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
 * The reason why the kinds of charts are not known here. Absent if they are.
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
