import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { Progress } from "../../../cli/engine/progress.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::shop::paasmas:cloud:Machine$${type}::${name}`;
const step = (op: string, type: string, name: string, more: object = {}) => ({
  op,
  urn: urn(type, name),
  type,
  new: { custom: !type.startsWith("paasmas:") },
  ...more,
});
const event = (content: object) => ({ sequence: 0, timestamp: 0, ...content }) as unknown as EngineEvent;

function run(events: object[], interactive = false): { text: string; progress: Progress } {
  let text = "";
  const progress = new Progress({ write: (part) => (text += part), interactive, columns: 60 }, "dev");
  for (const content of events) progress.onEvent(event(content));
  progress.end();
  return { text, progress };
}

test("prints a line for each finished resource, except components, providers and unchanged ones", () => {
  const { text } = run([
    { resOutputsEvent: { metadata: step("create", "paasmas:cloud:Machine", "db-0") } },
    { resOutputsEvent: { metadata: step("create", "pulumi:providers:aws", "default") } },
    { resOutputsEvent: { metadata: step("same", "aws:ec2/instance:Instance", "db-1") } },
    { resOutputsEvent: { metadata: step("create", "aws:ec2/instance:Instance", "db-0") } },
    { resOutputsEvent: { metadata: step("update", "aws:ec2/instance:Instance", "lb-0", { diffs: ["instanceType"] }) } },
    { resOutputsEvent: { metadata: step("delete-replaced", "aws:ec2/instance:Instance", "db-2") } },
  ]);
  expect(text).toBe(
    "+ Instance db-0 created\n~ Instance lb-0 updated (instanceType)\n± Instance db-2 deleted the old\n",
  );
});

test("prints planned operations in a preview", () => {
  const { text } = run([
    { resOutputsEvent: { metadata: step("create", "aws:ec2/instance:Instance", "db-0"), planning: true } },
  ]);
  expect(text).toBe("+ Instance db-0 would be created\n");
});

test("prints a failure immediately, and its reason once, at the end, after the warnings", () => {
  const message = "<{%fg 1%}>error: <{%reset%}>the quota is used up\n";
  const { text } = run([
    { resOpFailedEvent: { metadata: step("create", "aws:ec2/instance:Instance", "db-0") } },
    { diagnosticEvent: { severity: "error", message, color: "always", urn: urn("aws:ec2/instance:Instance", "db-0") } },
    { diagnosticEvent: { severity: "error", message, color: "always", urn: urn("aws:ec2/instance:Instance", "db-0") } },
    { diagnosticEvent: { severity: "error", message: "update failed", color: "always" } },
    { diagnosticEvent: { severity: "info", message: "chatter", color: "always" } },
    { diagnosticEvent: { severity: "warning", message: "warning: the image is old", color: "always" } },
  ]);
  expect(text).toBe("✗ Instance db-0 failed\n! the image is old\n✗ Instance db-0: the quota is used up\n");
});

test("prints only problems of the preview before an update", () => {
  let text = "";
  const progress = new Progress({ write: (part) => (text += part), interactive: false, columns: 60 }, "dev");
  const refusal = { severity: "error", message: "kube.version: 1.36.4 would skip 1.35", color: "always" };
  progress.onProblem(
    event({ resOutputsEvent: { metadata: step("create", "aws:ec2/instance:Instance", "db-0"), planning: true } }),
  );
  progress.onProblem(event({ diagnosticEvent: refusal }));
  progress.onEvent(event({ diagnosticEvent: refusal }));
  progress.end();
  expect(text).toBe("✗ kube.version: 1.36.4 would skip 1.35\n");
});

