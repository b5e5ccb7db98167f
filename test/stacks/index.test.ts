import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { committed, fromEngine } from "./committed.ts";

/** Runs the Pulumi entry point in the same way as `pulumi up` or `pulumi preview`. */
async function run(stack: string, config: Record<string, unknown>, { preview = false } = {}) {
  vi.resetModules();
  vi.stubEnv("GITHUB_TOKEN", undefined);
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(preview);
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  const program = async () => (await import("../../stacks/index.ts")).default;
  const evaluation = await evaluate(program, { stack, config: fromEngine(config) });
  return { ...evaluation, warnings: warn.mock.calls.map(([message]) => message) };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const left = [
  "Stack prod needs these settings before `up`:",
  "  aws.accountId: the account of prod; the provider refuses every other account",
  "    npm run config -- prod 'aws.accountId' '<12 digits>'",
  "  aws.ciAccountId: the account of Jenkins, which differs from the account of prod",
  "    npm run config -- prod 'aws.ciAccountId' '<12 digits>'",
  "  aws.ciLogin.assumeRole.roleArn: a role in the account of Jenkins, because one set of credentials is for one account; or aws.ciLogin.profile, or a login to the account of prod under aws.login",
  "    npm run config -- prod 'aws.ciLogin.assumeRole.roleArn' '<arn:aws:iam::12 digits:role/name>'",
  "  aws.image: the Fedora CoreOS image in eu-central-1, pinned; npm run images finds it",
  "    npm run config -- prod 'aws.image' '<ami-...>'",
  "  jenkins.github.appId: the GitHub App of Jenkins",
  "    npm run config -- prod 'jenkins.github.appId' '<number>'",
  "  jenkins.github.privateKey: a private key of that app, as GitHub provides it",
  "    npm run config -- prod 'jenkins.github.privateKey' --secret < <file>",
  "  githubFlow.token: a token that can administer the repositories, or GITHUB_TOKEN in the environment",
  "    npm run config -- prod 'githubFlow.token' --secret < <file>",
  "  paas.dns.zoneId: the zone of apps.example.com, or remove paas.dns: aws route53 list-hosted-zones",
  "    npm run config -- prod 'paas.dns.zoneId' '<id>'",
  ...[
    ["controllerUrl", "apps and releases"],
    ["passportUrl", "users"],
    ["logsUrl", "log index"],
  ].flatMap(([part, holds]) => [
    `  paas.database.${part}: a PostgreSQL outside of the cluster for the platform's ${holds}; the internal one has no backup`,
    `    npm run config -- prod 'paas.database.${part}' --secret < <file>`,
  ]),
  "  paas.allowTo[0].range: the addresses of these databases; other outgoing traffic is closed, so add an entry for each range",
  "    npm run config -- prod 'paas.allowTo[0].range' '<CIDR range>'",
  "  paas.allowTo[0].port: the port of these databases, 5432 for PostgreSQL",
  "    npm run config -- prod 'paas.allowTo[0].port' '<port>'",
  "  sshAuthorizedKeys[0]: public keys that can log in to the machines as core; set [] to allow no login",
  "    npm run config -- prod 'sshAuthorizedKeys[0]' '<ssh-ed25519 ...>'",
].join("\n");

describe("the Pulumi entry point", () => {
  test("plans the selected stack, and exports its outputs", async () => {
    const { resources, outputs, secretOutputs, warnings } = await run("dev", committed("dev"));
    expect(resources.filter(({ type }) => type === "paasmas:cloud:Machine").map(({ name }) => name)).toHaveLength(7);
    expect(Object.keys(outputs).sort()).toEqual(["connections", "databaseAddress", "databaseCa", "endpoints"]);
    expect(secretOutputs).toEqual(["connections"]);
    expect(outputs.databaseAddress).toBe("10.77.0.40");
    expect(warnings).toEqual([]);
  });

  test("fails with an invalid config before the first resource, with the message only", async () => {
    const failure = await run("dev", { ...committed("dev"), "paasmas:galera": { size: 4 } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      message: "The config of stack dev cannot be used:\n  galera.size: 4 is even; use 3 or 5",
      __pulumiRunError: true,
    });
  });

  test("rejects an update with missing settings", async () => {
    const failure = await run("prod", committed("prod")).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: left, __pulumiRunError: true });
  });

  test("previews with missing settings, and lists them", async () => {
    const { resources, warnings } = await run("prod", committed("prod"), { preview: true });
    expect(resources.filter(({ type }) => type === "aws:ec2/instance:Instance")).toHaveLength(20);
    expect(warnings).toEqual([left]);
  });
});
