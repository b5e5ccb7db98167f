/** An app on a platform. */
export interface PaasApp {
  /** Its name there. */
  name: string;
  /** `repository@sha256:...` of its last release; undefined before the first one. */
  image?: string;
  state: "running" | "releasing" | "failed" | "none";
  /** Since when it has this release, ISO 8601. */
  since: string;
}

/** How an app is to run; what is left out is left as it is. */
export interface PaasConfig {
  /** Its environment; variables that are not named stay. */
  environment?: Readonly<Record<string, string>>;
  /** Path and port that answer 200 to 399 when it is healthy; traffic waits for that. */
  health?: { path: string; port: number };
}

/** A platform that runs apps from images. Drycc is one; whoever calls it does not know which it is. */
export interface Paas {
  /** Makes an app where there is none. */
  create(app: string): Promise<void>;
  /** Sets how an app runs. Done when that is in force; nothing is done where it is already. */
  configure(app: string, config: PaasConfig): Promise<void>;
  /**
   * Brings an app to an image, `repository@sha256:...`. Done when it serves.
   * @throws TargetError saying why; what ran before then still serves.
   */
  deploy(app: string, image: string): Promise<void>;
  /** How many processes of each kind run, as in `{ web: 2 }`. Done when the platform has taken it. */
  scale(app: string, processes: Readonly<Record<string, number>>): Promise<void>;
  /** The host names that lead to an app; those that are not named no longer do. */
  domains(app: string, names: readonly string[]): Promise<void>;
  /** Removes an app and all it has; nothing is to be done when there is none. */
  destroy(app: string): Promise<void>;
  /** The apps that this user has made. */
  apps(): Promise<PaasApp[]>;
  /** Images of an app's releases that worked, newest first, each as often as it was released. */
  images(app: string): Promise<string[]>;
}
