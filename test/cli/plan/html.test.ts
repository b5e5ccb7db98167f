import { beforeAll, describe, expect, test } from "vitest";
import { modelOf } from "../../../cli/plan/model.ts";
import { diagramDot, diagramDescription } from "../../../cli/plan/html/diagram.ts";
import { planPage } from "./page.ts";
import { savedPlan } from "../../../cli/plan/saved.ts";
import { planText } from "../../../cli/plan/text.ts";
import { evaluated } from "../../stacks/evaluated.ts";
import { samplePlan, sampleResults } from "../sample/plan.ts";

let page: string;
beforeAll(async () => {
  const plan = await samplePlan({ size: 3, allowFrom: ["10.1.0.0/16", "0.0.0.0/0"] });
  const urn = plan.resources.find(({ name }) => name === "db-0")?.urn ?? "";
  const left = { key: "aws.image<1>", why: "the image & nothing else", command: "pulumi config set 'x'" };
  page = await planPage([
    savedPlan({ ...plan, policies: sampleResults(urn), missingSettings: [left] }),
    savedPlan({ ...plan, environment: "staging" }),
  ]);
});

describe("the page", () => {
  test("contains no reference to other files, and no script", () => {
    const attributes = [...page.matchAll(/\s(?:src|href|xlink:href|data|action|poster|srcset)="([^"]*)"/g)].map(
      ([, value]) => value,
    );
    expect(attributes).toEqual(["#prod", "#staging"]);
    expect(page).not.toMatch(/https?:|@import|url\(|<script|<link|<iframe|\son[a-z]+=/);
  });

  test("has two colour schemes, which all colours of the diagrams follow", () => {
    expect(page).toContain("color-scheme: light dark");
    expect(page).toContain("@media (prefers-color-scheme: dark)");
    const diagrams = page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(diagrams).toHaveLength(2);
    for (const diagram of diagrams) {
      expect(diagram.match(/(fill|stroke)="#[0-9a-f]+"/g)).toBeNull();
      expect(diagram).toContain("fill:var(--card)");
    }
  });

  test("is accessible: one main heading, captions for all tables, unique ids, descriptions of diagrams", () => {
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page.match(/<h2 /g)).toHaveLength(2);
    expect(page.match(/<caption>/g)?.length).toBe(page.match(/<table>/g)?.length);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)]
      .map(([, id]) => id)
      .filter((id) => !/^(graph|node|edge|clust)\d+$/.test(id ?? ""));
    expect(new Set(ids).size).toBe(ids.length);
    expect(page).toContain('<title id="diagram-prod-title">Network connections in prod</title>');
    expect(page).toMatch(
      /<desc id="diagram-prod-words">aws private network 10\.1\.0\.0\/16\. 3 db machines, 1 lb machine\./,
    );
  });

  test("lists machines, openings, violations and missing settings, and escapes their texts", () => {
    for (const address of ["10.1.0.20", "10.1.1.20", "10.1.2.20", "10.1.0.30"])
      expect(page).toContain(`<td class="fact">${address}</td>`);
    expect(page).toContain("anywhere (0.0.0.0/0)");
    expect(page).toContain("<strong>imds-required</strong>");
    expect(page).toContain("<strong>aws.image&#60;1&#62;</strong>: the image &#38; nothing else");
    expect(page).not.toContain("aws.image<1>");
  });

  test("is the same in two runs", async () => {
    const again = async () => planPage([savedPlan(await samplePlan())]);
    expect(await again()).toBe(await again());
  });
});

describe("the diagram", () => {
  test("draws one arrow with ports for each allowed connection", async () => {
    const model = modelOf((await samplePlan()).resources);
    const arrows = diagramDot(model)
      .split("\n")
      .filter((line) => line.includes(" -> "))
      .map((line) => line.trim());
    expect(arrows).toEqual([
      '"role lb" -> "role db" [label=" 3306 "];',
      '"from 10.1.0.0/16" -> "lb database" [label=" 3306 "];',
      '"lb database" -> "role lb" [label=" 3306 "];',
    ]);
    expect(diagramDescription(model)).toBe(
      "aws private network 10.1.0.0/16. 2 db machines, 1 lb machine. " +
        "db may reach db on 4567-4568. lb may reach db on 3306. 10.1.0.0/16 may reach lb on 3306",
    );
  });
});

