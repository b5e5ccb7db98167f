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

/** The CI account and its settings. */
export interface Ci {
  account: AwsAccount;
  /** Names of the agent machines. */
  machines: string[];
  settings: NonNullable<ProdEnvironment["jenkins"]>;
}

/** Resources of production that builds use. */
export interface BuildTargets {
  account: AwsAccount;
  cloud: AwsCloud;
  /** Agents push images to it. */
  registry?: Registry;
  /** Agents call it. */
  hook?: DeployHook;
  /** Agents deploy to it. */
  paas?: PaasCluster;
  /** All machines send their logs there. */
  logs?: LogStore;
}

/** Creates the CI account; undefined without Jenkins. */
export function ciAccount({ aws, jenkins }: ProdEnvironment, tags: Record<string, string>): Ci | undefined {
  if (jenkins === undefined) return undefined;
  // The check of the config requires ciAccountId with jenkins.
  const account = new AwsAccount("ci", { id: aws.ciAccountId!, region: aws.region, ...aws.ciLogin, tags });
  return { account, machines: agentNames("jenkins", jenkins.agents), settings: jenkins };
}

/** Machines in the CI account. */
export interface CiMachines {
  jenkins: JenkinsHost;
  /** Monitors all machines of the CI network, if the config has this setting. */
  monitoring?: MonitoringHost;
}

/**
 * Creates Jenkins and its monitoring in a network of the CI account. The network has one peering with production:
 * agents call the deploy hook and the platform of the apps, and all machines send their logs.
 * @param machines Arguments for the machines of the network.
 */
export function ciJenkins(
  { account, settings }: Ci,
  machines: Omit<AwsCloudArgs, "cidr" | "zones">,
  production: BuildTargets,
): CiMachines {
  const { network, monitoring, ...rest } = settings;
  const { registry, hook, paas, logs } = production;
  const cloud = new AwsCloud(
    "ci",
    { cidr: network.cidr, zones: network.zones, ...machines },
    { providers: [account.provider] },
  );
  const peering =
    (hook ?? paas ?? logs) &&
    new VpcPeering("ci-to-production", { from: { cloud, account }, to: production, tags: machines.tags });
  if (logs) {
    const open = (from: Firewall) =>
      peering!.allow(`${from.firewallName}-to-logs`, { from, to: logs.firewall, ports: [logStorePorts.logs] });
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
  // All other outgoing connections use HTTPS.
  if (rest.mail)
    cloud.allowOut("jenkins-mails", {
      from: jenkins.firewall,
      to: "0.0.0.0/0",
      ports: [{ port: rest.mail.port ?? mailPort, description: "mails" }],
    });
  if (hook)
    peering!.allow("jenkins-to-apps", {
      from: jenkins.agentFirewall,
      to: hook.firewall,
      ports: [deployHookPorts.calls],
    });
  if (paas)
    peering!.allowBalancer("jenkins-to-paas", {
      from: jenkins.agents,
      to: paas.loadBalancer,
      ports: [gatewayPorts.https],
    });
  // Each network has its own monitoring host, because the firewalls allow no metrics between the networks.
  if (monitoring === undefined) return { jenkins };
  return {
    jenkins,
    monitoring: new MonitoringHost("ci-monitoring", { cloud, environment: `${pulumi.getStack()}-ci`, ...monitoring }),
  };
}
