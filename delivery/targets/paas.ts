import type { Paas, PaasApp } from "../paas/paas.ts";
import { type Deployed, type RunningApp, type Target, TargetError } from "./target.ts";

/** Settings of an app of the project on a platform. */
export interface PlatformApp {
  /** Repository of the images, without tag or digest. */
  image: string;
  /** Environment variables, without `PORT`. */
  environment: Readonly<Record<string, string>>;
  /** Port that the app listens on. The app gets it in `PORT`. */
  port: number;
  /** Path of the health check. Status 200 to 399 means healthy. */
  healthPath: string;
  /** Number of processes of each type. A preview app gets one of each. */
  processes: Readonly<Record<string, number>>;
}

export interface PaasTargetOptions {
  paas: Paas;
  /** The apps of the project, by name. */
  apps: Readonly<Record<string, PlatformApp>>;
  /** Prefix of the app names, because other projects use the same platform. */
  prefix: string;
  /** Domain of the apps: `https://<app>.<domain>/`. */
  domain: string;
}

/** Maximum length of an app name on a platform, because it is the name of a namespace. */
const longestName = 63;

/** Deploys to a platform. Creates an app at its first deployment, with a host name in the domain. */
export class PaasTarget implements Target {
  readonly #options: PaasTargetOptions;

  constructor(options: PaasTargetOptions) {
    this.#options = options;
  }

  async deploy(app: string, digest: string, name = app): Promise<Deployed> {
    const { paas, domain } = this.#options;
    const { image, environment, port, healthPath, processes } = this.#app(app);
    const platformName = this.#platformName(name);
    const wanted = `${image}@${digest}`;
    const host = `${name}.${domain}`;
    const before = (await paas.apps()).find((one) => one.name === platformName);
    await paas.create(platformName);
    // Set the host name before the first release: an app without one answers requests for all names.
    await paas.domains(platformName, [host]);
    await paas.configure(platformName, {
      environment: { ...environment, PORT: String(port) },
      health: { path: healthPath, port },
    });
    const changed = before?.image !== wanted || before.state !== "running";
    if (changed) await paas.deploy(platformName, wanted);
    await paas.scale(
      platformName,
      name === app ? processes : Object.fromEntries(Object.keys(processes).map((kind) => [kind, 1])),
    );
    return { name, digest, changed, url: `https://${host}/` };
  }

  async rollback(app: string, name = app): Promise<Deployed> {
    const { paas, domain } = this.#options;
    const { image } = this.#app(app);
    const platformName = this.#platformName(name);
    const [current, ...older] = await paas.images(platformName);
    const previous = older.find((one) => one !== current && one.startsWith(`${image}@`));
    if (previous === undefined) throw new TargetError(`${name} has no earlier image to roll back to`);
    await paas.deploy(platformName, previous);
    return { name, digest: previous.slice(image.length + 1), changed: true, url: `https://${name}.${domain}/` };
  }

  async remove(app: string, name: string): Promise<void> {
    this.#app(app);
    if (name === app) throw new TargetError(`${name} is not a preview app, and is not removed`);
    await this.#options.paas.destroy(this.#platformName(name));
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
    // The image repository identifies the app of a preview: the name can be cut.
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
      throw new TargetError(`${app} is not an app of this project; use ${Object.keys(this.#options.apps).join(", ")}`);
    return found;
  }

  #platformName(name: string): string {
    const platformName = `${this.#options.prefix}${name}`;
    if (platformName.length > longestName)
      throw new TargetError(
        `${platformName} has ${platformName.length} characters, but the platform allows ${longestName}; ` +
          "use a shorter prefix",
      );
    return platformName;
  }
}