describe("an environment of two networks", () => {
  const prod = async () => ({ ...(await samplePlan()), resources: (await evaluated("prod")).resources });
  const box = (dot: string, cluster: number) =>
    dot.split(`subgraph cluster_network_${cluster} {`)[1]!.split("\n  }")[0]!;
  const nodes = (text: string) => [...text.matchAll(/^ *"((?:role|lb) [^"]+)" \[/gm)].map(([, name]) => name).sort();

  test("is drawn as two boxes with their nodes, the box with the most machines first", async () => {
    const dot = diagramDot(modelOf((await prod()).resources));
    expect(dot.match(/subgraph /g)).toHaveLength(2);
    expect(box(dot, 0)).toContain("paasmas: aws private network 10.30.0.0/16");
    expect(box(dot, 1)).toContain("ci: aws private network 10.31.0.0/16");
    expect(nodes(box(dot, 0))).toEqual([
      "lb kube-api",
      "lb lb-front",
      "lb paas-apps",
      "role apps",
      "role etcd",
      "role galera",
      "role kube",
      "role kube-workers",
      "role lb",
      "role logs",
      "role monitoring",
      "role paasmas-gate",
    ]);
    expect(nodes(box(dot, 1))).toEqual(["lb jenkins-front", "role ci-gate", "role jenkins", "role jenkins-agents"]);
  });

  test("replaces the arrows of a role that connects to most roles with a note in its node", async () => {
    const dot = diagramDot(modelOf((await prod()).resources));
    const saying = (role: string) =>
      /(from|to) \d+ others: [^<]*/.exec(dot.split("\n").find((line) => line.includes(`"role ${role}" [label`))!)?.[0];
    expect(["logs", "paasmas-gate", "etcd"].map(saying)).toEqual([
      "from 8 others: 3100",
      "to 8 others: 9000",
      undefined,
    ]);
    expect(saying("monitoring")).toMatch(/^to \d others: 2381, /);
    expect(dot.match(/^.*-> "role logs".*$/gm)).toBeNull();
    expect(dot.match(/^.*"role (paasmas-gate|monitoring)" ->.*$/gm)).toBeNull();
    // A role with two connections keeps its arrows.
    expect(dot).toContain('"role ci-gate" -> "role jenkins" [label=" 9000 "];');
  });

  test("lists its stores in one node, except the stores of configs", async () => {
    const dot = diagramDot(modelOf((await prod()).resources));
    const labels = dot
      .split("\n")
      .filter((line) => /^ *"stores?\b[^>]* \[label/.test(line))
      .map((line) => [...line.matchAll(/<B>([^<]+)<\/B>/g)].map(([, name]) => name).join());
    expect(labels.sort()).toEqual(["ci-ignition", "object stores", "paasmas-ignition"]);
    expect(dot).toContain("kube-backups: Snapshots of Kubernetes");
  });

  test("shows the connections between them, and the store of configs of each", async () => {
    const lines = diagramDot(modelOf((await prod()).resources))
      .split("\n")
      .map((line) => line.trim());
    expect(lines).toContain('"role jenkins-agents" -> "role apps" [label=" 9010 "];');
    // A rule for the address of a machine is an arrow from the role of that machine.
    expect(lines).toContain('"role jenkins-agents" -> "lb paas-apps" [label=" 443 "];');
    expect(lines.filter((line) => /^"from 10\.31\.\d+\.\d+\/32"/.test(line))).toEqual([]);
    expect(
      lines
        .filter((line) => line.startsWith('"store ') && line.includes("->"))
        .map((line) => line.replace(/-> "[^"]*"/, "->")),
    ).toEqual([
      '"store ci-ignition" -> [style=dashed, lhead=cluster_network_1, label=" configs, at first boot "];',
      '"store paasmas-ignition" -> [style=dashed, lhead=cluster_network_0, label=" configs, at first boot "];',
    ]);
  });

  test("names the network of each machine in the table and in the text", async () => {
    const plan = await prod();
    const html = await planPage([savedPlan(plan)]);
    expect(html).toContain(
      '<th scope="row" class="fact">jenkins</th><td>jenkins</td>' +
        '<td class="fact">ci</td><td class="fact">10.31.0.51</td>',
    );
    expect(html.match(/<td class="fact">paasmas<\/td>/g)).toHaveLength(17);
    const text = planText(plan);
    expect(text.split("\n").slice(1, 3)).toEqual([
      "  paasmas: aws, network 10.30.0.0/16 in eu-central-1a, eu-central-1b, eu-central-1c",
      "  ci: aws, network 10.31.0.0/16 in eu-central-1a, eu-central-1b, eu-central-1c",
    ]);
    const [, production = "", building = ""] = text.split(/^ {2}Machines {2}in .*$/m);
    expect(production.match(/^ {4}\S+-\d+ /gm)).toHaveLength(15);
    expect(building.split("\n\n")[0]!.match(/^ {4}jenkins\S* /gm)).toHaveLength(3);
  });
});
