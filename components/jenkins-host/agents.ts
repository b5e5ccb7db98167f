import * as pulumi from "@pulumi/pulumi";
import { agentWorkPath } from "../../ignition/roles/jenkins-agent/constants.ts";
import { jenkinsAgent } from "../../ignition/roles/jenkins-agent/role.ts";
import type { JenkinsAgent } from "../../ignition/roles/jenkins/settings.ts";
import type { Cloud, Firewall, Machine } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import type { Registry } from "../internal/registry.ts";
import { sshKeys } from "./secrets.ts";
import type { JenkinsHostSettings } from "./settings.ts";

/** The agent machines, with the values that Jenkins needs to connect to them. */
export interface JenkinsAgents {
  machines: Machine[];
  /** Private SSH key that Jenkins logs in with; a secret (PEM). */
  loginKey: pulumi.Output<string>;
  known: pulumi.Output<JenkinsAgent[]>;
}

/** Creates the agent machines. */
export function createAgents(
  jenkins: string,
  { cloud, settings, firewall, registry, parent, dependsOn }: AgentInputs,
): JenkinsAgents {
  const { image, agentTools: tools, agentExecutors: executors, snippets } = settings;
  const loginKeys = sshKeys(`${jenkins}-agents-key`, { parent });
  const group = cloud.group(`${jenkins}-agents`, { parent });
  const hostKeys = settings.agents.map(({ name }) => sshKeys(`${name}-host-key`, { parent }));
  const machines: Machine[] = [];
  settings.agents.forEach(({ name, hostNumber }, ordinal) => {
    const previous = machines.at(-1);
    machines.push(
      cloud.machine(
        name,
        {
          role: "jenkins-agent",
          hostNumber,
          size: settings.agentSize,
          firewall,
          group,
          access: registry ? [registry.push(name)] : [],
          dataVolume: { path: agentWorkPath, sizeGiB: settings.agentVolumeGiB },
          readyTimeoutSeconds: settings.readyTimeoutSeconds,
          config: (delivery) =>
            pulumi
              .all([
                hostSettings(name, delivery, { path: agentWorkPath }),
                loginKeys.publicKey,
                hostKeys[ordinal]!.privateKey,
              ])
              .apply(([own, authorizedKey, hostKey]) =>
                withSnippets(jenkinsAgent({ host: own, image, authorizedKey, hostKey, tools }), snippets),
              ),
        },
        // Pulumi replaces one agent at a time. Builds continue on the others.
        machineOptions(parent, { dependsOn }, previous ? [previous.gate] : (registry?.ready ?? [])),
      ),
    );
  });
  const known = pulumi
    .all(hostKeys.map(({ publicKey }) => publicKey))
    .apply((keys) =>
      settings.agents.map(({ name, address }, ordinal) => ({ name, address, hostKey: keys[ordinal]!, executors })),
    );
  return { machines, loginKey: loginKeys.privateKey, known };
}

/** Inputs for the agent machines. */
interface AgentInputs {
  cloud: Cloud;
  settings: JenkinsHostSettings;
  /** Firewall of the agent machines. */
  firewall: Firewall;
  /** Registry that builds push their images to. */
  registry: Registry | undefined;
  parent: pulumi.ComponentResource;
  dependsOn: pulumi.ComponentResourceOptions["dependsOn"];
}
