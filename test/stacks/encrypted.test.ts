import { describe, expect, test } from "vitest";
import { committed } from "./committed.ts";
import { evaluated, type StackName } from "./evaluated.ts";

/** An encrypted value, as `pulumi config set --secret` writes it to a stack file. */
const encrypted = { secure: "v1:Dk0yLQeQzYb7+w/z:mJ7NZ0Oe2m4Bq5cA9yX1s3t5u7w9y1A3C5E7G9I1K3M5O7Q9S1U3W5Y7a9c1e3g5==" };

interface Group {
  [key: string]: unknown;
  apps?: Group[];
  environment?: object;
  github?: object;
  cluster?: object;
}
const ofProd = (key: string) => committed("prod")[`paasmas:${key}`] as Group;
const ofStaging = (key: string) => committed("staging")[`paasmas:${key}`] as Group;
const publicEndpoint = {
  from: ["140.82.112.0/20"],
  certificate: { certificate: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", privateKey: encrypted },
};

// Only the engine can decrypt the value, and a plan is made before every preview and update.
describe("a plan with secrets that it cannot decrypt", () => {
  test.each<[StackName, string, Group]>([
    ["prod", "galera.passwords", { galera: { ...ofProd("galera"), passwords: { root: encrypted } } }],
    [
      "prod",
      "deployHook: token, environment",
      {
        deployHook: {
          ...ofProd("deployHook"),
          apps: ofProd("deployHook").apps!.map((app) => ({
            ...app,
            token: encrypted,
            environment: { ...app.environment, SECRET: encrypted },
          })),
        },
      },
    ],
    [
      "prod",
      "jenkins and githubFlow",
      {
        jenkins: {
          ...ofProd("jenkins"),
          adminPassword: encrypted,
          github: { ...ofProd("jenkins").github, privateKey: encrypted },
          publicEndpoint: { name: "hooks.example.com", ...publicEndpoint },
        },
        githubFlow: { ...ofProd("githubFlow"), token: encrypted, closeToken: encrypted, webhook: true },
      },
    ],
    [
      "prod",
      "paas",
      {
        paas: {
          ...ofProd("paas"),
          adminPassword: encrypted,
          valkeyUrl: encrypted,
          database: { controllerUrl: encrypted, passportUrl: encrypted, logsUrl: encrypted },
          allowTo: [{ range: "10.40.0.0/24", port: 5432 }],
        },
      },
    ],
    ["prod", "monitoring", { monitoring: { ...ofProd("monitoring"), webhook: encrypted, adminPassword: encrypted } }],
    [
      "staging",
      "logs.bucket",
      {
        logs: {
          ...ofStaging("logs"),
          bucket: { endpoint: "https://s3.example.com", name: "logs", accessKey: encrypted, secretKey: encrypted },
        },
      },
    ],
    [
      "staging",
      "monitoring.cluster",
      {
        monitoring: {
          ...ofStaging("monitoring"),
          cluster: { ...ofStaging("monitoring").cluster, adminPassword: encrypted },
        },
      },
    ],
    [
      "staging",
      "registry.ecr",
      {
        registry: {
          repositories: ofStaging("registry").repositories,
          ecr: {
            host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
            accessKey: "AKIAIOSFODNN7EXAMPLE",
            secretKey: encrypted,
          },
        },
      },
    ],
  ])("of %s is complete with encrypted values in %s", async (stack, _, groups) => {
    const changes = Object.fromEntries(Object.entries(groups).map(([key, group]) => [`paasmas:${key}`, group]));
    expect((await evaluated(stack, changes)).resources.length).toBeGreaterThan(300);
  });
});
