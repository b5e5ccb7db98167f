import images from "../../ignition/roles/images.json" with { type: "json" };
import { type AgentTool, toolProblems } from "../../ignition/roles/jenkins-agent/role.ts";
import { credentialIds } from "../../ignition/roles/jenkins/credentials.ts";
import { kubernetesPlugins, pinnedPlugins, pluginProblems } from "../../ignition/roles/jenkins/plugins.ts";
import { jenkinsName } from "../../ignition/roles/jenkins/role.ts";
import { serviceProblems } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { checkCidr, isTooWide } from "../cloud/addresses.ts";
import { plannedMachines, snippetConfigs } from "../internal/planned-machines.ts";
import { domainPattern } from "../internal/name-patterns.ts";
import type { JenkinsHostArgs } from "./args.ts";
import { checkBackup } from "./backup.ts";
import { checkWebhooks } from "./webhook-endpoint.ts";
import { checkGithub, checkLogin } from "./github.ts";
import { checkMail } from "./mail.ts";
import { checkPipelines, checkScriptSource } from "./pipelines.ts";
import { checkKubernetes } from "./kubernetes-agents.ts";
import { jenkinsDefaults, jenkinsArguments } from "./settings-schema.ts";

const defaultTools: Record<string, AgentTool> = {
  node: { image: images["build-node"], path: "/usr/local" },
};

/** Arguments with their defaults filled in. */
export type JenkinsHostSettings = ReturnType<typeof jenkinsHostSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function jenkinsHostSettings(name: string, args: JenkinsHostArgs) {
  const {
    cloud,
    plugins = {},
    services = {},
    volumeGiB = jenkinsDefaults.volumeGiB,
    heapMiB = jenkinsDefaults.heapMiB,
    readyTimeoutSeconds = 1800,
  } = args;
  const { firstHostNumber = 51, loadBalancerHostNumber = 41 } = args;
  const {
    agents = jenkinsDefaults.agents,
    agentExecutors = jenkinsDefaults.agentExecutors,
    agentVolumeGiB = jenkinsDefaults.agentVolumeGiB,
  } = args;
  const agentTools = { ...defaultTools, ...args.agentTools };
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
    .require(
      domainPattern.test(args.domain ?? ""),
      "domain",
      `${JSON.stringify(args.domain)} is not a domain; use one like ci.example.com`,
    )
    .schemas(jenkinsArguments, args)
    .doesNotThrow("firstHostNumber", () => cloud?.address(firstHostNumber + agents))
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber))
    .require(
      loadBalancerHostNumber < firstHostNumber || loadBalancerHostNumber > firstHostNumber + agents,
      "loadBalancerHostNumber",
      `${loadBalancerHostNumber} is the host number of a machine; ` +
        `use one outside ${firstHostNumber} to ${firstHostNumber + agents}`,
    )
    .require(
      args.login === undefined || args.adminPassword === undefined,
      "adminPassword",
      "cannot be combined with login; remove one of them",
    )
    .require(!(jenkinsName in services), `services.${jenkinsName}`, "is the name of Jenkins; use another name")
    .add(serviceProblems(services))
    .add(toolProblems(agentTools))
    .add(pluginProblems(plugins));
  checkParts(args, check);
  const snippets = snippetConfigs(args.snippets ?? [], check);
  check.throwIfInvalid();

  return {
    image: args.image ?? images.jenkins,
    proxyImage: args.proxyImage ?? images.nginx,
    backupImage: args.backupImage ?? images.restic,
    firstHostNumber,
    loadBalancerHostNumber,
    machineSize: args.machineSize ?? "medium",
    volumeGiB,
    heapMiB,
    readyTimeoutSeconds,
    plugins: { ...pinnedPlugins, ...(args.kubernetes && kubernetesPlugins), ...plugins },
    services,
    snippets,
    agents: plannedMachines(cloud, agentsName(name), agents, firstHostNumber + 1),
    agentSize: args.agentSize ?? "medium",
    agentExecutors,
    agentVolumeGiB,
    agentTools,
  };
}

/** Names of the agent machines. A registry can require them before Jenkins exists. */
export function agentNames(jenkins: string, agents = jenkinsDefaults.agents): string[] {
  return Array.from({ length: agents }, (_, ordinal) => `${agentsName(jenkins)}-${ordinal}`);
}

function agentsName(jenkins: string): string {
  return `${jenkins}-agent`;
}

/** Checks the arguments that have their own files. */
function checkParts(args: JenkinsHostArgs, check: ArgumentCheck): void {
  const { cloud, domain, github, login, library, seed, backup, mail, kubernetes, publicEndpoint } = args;
  const { pipelines = [], credentials = {}, services = {}, allowFrom = [] } = args;
  checkGithub(github, check);
  if (login) checkLogin(login, check);
  if (library) checkScriptSource("library", library, check);
  if (seed) checkScriptSource("seed", seed, check);
  checkPipelines(pipelines, github?.organization, check);
  checkCredentials(Object.keys(credentials), check);
  if (backup) checkBackup(backup, check);
  if (mail) checkMail(mail, check);
  if (kubernetes) checkKubernetes(kubernetes, check);
  if (publicEndpoint) checkWebhooks(publicEndpoint, cloud, domain, [jenkinsName, ...Object.keys(services)], check);
  for (const [index, range] of allowFrom.entries()) {
    check
      .doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range))
      .require(
        !isTooWide(range),
        `allowFrom[${index}]`,
        `${range} is far too wide; use the addresses of users, and publicEndpoint for webhooks`,
      );
  }
}

/** Checks the ids of the additional credentials. */
function checkCredentials(ids: readonly string[], check: ArgumentCheck): void {
  const own: readonly string[] = Object.values(credentialIds);
  for (const id of ids) {
    check
      .require(
        /^[a-z0-9][a-z0-9-]{0,62}$/.test(id),
        `credentials.${id}`,
        `${JSON.stringify(id)} cannot be an id; use lower-case letters, digits and hyphens`,
      )
      .require(!own.includes(id), `credentials.${id}`, `${JSON.stringify(id)} is reserved for Jenkins; use another id`);
  }
}