test("counts mandatory policy violations, and prints advisory ones", () => {
  const policy = {
    policyName: "imds",
    policyPackName: "p",
    policyPackVersion: "1",
    policyPackVersionTag: "1",
    color: "always",
    resourceUrn: urn("aws:ec2/instance:Instance", "db-0"),
  };
  const { text, progress } = run([
    {
      policyEvent: {
        ...policy,
        enforcementLevel: "mandatory",
        message: "Instances ask for a token\nhttpTokens is optional",
      },
    },
    { policyEvent: { ...policy, enforcementLevel: "warning", message: "could be better" } },
  ]);
  expect(progress.violations).toBe(1);
  expect(text).toBe("! policy imds on db-0: could be better\n✗ policy imds on db-0: httpTokens is optional\n");
});

const advice = "db-0 (aws:ec2/instance:Instance): httpTokens is optional; allowed: required.";

test.each([
  ["one line", advice, advice],
  ["the description and a line", `Instances ask for a token\n${advice}`, advice],
  ["line breaks at the end", `Instances ask for a token\n${advice}\n\n  \n`, advice],
  ["line breaks of Windows", `Instances ask for a token\r\n${advice}\r\n`, advice],
  ["several lines", `Instances ask for a token\n  ${advice}\n\n  See the page.\n`, `${advice} See the page.`],
  ["the engine's colours", `Instances ask for a token\n<{%fg 13%}>${advice}<{%reset%}>\n<{%reset%}>`, advice],
  ["colours of a terminal", `Instances ask for a token\n\u001b[35;1m${advice}\u001b[0m\n\u001b[0m`, advice],
  ["nothing", "", "violated, without a message"],
  ["only colours and line breaks", "<{%reset%}>\n\n<{%reset%}>", "violated, without a message"],
])("prints the message of a violation with %s in one line", (_, message, expected) => {
  const { text } = run([{ policyEvent: { policyName: "imds", enforcementLevel: "advisory", message } }]);
  expect(text).toBe(`! policy imds: ${expected}\n`);
});

test("prints a warning that a provider repeats once, with the number of resources, and each error", () => {
  const type = "openstack:loadbalancer/pool:Pool";
  const told = (severity: string, message: string, name: string) => ({
    diagnosticEvent: { severity, message, color: "always", urn: urn(type, name) },
  });
  const warning = "warning: neutron-lbaas will be removed\n";
  const { text } = run([
    ...["a", "b", "c", "a"].map((name) => told("warning", warning, name)),
    told("warning", "the image is old", "a"),
    ...["a", "b"].map((name) => told("error", "the quota is used up", name)),
  ]);
  expect(text).toBe(
    "! neutron-lbaas will be removed (3 resources)\n! Pool a: the image is old\n" +
      "✗ Pool a: the quota is used up\n✗ Pool b: the quota is used up\n",
  );
});

test("shows running operations in a status line within the width of a terminal, and removes it", () => {
  const name = "a-machine-with-a-name-that-is-longer-than-any-terminal-is-wide";
  const { text } = run([{ resourcePreEvent: { metadata: step("create", "aws:ec2/instance:Instance", name) } }], true);
  const clear = "\r\u001b[2K";
  expect(text.endsWith(clear)).toBe(true);
  const [line] = text.split(clear).filter(Boolean);
  expect(line).toMatch(/^… creating a-machine-with-a-name/);
  expect(line?.length).toBe(59);
});

test("prints no problem for a stop that the user wanted, and still prints other problems", () => {
  let text = "";
  const progress = new Progress({ write: (part) => (text += part), interactive: false, columns: 60 }, "dev");
  progress.interrupted();
  for (const message of ["error: context canceled", "update canceled", "the quota is used up"])
    progress.onEvent(event({ diagnosticEvent: { severity: "error", message, color: "always" } }));
  progress.end();
  expect(text).toBe("✗ the quota is used up\n");
});

test("prints no notice about interrupted operations, which the command has settled", () => {
  const message =
    "Attempting to deploy or update resources with 2 pending operations from previous deployment.\n  * urn";
  expect(run([{ diagnosticEvent: { severity: "warning", message, color: "always" } }]).text).toBe("");
});
