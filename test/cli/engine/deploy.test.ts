import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { remove, update } from "../../../cli/commands/deploy.ts";
import { reviewOf } from "../../../cli/plan/review.ts";
import { savedPlan, type SavedPlan } from "../../../cli/plan/saved.ts";
import type { SampleSettings } from "../sample/program.ts";
import { samplePlan } from "../sample/plan.ts";
import { FakeStack, previewEvents, stateAfter } from "./fake-stack.ts";

const planned = async (settings: SampleSettings = {}) => savedPlan(await samplePlan(settings));
const yes = async () => true;
const no = async () => false;
const asksNothing = () => Promise.reject(new Error("asked"));

/** An `up` from one plan to another. */
function upFrom(before: SavedPlan, after: SavedPlan): FakeStack {
  return new FakeStack([stateAfter(before)], previewEvents(before, after));
}

const ci = process.env.CI;
beforeEach(() => {
  delete process.env.CI;
});
afterEach(() => {
  if (ci !== undefined) process.env.CI = ci;
});

describe("up", () => {
  test("foretells the same risks, rolls and firewall rules as a plan of the same change", async () => {
    const before = await planned({ size: 3, chain: true });
    for (const settings of [
      { size: 3, chain: true, motd: "hello, you" },
      { size: 2, chain: true },
      { size: 5, chain: true },
    ]) {
      const after = await planned(settings);
      const { dataAtRisk, rolls, machines, opened } = reviewOf(before, after);
      const work = upFrom(before, after).work(yes);
      await update(work, {});
      const text = work.output().replaceAll(/\s+/g, " ");
      const expected = [...dataAtRisk, ...rolls, ...machines, ...opened];
      expect(expected.length).toBeGreaterThan(0);
      for (const line of expected) expect(text).toContain(line.replaceAll(/\s+/g, " "));
    }
  });

  test("shows the change before it asks", async () => {
    const work = upFrom(await planned(), await planned({ motd: "hello, you" })).work(yes);
    await update(work, {});
    expect(work.output()).toBe(
      "prod  up will change 3 resources\n\n" +
        "  Replaced\n    ± db-0, db-1, lb-0 (3 × aws Instance)\n\n" +
        "  Machines roll\n    ± db-0, db-1 (db): new Ignition config, all at the same time\n" +
        "    ± lb-0 (lb): new Ignition config\n\n  3 replaced\n",
    );
  });

  test("changes nothing after a no", async () => {
    const stack = upFrom(await planned(), await planned({ size: 3 }));
    expect(await update(stack.work(no), {})).toBe("Nothing has changed.");
    expect(stack.calls).toEqual(["preview"]);
  });

  test("stops without a terminal and without --yes, after it has shown the change", async () => {
    const stack = upFrom(await planned(), await planned({ size: 3 }));
    const work = stack.work(undefined);
    await expect(update(work, {})).rejects.toMatchObject({
      exitCode: 2,
      message: "nothing has changed: there is no terminal to ask; to go on, use npm run up -- prod --yes",
    });
    expect(stack.calls).toEqual(["preview"]);
    expect(work.output()).toContain("created");
  });

  test("asks nothing with --yes, and nothing if nothing changes", async () => {
    const change = upFrom(await planned(), await planned({ size: 3 }));
    expect(await update(change.work(asksNothing), { yes: true })).toBe("prod is up: 1 created.\n  address: here");
    const same = upFrom(await planned(), await planned());
    const work = same.work(asksNothing);
    await update(work, {});
    expect(work.output()).toBe("");
    expect([change.calls, same.calls]).toEqual([
      ["preview", "up"],
      ["preview", "up"],
    ]);
  });

  test("asks for a change that only removes the protection of data", async () => {
    const before = await planned();
    const after = structuredClone(before);
    const volume = after.resources.find(({ type }) => type.endsWith(":Volume"))!;
    before.resources.find(({ urn }) => urn === volume.urn)!.protect = true;
    volume.protect = false;
    const work = upFrom(before, after).work(no);
    expect(await update(work, {})).toBe("Nothing has changed.");
    expect(work.output()).toContain("no longer protected; a later up can remove it");
  });

  test.each<[string | undefined, boolean | undefined, boolean]>([
    [undefined, undefined, false],
    ["true", undefined, true],
    ["1", undefined, true],
    ["false", undefined, false],
    ["", undefined, false],
    ["true", false, false],
    [undefined, true, true],
  ])("with CI=%s and --refresh %s reads the cloud first: %s", async (variable, refresh, expected) => {
    if (variable !== undefined) process.env.CI = variable;
    const stack = upFrom(await planned(), await planned());
    await update(stack.work(yes), { ...(refresh !== undefined && { refresh }) });
    expect(stack.options.map((options) => (options as { refresh: boolean }).refresh)).toEqual([expected, expected]);
    if (variable !== undefined) delete process.env.CI;
  });

  test("replaces a resource that the user names, and refuses other names before a preview", async () => {
    const plan = await planned();
    const [instance] = plan.resources.filter(({ type }) => type.endsWith(":Instance"));
    const stack = upFrom(plan, plan);
    await update(stack.work(yes), { replace: [instance!.name, instance!.urn] });
    for (const options of stack.options) expect(options).toMatchObject({ replace: [instance!.urn, instance!.urn] });

    const twice = structuredClone(plan);
    const other = { ...instance!, urn: instance!.urn.replace("Instance::", "Other::") };
    twice.resources.push(other);
    for (const [name, state, message] of [
      ["lb-O", plan, "--replace lb-O: is not a resource of this stack; did you mean lb-0?"],
      ["x", plan, "--replace x: is not a resource of this stack; use the name of a resource in the state"],
      [other.name, twice, `is the name of several resources; use one of ${instance!.urn}, ${other.urn}`],
    ] as const) {
      const refused = upFrom(state, state);
      await expect(update(refused.work(yes), { replace: [name] })).rejects.toThrow(message);
      expect(refused.calls).toEqual([]);
    }
  });

  test("reads the cloud after an interrupted command, and names resources that may exist", async () => {
    const plan = await planned();
    const [first, second] = plan.resources.filter(({ type }) => type.endsWith(":Instance"));
    const pending = [
      { urn: first!.urn, type: "creating" },
      { urn: second!.urn, type: "updating" },
    ];
    const stack = new FakeStack([stateAfter(plan, pending), stateAfter(plan)], previewEvents(plan, plan));
    const work = stack.work(yes);
    await update(work, {});
    expect(stack.calls).toEqual(["refresh", "preview", "up"]);
    expect(stack.options[0]).toMatchObject({ clearPendingCreates: true });
    expect(work.output()).toBe(
      "The last command was interrupted during 2 operations; reading the state of the cloud.\n" +
        `These resources may exist in the cloud without being in the state:\n  Instance ${first!.name}\n` +
        'See "After an interruption" in docs/operations.md if one of them is in the way.\n',
    );
  });
});

