import { describe, expect, test } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { committed } from "./committed.ts";
import { evaluated } from "./evaluated.ts";

const rulesets = "github:index/repositoryRuleset:RepositoryRuleset";
const webhooks = "github:index/repositoryWebhook:RepositoryWebhook";
const provider = "pulumi:providers:github";

const jenkins = committed("prod")["paasmas:jenkins"] as Record<string, unknown>;
const certificate = {
  certificate: "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
};
const publicEndpoint = { name: "hooks.ci.example.com", from: ["140.82.112.0/20"], certificate };
const withEntrance = (githubFlow: object = {}) =>
  evaluated("prod", {
    "paasmas:jenkins": { ...jenkins, publicEndpoint },
    "paasmas:githubFlow": { repositories: ["shop", "blog"], ...githubFlow },
  });

describe("the rules of the repositories in prod", () => {
  test("match the config and the organization of Jenkins, without webhooks by default", async () => {
    const planned = await evaluated("prod");
    expect(planned.names(rulesets)).toEqual(["github-flow-three-services"]);
    expect(planned.names(webhooks)).toEqual([]);
    const { urn, inputs } = planned.one(provider, "github");
    expect(inputs).toEqual({ baseUrl: "https://api.github.com/", owner: "example" });
    const ruleset = planned.one(rulesets, "github-flow-three-services");
    expect(ruleset.provider).toMatch(new RegExp(`^${urn}::`));
    expect(ruleset.inputs).toMatchObject({
      repository: "three-services",
      enforcement: "active",
      conditions: { refName: { includes: ["~DEFAULT_BRANCH", "refs/heads/development"] } },
    });
  });

  test("match changed settings, with a secret token", async () => {
    const token = "ghp_0123456789abcdefghij";
    const planned = await evaluated("prod", {
      "paasmas:githubFlow": {
        owner: "others",
        token,
        repositories: ["shop"],
        branches: ["staging"],
        requiredChecks: ["delivery / tests"],
        approvals: 2,
        codeOwners: true,
      },
    });
    const { inputs, secretPaths } = planned.one(provider, "github");
    expect([inputs, secretPaths]).toEqual([
      { baseUrl: "https://api.github.com/", owner: "others", token },
      ["$.token"],
    ]);
    expect(planned.one(rulesets, "github-flow-shop").inputs).toMatchObject({
      conditions: { refName: { includes: ["~DEFAULT_BRANCH", "refs/heads/staging"] } },
      rules: {
        pullRequest: { requiredApprovingReviewCount: 2, requireCodeOwnerReview: true },
        requiredStatusChecks: { requiredChecks: [{ context: "delivery / tests" }] },
      },
    });
  });

  test("send webhooks to the public endpoint of Jenkins, with the secret that it expects", async () => {
    const planned = await withEntrance();
    expect(planned.names(webhooks)).toEqual(["github-flow-blog-jenkins", "github-flow-shop-jenkins"]);
    const { inputs, secretPaths } = planned.one(webhooks, "github-flow-shop-jenkins");
    expect(inputs).toMatchObject({ repository: "shop", active: true, events: ["push", "pull_request"] });
    expect(inputs.configuration).toEqual({
      url: "https://hooks.ci.example.com/github-webhook/",
      contentType: "json",
      insecureSsl: false,
      secret: planned.outputs.jenkinsWebhookSecret,
    });
    expect(secretPaths.toSorted()).toEqual(["$.configuration.secret", "$.configuration.url"]);
    expect(planned.outputs.jenkinsWebhookUrl).toBe("https://hooks.ci.example.com/github-webhook/");
  });

  test("start the sweep after a pull request is closed; the app's webhook handles other events", async () => {
    const closeToken = "close-token-0123456789";
    const planned = await withEntrance({ webhook: false, closeToken });
    expect(planned.names(webhooks)).toEqual(["github-flow-blog-closed", "github-flow-shop-closed"]);
    const { inputs } = planned.one(webhooks, "github-flow-shop-closed");
    expect(inputs.events).toEqual(["pull_request"]);
    expect(inputs.configuration).toMatchObject({
      url: `https://hooks.ci.example.com/generic-webhook-trigger/invoke?token=${closeToken}`,
    });
  });

  test("violate no policy", async () => {
    const { resources } = await withEntrance({ closeToken: "close-token-0123456789" });
    const results = await runPolicies(
      policies,
      resources,
      policyConfig(policies, committed("prod")["paasmas:policies"]),
    );
    const ofGithub = results.filter(({ name }) => name.startsWith("github-"));
    expect(ofGithub.map(({ name, resources: seen }) => [name, seen])).toEqual([
      ["github-branches-protected", 2],
      ["github-webhooks-signed", 4],
    ]);
    expect(results.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory")).toEqual([]);
  });
});
