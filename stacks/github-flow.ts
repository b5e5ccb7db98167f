import { Provider } from "@pulumi/github/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { GithubFlow, type GithubWebhookArgs } from "../components/github-flow/index.ts";
import type { JenkinsHost } from "../components/jenkins-host/index.ts";
import type { GithubFlowSettings } from "./config/github-flow.ts";
import type { AwsJenkinsSettings } from "./config/delivery.ts";

/** The Jenkins that builds the repositories. */
export interface BuildingJenkins {
  settings: AwsJenkinsSettings;
  host: JenkinsHost;
}

/**
 * The rules of the repositories that are released from, and their webhooks where GitHub reaches Jenkins. That has its
 * own module, which is loaded only where a config asks for it: nothing else needs GitHub's provider.
 */
export function githubFlow(
  { owner, token, webhook = true, closeToken, ...settings }: GithubFlowSettings,
  jenkins?: BuildingJenkins,
): GithubFlow {
  const provider = new Provider("github", {
    owner: owner ?? jenkins?.settings.github.organization,
    // Without one the provider takes GITHUB_TOKEN.
    ...(token !== undefined && { token: pulumi.secret(token) }),
  });
  const webhooks: GithubWebhookArgs[] = [];
  if (jenkins?.settings.publicEndpoint) {
    const { webhookUrl, webhookSecret } = jenkins.host;
    if (webhook)
      webhooks.push({ name: "jenkins", url: webhookUrl, events: ["push", "pull_request"], secret: webhookSecret });
    if (closeToken !== undefined) {
      const url = new URL(`/generic-webhook-trigger/invoke?token=${closeToken}`, webhookUrl).href;
      webhooks.push({ name: "closed", url: pulumi.secret(url), events: ["pull_request"] });
    }
  }
  return new GithubFlow("github-flow", { ...settings, webhooks }, { providers: [provider] });
}
