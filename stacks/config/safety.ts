import { AddressPlan } from "../../components/cloud/aws/address-plan.ts";
import { mostTags } from "../../components/cloud/aws/tags.ts";
import { isTooWide, overlaps } from "../../components/cloud/addresses.ts";
import { cacheProblem, galeraDefaults } from "../../components/bounds.ts";
import type { MachineSize } from "../../components/cloud/cloud.ts";
import { appProblems } from "../../components/deploy-hook/problems.ts";
import { databaseProblems } from "../../components/galera/passwords.ts";
import { resolvePools } from "../../components/kubernetes/settings.ts";
import { toolProblems } from "../../ignition/roles/jenkins-agent/role.ts";
import { pluginProblems } from "../../ignition/roles/jenkins/plugins.ts";
import { serviceProblems } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { type Problem, show } from "./error.ts";
import { isPinned } from "./image.ts";
import { clusterName } from "./kubernetes.ts";
import { kubernetesProblems } from "./kubernetes-safety.ts";
import { networkProblems } from "./network.ts";
import { paasProblems } from "./paas.ts";
import type { EnvironmentName, Settings } from "./settings.ts";

type Any = Partial<Settings<"dev"> & Settings<"staging"> & Settings<"prod">>;

/**
 * What is wrong with settings that are each right by themselves: those that do not go together, and in prod those
 * that are unsafe.
 * @param given The settings that are right by themselves; others are left out, so that all problems show at once.
 */
export function safetyProblems(name: EnvironmentName, given: Any): Problem[] {
  return [
    ...databaseSettingsProblems(given),
    ...appsProblems(given),
    ...jenkinsProblems(given),
    ...kubernetesProblems(name, given.kubernetes, given),
    ...paasSettingsProblems(name, given),
    ...(name === "prod" ? [...prodProblems(given), ...ciProblems(given)] : flatNetworkProblems(name, given)),
    ...logsProblems(given),
    ...monitoringProblems(given),
    ...openstackProblems(given),
    ...dockerProblems(given),
    ...tagProblems(given),
  ];
}

/** A cluster that is wrong by itself is refused already, and in prod one without workers. */
function paasSettingsProblems(name: EnvironmentName, given: Any): Problem[] {
  const { kubernetes, paas } = given;
  const workers = name === "prod" ? 1 : resolvePools(clusterName, kubernetes?.pools).reduce((sum, { size }) => sum + size, 0);
  return "kubernetes" in given ? paasProblems(paas, kubernetes, workers) : [];
}

