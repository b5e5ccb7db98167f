import { createColors } from "picocolors";
import { InputError } from "../../errors.ts";
import type { Change } from "../plan/changes.ts";
import { count } from "../plan/names.ts";
import { phrase, resourceReview } from "../plan/review.ts";
import { wrap } from "../plan/table.ts";
import type { StateResource } from "./state.ts";

/** The change that a command is about to make. */
export interface Intended {
  command: "up" | "destroy";
  environment: string;
  before: readonly StateResource[];
  after: readonly StateResource[];
  changes: readonly Change<StateResource>[];
}

export interface Asking {
  /** `--yes` */
  yes: boolean;
  /** Asks the user. Undefined without a terminal. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  write: (text: string) => void;
  color: boolean;
}

/**
 * Shows the change and asks for it. Asks nothing if nothing changes.
 * @returns whether to go on
 * @throws InputError without a terminal and without `--yes`
 */
export async function approve(intended: Intended, { yes, confirm, write, color }: Asking): Promise<boolean> {
  if (intended.changes.length === 0) return true;
  write(approvalText(intended, color));
  if (yes) return true;
  if (confirm === undefined) {
    const { command, environment } = intended;
    throw new InputError(
      `nothing has changed: there is no terminal to ask; to go on, use npm run ${command} -- ${environment} --yes`,
    );
  }
  return confirm("Continue?");
}

/** Longest list of a section. */
const most = 8;

/** The change for a terminal, sorted by risk. */
function approvalText({ command, environment, before, after, changes }: Intended, color: boolean): string {
  const colors = createColors(color);
  const review = resourceReview(before, after, changes);
  const of = (action: Change["action"]) => changes.filter((change) => change.action === action);
  const kept = new Set(of("remove").filter(({ resource }) => resource.retainOnDelete));
  const deleted = of("remove").filter((change) => !kept.has(change));
  const lines = [
    `${colors.bold(colors.cyan(environment))}  ${command} will change ${count(changes.length, "resource")}`,
  ];
  const section = (title: string, items: readonly string[], mark: string) => {
    if (items.length === 0) return;
    const more = items.length > most ? [`and ${items.length - most} more`] : [];
    lines.push("", `  ${colors.bold(title)}`);
    for (const item of [...items.slice(0, most), ...more]) lines.push(...wrap(item, 100, `    ${mark} `, "      "));
  };
  section("Data at risk", review.dataAtRisk, colors.red("!"));
  section("Deleted", byType(deleted), colors.red("-"));
  section("Left in the cloud, no longer managed", byType([...kept]), colors.yellow("-"));
  section("Replaced", byType(of("replace")), colors.yellow("±"));
  section("Machines roll", review.rolls, colors.yellow("±"));
  section("Machines", command === "up" ? review.machines : [], colors.yellow("~"));
  section("Firewall opened", review.opened, colors.yellow("+"));
  const parts = [
    [of("replace").length, "replaced"],
    [deleted.length, "deleted"],
    [kept.size, "left in the cloud"],
    [of("update").length, "changed in place"],
    [of("create").length, "created"],
  ] as const;
  lines.push("", `  ${parts.flatMap(([n, verb]) => (n > 0 ? [`${n} ${verb}`] : [])).join(", ")}`);
  return `${lines.join("\n")}\n`;
}

/** One phrase for each type, the most frequent one first. */
function byType(changes: readonly Change<StateResource>[]): string[] {
  return [...Map.groupBy(changes, ({ resource }) => resource.type)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([type, some]) =>
      phrase(
        type,
        some.map(({ resource }) => resource.name),
      ),
    );
}
