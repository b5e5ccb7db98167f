import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { TargetError } from "../targets/target.ts";
import { type Answer, DryccApi, type DryccLogin, reason } from "./drycc-api.ts";
import type { Paas, PaasApp, PaasConfig } from "./paas.ts";

export interface DryccOptions {
  /** Address of the controller, for example `https://drycc.apps.example.com`. */
  url: string;
  login: DryccLogin;
  /** Workspace of new apps. Default: none. Controllers before 1.14 have no workspaces. */
  workspace?: string;
  /** Time between two polls, in milliseconds. Default: 3000. */
  pollMs?: number;
  /** Time limit of a release, in milliseconds. Default: 900,000 (15 minutes). */
  releaseMs?: number;
}

const app = z.object({
  id: z.string(),
  created: z.string(),
  structure: z.record(z.string(), z.coerce.number()).default({}),
});
const release = z.object({
  version: z.number(),
  state: z.enum(["created", "succeed", "crashed"]),
  failed: z.boolean().default(false),
  build: z.string().nullish(),
  created: z.string(),
  exception: z.string().nullish(),
  conditions: z.array(z.object({ exception: z.string().nullish() })).default([]),
});
const build = z.object({ image: z.string().nullish() });
const variable = z.object({
  name: z.string(),
  value: z.union([z.string(), z.null()]),
  group: z.string().optional(),
  ptype: z.string().optional(),
});
const config = z.object({
  values: z.array(variable).default([]),
  healthcheck: z.record(z.string(), z.unknown()).default({}),
});
const domain = z.object({ domain: z.string() });

type Release = z.infer<typeof release>;

/** The process type that serves requests. */
const web = "web";

/**
 * Drycc Workflow. Each change of the config or the image of an app is a separate release. The controller rolls back a
 * release that does not become healthy.
 */
export class Drycc implements Paas {
  readonly #api: DryccApi;
  readonly #options: Required<Omit<DryccOptions, "workspace">> & { workspace?: string };

  constructor(options: DryccOptions) {
    this.#options = { pollMs: 3000, releaseMs: 15 * 60_000, ...options };
    this.#api = new DryccApi(options.url, options.login);
  }

