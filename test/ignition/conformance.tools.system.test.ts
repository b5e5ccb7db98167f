import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { configSchema, merge, parse, validate } from "../../ignition/index.ts";
import type { Config, Issue, Verdict } from "../../ignition/index.ts";
import { outlineOf } from "../../ignition/spec/outline.ts";
import { differences } from "./conformance/differences.ts";
import { configs, mutated, pathConfigs, unitConfigs, urlConfigs } from "./conformance/generate.ts";
import { regressions } from "./conformance/regressions.ts";
import { mergePairs } from "./conformance/merge-pairs.ts";
import { buildReal, ignitionValidate, realMerges, realVerdicts } from "./conformance/real.ts";
import type { RealVerdict } from "./conformance/real.ts";
import { ourFields, realFields } from "./conformance/schema.ts";

const reason = await buildReal();
vi.setConfig({ testTimeout: 120_000 });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

/** Fixed seed: every run tests the same configs, so that failures are reproducible. */
const seed = 340;

/** Pseudo-random numbers below a limit, the same in every run. */
function sequence(): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

const structural = fc.sample(configs, { numRuns: 1_500, seed });
const random = sequence();
const groups: Record<string, readonly unknown[]> = {
  regressions,
  "generated, all sections": structural,
  "generated, then damaged": structural.map((config) => mutated(config, random)),
  "generated URLs": fc.sample(urlConfigs, { numRuns: 1_500, seed }),
  "generated units": fc.sample(unitConfigs, { numRuns: 1_000, seed }),
  "generated paths": fc.sample(pathConfigs, { numRuns: 500, seed }),
};

interface Compared {
  config: string;
  real: RealVerdict;
  ours: Verdict;
}

function compare(list: readonly unknown[]): Compared[] {
  const texts = list.map((config) => JSON.stringify(config));
  const real = realVerdicts(texts);
  return texts.map((config, index) => ({
    config,
    real: real[index] as RealVerdict,
    ours: validate(JSON.parse(config)),
  }));
}

const judgements = new Map<string, Compared[]>();

/** Both verdicts on the configs of a group, cached. */
function judged(name: string): Compared[] {
  const known = judgements.get(name) ?? compare(groups[name] ?? []);
  judgements.set(name, known);
  return known;
}

const everything = () => Object.keys(groups).flatMap(judged);

const agrees = ({ real, ours }: Compared) => real.valid === (ours.errors.length === 0);
const covering = (issue: Issue) => differences.find(({ covers }) => covers(issue));
/** Ignition accepts the config, and each of our errors is a listed difference. */
const isListed = ({ real, ours }: Compared) =>
  real.valid && ours.errors.every((issue) => covering(issue) !== undefined);

describe("verdicts", () => {
  const total = { configs: 0, valid: 0, agree: 0, listed: 0 };

  test.each(Object.keys(groups))("agree with those of Ignition: %s", (name) => {
    const compared = judged(name);
    const disagreements = compared.filter((one) => !agrees(one));
    const unexplained = disagreements.filter((one) => !isListed(one));
    total.configs += compared.length;
    total.valid += compared.filter(({ real }) => real.valid).length;
    total.agree += compared.length - disagreements.length;
    total.listed += disagreements.length - unexplained.length;
    expect(unexplained.slice(0, 3)).toEqual([]);
  });

  test("cover at least 6,000 configs, many of them valid and many invalid", () => {
    const invalid = total.configs - total.valid;
    const others = total.configs - total.agree - total.listed;
    console.log(
      `conformance: ${total.configs} configs (${total.valid} valid, ${invalid} invalid), ${total.agree} verdicts agree, ` +
        `${total.listed} differ for one of ${differences.length} listed reasons, ${others} for another`,
    );
    expect(total.configs).toBeGreaterThanOrEqual(6_000);
    expect(total.valid).toBeGreaterThanOrEqual(2_000);
    expect(invalid).toBeGreaterThanOrEqual(2_000);
    expect(total.listed / total.configs).toBeLessThan(0.02);
  });

  test("have errors at the same paths", () => {
    const alike = everything().filter(({ real, ours }) => !real.valid && rulesOnly(real, ours));
    const elsewhere = alike.filter(({ real, ours }) => places(realErrors(real)) !== places(ours.errors));
    console.log(
      `conformance: error paths agree in ${alike.length - elsewhere.length} of ${alike.length} configs of the right shape`,
    );
    expect(elsewhere.slice(0, 3)).toEqual([]);
    expect(alike.length).toBeGreaterThanOrEqual(1_500);
  });

  test("have warnings at the same paths", () => {
    const alike = everything().filter((one) => one.real.valid && agrees(one));
    const elsewhere = alike.filter(({ real, ours }) => places(realWarnings(real)) !== places(ours.warnings));
    expect(elsewhere.slice(0, 3)).toEqual([]);
    expect(alike.filter(({ ours }) => ours.warnings.length > 0).length).toBeGreaterThanOrEqual(100);
  });

  test.each(differences)("differ only as listed: $reason", ({ covers, examples }) => {
    for (const { config, real, ours } of compare(examples)) {
      expect(real.valid, config).toBe(true);
      expect(ours.errors.map(covers), config).toEqual([true]);
    }
  });

  test("the program for many configs gives the results of ignition-validate", () => {
    const texts = regressions.map((config) => JSON.stringify(config)).filter((_, index) => index % 9 === 0);
    const verdicts = realVerdicts(texts);
    const alone = texts.map((config) => ignitionValidate(config));
    expect(alone.map(({ valid }) => valid)).toEqual(verdicts.map(({ valid }) => valid));
    for (const [index, { output }] of alone.entries()) {
      for (const { message } of verdicts[index]?.errors ?? []) expect(output).toContain(message);
    }
  });
});

