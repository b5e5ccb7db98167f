import { mostTags } from "../../components/cloud/aws/tags.ts";
import { isTooWide } from "../../components/cloud/addresses.ts";
import { cacheProblem, galeraDefaults } from "../../components/internal/bounds.ts";
import type { MachineSize } from "../../components/cloud/cloud.ts";
import { appProblems } from "../../components/deploy-hook/validate.ts";
import { databaseProblems } from "../../components/galera-cluster/passwords.ts";
import { resolvePools } from "../../components/kubernetes-cluster/settings.ts";
import { toolProblems } from "../../ignition/roles/jenkins-agent/role.ts";
import { pluginProblems } from "../../ignition/roles/jenkins/plugins.ts";
import { serviceProblems } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { publicEndpointProblems } from "./public-endpoint-safety.ts";
import { type Problem, formatValue } from "./error.ts";
import { githubFlowProblems } from "./github-flow-safety.ts";
import { clusterName } from "./kubernetes.ts";
import { kubernetesProblems } from "./kubernetes-safety.ts";
import { networkProblems } from "./network.ts";
import { paasProblems } from "./paas.ts";
import { prodProblems } from "./prod-safety.ts";
import type { AnySettings, EnvironmentName } from "./settings.ts";

/**
 * Problems of settings that are valid one by one: they contradict each other, or they are unsafe in prod.
 * @param given The valid settings. Invalid settings are left out, so that one run reports all problems.
 */
export function safetyProblems(name: EnvironmentName, given: AnySettings): Problem[] {
  return [
    ...databaseSettingsProblems(given),
    ...registryProblems(given),
    ...appsProblems(given),
    ...jenkinsProblems(given),
    ...publicEndpointProblems(given),
    ...podsProblems(given),
    ...githubFlowProblems(given),
    ...kubernetesProblems(name, given.kubernetes, given),
    ...paasSettingsProblems(name, given),
    ...(name === "prod" ? prodProblems(given) : flatNetworkProblems(name, given)),
    ...logsProblems(given),
    ...monitoringProblems(given),
    ...openstackProblems(given),
    ...dockerProblems(given),
    ...tagProblems(given),
  ];
}

/** Invalid clusters are already reported, and in prod also clusters without workers. */
function paasSettingsProblems(name: EnvironmentName, given: AnySettings): Problem[] {
  const { kubernetes, paas } = given;
  const workers =
    name === "prod" ? 1 : resolvePools(clusterName, kubernetes?.pools).reduce((sum, { size }) => sum + size, 0);
  return "kubernetes" in given ? paasProblems(paas, kubernetes, workers) : [];
}

function databaseSettingsProblems({ galera }: AnySettings): Problem[] {
  if (galera === undefined) return [];
  const problems = databaseProblems(galera.databases ?? []).map(({ path, message }) => ({
    path: `galera.${path}`,
    message,
  }));
  const { gcacheMiB = galeraDefaults.tuning.gcacheMiB } = galera.tuning ?? {};
  const { volumeGiB = galeraDefaults.volumeGiB } = galera;
  const misfit = cacheProblem(gcacheMiB, volumeGiB);
  if (misfit !== undefined)
    problems.push({ path: "galera.tuning.gcacheMiB", message: `${misfit}; use at most ${volumeGiB * 512} MiB` });
  return problems;
}

function registryProblems({ registry, jenkins }: AnySettings): Problem[] {
  if (registry?.ecr === undefined) return [];
  const { ecr: _, repositories: __, ...ofMachine } = registry;
  const problems = Object.entries(ofMachine)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => ({
      path: `registry.${key}`,
      message:
        "is a setting of a registry's own machine, which there is not beside registry.ecr; leave one of them out",
    }));
  if (jenkins === undefined) return problems;
  return [
    ...problems,
    {
      path: "registry.ecr",
      message: "is only pulled from, and jenkins' agents push to the stack's registry; leave one of them out",
    },
  ];
}

