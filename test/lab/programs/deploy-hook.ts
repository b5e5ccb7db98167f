import { createHmac, randomUUID } from "node:crypto";
import { request } from "node:http";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { DeployHook } from "../../../components/deploy-hook/index.ts";
import type { DeployHookArgs } from "../../../components/deploy-hook/args.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import { config, file } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { readyScript } from "../../../ignition/roles/role.ts";
import { Engine } from "../engine.ts";
import { seconds, sleep } from "../lab.ts";
import { type Machine, machinesOf } from "../machines.ts";
import { cache, imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import { pushApp, pushImage, appImages } from "./deploy-hook-images.ts";
import { type GitServer, serveGit } from "./deploy-hook-git.ts";

const cidr = "10.79.0.0/24";
/** Address of the Docker host in the network of its containers. */
const gateway = "10.79.0.1";
const domain = "apps.lab";

/** A call of the hook, with its token. */
export interface Call {
  action: "deploy" | "rollback" | "remove" | "build";
  app: string;
  name?: string;
  digest?: string;
  commit?: string;
}

/** Answer of the hook. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  seconds: number;
}

/** One row of `GET /apps`. */
export interface Row {
  app: string;
  name: string;
  state: string;
  digest?: string;
  commit?: string;
  since?: string;
  previous?: string;
  url?: string;
}

/** A machine with a deploy hook, a registry, and a machine that stands in for CI. */
export class HookLab {
  machine!: Machine;
  ci!: Machine;
  digests: Record<string, string> = {};
  git!: GitServer;
  #url!: string;
  #tokens!: Record<string, string>;
  #gitImage: string = images.git;
  #withHook = false;
  readonly #engine: Engine;

  constructor() {
    this.#engine = new Engine({
      program: () => this.#program(),
      stack: "deploy-hook",
      stateFile: `${cache}/deploy-hook.json`,
    });
  }

  async up(report: (line: string) => void): Promise<void> {
    const { resources, outputs } = await this.#engine.up({});
    this.ci = machinesOf(resources).find(({ name }) => name === "ci")!;
    const { shop, tools } = outputs as Record<string, string>;
    const start = performance.now();
    for (const version of Object.keys(appImages)) this.digests[version] = await pushApp(this.ci, shop!, version);
    this.#gitImage = `${tools}@${await pushImage(this.ci, images.git, tools!)}`;
    await this.ci.exec(["podman", "tag", images.haproxy, `${tools}:base`]);
    await this.ci.exec(["podman", "push", "--quiet", `${tools}:base`]);
    report(`images pushed in ${seconds(start).toFixed(1)} s`);

    this.git = await serveGit(gateway, `${tools}:base`);
    this.#withHook = true;
    await this.apply(report);
  }

  /** Deploys or updates the machines. */
  async apply(report: (line: string) => void): Promise<void> {
    const { resources, outputs, steps } = await this.#engine.up({});
    for (const { action, name, seconds: took } of steps.filter(({ name }) => /hook-0/.test(name)))
      report(`${action} ${name} ${took.toFixed(1)} s`);
    this.machine = machinesOf(resources).find(({ name }) => name === "hook-0")!;
    this.#url = String(outputs.url);
    this.#tokens = outputs.tokens as Record<string, string>;
  }

  async down(): Promise<void> {
    await this.git?.close();
    await this.#engine.destroy();
  }

  #program(): Record<string, unknown> {
    const cloud = new DockerCloud("deploy-hook-lab", { cidr, imageStore, dropCapabilities: missingCapabilities() });
    const registry = new MachineRegistry("registry", { cloud, repositories: ["shop", "tools"] });
    const firewall = cloud.firewall("ci", { description: "the machine that stands in for CI" });
    registry.allowClients(firewall);
    const idle = config(file({ path: readyScript, text: "#!/bin/bash\nexit 0\n", mode: 0o755 }));
    cloud.machine("ci", { role: "ci", hostNumber: 70, firewall, access: [registry.push("ci")], config: () => idle });
    const outputs = { shop: registry.url("shop"), tools: registry.url("tools") };
    if (!this.#withHook) return outputs;

    const app = { healthPath: "/healthz", healthTimeoutSeconds: 5, watchSeconds: 3, drainSeconds: 10, user: "99" };
    const apps: DeployHookArgs["apps"] = [
      {
        ...app,
        name: "shop",
        hosts: ["shop.lab"],
        repository: registry.url("shop"),
        previews: { domain, max: 2 },
        environment: { GREETING: "good day", CERTIFICATE: "-----BEGIN\nlines\n-----END\n" },
      },
      { ...app, name: "blog", hosts: ["blog.lab"], repository: registry.url("shop") },
      ...[0, 1, 2, 3].map((index) => ({
        ...app,
        name: `page-${index}`,
        hosts: [`page-${index}.lab`],
        source: { url: this.git.url },
      })),
    ];
    const hook = new DeployHook("hook", {
      cloud,
      registry,
      apps,
      callers: [firewall, `${gateway}/32`],
      gitImage: this.#gitImage,
      buildMemoryMiB: 1024,
      urlTemplate: "http://%s:8080",
    });
    return { ...outputs, url: hook.url, tokens: hook.tokens };
  }

  /** Address of the apps for users. */
  get proxy(): { host: string; port: number } {
    return { host: this.machine.address, port: 8080 };
  }

  /** Sends a call like CI, with the given changes. */
  async call(
    call: Call,
    more: { token?: string; timestamp?: number; nonce?: string; path?: string } = {},
  ): Promise<Answer> {
    const { token = this.#tokens[call.app]!, path, ...fields } = more;
    const body = JSON.stringify({ ...call, timestamp: Math.floor(Date.now() / 1000), nonce: randomUUID(), ...fields });
    return this.send(body, { token, path: path ?? `/apps/${call.app}` });
  }

  /** Sends any body, with a valid signature. */
  async send(body: string, { token = "", path = "/apps/shop", method = "POST" } = {}): Promise<Answer> {
    const signature = createHmac("sha256", token).update(body).digest("hex");
    const start = performance.now();
    const { status, text } = await this.#ask(
      method,
      path,
      { "x-paasmas-signature": `sha256=${signature}` },
      method === "POST" ? body : undefined,
    );
    return { status, body: parsed(text), seconds: seconds(start) };
  }

  token(app: string): string {
    return this.#tokens[app]!;
  }

  async list(): Promise<Row[]> {
    const { text } = await this.#ask("GET", "/apps");
    return (JSON.parse(text) as { apps: Row[] }).apps;
  }

  async row(name: string): Promise<Row> {
    return (await this.list()).find((row) => row.name === name)!;
  }

  /** Uses a new connection for each request: one that stays open may close at the moment of its next use. */
  #ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const length =
        body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
      const asking = request(
        `${this.#url}${path}`,
        { method, agent: false, headers: { ...length, ...headers } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (part: string) => (text += part));
          answer.on("error", reject);
          answer.on("end", () => resolve({ status: answer.statusCode!, text }));
        },
      );
      asking.on("error", reject).end(body);
    });
  }

  /** Answer of an app to its users. */
  async ask(host: string, path = "/"): Promise<string> {
    return (
      await this.machine.exec([
        "curl",
        "--silent",
        "--max-time",
        "5",
        "--header",
        `Host: ${host}`,
        `http://127.0.0.1:8080${path}`,
      ])
    ).trim();
  }

  /**
   * Slots that get requests from the proxy. In the administrative state only bit 4 may be set: it is the initial state.
   */
  async serving(backend: string): Promise<string[]> {
    const state = await this.machine.exec([
      "bash",
      "-c",
      "echo show servers state | socat -t 2 - UNIX-CONNECT:/run/paasmas/proxy/admin.sock",
    ]);
    return state
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([, name, , , , , admin]) => name === backend && (Number(admin) & ~4) === 0)
      .map(([, , , server]) => server!);
  }

  /** Running containers of apps. */
  async containers(): Promise<string[]> {
    const names = await this.machine.exec(["podman", "ps", "--format", "{{.Names}}"]);
    return names
      .split("\n")
      .filter((name) => name.startsWith("app-"))
      .sort();
  }

  async ready(timeoutSeconds: number): Promise<void> {
    const start = performance.now();
    while (!(await this.machine.ready())) {
      if (seconds(start) > timeoutSeconds)
        throw new Error(`${this.machine.name} is not ready after ${timeoutSeconds} s`);
      await sleep(0.3);
    }
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
