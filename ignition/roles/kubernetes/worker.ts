import { config, file } from "../../index.ts";
import type { Config } from "../../index.ts";
import { withTimeLimit } from "./binaries.ts";
import { discovery, documents, joinConfiguration } from "./kubeadm.ts";
import { machine, script } from "./machine.ts";
import { folder, type WorkerNode } from "./settings.ts";

/** The Ignition config of one worker. */
export function kubernetesWorker(node: WorkerNode): Config {
  const whole = config(
    machine(node, {
      service: "kubernetes-worker.service",
      ready: "ready-worker",
      withEtcd: false,
      keep: ["/var/lib/containerd"],
      // Load balancers of workers check the pods' ports, which are closed after the drain.
      healthSeconds: 0,
      parameters: {},
    }),
    file({ path: `${folder}/join.json`, text: documents(joinConfiguration(node)), mode: 0o600 }),
    file({ path: `${folder}/discovery.conf`, text: documents(discovery(node)), mode: 0o600 }),
    script("kubernetes-worker"),
  );
  return withTimeLimit(whole);
}
