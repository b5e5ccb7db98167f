import { nameOf, typeOf } from "../plan/names.ts";
import { type Condition, condition, type Stack } from "./condition.ts";
import { compared } from "./stack-objects.ts";

interface Server {
  id: string;
  name: string;
  status: string;
  metadata: Record<string, string>;
  /** Null: it never ran. */
  "OS-SRV-USG:launched_at"?: string | null;
}

const instance = "openstack:compute/instance:Instance";
const temporaryUrl = "openstack:objectstorage/tempUrl:TempUrl";

/** Commands that bring a server back, by its status. */
const remedies: Record<string, string> = {
  SHUTOFF: "start",
  PAUSED: "unpause",
  SUSPENDED: "resume",
  SHELVED: "unshelve",
  SHELVED_OFFLOADED: "unshelve",
  RESCUE: "unrescue",
  SOFT_DELETED: "restore",
};

/** Looks at the servers of a stack. The provider compares their settings, but not their status. */
export async function serverCondition(stack: Stack): Promise<Condition> {
  const { cloud, environment, project, state } = stack;
  const found = condition();
  if (!cloud.has("compute")) return found;
  const servers = await cloud.list<Server>("compute", "/servers/detail", "servers");
  const { managed, gone, orphans } = compared(
    instance,
    state,
    servers,
    ({ metadata }) => metadata.Project === project && metadata.Environment === environment.stack,
  );
  for (const { resource, thing: server } of managed) {
    const { status, id, name } = server;
    const remedy = remedies[status];
    if (status === "ERROR" && !server["OS-SRV-USG:launched_at"]) {
      found.replace.push(...replaced(resource.urn, stack));
      found.notes.push(
        `machine ${name}: OpenStack could not create it: ${await faultOf(server, stack)}; it is created again`,
      );
    } else if (status === "ERROR") {
      const again = `openstack server reboot --hard ${id}`;
      const anew = `openstack server delete ${id}`;
      found.broken.push(
        `machine ${name} is in ERROR: ${await faultOf(server, stack)}; reboot it: ${again}, ` +
          `or delete it, and the next up creates it again with its data volume: ${anew}`,
      );
    } else if (remedy !== undefined) {
      found.broken.push(`machine ${name} is ${status}; bring it back: openstack server ${remedy} ${id}`);
    }
  }
  for (const { id, name, status } of orphans) {
    found.broken.push(
      `server ${name} (${status}) is not in the state: an update was interrupted; ` +
        `delete it: openstack server delete ${id}`,
    );
    found.blocking.push({ kind: "server", id, name });
  }
  found.refresh = gone.length > 0;
  found.notes.push(...gone.map((name) => `${name} was deleted outside of Pulumi; it is created again`));
  return found;
}

/**
 * The config's URL of a machine. Its replacement also replaces the instance, with a URL that is valid for a year.
 * Without it in the state, the instance.
 */
function replaced(urn: string, { state }: Stack): string[] {
  const name = nameOf(urn).replace(/-instance$/, "-config-url");
  const url = state.find((each) => typeOf(each.urn) === temporaryUrl && nameOf(each.urn) === name);
  return url === undefined ? [urn] : [url.urn, urn];
}

/** The reason of the status ERROR. Nova shows it for one server, but not in lists. */
async function faultOf({ id, name }: Server, { cloud, environment, resources }: Stack): Promise<string> {
  const answer = await cloud.find<{ server: { fault?: { message: string } } }>("compute", `/servers/${id}`);
  const fault = answer?.server.fault;
  const reason =
    fault?.message
      .split("\n", 1)
      .join()
      .replace(/\.?\s*$/, "") ?? "Nova gives no reason";
  if (!/No valid host/.test(reason) || environment.openstack.antiAffinity === "preferred") return reason;
  const groupOf = ({ inputs }: { inputs: Record<string, unknown> }) =>
    (inputs.schedulerHints as { group?: string }[] | undefined)?.[0]?.group;
  const instances = resources.filter(({ type }) => type === instance);
  const own = instances.find(({ inputs }) => inputs.name === name);
  const group = own && groupOf(own);
  if (group === undefined) return reason;
  const size = instances.filter((each) => groupOf(each) === group).length;
  return (
    `${reason} (its group has ${size} machines, which need ${size} hosts with space for their flavors; ` +
    "or set openstack.antiAffinity to preferred)"
  );
}
