/** An app on a platform. */
export interface PaasApp {
  /** Name on the platform. */
  name: string;
  /** `repository@sha256:...` of the last release; undefined before the first release. */
  image?: string;
  state: "running" | "releasing" | "failed" | "none";
  /** Time of this release, ISO 8601. */
  since: string;
}

/** Settings of an app. A missing setting does not change. */
export interface PaasConfig {
  /** Environment variables to set. Other variables do not change. */
  environment?: Readonly<Record<string, string>>;
  /** Path and port of the health check. Status 200 to 399 means healthy; an unhealthy app gets no traffic. */
  health?: { path: string; port: number };
}

/** A platform that runs apps from images, for example Drycc. Callers do not depend on the platform. */
export interface Paas {
  /** Creates an app if it does not exist. */
  create(app: string): Promise<void>;
  /** Configures an app and waits until the settings are active. Does nothing if they already are. */
  configure(app: string, config: PaasConfig): Promise<void>;
  /**
   * Deploys an image, `repository@sha256:...`, and waits until the app serves it.
   * @throws TargetError with the cause. The previous release then still runs.
   */
  deploy(app: string, image: string): Promise<void>;
  /** Sets the number of processes of each type, for example `{ web: 2 }`, and waits until the platform accepts it. */
  scale(app: string, processes: Readonly<Record<string, number>>): Promise<void>;
  /** Sets the host names of an app. Removes all other host names. */
  domains(app: string, names: readonly string[]): Promise<void>;
  /** Removes an app and its resources. Does nothing if the app does not exist. */
  destroy(app: string): Promise<void>;
  /** The apps that this user created. */
  apps(): Promise<PaasApp[]>;
  /** Images of the successful releases of an app, newest first. An image is listed once per release. */
  images(app: string): Promise<string[]>;
}