describe("destroy", () => {
  /** The sample's plan without protection, and with other options of each resource that has one of the types. */
  async function planWith(types: RegExp, change: object): Promise<SavedPlan> {
    const plan = await planned();
    for (const resource of plan.resources) {
      Object.assign(resource, { protect: false, retainOnDelete: false }, types.test(resource.type) && change);
    }
    return plan;
  }

  test("shows everything that it deletes, the data first, and then asks", async () => {
    const plan = await planWith(/./, {});
    const stack = new FakeStack([stateAfter(plan)]);
    const work = stack.work(no);
    expect(await remove(work, {})).toBe("Nothing has changed.");
    const custom = plan.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"));
    expect(work.output()).toContain(`prod  destroy will change ${custom.length} resources`);
    expect(work.output()).toContain("Data at risk\n    ! ");
    expect(work.output()).toContain("are removed together with the data");
    expect(work.output()).toContain("  Deleted\n    - ");
    expect(stack.calls).toEqual([]);
  });

  test("refuses protected resources before it deletes anything, and names each kind and the command", async () => {
    const plan = await planWith(/:Volume$/, { protect: true, retainOnDelete: true });
    const volumes = plan.resources.filter(({ protect }) => protect);
    expect(volumes.length).toBeGreaterThan(1);
    const stack = new FakeStack([stateAfter(plan)]);
    await expect(remove(stack.work(asksNothing), { yes: true })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        new RegExp(
          `^prod has ${volumes.length} protected resources; nothing was deleted:\\n {2}! .*Volume\\)\\n` +
            " {2}Remove the protection.*:\\n {4}npm run pulumi -- state unprotect --all --stack prod --yes\\n" +
            ` {2}Then destroy leaves ${volumes.length} resources in the cloud, no longer managed \\(retainOnDelete\\)\\.$`,
        ),
      ),
    });
    expect(stack.calls).toEqual([]);
  });

  test("refuses a load balancer that AWS protects, with its command", async () => {
    const plan = await planWith(/./, {});
    const urn = "urn:pulumi:prod::shop::aws:lb/loadBalancer:LoadBalancer::front";
    const balancer = { ...plan.resources.at(-1)!, urn, type: "aws:lb/loadBalancer:LoadBalancer", name: "front" };
    plan.resources.push({ ...balancer, custom: true, protect: false, inputs: { enableDeletionProtection: true } });
    const stack = new FakeStack([stateAfter(plan)]);
    await expect(remove(stack.work(asksNothing), { yes: true })).rejects.toThrow(
      "aws elbv2 modify-load-balancer-attributes --load-balancer-arn id of front " +
        "--attributes Key=deletion_protection.enabled,Value=false\n    npm run destroy -- prod --refresh",
    );
    expect(stack.calls).toEqual([]);
  });

  test("says which resources stay in the cloud", async () => {
    const plan = await planWith(/:Volume$/, { retainOnDelete: true });
    const kept = plan.resources.filter(({ retainOnDelete }) => retainOnDelete).length;
    const work = new FakeStack([stateAfter(plan)]).work(yes);
    expect(await remove(work, {})).toBe(
      `prod is destroyed: 1 deleted.\n  destroy leaves ${kept} resources in the cloud, no longer managed (retainOnDelete)`,
    );
    expect(work.output()).toContain("  Left in the cloud, no longer managed\n");
  });

  test("stops without a terminal and without --yes", async () => {
    const plan = await planWith(/./, {});
    const stack = new FakeStack([stateAfter(plan)]);
    await expect(remove(stack.work(undefined), {})).rejects.toThrow("use npm run destroy -- prod --yes");
    expect(stack.calls).toEqual([]);
  });

  test("asks nothing for an empty stack", async () => {
    const stack = new FakeStack([{ version: 3, deployment: {} }]);
    await remove(stack.work(asksNothing), {});
    expect(stack.calls).toEqual(["destroy"]);
  });

  test("deletes what would block it after the yes, and then reads the cloud again", async () => {
    const stack = new FakeStack([stateAfter(await planWith(/./, {}))]);
    const clear = async () => void stack.calls.push("clear");
    const cloud = { replace: [], refresh: true, clear };
    await remove({ ...stack.work(yes), cloud }, { refresh: false });
    expect(stack.calls).toEqual(["clear", "destroy"]);
    expect(stack.options.at(-1)).toMatchObject({ refresh: true });
    expect(await remove({ ...stack.work(no), cloud }, { refresh: false })).toBe("Nothing has changed.");
    expect(stack.calls).toEqual(["clear", "destroy"]);
  });

  test("reads the cloud before it looks for protection", async () => {
    const [gone, there] = [await planWith(/:Volume$/, { protect: true }), await planWith(/./, {})];
    const stack = new FakeStack([stateAfter(gone), stateAfter(there)]);
    await remove(stack.work(yes), { refresh: true });
    expect(stack.calls).toEqual(["refresh", "destroy"]);
  });
});
