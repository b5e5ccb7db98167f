import type * as pulumi from "@pulumi/pulumi";
import { type Cloud, JenkinsHost, MachineRegistry } from "paasmas";

/** @param appKey From the stack's config, `requireSecret("githubAppKey")`. */
export function ci(cloud: Cloud, appKey: pulumi.Input<string> = "-----BEGIN PRIVATE KEY-----\n...\n") {
  const registry = new MachineRegistry("registry", { cloud, repositories: ["shop"] });
  const jenkins = new JenkinsHost("jenkins", {
    cloud,
    domain: "ci.example.com",
    github: { organization: "example", appId: "4711", privateKey: appKey },
    registry,
    library: { repository: "platform", path: "delivery/jenkins" },
    agents: 2,
    agentTools: { paasmas: { image: "registry.example.com/paasmas:0.1.0", path: "/opt/paasmas" } },
    services: { wiki: "10.77.0.90:8080" },
  });

  return {
    url: jenkins.url,
    address: jenkins.address,
    password: jenkins.adminPassword,
    webhookSecret: jenkins.webhookSecret,
  };
}
