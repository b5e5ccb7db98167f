import { ArgumentCheck, ArgumentError } from "../internal/argument-check.ts";
import type { LoadBalancerArgs } from "./cloud.ts";

/** The tag of what can be reached from the internet on purpose: the policies refuse what can be without it. */
export const publicTag = { Exposure: "public" } as const;

/**
 * Checks that a load balancer may be what it is to be.
 * @param unsupportedReason Why this cloud has no way in from the internet: an argument of its own, and what to do about it. Absent: it has one.
 * @returns Whether it is public.
 * @throws ArgumentError listing the arguments that cannot be used.
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
      "is missing; say which address ranges of the internet may connect",
    )
    .require(
      !isPublic || clients.length === 0,
      "clients",
      "cannot be let in to a public load balancer; give them a private one",
    )
    .throwIfInvalid();
  return isPublic;
}

/** @throws ArgumentError: machines that connect from inside have a private load balancer. */
export function refuseClients(name: string, isPublic: boolean): void {
  if (isPublic)
    throw new ArgumentError([`${name}: machines cannot be let in to a public load balancer; give them a private one`]);
}
