import { expect, test } from "vitest";
import { isKnown, restarting } from "../../../cli/plan/replacement.ts";
import { changesText, reviewOf } from "../../../cli/plan/review.ts";
import { savedPlan } from "../../../cli/plan/saved.ts";
import type { SampleSettings } from "../sample/program.ts";
import type { Planned } from "../../components/planned.ts";
import { committed } from "../../stacks/committed.ts";
import { evaluated, stacks } from "../../stacks/evaluated.ts";
import { samplePlan, sampleResults } from "../sample/plan.ts";

async function review(before: SampleSettings, after: SampleSettings) {
  return reviewOf(savedPlan(await samplePlan(before)), savedPlan(await samplePlan(after)));
}

const actions = (changes: { action: string; resource: { name: string } }[]) =>
  changes.map(({ action, resource }) => `${action} ${resource.name}`).sort();

test("finds no change between two plans of the same settings", async () => {
  const { changes, ...words } = await review({}, {});
  expect(changes).toEqual([]);
  expect(Object.values(words).flat()).toEqual([]);
  const plan = savedPlan(await samplePlan());
  expect(changesText(plan, plan, { since: "plan/prod.json" })).toBe("prod since plan/prod.json: nothing changes.\n");
});

test("replaces machines with a changed config, and names the reason", async () => {
  const { rolls, machines, dataAtRisk, changes } = await review({}, { motd: "hello, you" });
  expect(rolls).toEqual([
    "db-0, db-1 (db): new Ignition config, all at the same time",
    "lb-0 (lb): new Ignition config",
  ]);
  expect(machines).toEqual([]);
  expect(dataAtRisk).toEqual([]);
  expect(actions(changes)).toEqual(["replace db-0", "replace db-1", "replace lb-0"]);
  expect(changes.map(({ reasons }) => reasons)).toEqual([["userData"], ["userData"], ["userData"]]);
});

test("replaces machines that wait for each other one at a time, in their order", async () => {
  const { rolls } = await review({ size: 3, chain: true }, { size: 3, chain: true, motd: "hello, you" });
  expect(rolls).toEqual([
    "db-0 → db-1 → db-2 (db): new Ignition config, one at a time, each after the previous one is healthy",
    "lb-0 (lb): new Ignition config",
  ]);
});

test("restarts machines with another instance type in place, one at a time if they wait for each other", async () => {
  const { rolls, machines, changes } = await review({}, { instanceType: "t3.large" });
  expect(rolls).toEqual([
    "db-0, db-1 (db): size t3.small → t3.large, restarted in place, all at the same time",
    "lb-0 (lb): size t3.small → t3.large, restarted in place",
  ]);
  expect(machines).toEqual([]);
  expect(actions(changes)).toEqual(["update db-0", "update db-1", "update lb-0"]);
  const chained = await review({ size: 3, chain: true }, { size: 3, chain: true, instanceType: "t3.large" });
  expect(chained.rolls).toEqual([
    "db-0 → db-1 → db-2 (db): size t3.small → t3.large, restarted in place, one at a time, each after the previous one is healthy",
    "lb-0 (lb): size t3.small → t3.large, restarted in place",
  ]);
  const both = await review({}, { instanceType: "t3.large", motd: "hello, you" });
  expect(both.rolls[1]).toBe("lb-0 (lb): new Ignition config, size t3.small → t3.large");
});

test("creates a machine, removes one, and reports the fate of its data", async () => {
  const grown = await review({ size: 2 }, { size: 3 });
  expect(grown.machines).toEqual(["db-2 (db) is created"]);
  expect(actions(grown.changes)).toEqual(["create db-2", "create db-2-data"]);
  expect(grown.dataAtRisk).toEqual([]);

  const shrunk = await review({ size: 3 }, { size: 2 });
  expect(shrunk.machines).toEqual(["db-2 (db) is removed"]);
  expect(shrunk.dataAtRisk).toEqual([
    "db-2-data (aws Volume) is protected: up refuses to remove protected resources; remove the protection first",
  ]);

  const unprotected = await review({ size: 3, protect: false }, { size: 2, protect: false });
  expect(unprotected.dataAtRisk).toEqual(["db-2-data (aws Volume) is removed together with the data"]);
});

test("reports removed protection as a risk, and added protection as a change", async () => {
  const bare = await review({}, { protect: false });
  expect(bare.dataAtRisk).toEqual([
    "backups (aws Bucket) is no longer protected; a later up can remove it",
    "db-0-data, db-1-data (2 × aws Volume) are no longer protected; a later up can remove them; " +
      "no longer kept in the cloud after a removal",
  ]);
  expect(bare.changes.map(({ action, resource, inputs, reasons }) => [action, resource.name, inputs, reasons])).toEqual(
    [
      ["update", "backups", ["protect"], []],
      ["update", "db-0-data", ["protect", "retainOnDelete"], []],
      ["update", "db-1-data", ["protect", "retainOnDelete"], []],
    ],
  );
  const safe = await review({ protect: false }, {});
  expect(safe.dataAtRisk).toEqual([]);
  expect(actions(safe.changes)).toEqual(["update backups", "update db-0-data", "update db-1-data"]);
});

