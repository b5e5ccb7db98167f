import { ArgumentCheck, ArgumentError } from "../internal/argument-check.ts";
import type { LoadBalancerArgs } from "./cloud.ts";

/** Tag of resources that are public on purpose. The policies reject public resources without it. */
export const publicTag = { Exposure: "public" } as const;

/**
 * Checks the arguments of a load balancer that concern its exposure.
 * @param unsupportedReason Reason and remedy, if this cloud cannot have public load balancers. Absent: it can.
 * @returns Whether the load balancer is public.
 * @throws ArgumentError with all invalid arguments.
 */
export function checkExposure(
  name: string,
  { exposure = "private", allowFrom = [], clients = [] }: LoadBalancerArgs,
  unsupportedReason?: string,
): boolean {
  const isPublic = exposure === "public";
  new ArgumentCheck(name)
    .require(
      ["private", "public"].includes(exposure),
      "exposure",
      `${JSON.stringify(exposure)} is not allowed; use private or public`,
    )
    .require(!isPublic || unsupportedReason === undefined, "exposure", `public is not possible: ${unsupportedReason}`)
    .require(
      !isPublic || allowFrom.length > 0,
      "allowFrom",
      "is missing; give the address ranges of the internet that may connect",
    )
    .require(
      !isPublic || clients.length === 0,
      "clients",
      "cannot connect to a public load balancer; create a private one for them",
    )
    .throwIfInvalid();
  return isPublic;
}

/** @throws ArgumentError if the load balancer is public: machines of the private network use a private one. */
export function refuseClients(name: string, isPublic: boolean): void {
  if (isPublic)
    throw new ArgumentError([
      `${name}: machines cannot connect to a public load balancer; create a private one for them`,
    ]);
}
