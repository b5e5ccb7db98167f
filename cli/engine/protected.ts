import { InputError } from "../../errors.ts";
import { count } from "../plan/names.ts";
import { phrase } from "../plan/review.ts";
import { wrap } from "../plan/table.ts";
import type { State, StateResource } from "./state.ts";

/** Inputs with which a cloud refuses to delete a resource, although the engine does not. */
const cloudProtection: Readonly<Record<string, { input: string; command: (id: string) => string }>> = {
  "aws:lb/loadBalancer:LoadBalancer": {
    input: "enableDeletionProtection",
    command: (id) =>
      `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${id} ` +
      "--attributes Key=deletion_protection.enabled,Value=false",
  },
};

/**
 * Checks a stack before `destroy`. The engine deletes all unprotected resources before it stops at a protected one.
 * @throws InputError with the protected resources and the commands that remove the protection
 */
export function checkProtection(environment: string, { resources }: State): void {
  const byEngine = resources.filter(({ protect }) => protect);
  const byCloud = resources.filter(({ type, inputs }) => isTrue(inputs[cloudProtection[type]?.input ?? ""]));
  if (byEngine.length + byCloud.length === 0) return;
  const all = new Set([...byEngine, ...byCloud]);
  const problem = `${environment} has ${count(all.size, "protected resource")}; nothing was deleted`;
  const lines = [
    `${problem}:`,
    ...groups([...all]),
    "  Remove the protection, without an up in between, which restores it:",
  ];
  if (byEngine.length > 0) lines.push(`    npm run pulumi -- state unprotect --all --stack ${environment} --yes`);
  if (byCloud.length > 0) {
    lines.push(...byCloud.map(({ type, id = "ARN" }) => `    ${cloudProtection[type]!.command(id)}`));
    lines.push(`    npm run destroy -- ${environment} --refresh`);
  }
  const kept = resources.filter(({ retainOnDelete }) => retainOnDelete).length;
  if (kept > 0) lines.push(`  Then ${keptLine(kept)}.`);
  throw new InputError(lines.join("\n"));
}

/** The resources that a destroy does not delete. */
export function keptLine(kept: number): string {
  return `destroy leaves ${count(kept, "resource")} in the cloud, no longer managed (retainOnDelete)`;
}

/** One line for each type, the longest first. */
function groups(resources: readonly StateResource[]): string[] {
  const types = [...Map.groupBy(resources, ({ type }) => type)].sort(([, a], [, b]) => b.length - a.length);
  return types.flatMap(([type, some]) =>
    wrap(
      phrase(
        type,
        some.map(({ name }) => name),
      ),
      100,
      "  ! ",
      "    ",
    ),
  );
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
