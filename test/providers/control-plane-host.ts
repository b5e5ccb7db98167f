import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { kubernetesPorts } from "../../ignition/roles/kubernetes/settings.ts";
import { Cluster } from "../kubernetes/cluster.ts";
import type { Machine } from "../kubernetes/machine.ts";
import { forward } from "./forward.ts";

const own = "10.9.0.70";
const forwarder = fileURLToPath(new URL("forward.ts", import.meta.url));

/**
 * Boots the control plane of a test with an engine. The gate sends the Ignition config of the machine here and gets its
 * answer when the machine's `ready` succeeds. A load balancer in front of the API listens on this machine.
 */
export class ControlPlaneHost {
  /** Whether machines boot. If false, they have no kubelet, and the gate fails after 5 seconds. */
  boots = true;
  /** Namespaces in the API when its machine was deleted. */
  namespacesLeft: string[] = [];
  #machine: Machine | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), "engine-kubernetes-"));
  readonly #socket = join(this.#folder, "api.sock");
  readonly #configs = new Map<string, string>();
  readonly #cluster = new Cluster({
    config: (name) => ({ text: this.#configs.get(name)!, secret: true }),
    machine: () => ({ address: own }),
    outputs: {},
  });
  readonly #server: HttpServer = createServer((request, response) => {
    this.#answer(request).then(
      () => response.end(),
      (error: Error) => response.writeHead(503).end(error.message),
    );
  });
  readonly #fronts: Server[] = [];

  /** Makes the load balancer listen. Before this, and after `cutOff`, the API is not reachable. */
  async connect(...addresses: string[]): Promise<void> {
    for (const host of addresses) {
      const front = forward({ host, port: kubernetesPorts.api.port }, { path: this.#socket });
      await once(front, "listening");
      this.#fronts.push(front);
    }
  }

  cutOff(): void {
    for (const front of this.#fronts.splice(0)) front.close();
  }

  /** Starts the server that the gates of machines ask, and returns its URL. */
  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#cluster.stop();
    this.cutOff();
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }

  async #answer(request: IncomingMessage): Promise<void> {
    const name = request.url!.slice(1);
    if (request.method === "DELETE") {
      const kubectl = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf"];
      this.namespacesLeft = this.#machine!.ask([
        ...kubectl,
        "get",
        "namespaces",
        "--output",
        "jsonpath={.items[*].metadata.name}",
      ]).split(" ");
      return this.#remove();
    }
    this.#configs.set(name, await text(request));
    this.#machine = this.#cluster.make(name, ["10.9.0.79"]);
    if (this.boots) this.#cluster.startBoot(this.#machine);
    const deadline = Date.now() + (this.boots ? 120_000 : 5000);
    while (this.#machine.run(["/opt/paasmas/bin/ready"]).status !== 0) {
      if (Date.now() > deadline) {
        const logs = ["boot", "etcd", "kube-apiserver", "stand-in"].map((log) => this.#machine!.log(log).slice(-1200));
        this.#remove();
        throw new Error(["not ready", ...logs].join("\n"));
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    rmSync(this.#socket, { force: true });
    this.#machine.start("front", [
      process.execPath,
      forwarder,
      JSON.stringify({ path: this.#socket }),
      JSON.stringify({ host: own, port: kubernetesPorts.api.port }),
    ]);
  }

  #remove(): void {
    this.#cluster.destroy(this.#machine!);
    this.#machine = undefined;
  }
}
