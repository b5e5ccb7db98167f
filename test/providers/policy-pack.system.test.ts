import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { runPolicies, type Violation } from "../../cli/plan/policies.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { committed } from "../stacks/committed.ts";
import { evaluated, type StackName, stacks } from "../stacks/evaluated.ts";
import { stateOf } from "../policies/state.ts";

const folder = mkdtempSync(join(tmpdir(), "paasmas-policies-"));
afterAll(() => rmSync(folder, { recursive: true }));

// The pack runs on the Node of the tests, not on another Node on the PATH.
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_HOME: join(folder, "home"),
};
const engine = spawnSync("pulumi", ["policy", "analyze", "--help"], { env, encoding: "utf8" });
const reason = engine.status === 0 ? undefined : "no engine with `pulumi policy analyze` on the PATH";
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const pack = fileURLToPath(new URL("../../policies", import.meta.url));

type Finding = { policy: string; level: string; urn: string | undefined; message: string };

/** Findings of the engine in resources, and its exit code. */
async function analyzed(
  stack: string,
  resources: readonly PlannedResource[],
  config?: object,
): Promise<{ code: number; findings: Finding[] }> {
  const file = join(folder, `${stack}.json`);
  writeFileSync(file, JSON.stringify(stateOf(stack, resources)));
  const args = ["policy", "analyze", "--json", "--file", file, "--policy-pack", pack];
  if (config) {
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    args.push("--policy-pack-config", join(folder, "config.json"));
  }
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    execFile("pulumi", args, { env, cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), stdout }),
    );
  });
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).policyEvent);
  const findings = events.filter(Boolean).map((event) => ({
    policy: event.policyName,
    level: event.enforcementLevel,
    urn: event.resourceUrn,
    // The engine adds the policy's description before its messages.
    message: event.message.replace(`${policies.find((policy) => policy.name === event.policyName)?.description}\n`, ""),
  }));
  return { code, findings: sorted(findings) };
}

function sorted(findings: (Finding | Violation)[]): Finding[] {
  return findings
    .map(({ policy, level, urn, message }) => ({ policy, level, urn, message }))
    .toSorted((a, b) => `${a.policy} ${a.message}`.localeCompare(`${b.policy} ${b.message}`));
}

async function inProcess(resources: readonly PlannedResource[], config?: object): Promise<Finding[]> {
  return sorted(
    (await runPolicies(policies, resources, policyConfig(policies, config))).flatMap((result) => result.violations),
  );
}

/** The policy configuration of a stack. */
const configOf = (stack: StackName) => committed(stack)["paasmas:policies"] as object | undefined;

describe("the engine", () => {
  it.each(stacks)(
    "has the same findings in %s as the plan",
    async (stack) => {
      const { resources } = await evaluated(stack);
      const { code, findings } = await analyzed(stack, resources, configOf(stack));
      expect(findings).toEqual(await inProcess(resources, configOf(stack)));
      expect(findings.length).toBe(stack === "dev" ? 21 : 3);
      expect(code).toBe(0);
    },
    120_000,
  );

  const spoilt = async (stack: "staging" | "prod") =>
    (await evaluated(stack)).resources.map((resource): PlannedResource => {
      const { metadataOptions: _, schedulerHints: __, tags: ___, ...rest } = resource.inputs;
      const { metadataOptions: ____, schedulerHints: _____, tags: ______, ...known } = resource.outputs;
      // With a dependency, the engine may not know the value yet.
      const { schedulerHints: _hints, ...propertyDependencies } = resource.propertyDependencies;
      return { ...resource, inputs: rest, outputs: known, propertyDependencies, protect: false };
    });

  it.each([
    ["prod" as const, ["aws-imdsv2", "stateful-protected", "tags-mandatory"]],
    ["staging" as const, ["quorum-spread", "tags-mandatory"]],
  ])(
    "has the same findings as the plan in %s with violations of %j",
    async (stack, names) => {
      const resources = await spoilt(stack);
      const { code, findings } = await analyzed(stack, resources, configOf(stack));
      expect(findings).toEqual(await inProcess(resources, configOf(stack)));
      expect([...new Set(findings.filter(({ level }) => level === "mandatory").map(({ policy }) => policy))]).toEqual(
        names,
      );
      expect(code).toBe(1);
    },
    120_000,
  );

  it("has the same findings as the plan with advisory, disabled and exempted policies", async () => {
    const resources = await spoilt("prod");
    const config = {
      all: "advisory",
      "tags-mandatory": "disabled",
      "aws-imdsv2": {
        enforcementLevel: "mandatory",
        exemptions: [{ resource: "etcd-*", reason: "replaced next week" }],
      },
    };
    const { code, findings } = await analyzed("prod", resources, config);
    expect(findings).toEqual(await inProcess(resources, config));
    expect(findings.filter(({ message }) => message.startsWith("exempted (replaced next week): etcd-")).length).toBe(3);
    const machines = resources.filter(({ type }) => type === "aws:ec2/instance:Instance").length;
    expect(findings.filter(({ level }) => level === "mandatory").map(({ policy }) => policy)).toEqual(
      Array(machines - 3).fill("aws-imdsv2"),
    );
    expect(code).toBe(1);
  }, 120_000);
});
