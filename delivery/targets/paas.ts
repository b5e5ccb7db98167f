import type { Paas, PaasApp } from "../paas/paas.ts";
import { type Deployed, type RunningApp, type Target, TargetError } from "./target.ts";

/** How one of the project's apps runs on a platform. */
export interface PlatformApp {
  /** Repository of its images, without tag or digest. */
  image: string;
  /** Its environment, `PORT` apart. */
  environment: Readonly<Record<string, string>>;
  /** The port it listens on, which it finds in `PORT`. */
  port: number;
  /** Path that answers 200 to 399 when it is healthy. */
  healthPath: string;
  /** How many processes of each kind run; those of pull requests' apps are one each. */
  processes: Readonly<Record<string, number>>;
}

export interface PaasTargetOptions {
  paas: Paas;
  /** The project's apps, by name. */
  apps: Readonly<Record<string, PlatformApp>>;
  /** What the apps' names begin with on the platform, which it shares with other projects. */
  prefix: string;
  /** Below which the apps are reached. */
  domain: string;
}

/** The longest name of an app on a platform: it names a namespace. */
const longestName = 63;

/** A platform as a target: apps are made when they are first deployed, and each has its own name in the domain. */
export class PaasTarget implements Target {
  readonly #options: PaasTargetOptions;

  constructor(options: PaasTargetOptions) {
    this.#options = options;
  }

  async deploy(app: string, digest: string, name = app): Promise<Deployed> {
    const { paas, domain } = this.#options;
    const { image, environment, port, healthPath, processes } = this.#app(app);
    const there = this.#there(name);
    const wanted = `${image}@${digest}`;
    const host = `${name}.${domain}`;
    const before = (await paas.apps()).find((one) => one.name === there);
    await paas.create(there);
    // Before there is anything to reach, and an app without a name of its own would answer to all of them.
    await paas.domains(there, [host]);
    await paas.configure(there, {
      environment: { ...environment, PORT: String(port) },
      health: { path: healthPath, port },
    });
    const changed = before?.image !== wanted || before.state !== "running";
    if (changed) await paas.deploy(there, wanted);
    await paas.scale(
      there,
      name === app ? processes : Object.fromEntries(Object.keys(processes).map((kind) => [kind, 1])),
    );
    return { name, digest, changed, url: `https://${host}/` };
  }

  async rollback(app: string, name = app): Promise<Deployed> {
    const { paas, domain } = this.#options;
    const { image } = this.#app(app);
    const there = this.#there(name);
    const [current, ...older] = await paas.images(there);
    const back = older.find((one) => one !== current && one.startsWith(`${image}@`));
    if (back === undefined) throw new TargetError(`${name} has run no other image before`);
    await paas.deploy(there, back);
    return { name, digest: back.slice(image.length + 1), changed: true, url: `https://${name}.${domain}/` };
  }

  async remove(app: string, name: string): Promise<void> {
    this.#app(app);
    if (name === app) throw new TargetError(`${name} is an app of its own, and is not removed`);
    await this.#options.paas.destroy(this.#there(name));
  }

  async list(): Promise<RunningApp[]> {
    const { prefix } = this.#options;
    const ours = (await this.#options.paas.apps()).filter(
      ({ name, state }) => name.startsWith(prefix) && state !== "none",
    );
    return ours.map((one) => this.#running(one, one.name.slice(prefix.length)));
  }

  #running({ image, state, since }: PaasApp, name: string): RunningApp {
    const digest = image === undefined ? undefined : /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
    const repository = image?.replace(/@.*$/, "");
    // Which app one of a pull request belongs to is told by its images; the name alone may have been cut.
    const owner = Object.entries(this.#options.apps).find(
      ([app, settings]) => name === app || (settings.image === repository && name !== app),
    );
    return {
      app: owner?.[0] ?? name,
      name,
      state,
      since: new Date(since).toISOString(),
      ...(digest !== undefined && { digest }),
    };
  }

  #app(app: string): PlatformApp {
    const found = this.#options.apps[app];
    if (found === undefined)
      throw new TargetError(`${app} is no app of the project; use ${Object.keys(this.#options.apps).join(", ")}`);
    return found;
  }

  #there(name: string): string {
    const there = `${this.#options.prefix}${name}`;
    if (there.length > longestName)
      throw new TargetError(
        `${there} has ${there.length} characters, and the platform takes ${longestName}; use a shorter prefix`,
      );
    return there;
  }
}
