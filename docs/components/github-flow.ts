import { GithubFlow } from "paasmas/github";

export function flow() {
  const flow = new GithubFlow("flow", {
    repositories: ["three-services", "ghost"],
    requiredChecks: ["continuous-integration/jenkins/pr-merge"],
    webhooks: [
      {
        name: "previews",
        url: "https://jenkins.ci.example.com/generic-webhook-trigger/invoke?token=sesame",
        events: ["pull_request"],
      },
    ],
  });
  return { secrets: flow.webhookSecrets };
}
