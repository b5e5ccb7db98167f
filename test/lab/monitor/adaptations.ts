import { readFileSync } from "node:fs";
import type Docker from "dockerode";
import { imageStore } from "../paths.ts";

/** The image that production's node containers run; the lab has a stand-in under the same name. */
export const nodeImage = "quay.io/fedora/fedora-coreos:stable";

/** On everything the lab makes: what carries it is removed at the end, also after a crash. */
export const labLabel = { "paasmas.lab": "true" };

/**
 * Every way in which a container of the lab differs from what the stack asks for. Nothing else may.
 * - It is labelled, so that it can be cleaned up.
 * - A node sees the service images in a read-only store: there is no registry to pull from.
 * - Where this machine itself has no CAP_SYS_RESOURCE, it cannot be given on: "ALL" is then all but that one.
 */
export function adapt(options: Docker.ContainerCreateOptions): Docker.ContainerCreateOptions {
  const host = options.HostConfig ?? {};
  return {
    ...options,
    Labels: { ...options.Labels, ...labLabel },
    HostConfig: {
      ...host,
      ...(options.Image === nodeImage ? { Binds: [...(host.Binds ?? []), `${imageStore}:/usr/lib/lab/images:ro`] } : {}),
      ...(mayRaiseLimits() ? {} : { CapDrop: [...(host.CapDrop ?? []), "SYS_RESOURCE"] }),
    },
  };
}

const capSysResource = 1n << 24n;

function mayRaiseLimits(): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return bounding === undefined || (BigInt(`0x${bounding}`) & capSysResource) !== 0n;
}
