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
 * Creates the rules of the repositories, and their webhooks if Jenkins has a public endpoint. `prod.ts` imports this
 * module only with the setting `githubFlow`, because it loads the GitHub provider.
 */
export function githubFlow(
  { owner, token, webhook = true, closeToken, ...settings }: GithubFlowSettings,
  jenkins?: BuildingJenkins,
): GithubFlow {
  const provider = new Provider("github", {
    owner: owner ?? jenkins?.settings.github.organization,
    // Without a token the provider uses GITHUB_TOKEN.
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
