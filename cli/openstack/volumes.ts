import type { MachineFacts } from "../../components/cloud/facts.ts";
import type { StagingEnvironment } from "../../stacks/environment.ts";
import { span } from "../plan/names.ts";
import type { PlannedResource } from "../plan/resource.ts";
import type { Openstack } from "./api.ts";
import { type Condition, condition, type Stack } from "./condition.ts";
import { compared } from "./stack-objects.ts";

interface Volume {
  id: string;
  name: string;
  status: string;
  /** In GiB. */
  size: number;
  metadata: Record<string, string>;
}

const type = "openstack:blockstorage/volume:Volume";

/** Settings with the size of the data volumes, by role of the machine. Pools of Kubernetes have one each. */
const sizeSettings: Record<string, string> = {
  "deploy-hook": "deployHook.volumeGiB",
  etcd: "etcd.volumeGiB",
  galera: "galera.volumeGiB",
  jenkins: "jenkins.volumeGiB",
  "jenkins-agent": "jenkins.agentVolumeGiB",
  "kubernetes-control-plane": "kubernetes.volumeGiB",
  "log-store": "logs.volumeGiB",
  monitoring: "monitoring.volumeGiB",
  registry: "registry.volumeGiB",
};

/** Looks at the data volumes of a stack: their status, and their size. */
export async function volumeCondition(stack: Stack): Promise<Condition> {
  const { cloud, environment, project, resources, state } = stack;
  const found = condition();
  if (!cloud.has("volume")) return found;
  const volumes = await cloud.list<Volume>("volume", "/volumes/detail", "volumes");
  const { managed, gone, orphans } = compared(
    type,
    state,
    volumes,
    ({ metadata, status }) =>
      // Volumes that `retainData` kept are not orphans: they are available.
      metadata.Project === project && metadata.Environment === environment.stack && status.startsWith("error"),
  );
  for (const { resource, thing: volume } of managed.filter(({ thing }) => thing.status.startsWith("error"))) {
    found.broken.push(
      `volume ${resource.name} has the status ${volume.status}: ${await reasonOf(cloud, volume)}; ` +
        "ask the operator of the cloud to repair it. If it holds no data, delete its machine, then the volume: " +
        `openstack volume delete ${volume.id}`,
    );
  }
  for (const volume of orphans) {
    found.broken.push(
      `volume ${volume.name} (${volume.status}) is not in the state: ${await reasonOf(cloud, volume)}; ` +
        `delete it: openstack volume delete ${volume.id}`,
    );
  }
  const grown = managed.filter(({ resource, thing }) => thing.size > Number(resource.outputs?.size ?? thing.size));
  const planned = new Map(resources.map((resource) => [resource.urn, resource]));
  const tooLarge = managed.flatMap(({ resource, thing }) => {
    const plan = planned.get(resource.urn);
    return plan !== undefined && thing.size > Number(plan.inputs.size) ? [{ plan, size: thing.size }] : [];
  });
  found.settings.push(...sizeProblems(tooLarge, stack));
  found.refresh = gone.length > 0 || grown.length > 0;
  found.notes.push(
    ...gone.map((name) => `volume ${name} was deleted outside of Pulumi, with its data; an empty one is created`),
    ...grown.map(
      ({ resource, thing }) => `volume ${resource.name} has ${thing.size} GiB: it was grown outside of Pulumi`,
    ),
  );
  return found;
}

/** A line for each setting that is smaller than its volumes. Cinder cannot shrink a volume. */
function sizeProblems(tooLarge: { plan: PlannedResource; size: number }[], stack: Stack): string[] {
  const { environment, resources } = stack;
  const bySetting = Map.groupBy(tooLarge, ({ plan }) => sizeSetting(plan, resources, environment));
  return [...bySetting].map(([path, volumes]) => {
    const size = Math.max(...volumes.map((volume) => volume.size));
    const names = span(volumes.map(({ plan }) => plan.name));
    const given = volumes[0]!.plan.inputs.size;
    const command = `npm run config -- ${environment.stack} ${path} ${size}`;
    return (
      `${path}: ${given} is smaller than ${names} in the cloud, and volumes cannot shrink; ` +
      `set it to ${size}: ${command}`
    );
  });
}

/** Path of the setting with the size of a planned data volume. */
export function sizeSetting(
  volume: PlannedResource,
  resources: readonly PlannedResource[],
  { kubernetes }: StagingEnvironment,
): string {
  const machine = resources.find(({ urn }) => urn === volume.parent)!;
  const { role } = machine.inputs as unknown as MachineFacts;
  const known = sizeSettings[role];
  if (known !== undefined) return known;
  const cluster = resources.find(({ urn }) => urn === machine.parent)!;
  const ofPool = machine.name.replace(/-\d+$/, "");
  const pool = (kubernetes?.pools ?? []).findIndex(({ name }) => ofPool === `${cluster.name}-${name}`);
  return `kubernetes.pools[${pool}].volumeGiB`;
}

/** The reason in Cinder's messages for users. They have the microversion 3.3. */
async function reasonOf(cloud: Openstack, { id }: Volume): Promise<string> {
  const answer = await cloud.find<{ messages: { user_message: string }[] }>("volume", `/messages?resource_uuid=${id}`, {
    "openstack-api-version": "volume 3.5",
  });
  const [latest] = answer?.messages ?? [];
  return latest?.user_message.replace(/\.$/, "") ?? "Cinder gives no reason";
}
