import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changesBetween } from "../../cli/plan/changes.ts";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { type SavedPlan, savedPlan } from "../../cli/plan/saved.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { fromEngine } from "../stacks/committed.ts";
import { type Moto, motoPython, startMoto } from "./moto.ts";
import { noEngine, notBuilt } from "./requirements.ts";
import { EngineStack, type StateResource } from "./stack.ts";
import type { Steps } from "./steps.ts";

const reason =
  (process.env.TEST_ALL === "true" ? undefined : "it takes 15 minutes; set TEST_ALL=true") ??
  noEngine(["aws", "random", "tls", "command", "kubernetes", "github"]) ??
  notBuilt("pulumi-resource-aws") ??
  notBuilt(motoPython);
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const minutes = 60_000;
const accounts = { prod: "111111111111", ci: "222222222222" };
const login = (account: string) => `assumeRole.roleArn=arn:aws:iam::${account}:role/deploy`;
const log = (line: string) => console.log(`engine, prod: ${line}`);
let moto: Moto;
let stack: EngineStack;
let before: SavedPlan;
let created: StateResource[];

describe("prod with the real provider of AWS, on an emulator with two accounts", { timeout: 20 * minutes }, () => {
  beforeAll(async () => {
    if (reason !== undefined) return;
    moto = await startMoto();
    const zone = await moto.post(
      "/2013-04-01/hostedzone",
      '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">' +
        "<Name>apps.example.com</Name><CallerReference>test</CallerReference></CreateHostedZoneRequest>",
      {
        authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/route53/aws4_request",
        "x-moto-account-id": accounts.prod,
      },
    );
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    const settings = [
      `aws.accountId=${accounts.prod}`,
      `aws.ciAccountId=${accounts.ci}`,
      // One of the images that the emulator knows.
      "aws.image=ami-04681a1dbd79675a5",
      `aws.login.${login(accounts.prod)}`,
      `aws.ciLogin.${login(accounts.ci)}`,
      `paas.dns.zoneId=${/hostedzone\/([A-Z0-9]+)/.exec(zone)![1]}`,
      "paas.allowTo=[{ range: 10.40.0.0/16, port: 443 }]",
      ...["controllerUrl", "passportUrl", "logsUrl"].map(
        (key) => `paas.database.${key}=postgres://user:word@db.example.com:5432/paas`,
      ),
      "jenkins.github.appId=1",
      `jenkins.github.privateKey=${JSON.stringify(privateKey)}`,
      "githubFlow.token=ghp_0123456789abcdefghij0123456789abcdef",
      "sshAuthorizedKeys=[]",
    ];
    stack = new EngineStack("engine-prod", "prod", settings, [], moto.env);
    // The emulator of an earlier run is gone.
    stack.forget();
    await stack.open();
    before = await planned();
  }, 10 * minutes);
  afterAll(() => {
    moto?.close();
    stack?.forget();
  });

  it("creates every AWS resource of the plan, each in its account", async () => {
    const started = Date.now();
    const steps = await stack.up();
    created = (await stack.resources()).filter(({ type }) => type.startsWith("aws:"));
    log(`up: ${created.length} resources of AWS, ${steps.count("create")} in all, in ${seconds(started)} s`);
    const names = (resources: { type: string; name: string }[]) =>
      resources
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
    expect(names(created)).toEqual(names(before.resources));
    const owners = created.flatMap(({ name, outputs: { arn } }) => {
      const account = /^arn:aws:[a-z0-9]+:[a-z0-9-]*:(\d{12}):/.exec(String(arn))?.[1];
      return account === undefined ? [] : [{ name, account }];
    });
    expect(new Set(owners.map(({ account }) => account))).toEqual(new Set(Object.values(accounts)));
    for (const { name, account } of owners)
      expect(account, name).toBe(/^(ci|jenkins)\b/.test(name) ? accounts.ci : accounts.prod);
  });

  it("previews no changes", async () => {
    const started = Date.now();
    expect((await stack.preview()).changes).toEqual([]);
    log(`preview without changes: ${seconds(started)} s`);
  });

  it.each([
    ["another instance type", "aws.instanceTypes={ large: r7i.2xlarge }"],
    ["another image", "aws.image=ami-076f415166b04f5fe"],
    ["a larger volume", "galera.volumeGiB=300"],
    ["another config of one role", "galera.tuning.maxConnections=900"],
    ["two more members", "galera.size=5"],
  ])("changes the resources for %s as the plan foretells", async (_, setting) => {
    const steps = await stack.preview({ set: [setting] });
    expect(byProvider(steps)).toEqual(byPlan(before, await planned(setting)));
  });
});

/** The plan of the stack, without engine and providers. */
async function planned(...set: string[]): Promise<SavedPlan> {
  const config = fromEngine(stack.config(set));
  const { resources } = await evaluate(() => compose(parseEnvironment(stack.name, config)), {
    stack: stack.name,
    config,
  });
  return savedPlan({ environment: "prod", project: "paasmas", resources, policies: [], missingSettings: [] });
}

/** Changes of AWS resources, such as `replace galera-0-instance`. */
function byProvider(steps: Steps): string[] {
  const actions: Record<string, string> = { create: "create", update: "update", replace: "replace", delete: "remove" };
  return steps.all
    .filter(({ op, type }) => type.startsWith("aws:") && actions[op] !== undefined)
    .map(({ op, name }) => `${actions[op]} ${name}`)
    .sort();
}

function byPlan(from: SavedPlan, to: SavedPlan): string[] {
  return changesBetween(from, to)
    .filter(({ resource }) => resource.type.startsWith("aws:"))
    .map(({ action, resource }) => `${action} ${resource.name}`)
    .sort();
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0);
}
