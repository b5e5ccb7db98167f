import { describe, expect, test } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import type { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluated } from "./evaluated.ts";

const hooks = ["140.82.112.0/20", "192.30.252.0/22"];
const everybody = ["0.0.0.0/0"];
const pair = {
  certificate: "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
};

/** A stack with all public endpoints, and its committed settings. */
function open(stack: "staging" | "prod", zoneId: string): Record<string, unknown> {
  const config = committed(stack) as Record<string, Record<string, unknown>>;
  const jenkins = config["paasmas:jenkins"] ?? {
    domain: "ci.staging.example.com",
    github: { organization: "example", appId: "4711" },
  };
  return {
    // Build agents in staging push to a separate registry of staging.
    ...(stack === "staging" && {
      "paasmas:registry": { repositories: ["three-services/db", "three-services/api", "three-services/front"] },
    }),
    "paasmas:jenkins": {
      ...jenkins,
      publicEndpoint: { name: `hooks.${jenkins.domain}`, from: hooks, certificate: pair, dns: { zoneId } },
    },
    "paasmas:deployHook": {
      ...config["paasmas:deployHook"],
      publicEndpoint: {
        names: [stack === "prod" ? "example.com" : "staging.example.com"],
        from: everybody,
        dns: { zoneId },
      },
    },
    "paasmas:paas": { ...config["paasmas:paas"], publicEndpoint: { from: everybody } },
  };
}

const zones = { staging: "0123456789abcdef0123456789abcdef", prod: "Z0123456789ABCDEFGHIJ" };
const publicBalancers = (planned: Planned) =>
  planned.resources
    .filter(({ type, inputs }) => type === factTypes.loadBalancer && inputs.scheme === "public")
    .map(
      ({ name, inputs }) =>
        `${name} ${(inputs.allowFrom as string[]).join(" ")} ${(inputs.ports as { port: number; targetPort: number }[]).map(({ port, targetPort }) => `${port}:${targetPort}`).join(" ")}`,
    )
    .sort();

describe.each(["staging", "prod"] as const)("the plan of %s", (stack) => {
  test("has no public endpoint by default", async () => {
    expect(publicBalancers(await evaluated(stack))).toEqual([]);
  });

  test("has only the three public endpoints of its config", async () => {
    expect(publicBalancers(await evaluated(stack, open(stack, zones[stack])))).toEqual([
      "apps-public 0.0.0.0/0 443:8443",
      "jenkins-public 140.82.112.0/20 192.30.252.0/22 443:8444",
      "paas-public 0.0.0.0/0 443:30443",
    ]);
  });

  test("violates no mandatory policy with public endpoints", async () => {
    const { resources } = await evaluated(stack, open(stack, zones[stack]));
    const results = await runPolicies(
      policies,
      resources,
      policyConfig(policies, committed(stack)["paasmas:policies"]),
    );
    const violations = results.flatMap((result) => result.violations).filter(({ level }) => level === "mandatory");
    expect(violations).toEqual([]);
  });

  test("exports the addresses for the DNS records of the public endpoints", async () => {
    const { outputs } = await evaluated(stack, open(stack, zones[stack]));
    const form = stack === "prod" ? /\.elb\.planned-region-1\.amazonaws\.com$/ : /^203\.0\.113\.\d+$/;
    for (const name of ["jenkinsPublicAddress", "appsPublicAddress", "paasPublicAddress"])
      expect([name, outputs[name]]).toEqual([name, expect.stringMatching(form)]);
    expect(outputs.jenkinsWebhookUrl).toMatch(/^https:\/\/hooks\.ci\.(staging\.)?example\.com\/github-webhook\/$/);
  });
});

test("has each DNS name of prod in the account of its load balancer", async () => {
  const planned = await evaluated("prod", open("prod", zones.prod));
  const records = planned.resources.filter(({ type }) => type === "aws:route53/record:Record");
  expect(
    records
      .map(
        ({ name, inputs, provider }) =>
          `${name} ${inputs.name} ${inputs.type} ${/::([a-z]+)::[^:]*$/.exec(provider ?? "")?.[1]}`,
      )
      .sort(),
  ).toEqual([
    "apps-public-0 example.com A prod",
    "jenkins-public-0 hooks.ci.example.com A ci",
    "paas-domain *.apps.example.com CNAME prod",
    "paas-domain-drycc drycc.apps.example.com CNAME prod",
    "paas-domain-drycc-builder drycc-builder.apps.example.com CNAME prod",
    "paas-domain-drycc-passport drycc-passport.apps.example.com CNAME prod",
  ]);
});

test("has a floating IP address for each public endpoint in staging, and no duplicate rules", async () => {
  const planned = await evaluated("staging", open("staging", zones.staging));
  expect(planned.names("openstack:networking/floatingIp:FloatingIp")).toEqual([
    "apps-public-address",
    "jenkins-public-address",
    "paas-public-address",
  ]);
  expect(new Set(planned.firewallRules()).size).toBe(planned.firewallRules().length);
});