function appsProblems({ deployHook, galera, ...others }: AnySettings): Problem[] {
  if (deployHook === undefined) return [];
  const problems = appProblems(deployHook.apps).map(({ path, message }) => ({ path: `deployHook.${path}`, message }));
  // An invalid registry is already reported. Its names are unknown here.
  const repositories = "registry" in others ? (others.registry?.repositories ?? []) : undefined;
  const databases = galera && (galera.databases ?? []).map(({ name }) => name);
  deployHook.callers?.forEach((from, index) => {
    if (isTooWide(from))
      problems.push({
        path: `deployHook.callers[${index}]`,
        message: `${formatValue(from)} is far too wide; use the addresses that CI calls from`,
      });
  });
  deployHook.apps.forEach(({ repository, database }, index) => {
    const refuse = (field: string, message: string) =>
      problems.push({ path: `deployHook.apps[${index}].${field}`, message });
    if (repository !== undefined && repositories?.includes(repository) === false && !isElsewhere(repository)) {
      refuse(
        "repository",
        `${formatValue(repository)} is none of registry.repositories; ${orNone(repositories)}, ` +
          "or registry.example.com/name of another one",
      );
    }
    if (database !== undefined && databases?.includes(database) === false) {
      refuse("database", `${formatValue(database)} is none of galera.databases; ${orNone(databases)}`);
    }
  });
  return problems;
}

/** True for a repository of another registry: its first part is a host, with a dot or a port. */
function isElsewhere(repository: string): boolean {
  return /^[^/]*[.:][^/]*\//.test(repository);
}

function jenkinsProblems({ jenkins }: AnySettings): Problem[] {
  const { services = {}, plugins = {}, agentTools = {}, mail } = jenkins ?? {};
  const login =
    (mail?.user === undefined) === (mail?.password === undefined)
      ? []
      : [{ path: "mail", message: "has only one of user and password; give both, or none" }];
  return [...login, ...serviceProblems(services), ...pluginProblems(plugins), ...toolProblems(agentTools)].map(
    ({ path, message }) => ({ path: `jenkins.${path}`, message }),
  );
}

/** Invalid clusters are already reported. */
function podsProblems({ jenkins, ...others }: AnySettings): Problem[] {
  if (jenkins?.pods === undefined || !("kubernetes" in others)) return [];
  const path = "jenkins.pods";
  if (others.kubernetes === undefined)
    return [{ path, message: "run on the cluster of kubernetes, which there is not; add it, or leave this out" }];
  const workers = resolvePools(clusterName, others.kubernetes.pools).reduce((sum, { size }) => sum + size, 0);
  return workers > 0
    ? []
    : [{ path: "kubernetes.pools", message: "[] leaves jenkins.pods without workers to run on; use a pool of them" }];
}

function monitoringProblems({ monitoring, ...others }: AnySettings): Problem[] {
  // An invalid cluster is already reported.
  if (monitoring?.cluster === undefined || !("kubernetes" in others) || others.kubernetes !== undefined) return [];
  return [{ path: "monitoring.cluster", message: "is there, and kubernetes is not; leave it out, or give kubernetes" }];
}

function logsProblems({ logs }: AnySettings): Problem[] {
  if (logs?.openSearch === undefined) return [];
  return Object.entries(logs)
    .filter(([key, value]) => key !== "openSearch" && value !== undefined)
    .map(([key]) => ({
      path: `logs.${key}`,
      message:
        "is a setting of the stack's own log store, which there is not beside logs.openSearch; leave one of them out",
    }));
}

function orNone(names: readonly string[]): string {
  return names.length > 0 ? `use ${names.join(", ")}` : "there is none yet";
}

