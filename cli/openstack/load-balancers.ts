import type { Openstack } from "./api.ts";
import { type Condition, condition, type Stack } from "./condition.ts";
import { compared } from "./stack-objects.ts";

interface LoadBalancer {
  id: string;
  name: string;
  provisioning_status: string;
  operating_status: string;
  tags?: string[];
}

/** A part of a load balancer, with its parts. */
interface StatusNode {
  name?: string;
  id?: string;
  provisioning_status?: string;
  listeners?: StatusNode[];
  pools?: StatusNode[];
  members?: StatusNode[];
  health_monitor?: StatusNode;
}

/** Looks at the load balancers of a stack. One that failed at its creation is not in the state, but has an address. */
export async function loadBalancerCondition({ cloud, environment, project, state }: Stack): Promise<Condition> {
  const found = condition();
  if (!cloud.has("loadBalancer")) return found;
  const all = await cloud.list<LoadBalancer>("loadBalancer", "/v2/lbaas/loadbalancers", "loadbalancers");
  const ours = [`Project=${project}`, `Environment=${environment.stack}`];
  const { managed, gone, orphans } = compared(
    "openstack:loadbalancer/loadBalancer:LoadBalancer",
    state,
    all,
    ({ tags = [] }) => ours.every((tag) => tags.includes(tag)),
  );
  for (const { thing: balancer } of managed.filter(({ thing }) => thing.provisioning_status === "ERROR")) {
    found.broken.push(
      `load balancer ${balancer.name} is in ERROR (${await failedParts(cloud, balancer)}); ` +
        `delete it, and the next up creates it again with the same address: ${deletion(balancer.id)}`,
    );
    found.blocking.push({ kind: "load balancer", id: balancer.id, name: balancer.name });
  }
  for (const balancer of orphans.filter(({ provisioning_status: status }) => status !== "PENDING_DELETE")) {
    const status = balancer.provisioning_status;
    const why =
      status === "ERROR"
        ? `Octavia could not create it (${await failedParts(cloud, balancer)})`
        : "an update was interrupted";
    found.broken.push(
      `load balancer ${balancer.name} (${status}) is not in the state: ${why}. It keeps the address; ` +
        `delete it: ${deletion(balancer.id)}`,
    );
    found.blocking.push({ kind: "load balancer", id: balancer.id, name: balancer.name });
  }
  found.refresh = gone.length > 0;
  found.notes.push(...gone.map((name) => `${name} was deleted outside of Pulumi; it is created again`));
  return found;
}

function deletion(id: string): string {
  return `openstack loadbalancer delete --cascade ${id}`;
}

/** The parts of a load balancer that are in ERROR, from Octavia's tree of statuses. Octavia has no other reason. */
async function failedParts(cloud: Openstack, { id }: LoadBalancer): Promise<string> {
  const answer = await cloud.find<{ statuses: { loadbalancer: StatusNode } }>(
    "loadBalancer",
    `/v2/lbaas/loadbalancers/${id}/status`,
  );
  const failed = partsOf("load balancer", answer?.statuses.loadbalancer ?? {});
  return failed.length > 0 ? `failed: ${failed.join(", ")}` : "Octavia gives no reason; ask the operator";
}

function partsOf(kind: string, node: StatusNode): string[] {
  const self = node.provisioning_status === "ERROR" ? [`${kind} ${node.name || node.id}`] : [];
  const monitor = node.health_monitor === undefined ? [] : partsOf("monitor", node.health_monitor);
  return [
    ...self,
    ...(node.listeners ?? []).flatMap((each) => partsOf("listener", each)),
    ...(node.pools ?? []).flatMap((each) => partsOf("pool", each)),
    ...(node.members ?? []).flatMap((each) => partsOf("member", each)),
    ...monitor,
  ];
}
