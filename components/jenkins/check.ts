import type { Config } from "../../ignition/index.ts";
import { type AgentTool, toolProblems } from "../../ignition/roles/jenkins-agent/role.ts";
import { pluginProblems } from "../../ignition/roles/jenkins/plugins.ts";
import { jenkinsName } from "../../ignition/roles/jenkins/role.ts";
import { serviceProblems } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { ArgumentCheck } from "../arguments.ts";
import { bounds } from "../bounds.ts";
import { checkCidr, isTooWide } from "../cloud/addresses.ts";
import { snippetConfigs } from "../host.ts";
import type { JenkinsHostArgs } from "../jenkins-host.ts";
import { domainForm } from "../names.ts";
import { checkBackup, checkCredentials, checkGithub, checkKubernetes, checkLogin, checkPipelines, checkPlace } from "./arguments.ts";

/** Arguments with their defaults filled in. */
interface Filled {
  firstHost: number;
  frontHost: number;
  agentCount: number;
  agentExecutors: number;
  agentVolumeGiB: number;
  volumeGiB: number;
  heapMiB: number;
  agentTools: Record<string, AgentTool>;
}

/**
 * Checks everything that a JenkinsHost is given.
 * @returns The user's own Ignition configs.
 * @throws ArgumentError listing the arguments that cannot be used.
 */
export function checkJenkinsHost(name: string, args: JenkinsHostArgs, filled: Filled): Config[] {
  const { cloud, domain, github, login, library, pipelines = [], seed, credentials = {}, plugins = {}, services = {}, backup } = args;
  const { firstHost, frontHost, agentCount } = filled;
  const check = new ArgumentCheck(name)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
    .require(
      domainForm.test(domain ?? ""),
      "domain",
      `${JSON.stringify(domain)} is not a domain; use one like ci.example.com`,
    )
    .integer("agents", agentCount, bounds.jenkins.agents)
    .integer("agentExecutors", filled.agentExecutors, bounds.jenkins.agentExecutors)
    .integer("agentVolumeGiB", filled.agentVolumeGiB, bounds.jenkins.volumeGiB)
    .integer("volumeGiB", filled.volumeGiB, bounds.jenkins.volumeGiB)
    .integer("heapMiB", filled.heapMiB, bounds.jenkins.heapMiB)
    .works("firstHost", () => cloud?.address(firstHost + agentCount))
    .works("frontHost", () => cloud?.address(frontHost))
    .require(
      frontHost < firstHost || frontHost > firstHost + agentCount,
      "frontHost",
      `${frontHost} is the host number of a machine; use one outside ${firstHost} to ${firstHost + agentCount}`,
    )
    .require(
      login === undefined || args.adminPassword === undefined,
      "adminPassword",
      "is for a user that there is not when users log in with GitHub; leave it out, or login",
    )
    .require(!(jenkinsName in services), `services.${jenkinsName}`, "is Jenkins itself; use another name")
    .add(serviceProblems(services))
    .add(toolProblems(filled.agentTools))
    .add(pluginProblems(plugins));
  checkGithub(github, check);
  if (login) checkLogin(login, check);
  if (library) checkPlace("library", library, check);
  if (seed) checkPlace("seed", seed, check);
  checkPipelines(pipelines, github?.organization, check);
  checkCredentials(Object.keys(credentials), check);
  if (backup) checkBackup(backup, check);
  if (args.kubernetes) checkKubernetes(args.kubernetes, check);
  args.allowFrom?.forEach((range, index) =>
    check
      .works(`allowFrom[${index}]`, () => checkCidr(range))
      .require(!isTooWide(range), `allowFrom[${index}]`, `${range} is far too wide; use the addresses of users and of what passes GitHub's webhooks on`),
  );
  const own = snippetConfigs(args.snippets ?? [], check);
  check.done();
  return own;
}
