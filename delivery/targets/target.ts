/** An app that runs, or should. */
export interface RunningApp {
  /** The app it belongs to. */
  app: string;
  /** Its own name: the app's, or that of a pull request's app. */
  name: string;
  /** `sha256:...`; undefined before the first deploy. */
  digest?: string;
  state: string;
  /** Since when it runs this digest, ISO 8601. */
  since: string;
}

export interface Deployed {
  name: string;
  digest: string;
  /** Whether anything was changed. */
  changed: boolean;
  url?: string;
}

/** Where apps run. The deploy hook is one, a platform that takes images another. */
export interface Target {
  /**
   * Brings an app to a digest, and makes it where there is none. Done when it serves.
   * @param name A pull request's app. Default: the app itself.
   * @throws TargetError saying why; what ran before then still serves.
   */
  deploy(app: string, digest: string, name?: string): Promise<Deployed>;
  /** Back to the digest before. */
  rollback(app: string, name?: string): Promise<Deployed>;
  /** Removes a pull request's app; nothing is to be done when there is none. Apps themselves are never removed. */
  remove(app: string, name: string): Promise<void>;
  /** What runs. */
  list(): Promise<RunningApp[]>;
}

/** A target did not do what was asked. */
export class TargetError extends Error {
  override name = "TargetError";
}
