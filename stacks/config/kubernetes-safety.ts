import { AddressPlan } from "../../components/cloud/aws/address-plan.ts";
import { hostAddress } from "../../components/cloud/addresses.ts";
import { fixedAddress } from "../../components/cloud/openstack/addresses.ts";
import { keyProblems, poolProblems, rangeProblems } from "../../components/kubernetes-cluster/validate.ts";
import { kubernetesDefaults, type ResolvedPool, resolvePools } from "../../components/kubernetes-cluster/settings.ts";
import type { Problem } from "./error.ts";
import { clusterName, type KubernetesSettings } from "./kubernetes.ts";
import type { EnvironmentName } from "./settings.ts";

/** The valid settings around a cluster. */
interface Around {
  network?: { cidr: string; zones?: string[]; inUse?: Record<string, string> };
  jenkins?: { network?: { cidr: string } };
}

/** Problems of cluster settings that are valid one by one, and in prod also unsafe settings. */
export function kubernetesProblems(
  name: EnvironmentName,
  settings: KubernetesSettings | undefined,
  { network, jenkins }: Around,
): Problem[] {
  if (settings === undefined) return [];
  const {
    podCidr = kubernetesDefaults.podCidr,
    serviceCidr = kubernetesDefaults.serviceCidr,
    encryptionKeys,
  } = settings;
  const pools = resolvePools(clusterName, settings.pools);
  const inUse = Object.entries(network?.inUse ?? {}).map(
    ([whose, range]) => [`network.inUse.${whose}`, range] as const,
  );
  const others = {
    ...(network && { "network.cidr": network.cidr, ...Object.fromEntries(inUse) }),
    ...(jenkins?.network && { "jenkins.network.cidr": jenkins.network.cidr }),
  };
  const problems = [
    ...rangeProblems({ podCidr, serviceCidr }, others),
    ...(encryptionKeys === undefined ? [] : keyProblems(encryptionKeys)),
    ...poolProblems(pools),
    ...(network === undefined ? [] : roomProblems(name, network, pools)),
    ...(name === "prod" ? lossProblems(settings.controlPlanes, pools) : []),
  ];
  return problems.map(({ path, message }) => ({ path: `kubernetes.${path}`, message }));
}

/** Machines without an address in a valid network. Invalid networks are already reported. */
function roomProblems(
  name: EnvironmentName,
  { cidr, zones = [] }: NonNullable<Around["network"]>,
  pools: readonly ResolvedPool[],
): Problem[] {
  const locate: Record<EnvironmentName, (host: number) => unknown> = {
    dev: (host) => hostAddress(cidr, host),
    staging: (host) => fixedAddress(cidr, host),
    prod: (host) => new AddressPlan(cidr, zones).locate(host),
  };
  const misfit = (host: number) => {
    try {
      locate[name](host);
      return undefined;
    } catch (error) {
      return /^host number/.test((error as Error).message) ? (error as Error).message : undefined;
    }
  };
  const front = misfit(kubernetesDefaults.loadBalancerHostNumber);
  if (front !== undefined) return [{ path: "controlPlanes", message: `${front}; use a larger network.cidr` }];
  return pools.flatMap(({ workers }, index) => {
    const message = misfit(workers.at(-1)!.hostNumber);
    return message === undefined ? [] : [{ path: `pools[${index}].firstHostNumber`, message }];
  });
}

/** Settings with which the loss of one machine is an outage. */
function lossProblems(controlPlanes: number | undefined, pools: readonly ResolvedPool[]): Problem[] {
  const problems: Problem[] = [];
  if (controlPlanes === 1) {
    problems.push({
      path: "controlPlanes",
      message: "1 is refused in prod, where no single machine may be needed; use 3",
    });
  }
  const workers = pools.reduce((sum, { size }) => sum + size, 0);
  if (workers < 2) {
    const given = workers === 0 ? "[] is" : "one worker is";
    problems.push({
      path: "pools",
      message: `${given} refused in prod, where no single machine may be needed; use 2 workers or more`,
    });
  }
  return problems;
}
