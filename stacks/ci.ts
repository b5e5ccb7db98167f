import * as pulumi from "@pulumi/pulumi";
import { AwsAccount } from "../components/cloud/aws/account.ts";
import { AwsCloud, type AwsCloudArgs, bucketAccess, Route53Zone, VpcPeering } from "../components/cloud/aws/index.ts";
import type { Firewall } from "../components/cloud/cloud.ts";
import type { DeployHook } from "../components/deploy-hook/index.ts";
import { JenkinsHost } from "../components/jenkins-host/index.ts";
import { mailPort } from "../components/jenkins-host/mail.ts";
import { agentNames } from "../components/jenkins-host/settings.ts";
import type { LogStore } from "../components/log-store/index.ts";
import { MetricsAgent } from "../components/metrics-agent/index.ts";
import { MonitoringHost } from "../components/monitoring-host/index.ts";
import { gatewayPorts } from "../components/paas-cluster/ports.ts";
import type { PaasCluster } from "../components/paas-cluster/index.ts";
import type { Registry } from "../components/internal/registry.ts";
import { deployHookPorts } from "../ignition/roles/deploy-hook/role.ts";
import { logStorePorts } from "../ignition/roles/log-store/role.ts";
import type { ProdEnvironment } from "./environment.ts";
import { jenkinsArguments } from "./jenkins.ts";

/** The account that builds, and what is to be in it. */
export interface Ci {
  account: AwsAccount;
  /** Names of the machines that builds run on. */
  machines: string[];
  settings: NonNullable<ProdEnvironment["jenkins"]>;
}

/** What builds may use of production, each where there is one. */
export interface ForBuilds {
  account: AwsAccount;
  cloud: AwsCloud;
  /** Agents push to it. */
  registry?: Registry;
  /** Agents call it. */
  hook?: DeployHook;
  /** Agents deploy to it. */
  paas?: PaasCluster;
  /** All machines send their logs there. */
  logs?: LogStore;
}

/** The account that builds; undefined where nothing does. */
export function ciAccount({ aws, jenkins }: ProdEnvironment, tags: Record<string, string>): Ci | undefined {
  if (jenkins === undefined) return undefined;
  // That Jenkins has an account was checked with the config.
  const account = new AwsAccount("ci", { id: aws.ciAccountId!, region: aws.region, tags });
  return { account, machines: agentNames("jenkins", jenkins.agents), settings: jenkins };
}

/** What is made there. */
export interface CiMachines {
  jenkins: JenkinsHost;
  /** Watches all machines of that network, where the config says so. */
  monitoring?: MonitoringHost;
}

/**
 * Jenkins, in a network of the account that builds, and what watches it. One way leads from there into production: agents call the
 * deploy hook and the apps' platform, and all machines send their logs.
 * @param machines What its machines are made from.
 */
export function ciJenkins(
  { account, settings }: Ci,
  machines: Omit<AwsCloudArgs, "cidr" | "zones">,
  production: ForBuilds,
): CiMachines {
  const { network, monitoring, ...rest } = settings;
  const { registry, hook, paas, logs } = production;
  const cloud = new AwsCloud(
    "ci",
    { cidr: network.cidr, zones: network.zones, ...machines },
    { providers: [account.provider] },
  );
  const way =
    (hook ?? paas ?? logs) &&
    new VpcPeering("ci-to-production", { from: { cloud, account }, to: production, tags: machines.tags });
  if (logs) {
    const open = (from: Firewall) =>
      way!.allow(`${from.firewallName}-to-logs`, { from, to: logs.firewall, ports: [logStorePorts.logs] });
    cloud.addNodeAgent(logs.agent(open));
  }
  if (monitoring) cloud.addNodeAgent(new MetricsAgent());
  const saved = cloud.objectStore("jenkins-backup", { description: "Jenkins' home" });
  const bucket = { endpoint: saved.endpoint, name: saved.bucket, region: account.region };
  const jenkins = new JenkinsHost("jenkins", {
    cloud,
    registry,
    ...jenkinsArguments(rest, { production: { hook, paas } }, bucket, (zoneId) => new Route53Zone(account, zoneId)),
    access: [bucketAccess(account, saved)],
  });
  // Nothing but HTTPS goes out of there otherwise.
  if (rest.mail)
    cloud.allowOut("jenkins-mails", {
      from: jenkins.firewall,
      to: "0.0.0.0/0",
      ports: [{ port: rest.mail.port ?? mailPort, description: "mails" }],
    });
  if (hook)
    way!.allow("jenkins-to-apps", { from: jenkins.agentFirewall, to: hook.firewall, ports: [deployHookPorts.calls] });
  if (paas)
    way!.allowBalancer("jenkins-to-paas", { from: jenkins.agents, to: paas.loadBalancer, ports: [gatewayPorts.https] });
  // Production's metrics stay there, and CI's here: neither network lets the other one ask.
  if (monitoring === undefined) return { jenkins };
  return {
    jenkins,
    monitoring: new MonitoringHost("ci-monitoring", { cloud, environment: `${pulumi.getStack()}-ci`, ...monitoring }),
  };
}
