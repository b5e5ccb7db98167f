import type { ArgumentCheck } from "../internal/argument-check.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { checkPublicEndpoint, type NamedEndpointArgs } from "../internal/public-endpoint.ts";

/** Access for webhooks from the internet. */
export interface JenkinsEndpointArgs extends NamedEndpointArgs {
  /** Host name for webhooks, `hooks.ci.example.com`. Jenkins and the services of its proxy must not use it. */
  name: string;
}

/**
 * Checks the public endpoint.
 * @param services Names in the domain that the private network uses.
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
    `${name} is already used in the private network; use another name, such as hooks.${domain}`,
  );
}
