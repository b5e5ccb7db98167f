import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";
import { unknownBoolean, unknownNumber, unknownString } from "./cases/case.ts";
import { planned } from "./planned.ts";

const folder = new URL("../../policies/", import.meta.url);
const sources = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(new URL(file, folder), "utf8"));
/** Properties that policies read: a wrong value for these can cause an error. */
const read = [
  ...new Set(
    [
      ...sources
        .join("\n")
        .matchAll(/\b(?:props|rule|statement|options|mapping|device|port|mount|volume|item|hint)\??\.(\w+)/g),
    ].map(([, name]) => name!),
  ),
];
const further =
  "ingress egress ebs encrypted status rules httpTokens subnetIds variables adds group Statement Condition Bool Effect Action content uploads".split(
    " ",
  );
const ofManifests =
  "metadata spec template jobTemplate labels annotations namespace containers initContainers ephemeralContainers securityContext capabilities drop add privileged seccompProfile type volumes hostPath ports hostPort env value image resources limits requests cpu rules verbs resourceNames subjects kind name roleRef listeners parentRefs protocol tls hosts host filters requestRedirect loadBalancerSourceRanges data binaryData objs yaml items podSelector policyTypes".split(
    " ",
  );
const ofIgnition =
  "users files units path contents source dropins passwordHash append name compression verification hash timeouts httpTotal config merge replace".split(
    " ",
  );

const leaf = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    "",
    "*",
    "0.0.0.0/0",
    "::/0",
    "{",
    '{"ignition": 1}',
    '{"ignition": {}, "passwd": {"users": {}}}',
    "data:;base64,%",
    unknownString,
    unknownBoolean,
    unknownNumber,
  ),
  fc.string(),
  fc.double(),
);
const valueWith = (words: string[]) =>
  fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      { weight: 1, arbitrary: leaf },
      { weight: 1, arbitrary: fc.array(tie("any"), { maxLength: 3 }) },
      {
        weight: 2,
        arbitrary: fc.dictionary(fc.constantFrom(...words), tie("any"), { maxKeys: 6, noNullPrototype: true }),
      },
    ),
  })).any;
const inputsOf = (words: string[]) =>
  fc.dictionary(fc.constantFrom(...words), valueWith(words), {
    minKeys: 10,
    maxKeys: words.length,
    noNullPrototype: true,
  });
const inputs = inputsOf([...read, ...further]);
const manifest = inputsOf(ofManifests);
const types = [...new Set(policies.flatMap((policy) => policy.appliesTo))];
const kubernetesTypes = types.filter((type) => type.startsWith("kubernetes:"));
const part = fc.dictionary(
  fc.constantFrom("users", "files", "units"),
  fc.oneof(leaf, fc.array(valueWith(ofIgnition), { maxLength: 3 })),
);
const ignition = fc
  .record({
    ignition: fc.oneof(fc.constant({ version: "3.4.0" }), valueWith(ofIgnition)),
    passwd: part,
    storage: part,
    systemd: part,
  })
  .map((config) => JSON.stringify(config));

it("checks malformed inputs of any resource without an error", async () => {
  let judged = 0;
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom(...types), inputs), { minLength: 1, maxLength: 5 }),
    async (resources) => {
      const results = await runPolicies(
        policies,
        resources.map(([type, given], i) => planned(type, `r${i}`, given)),
      );
      judged += results.filter((result) => result.resources > 0).length;
    },
  );
  expect(read.length).toBeGreaterThan(50);
  await fc.assert(property, { numRuns: 500, seed: 3 });
  expect(judged).toBeGreaterThan(500);
}, 120_000);

it("checks malformed Kubernetes objects without an error", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom(...kubernetesTypes), manifest), { minLength: 1, maxLength: 5 }),
    async (resources) => {
      await runPolicies(
        policies,
        resources.map(([type, given], i) => planned(type, `r${i}`, given)),
      );
    },
  );
  await fc.assert(property, { numRuns: 1000, seed: 3 });
}, 120_000);

it("checks malformed Ignition configs without an error", async () => {
  const property = fc.asyncProperty(ignition, async (userData) => {
    await runPolicies(policies, [planned("openstack:compute/instance:Instance", "vm", { userData })]);
  });
  await fc.assert(property, { numRuns: 500, seed: 3 });
}, 120_000);