/** Whether both verdicts come from rules. A value of the wrong type ends both validations early. */
function rulesOnly(real: RealVerdict, ours: Verdict): boolean {
  const wrongShape = ({ message }: Issue) =>
    message.startsWith("is missing; give") || / is given; .* allowed$|^.* is given; allowed: /.test(message);
  return (
    real.errors?.every(({ path }) => path !== "$") === true &&
    !ours.errors.some(wrongShape) &&
    ours.errors.every((issue) => !covering(issue))
  );
}

/** Ignition reports a wrong source of a merged config or an authority twice: at the source and at the entry. */
function realErrors({ errors = [] }: RealVerdict) {
  return errors.filter(
    ({ path, message }) => !errors.some((other) => other.path === `${path}.source` && other.message === message),
  );
}

/** Ignition also warns that it cannot locate nulls. These warnings are removed. */
function realWarnings({ warnings = [] }: RealVerdict) {
  return warnings.filter(({ message }) => !message.startsWith("context tree does not match"));
}

function places(issues: readonly { path: string }[]): string {
  return [...new Set(issues.map(({ path }) => path))].sort().join("\n");
}

test("the schemas have the same fields as the JSON schema of the specification", () => {
  const ours = ourFields(outlineOf(configSchema));
  expect(ours).toEqual(realFields());
  expect(JSON.stringify(ours).match(/":true/g)).toHaveLength(114);
});

describe("merges", () => {
  test("agree with those of Ignition", () => {
    const pairs = [...mergePairs, ...generatedPairs()];
    const texts = pairs.map(([parent, child]) => [JSON.stringify(parent), JSON.stringify(child)] as const);
    const real = realMerges(texts);
    const wrong = pairs.flatMap(([parent, child], index) => {
      const ours = comparable(merge(parent, child));
      return JSON.stringify(ours) === JSON.stringify(comparable(real[index]))
        ? []
        : [{ parent, child, ours, real: real[index] }];
    });
    console.log(`conformance: ${pairs.length - wrong.length} of ${pairs.length} merges agree`);
    expect(wrong.slice(0, 2)).toEqual([]);
    expect(pairs.length).toBeGreaterThanOrEqual(1_000);
  });
});

/** Pairs of valid configs that share many keys: pairs with few paths, and configs with mutated copies. */
function generatedPairs(): [Config, Config][] {
  const next = sequence();
  const crowded = structural.map((config) => JSON.stringify(config).replace(/\/files\/(\d)\d*/g, "/files/$1"));
  const valid = crowded.flatMap((text) => parsed(JSON.parse(text)));
  return valid.flatMap((parent, index) => {
    const copies = [
      mutated(parent, next),
      mutated(mutated(parent, next), next),
      mutated(mutated(parent, next), next),
    ].flatMap(parsed);
    return [...copies, ...valid.slice(index + 1, index + 2)].map((child): [Config, Config] => [parent, child]);
  });
}

/** The parsed config in a list. Empty if it is invalid. */
function parsed(given: unknown): Config[] {
  return validate(given).errors.length > 0 ? [] : [parse(given)];
}

/** Removes empty values: Go does not distinguish them from absent ones. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, comparable(inner)] as const)
    .filter(([key, inner]) => !isEmpty(inner) && !(key === "number" && inner === 0));
  return Object.fromEntries(entries.sort(([first], [second]) => (first < second ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