function databaseSettingsProblems({ galera }: Any): Problem[] {
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

function appsProblems({ deployHook, galera, ...others }: Any): Problem[] {
  if (deployHook === undefined) return [];
  const problems = appProblems(deployHook.apps).map(({ path, message }) => ({ path: `deployHook.${path}`, message }));
  // What is wrong by itself is said already, and not here: which names it has is not known.
  const repositories = "registry" in others ? (others.registry?.repositories ?? []) : undefined;
  const databases = galera && (galera.databases ?? []).map(({ name }) => name);
  deployHook.callers?.forEach((from, index) => {
    if (isTooWide(from)) problems.push({ path: `deployHook.callers[${index}]`, message: `${show(from)} is far too wide; use the addresses that CI calls from` });
  });
  deployHook.apps.forEach(({ repository, database }, index) => {
    const refuse = (field: string, message: string) => problems.push({ path: `deployHook.apps[${index}].${field}`, message });
    if (repository !== undefined && repositories?.includes(repository) === false && !isElsewhere(repository)) {
      refuse("repository", `${show(repository)} is none of registry.repositories; ${orNone(repositories)}, or registry.example.com/name of another one`);
    }
    if (database !== undefined && databases?.includes(database) === false) {
      refuse("database", `${show(database)} is none of galera.databases; ${orNone(databases)}`);
    }
  });
  return problems;
}

/** Whether a repository is said to be another registry's: its first part is a host then, with a dot or a port. */
function isElsewhere(repository: string): boolean {
  return /^[^/]*[.:][^/]*\//.test(repository);
}

function jenkinsProblems({ jenkins }: Any): Problem[] {
  const { services = {}, plugins = {}, agentTools = {} } = jenkins ?? {};
  return [...serviceProblems(services), ...pluginProblems(plugins), ...toolProblems(agentTools)].map(({ path, message }) => ({ path: `jenkins.${path}`, message }));
}

function monitoringProblems({ monitoring, ...others }: Any): Problem[] {
  // What is wrong with the cluster by itself is said already.
  if (monitoring?.cluster === undefined || !("kubernetes" in others) || others.kubernetes !== undefined) return [];
  return [{ path: "monitoring.cluster", message: "is there, and kubernetes is not; leave it out, or give kubernetes" }];
}

function logsProblems({ logs }: Any): Problem[] {
  if (logs?.openSearch === undefined) return [];
  return Object.entries(logs)
    .filter(([key, value]) => key !== "openSearch" && value !== undefined)
    .map(([key]) => ({ path: `logs.${key}`, message: "is a setting of the stack's own log store, which there is not beside logs.openSearch; leave one of them out" }));
}

function orNone(names: readonly string[]): string {
  return names.length > 0 ? `use ${names.join(", ")}` : "there is none yet";
}

function dockerProblems({ docker }: Any): Problem[] {
  const names = Object.keys(docker?.publishedPorts ?? {});
  return names
    .filter((name) => !/^([a-z][a-z0-9-]*:)?[1-9]\d{0,4}$/.test(name) || Number(name.split(":").at(-1)) > 65535)
    .map((name) => ({ path: `docker.publishedPorts.${name}`, message: "is not a port of a load balancer; use its number, such as 3306, or one load balancer's, such as jenkins-front:443" }));
}

function openstackProblems({ openstack, etcd, galera, loadBalancer, registry, deployHook, jenkins, kubernetes, logs, monitoring }: Any): Problem[] {
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
    "registry's": registry && (registry.machineSize ?? "small"),
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

function poolSizes(kubernetes: Any["kubernetes"]): Record<string, MachineSize> {
  const pools = kubernetes === undefined ? [] : resolvePools(clusterName, kubernetes.pools);
  return Object.fromEntries(pools.map(({ name, machineSize = "medium" }) => [`kubernetes' ${name}`, machineSize]));
}

/** The longest prefix in which the machines' host numbers, up to 60, have room. */
const smallestFlatNetwork = 26;

function flatNetworkProblems(name: "dev" | "staging", { network }: Any): Problem[] {
  if (network === undefined) return [];
  const taken: Record<string, string> = name === "dev" ? { "Docker's own default network": "172.17.0.0/16" } : {};
  return networkProblems(network, smallestFlatNetwork, taken);
}

function prodProblems(given: Any): Problem[] {
  const { network, protect, loadBalancer, aws } = given;
  const problems = unpinnedImages(given);
  if (network !== undefined) problems.push(...zonedNetworkProblems("network", network, aws?.region, "prod's"));
  if (protect === false) {
    problems.push({
      path: "protect",
      message: "false is refused in prod, whose data must survive a mistake; use true, or leave it out",
    });
  }
  if (loadBalancer?.size === 1) {
    problems.push({
      path: "loadBalancer.size",
      message: "1 is refused in prod, where no single machine may be needed; use 2",
    });
  }
  if (aws?.ciAccountId !== undefined && aws.ciAccountId === aws.accountId) {
    problems.push({
      path: "aws.ciAccountId",
      message: `${show(aws.ciAccountId)} is prod's own account; use the one that builds, or leave it out`,
    });
  }
  return problems;
}

/** Images that may become others while nobody looks. */
function unpinnedImages({ etcd, galera, loadBalancer, jenkins }: Any): Problem[] {
  const tools = Object.entries(jenkins?.agentTools ?? {}).map(([name, { image }]) => [`jenkins.agentTools.${name}.image`, image] as const);
  const images: (readonly [string, string | undefined])[] = [
    ["etcd.image", etcd?.image],
    ["galera.image", galera?.image],
    ["loadBalancer.image", loadBalancer?.image],
    ...(["image", "proxyImage", "backupImage"] as const).map((key) => [`jenkins.${key}`, jenkins?.[key]] as const),
    ...tools,
  ];
  return images.flatMap(([path, image]) =>
    image === undefined || isPinned(image) ? [] : [{ path, message: `${show(image)} is refused in prod, where a tag must not become another image; use registry/repository@sha256:digest` }],
  );
}

/** What is wrong with Jenkins in an account and a network of its own. */
function ciProblems({ network, aws, jenkins }: Any): Problem[] {
  if (jenkins === undefined) return [];
  const own = jenkins.network;
  const problems = zonedNetworkProblems("jenkins.network", own, aws?.region, "Jenkins'");
  if (network !== undefined && overlaps(network.cidr, own.cidr)) {
    problems.push({
      path: "jenkins.network.cidr",
      message: `${show(own.cidr)} overlaps network.cidr ${network.cidr}, to which it is connected; use another range`,
    });
  }
  if (aws !== undefined && aws.ciAccountId === undefined) {
    problems.push({
      path: "aws.ciAccountId",
      message: "is missing, and Jenkins runs there; use the 12 digits of an AWS account id, in quotes",
    });
  }
  return problems;
}

/** The longest prefix that three zones can share. */
const smallestZonedNetwork = 23;

function zonedNetworkProblems(
  at: string,
  network: Settings<"prod">["network"],
  region: string | undefined,
  whose: string,
): Problem[] {
  const problems = networkProblems(network, smallestZonedNetwork, {}, at);
  const { zones } = network;
  if (zones.length === 1) {
    const message = `${show(zones)} is one availability zone, and its loss would be ${whose}; use three of one region`;
    return [...problems, { path: `${at}.zones`, message }];
  }
  if (problems.length > 0) return problems;
  try {
    const plan = new AddressPlan(network.cidr, zones);
    if (region !== undefined && plan.region !== region) {
      problems.push({
        path: `${at}.zones`,
        message: `${show(zones)} are not in aws.region ${show(region)}; use zones of one region`,
      });
    }
  } catch (error) {
    // The plan's messages start with the setting they are about.
    const [field, ...rest] = (error as RangeError).message.split(": ");
    problems.push({ path: `${at}.${field}`, message: rest.join(": ") });
  }
  return problems;
}

const reservedTags = ["Project", "Environment", "Role", "ManagedBy", "Name"];

function tagProblems({ tags = {} }: Any): Problem[] {
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
