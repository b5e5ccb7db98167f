import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { policies } from "../../policies/all.ts";

const page = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));

it.each(policies)("docs/policies.md has a row for $name with severity, level, description and ids", (policy) => {
  const level = policy.enforcementLevel === "mandatory" ? "" : ` (${policy.enforcementLevel})`;
  const ids = policy.ids.join(", ") || "-";
  expect(rows).toContain(`| \`${policy.name}\` | ${policy.severity}${level} | ${policy.description} | ${ids} |`);
});

it("docs/policies.md has no row for an unknown policy, and the right number of policies", () => {
  const described = rows.filter((row) => /^\| `[^`]+` \| (low|medium|high|critical)/.test(row));
  expect(described.length).toBe(policies.length);
  expect(page).toContain(`${policies.length} rules about`);
});

it("docs/policies.md has every parameter with its default", () => {
  for (const policy of policies) {
    for (const [parameter, schema] of Object.entries(policy.configSchema?.properties ?? {})) {
      const owner = parameter === "exemptions" ? "| all |" : `\`${policy.name}\``;
      const row = page.split("\n").find((line) => line.includes(owner) && line.includes(`\`${parameter}\``));
      expect(row, `${policy.name}.${parameter}`).toBeDefined();
      const shown = [schema.default].flat().join(", ") || "none";
      expect(row!.endsWith(`| ${shown} |`), row).toBe(true);
    }
  }
});
