import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../errors.ts";
import type { Openstack, Service } from "./api.ts";
import type { Blocking } from "./condition.ts";

const kinds: Record<Blocking["kind"], { service: Service; path: string; query: string }> = {
  server: { service: "compute", path: "/servers", query: "" },
  "load balancer": { service: "loadBalancer", path: "/v2/lbaas/loadbalancers", query: "?cascade=true" },
};

const limitSeconds = 300;

/**
 * Deletes an object and waits until it is gone.
 * @param pauseSeconds Time between two looks.
 * @throws OperationError if it is still there after five minutes
 */
export async function remove(cloud: Openstack, { kind, name, id }: Blocking, pauseSeconds = 2): Promise<void> {
  const { service, path, query } = kinds[kind];
  await cloud.delete(service, `${path}/${id}${query}`);
  const deadline = Date.now() + limitSeconds * 1000;
  while ((await cloud.find(service, `${path}/${id}`)) !== undefined) {
    if (Date.now() > deadline)
      throw new OperationError(
        `${kind} ${name} (${id}) is still there after ${limitSeconds} s; ask the operator of the cloud`,
      );
    await sleep(pauseSeconds * 1000);
  }
}
