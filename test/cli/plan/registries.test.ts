import { expect, test } from "vitest";
import { planPage } from "./page.ts";
import { savedPlan } from "../../../cli/plan/saved.ts";
import { planText } from "../../../cli/plan/text.ts";
import { factTypes, type RegistryFacts, registryTypes } from "../../../components/cloud/facts.ts";
import { planned } from "../../policies/planned.ts";
import { samplePlan } from "../sample/plan.ts";

async function plan() {
  const facts: RegistryFacts = {
    kind: "ecr",
    repositories: ["shop/api", "shop/front"],
    push: ["jenkins in 222222222222"],
    pull: ["machines in 111111111111"],
  };
  const sample = await samplePlan();
  const [machine, ...others] = sample.resources.filter(({ type }) => type === factTypes.machine);
  const given = { ...machine!, inputs: { ...machine!.inputs, access: ["pull from registry"] } };
  const rest = sample.resources.filter((resource) => resource !== machine && !others.includes(resource));
  return {
    ...sample,
    resources: [...rest, given, ...others, planned(registryTypes.machine, "registry", { ...facts })],
  };
}

test("the text of a plan lists the clients that can push and pull", async () => {
  const lines = planText(await plan()).split("\n");
  const start = lines.findIndex((line) => line.trim() === "Image registries");
  expect(lines.slice(start + 1, start + 6)).toEqual([
    "    registry  on            ECR",
    "              repositories  shop/api, shop/front",
    "              push          jenkins in 222222222222",
    "              pull only     machines in 111111111111",
    "",
  ]);
});

test("the page of a plan lists the clients that can push and pull", async () => {
  const html = await planPage([savedPlan(await plan())]);
  expect(html).toContain("<h3>Image registries</h3>");
  expect(html).toContain(
    "<td>ECR</td><td>shop/api, shop/front</td><td>jenkins in 222222222222</td><td>machines in 111111111111</td>",
  );
});

test("the page of a plan shows the access of each machine", async () => {
  const html = await planPage([savedPlan(await plan())]);
  expect(html).toContain('<th scope="col">may</th>');
  expect(html.match(/<td>pull from registry<\/td><\/tr>/g)).toHaveLength(1);
  expect(await planPage([savedPlan(await samplePlan())])).not.toContain('<th scope="col">may</th>');
});
