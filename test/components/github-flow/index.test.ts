import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { GithubFlow, type GithubFlowArgs } from "../../../components/github-flow/index.ts";
import { judge } from "../../policies/planned.ts";
import { planProgram } from "../planned.ts";

const flow = (args: Partial<GithubFlowArgs> = {}) =>
  planProgram(() => {
    const made = new GithubFlow("flow", { repositories: ["shop", "blog"], ...args });
    return { secrets: made.webhookSecrets };
  });
const rulesets = "github:index/repositoryRuleset:RepositoryRuleset";
const webhooks = "github:index/repositoryWebhook:RepositoryWebhook";
const closing = {
  name: "previews",
  url: "https://ci.example.com/generic-webhook-trigger/invoke?token=sesame",
  events: ["pull_request"],
};

describe("GithubFlow", () => {
  test("creates one ruleset for each repository", async () => {
    const planned = await flow();
    expect(planned.names(rulesets)).toEqual(["flow-blog", "flow-shop"]);
    expect(planned.resources.filter(({ custom }) => custom)).toHaveLength(2);
    expect(planned.one(rulesets, "flow-shop").inputs).toEqual({
      repository: "shop",
      name: "reviewed and tested",
      target: "branch",
      enforcement: "active",
      bypassActors: [],
      conditions: { refName: { includes: ["~DEFAULT_BRANCH", "refs/heads/development"], excludes: [] } },
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: {
          requiredApprovingReviewCount: 1,
          dismissStaleReviewsOnPush: true,
          requireLastPushApproval: true,
          requireCodeOwnerReview: false,
          requiredReviewThreadResolution: true,
        },
        requiredStatusChecks: {
          requiredChecks: [{ context: "continuous-integration/jenkins/pr-merge" }],
          strictRequiredStatusChecksPolicy: true,
        },
      },
    });
    expect(planned.one("paasmas:index:GithubFlow", "flow").inputs).toEqual({
      repositories: ["shop", "blog"],
      branches: ["development"],
      requiredChecks: ["continuous-integration/jenkins/pr-merge"],
      approvals: 1,
      webhooks: [],
    });
  });

  test("applies every argument", async () => {
    const planned = await flow({
      branches: ["staging", "release/1.x"],
      requiredChecks: ["delivery / tests", "delivery / commit"],
      approvals: 0,
      codeOwners: true,
    });
    expect(planned.one(rulesets, "flow-blog").inputs).toMatchObject({
      conditions: { refName: { includes: ["~DEFAULT_BRANCH", "refs/heads/staging", "refs/heads/release/1.x"] } },
      rules: {
        pullRequest: { requiredApprovingReviewCount: 0, requireLastPushApproval: false, requireCodeOwnerReview: true },
        requiredStatusChecks: { requiredChecks: [{ context: "delivery / tests" }, { context: "delivery / commit" }] },
      },
    });
  });

  test("generates one secret for each webhook of all repositories, and marks it and the URL as secret", async () => {
    const planned = await flow({ webhooks: [closing] });
    expect(planned.names(webhooks)).toEqual(["flow-blog-previews", "flow-shop-previews"]);
    const password = planned.one("random:index/randomPassword:RandomPassword", "flow-previews-secret");
    expect(password.inputs).toEqual({ length: 40, special: false });
    for (const name of planned.names(webhooks)) {
      const webhook = planned.one(webhooks, name);
      expect(webhook.inputs).toMatchObject({
        active: true,
        events: ["pull_request"],
        configuration: { url: closing.url, contentType: "json", insecureSsl: false },
      });
      expect((webhook.inputs.configuration as { secret: string }).secret).toBe(
        (planned.outputs.secrets as Record<string, string>).previews,
      );
      expect(webhook.secretPaths.toSorted()).toEqual(["$.configuration.secret", "$.configuration.url"]);
    }
    expect(planned.secretOutputs).toEqual(["secrets"]);
  });

  test("uses a given secret", async () => {
    const secret = "a-secret-that-jenkins-knows";
    const planned = await flow({ repositories: ["shop"], webhooks: [{ ...closing, secret: pulumi.secret(secret) }] });
    expect(planned.names("random:index/randomPassword:RandomPassword")).toEqual([]);
    expect(planned.one(webhooks, "flow-shop-previews").inputs.configuration).toMatchObject({ secret });
  });

  test("passes the policies", async () => {
    const planned = await flow({ webhooks: [closing] });
    expect(await judge(["github-branches-protected", "github-webhooks-signed"], planned.resources)).toEqual([]);
  });

  test.each<[string, Partial<GithubFlowArgs>, string[]]>([
    [
      "an empty list of repositories",
      { repositories: [] },
      ["flow.repositories: is missing; give the names of the repositories"],
    ],
    [
      "invalid repository names",
      { repositories: ["example/shop", "shop", "shop"] },
      [
        'flow.repositories[0]: "example/shop" is not a repository; use its name, without the owner',
        'flow.repositories[2]: "shop" is listed twice; use each repository once',
      ],
    ],
    [
      "invalid branch names",
      { branches: ["refs/heads/main", "release/*", "a..b"] },
      ['"refs/heads/main"', '"release/*"', '"a..b"'].map(
        (branch, i) =>
          `flow.branches[${i}]: ${branch} is not a branch; use its name, without refs/heads/ and wildcards`,
      ),
    ],
    ["an empty list of checks", { requiredChecks: [] }, ["flow.requiredChecks: is empty; name at least one check"]],
    [
      "a check without a name",
      { requiredChecks: [" "] },
      ["flow.requiredChecks[0]: is empty; use the check's name as GitHub shows it"],
    ],
    ["too many approvals", { approvals: 7 }, ["flow.approvals: 7 is not allowed; use a whole number from 0 to 6"]],
    [
      "invalid webhooks",
      {
        webhooks: [
          { name: "Previews", url: "http://ci.example.com/", events: [], secret: "short" },
          closing,
          { ...closing, events: ["*"] },
        ],
      },
      [
        'flow.webhooks[0].name: "Previews" is not allowed; use up to 24 lower-case letters, digits and inner hyphens',
        "flow.webhooks[0].url: is not allowed; use a URL with https://",
        "flow.webhooks[0].events: is missing; give GitHub's names of events, such as pull_request",
        "flow.webhooks[0].secret: the given secret is not allowed; use at least 20 characters",
        'flow.webhooks[2].name: "previews" is used twice; use each name once',
        'flow.webhooks[2].events[0]: "*" is not an event; use GitHub\'s names, such as pull_request',
      ],
    ],
  ])("rejects %s", async (_, args, messages) => {
    const failure = await flow(args).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArgumentError);
    expect((failure as Error).message).toBe(messages.join("\n"));
  });

  test("rejects invalid values that are known only in the update", async () => {
    await expect(flow({ webhooks: [{ ...closing, url: pulumi.output("http://ci.example.com/") }] })).rejects.toThrow(
      "flow.webhooks.previews.url: is not allowed; use a URL with https://",
    );
    await expect(flow({ webhooks: [{ ...closing, secret: pulumi.output("short") }] })).rejects.toThrow(
      "flow.webhooks.previews.secret: the given secret is not allowed; use at least 20 characters",
    );
  });
});