function dockerProblems({ docker }: AnySettings): Problem[] {
  const names = Object.keys(docker?.publishedPorts ?? {});
  return names
    .filter((name) => !/^([a-z][a-z0-9-]*:)?[1-9]\d{0,4}$/.test(name) || Number(name.split(":").at(-1)) > 65535)
    .map((name) => ({
      path: `docker.publishedPorts.${name}`,
      message:
        "is not a port of a load balancer; use its number, such as 3306, " +
        "or one load balancer's, such as jenkins-front:443",
    }));
}

function openstackProblems({
  openstack,
  etcd,
  galera,
  loadBalancer,
  registry,
  deployHook,
  jenkins,
  kubernetes,
  logs,
  monitoring,
}: AnySettings): Problem[] {
  if (openstack === undefined) return [];
  const problems: Problem[] = [];
  const { imageId, imageName, flavors } = openstack;
  if ((imageId === undefined) === (imageName === undefined)) {
    const given =
      imageId === undefined ? "neither imageId nor imageName is given" : "both imageId and imageName are given";
    problems.push({ path: "openstack", message: `${given}; use one of them` });
  }
  const sizes = {
    "etcd's": etcd && (etcd.machineSize ?? "small"),
    "galera's": galera && (galera.machineSize ?? "small"),
    "loadBalancer's": loadBalancer && (loadBalancer.machineSize ?? "small"),
    "registry's": registry && registry.ecr === undefined ? (registry.machineSize ?? "small") : undefined,
    "deployHook's": deployHook && (deployHook.machineSize ?? "medium"),
    "jenkins'": jenkins && (jenkins.machineSize ?? "medium"),
    "monitoring's": monitoring && (monitoring.machineSize ?? "medium"),
    "logs'": logs && logs.openSearch === undefined ? (logs.machineSize ?? "small") : undefined,
    "jenkins' agents'": jenkins && (jenkins.agentSize ?? "medium"),
    "kubernetes' control plane": kubernetes && (kubernetes.controlPlaneSize ?? "medium"),
    ...poolSizes(kubernetes),
  };
  for (const [whose, size] of Object.entries(sizes)) {
    if (size !== undefined && flavors[size] === undefined) {
      problems.push({
        path: `openstack.flavors.${size}`,
        message: `is missing, and ${whose} machines are of that size; use the name of a flavor`,
      });
    }
  }
  return problems;
}

function poolSizes(kubernetes: AnySettings["kubernetes"]): Record<string, MachineSize> {
  const pools = kubernetes === undefined ? [] : resolvePools(clusterName, kubernetes.pools);
  return Object.fromEntries(pools.map(({ name, machineSize = "medium" }) => [`kubernetes' ${name}`, machineSize]));
}

/** The longest prefix with enough addresses for the host numbers up to 60. */
const smallestFlatNetwork = 26;

function flatNetworkProblems(name: "dev" | "staging", { network }: AnySettings): Problem[] {
  if (network === undefined) return [];
  const taken: Record<string, string> = name === "dev" ? { "Docker's own default network": "172.17.0.0/16" } : {};
  return networkProblems(network, smallestFlatNetwork, taken);
}

const reservedTags = ["Project", "Environment", "Role", "ManagedBy", "Name"];

function tagProblems({ tags = {} }: AnySettings): Problem[] {
  const problems: Problem[] = [];
  const keys = Object.keys(tags);
  const room = mostTags - reservedTags.length;
  if (keys.length > room) {
    problems.push({
      path: "tags",
      message: `${keys.length} tags are too many beside the library's own; use at most ${room}`,
    });
  }
  for (const key of keys) {
    const refuse = (message: string) => problems.push({ path: `tags.${key}`, message });
    if (reservedTags.includes(key)) refuse(`is set by the library; use other tags than ${reservedTags.join(", ")}`);
    else if (!/^(?!aws:)[\w +\-=.:/@]{1,128}$/i.test(key)) {
      refuse("is not a tag key; use up to 128 letters, digits, spaces and + - = . _ : / @, not starting with aws:");
    }
  }
  return problems;
}