  async create(name: string): Promise<void> {
    if ((await this.#api.ask("GET", `/apps/${name}`, undefined, [404])).status !== 404) return;
    const { workspace } = this.#options;
    await this.#api.ask("POST", "/apps", { id: name, ...(workspace !== undefined && { workspace }) });
  }

  async configure(name: string, { environment = {}, health }: PaasConfig): Promise<void> {
    const current = await this.#api.get(`/apps/${name}/config`, config);
    const known = new Map(current.values.filter(({ group }) => group === "global").map((one) => [one.name, one.value]));
    const values = Object.entries(environment)
      .filter(([key, value]) => known.get(key) !== value)
      .map(([key, value]) => ({ name: key, value, group: "global" }));
    const probe = health && {
      httpGet: { path: health.path, port: health.port },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    };
    const probes = current.healthcheck[web] as { readinessProbe?: unknown } | undefined;
    const changed = probe !== undefined && !includes(probes?.readinessProbe, probe);
    if (values.length === 0 && !changed) return;
    const body = {
      ...(values.length > 0 && { values }),
      ...(changed && { healthcheck: { [web]: { readinessProbe: probe } } }),
    };
    const before = await this.#latest(name);
    // 409: another client set the same values at the same time.
    await this.#change(name, "POST", `/apps/${name}/config`, body, [409]);
    const latest = await this.#latest(name);
    // The controller does not release an app without an image.
    if (latest !== undefined && latest.version !== before?.version && latest.build)
      await this.#finished(name, (one) => one.version === latest.version);
  }

  async deploy(name: string, image: string): Promise<void> {
    const { body } = await this.#change(name, "POST", `/apps/${name}/build`, { image, stack: "container" });
    const { uuid } = z.object({ uuid: z.string() }).parse(body);
    await this.#finished(name, (one) => one.build === uuid);
  }

  async scale(name: string, processes: Readonly<Record<string, number>>): Promise<void> {
    const wanted = Object.entries(processes);
    const reached = async () => {
      const { structure } = await this.#api.get(`/apps/${name}`, app);
      return wanted.every(([kind, count]) => structure[kind] === count);
    };
    if (await reached()) return;
    await this.#api.ask("POST", `/apps/${name}/ptypes/scale`, processes);
    await this.#until(
      reached,
      () => `${name} is not scaled to ${wanted.map(([kind, count]) => `${kind}=${count}`).join(", ")}`,
    );
  }

  async domains(name: string, names: readonly string[]): Promise<void> {
    const current = (await this.#api.list(`/apps/${name}/domains`, domain)).map((one) => one.domain);
    for (const one of names.filter((other) => !current.includes(other)))
      await this.#api.ask("POST", `/apps/${name}/domains`, { domain: one, ptype: web });
    for (const one of current.filter((other) => !names.includes(other)))
      await this.#api.ask("DELETE", `/apps/${name}/domains/${one}`, undefined, [404]);
  }

  async destroy(name: string): Promise<void> {
    await this.#api.ask("DELETE", `/apps/${name}`, undefined, [404]);
  }

  async apps(): Promise<PaasApp[]> {
    const all = await this.#api.list("/apps", app);
    return Promise.all(
      all.map(async ({ id, created }): Promise<PaasApp> => {
        // The newest release with an image that did not fail: the controller rolls back failed ones.
        const found = (await this.#releases(id)).filter((one) => one.build);
        const current = found.find((one) => !one.failed);
        if (current === undefined) return { name: id, state: found.length > 0 ? "failed" : "none", since: created };
        const image = await this.#image(id, current);
        return {
          name: id,
          state: current.state === "succeed" ? "running" : "releasing",
          since: current.created,
          ...(image !== undefined && { image }),
        };
      }),
    );
  }

  async images(name: string): Promise<string[]> {
    const successful = (await this.#releases(name)).filter(
      (one) => one.state === "succeed" && !one.failed && one.build,
    );
    const images: string[] = [];
    for (const one of successful) {
      const image = await this.#image(name, one);
      if (image !== undefined) images.push(image);
    }
    return images;
  }

  /** Newest first. */
  async #releases(name: string): Promise<Release[]> {
    return (await this.#api.list(`/apps/${name}/releases`, release)).sort((a, b) => b.version - a.version);
  }

  async #latest(name: string): Promise<Release | undefined> {
    return (await this.#releases(name))[0];
  }

  async #image(name: string, { version }: Release): Promise<string | undefined> {
    return (await this.#api.get(`/apps/${name}/build?version=v${version}`, build)).image ?? undefined;
  }

  /** Changes an app. Retries while another release of it is in progress. */
  async #change(
    name: string,
    method: string,
    path: string,
    body: unknown,
    allowed: readonly number[] = [],
  ): Promise<Answer> {
    const deadline = Date.now() + this.#options.releaseMs;
    for (;;) {
      const answer = await this.#api.ask(method, path, body, [400, ...allowed]);
      if (answer.status !== 400) return answer;
      if (!/executing pipeline/.test(reason(answer)) || Date.now() > deadline)
        throw new TargetError(`${name}: ${reason(answer)}`);
      await sleep(this.#options.pollMs);
    }
  }

  /** Waits until a release ends. @throws TargetError if it failed. */
  async #finished(name: string, wanted: (one: Release) => boolean): Promise<void> {
    let found: Release | undefined;
    await this.#until(
      async () => {
        found = (await this.#releases(name)).find(wanted);
        return found !== undefined && (found.state !== "created" || found.failed);
      },
      () => `${name}: ${found === undefined ? "no release exists" : `release v${found.version} is still in progress`}`,
    );
    if (found!.state === "succeed" && !found!.failed) return;
    const cause =
      found!.exception ||
      found!.conditions.map(({ exception }) => exception).find((one) => one) ||
      "the controller gives no cause";
    throw new TargetError(`${name}: release v${found!.version} failed: ${cause}; the previous release still runs`);
  }

  async #until(done: () => Promise<boolean>, otherwise: () => string): Promise<void> {
    const deadline = Date.now() + this.#options.releaseMs;
    while (!(await done())) {
      if (Date.now() > deadline)
        throw new TargetError(`${otherwise()} after ${Math.round(this.#options.releaseMs / 1000)} s`);
      await sleep(this.#options.pollMs);
    }
  }
}

/** Whether an object contains all values of another one. Compares as text, because the controller converts types. */
function includes(given: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return String(given) === String(wanted);
  return Object.entries(wanted).every(
    ([key, value]) =>
      typeof given === "object" && given !== null && includes((given as Record<string, unknown>)[key], value),
  );
}
