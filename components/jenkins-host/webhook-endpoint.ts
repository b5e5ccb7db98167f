import type { ArgumentCheck } from "../internal/argument-check.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { checkPublicEndpoint, type NamedEndpointArgs } from "../internal/public-endpoint.ts";

/** Who sends webhooks from the internet. */
export interface JenkinsEndpointArgs extends NamedEndpointArgs {
  /** The name that they call, `hooks.ci.example.com`: none that Jenkins or a service behind its proxy has. */
  name: string;
}

/**
 * Notes what is wrong with a public endpoint.
 * @param services Names in the domain that are found inside.
 */
export function checkWebhooks(
  publicEndpoint: JenkinsEndpointArgs,
  cloud: Cloud | undefined,
  domain: string,
  services: readonly string[],
  check: ArgumentCheck,
): void {
  const { name } = publicEndpoint;
  checkPublicEndpoint(check, cloud, publicEndpoint, { name }, { allowWideRanges: false });
  const isInside = services.some((service) => name === `${service}.${domain}`);
  check.require(
    !isInside,
    "publicEndpoint.name",
    `${name} is found inside already; use a name of its own, such as hooks.${domain}`,
  );
}
