import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { type Config, parse } from "../../ignition/index.ts";
import { run } from "../lab/builds.ts";
import type { Openstack } from "./openstack.ts";

/** A server that "booted", with its config. */
export interface Booted {
  id: string;
  name: string;
  /** As the metadata service returns it. */
  userData: string;
  /** The config that the user data points to, byte for byte. */
  text: string;
  /** Where it reports that it is ready. */
  reportUrl: string;
}

/**
 * Stands in for the servers of an OpenStack that boots none. For each server of a stack it reads the user data, follows
 * the pointer over HTTP, verifies the hash as Ignition does, and reports readiness until the server is deleted.
 */
export class FakeServers {
  /** All servers, deleted ones too, in the order of their start. */
  readonly booted: Booted[] = [];
  /** Errors that keep a real machine from booting. */
  readonly failures: string[] = [];
  readonly #openstack: Openstack;
  readonly #stack: string;
  readonly #userDataCommand: string;
  readonly #tried = new Set<string>();
  readonly #ending = new AbortController();
  readonly #loop: Promise<void>;

  /** @param userDataCommand prints the user data of the server whose id is its argument */
  constructor(openstack: Openstack, stack: string, userDataCommand: string) {
    this.#openstack = openstack;
    this.#stack = stack;
    this.#userDataCommand = userDataCommand;
    this.#loop = this.#play();
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#loop;
  }

  async #play(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const active = (await this.#openstack.servers(this.#stack)).filter(({ status }) => status === "ACTIVE");
        for (const { id, name } of active.filter((server) => !this.#tried.has(server.id))) {
          this.#tried.add(id);
          await this.#boot(id, name).catch((error) => this.#fail(`${name}: ${error.message}`));
        }
        const there = new Set(active.map(({ id }) => id));
        for (const { id, reportUrl } of this.booted) {
          if (there.has(id)) await fetch(reportUrl, { method: "PUT", body: `ready ${new Date().toISOString()}` });
        }
      } catch {
        // The next round retries a list or a report that failed under load. An expired token needs a new login.
        if (!signal.aborted) await this.#openstack.connect().catch(() => {});
      }
      await sleep(2000, undefined, { signal }).catch(() => {});
    }
  }

  /** Printed at once, because the gate of such a machine waits for a long time. */
  #fail(failure: string): void {
    this.failures.push(failure);
    console.error(`a machine cannot boot: ${failure}`);
  }

  async #boot(id: string, name: string): Promise<void> {
    const userData = await run("sh", ["-c", `${this.#userDataCommand} "$0"`, id]);
    const replace = parse(JSON.parse(userData)).ignition.config?.replace;
    if (replace?.source === undefined) throw new Error("the user data is no pointer");
    const answer = await fetch(replace.source!);
    if (!answer.ok) throw new Error(`the config cannot be fetched: HTTP ${answer.status}`);
    const body = Buffer.from(await answer.arrayBuffer());
    const hash = `sha512-${createHash("sha512").update(body).digest("hex")}`;
    if (hash !== replace.verification?.hash)
      throw new Error(`the config's hash is ${hash}, not ${replace.verification?.hash}`);
    const text = body.toString();
    const environment = await fileIn(parse(JSON.parse(text)), "/etc/paasmas/ready-report.env");
    // Read the value like systemd and the scripts of the role.
    const reportUrl = await run("sh", ["-c", 'eval "$(cat)" && printf %s "$READY_REPORT_URL"'], { input: environment });
    this.booted.push({ id, name, userData, text, reportUrl });
  }
}

/** The text of a file in a config. */
async function fileIn(config: Config, path: string): Promise<string> {
  const contents = config.storage?.files?.find((file) => file.path === path)?.contents;
  if (contents?.source === undefined) throw new Error(`the config has no ${path}`);
  const bytes = Buffer.from(await (await fetch(contents.source!)).arrayBuffer());
  return (contents.compression === "gzip" ? gunzipSync(bytes) : bytes).toString();
}