test("reports a version of Kubernetes that up refuses, before all other changes", async () => {
  const cluster = (version: string) => evaluated("staging", { "paasmas:kubernetes": { controlPlanes: 1, version } });
  const saved = ({ resources }: Planned) =>
    savedPlan({ environment: "staging", project: "paasmas", resources, policies: [], missingSettings: [] });
  const [older, newer] = [saved(await cluster("1.35.8")), saved(await cluster("1.36.4"))];
  expect(reviewOf(older, newer).refused).toEqual([]);
  const refusal =
    "kube.version: 1.35.8 is older than the running 1.36.4, whose data does not support an older minor version; " +
    "use 1.36.4 or 1.36.3";
  expect(reviewOf(newer, older).refused).toEqual([refusal]);
  const text = changesText(newer, older, { since: "plan/staging.json" });
  expect(text.replaceAll(/\n +/g, " ")).toContain(`staging since plan/staging.json\n Up refuses ✗ ${refusal}`);
});

test("reports policies with another level, also those that are disabled", async () => {
  const plan = await samplePlan();
  const results = sampleResults(plan.resources.find(({ name }) => name === "db-0")?.urn ?? "").map((result) => ({
    ...result,
    violations: [],
  }));
  const weaker = results.map((result) => ({ ...result, level: "disabled" as const }));
  const [before, after] = [savedPlan({ ...plan, policies: results }), savedPlan({ ...plan, policies: weaker })];
  expect(reviewOf(before, after).policies).toEqual([
    "2 policies, imds-required, no-telnet: mandatory → disabled",
    "fixed-image: advisory → disabled",
  ]);
  expect(changesText(before, after, { since: "plan/prod.json" })).toContain("Policies with another level");
  expect(reviewOf(savedPlan({ ...plan, policies: results.slice(1) }), before).policies).toEqual([
    "imds-required: not there → mandatory",
  ]);
});

test("reports added and removed firewall rules", async () => {
  const { opened, closed } = await review({ allowFrom: ["10.1.0.0/16"] }, { allowFrom: ["0.0.0.0/0"] });
  expect(opened).toEqual(["lb from anywhere (0.0.0.0/0): 3306 (SQL from clients)"]);
  expect(closed).toEqual(["lb from 10.1.0.0/16: 3306 (SQL from clients)"]);
});

test("reports new and resolved policy violations", async () => {
  const [plan, urn] = [
    await samplePlan(),
    (await samplePlan()).resources.find(({ name }) => name === "db-0")?.urn ?? "",
  ];
  const [clean, broken] = [savedPlan(plan), savedPlan({ ...plan, policies: sampleResults(urn).slice(0, 1) })];
  const line = 'imds-required (mandatory) on db-0: db-0: httpTokens is "optional"; allowed: "required".';
  expect(reviewOf(clean, broken)).toMatchObject({ newViolations: [line], resolved: [] });
  expect(reviewOf(broken, clean)).toMatchObject({ newViolations: [], resolved: [line] });
});

test.each(stacks)("has a rule of replacement for every type in the plan of %s", async (stack) => {
  const { resources } = await evaluated(stack);
  const types = new Set(resources.filter(({ custom }) => custom).map(({ type }) => type));
  // Names of inputs do not decide about the replacement of Kubernetes objects. Providers have no state.
  expect([...types].filter((type) => !isKnown(type) && !/^(kubernetes|pulumi):/.test(type))).toEqual([]);
});

test.each(stacks)("knows for each machine in the plan of %s the inputs that restart it", async (stack) => {
  const { resources } = await evaluated(stack);
  const parents = new Set(resources.filter(({ type }) => type === "paasmas:cloud:Machine").map(({ urn }) => urn));
  const machines = resources.filter(({ type, parent }) => /:(Instance|Container)$/.test(type) && parents.has(parent!));
  expect(machines).not.toEqual([]);
  expect(machines.filter(({ type }) => !(type in restarting))).toEqual([]);
});

test("restarts Galera in prod one at a time for another instance type", async () => {
  const saved = ({ resources }: Planned) =>
    savedPlan({ environment: "prod", project: "paasmas", resources, policies: [], missingSettings: [] });
  const aws = committed("prod")["paasmas:aws"] as object;
  const after = await evaluated("prod", { "paasmas:aws": { ...aws, instanceTypes: { large: "r7i.2xlarge" } } });
  const { rolls, changes } = reviewOf(saved(await evaluated("prod")), saved(after));
  expect(rolls).toContain(
    "galera-0 → galera-1 → galera-2 (galera): size r6i.xlarge → r7i.2xlarge, restarted in place, one at a time, " +
      "each after the previous one is healthy",
  );
  const gates = changes.filter(({ resource }) => /^galera-\d-gate$/.test(resource.name));
  expect(gates.map(({ action, reasons }) => [action, reasons])).toEqual(Array(3).fill(["replace", ["triggers"]]));
});

test("prints the whole review as text", async () => {
  const before = savedPlan(await samplePlan({ size: 3, protect: false }));
  const after = savedPlan(await samplePlan({ size: 2, protect: false, motd: "hello, you", allowFrom: ["10.0.0.0/8"] }));
  await expect(changesText(before, after, { since: "plan/prod.json" })).toMatchFileSnapshot("sample-review.txt");
});
