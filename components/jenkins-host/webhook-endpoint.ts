import type { ArgumentCheck } from "../internal/argument-check.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { checkEntrance, type NamedEntranceArgs } from "../internal/public-endpoint.ts";

/** Who sends webhooks from the internet. */
export interface JenkinsEntranceArgs extends NamedEntranceArgs {
  /** The name that they call, `hooks.ci.example.com`: none that Jenkins or a service behind its proxy has. */
  name: string;
}

/**
 * Notes what is wrong with an entrance.
 * @param services Names in the domain that are found inside.
 */
export function checkWebhooks(
  entrance: JenkinsEntranceArgs,
  cloud: Cloud | undefined,
  domain: string,
  services: readonly string[],
  check: ArgumentCheck,
): void {
  const { name } = entrance;
  checkEntrance(check, cloud, entrance, { name }, "somebody");
  const isInside = services.some((service) => name === `${service}.${domain}`);
  check.require(
    !isInside,
    "entrance.name",
    `${name} is found inside already; use a name of its own, such as hooks.${domain}`,
  );
}
