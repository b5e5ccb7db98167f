import { OperationError } from "../../errors.ts";

export interface RunningApp {
  /** Name of the app in the project. */
  app: string;
  /** Name of the app, or of its preview app. */
  name: string;
  /** `sha256:...`; undefined before the first deployment. */
  digest?: string;
  state: string;
  /** Time of the deployment of this digest, ISO 8601. */
  since: string;
}

export interface Deployed {
  name: string;
  digest: string;
  /** Whether the deployment changed the app. */
  changed: boolean;
  url?: string;
}

/** A system that runs apps: a deploy hook, or a platform that accepts images. */
export interface Target {
  /**
   * Deploys a digest and waits until the app serves it. Creates the app if it does not exist.
   * @param name Name of a preview app. Default: the app itself.
   * @throws TargetError with the cause. The previous digest then still runs.
   */
  deploy(app: string, digest: string, name?: string): Promise<Deployed>;
  /** Deploys the previous digest again. */
  rollback(app: string, name?: string): Promise<Deployed>;
  /** Removes a preview app. Does nothing if it does not exist. Never removes another app. */
  remove(app: string, name: string): Promise<void>;
  list(): Promise<RunningApp[]>;
}

/** A call to a target failed. */
export class TargetError extends OperationError {
  override name = "TargetError";
}
