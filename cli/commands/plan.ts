import { formatValue } from "../../components/internal/format-value.ts";
import { type ExitCode, InputError } from "../../errors.ts";
import { writeAll } from "../folder.ts";
import { readSavedPlan } from "../plan/saved-file.ts";
import { type PlannedEnvironment, type SavedPlan, savedPlan, savedText } from "../plan/saved.ts";
import { closingText, planText } from "../plan/text.ts";
import { environmentsOf, readProject, stackConfig } from "../settings.ts";

export interface PlanOptions {
  set: string[];
  config?: string;
  against?: string;
  out?: string;
  json?: boolean;
  verbose?: boolean;
  firstPreview?: boolean;
}

/** `paasmas plan`: checks all input before it prints or writes anything. */
export async function plan(given: string[], options: PlanOptions): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const before = options.against === undefined ? undefined : readSavedPlan(options.against);
  const names = environments(given, before?.environment, environmentsOf(project));
  if (before !== undefined && before.project !== project.name) {
    throw new InputError(
      `--against: ${options.against} is a plan of the project ${formatValue(before.project)}; ` +
        `use one of ${project.name}`,
    );
  }
  const overlays = { set: options.set, ...(options.config !== undefined && { configFile: options.config }) };
  const configs = names.map((name) => stackConfig(project, name, overlays));
  // Imported late: stacks and SDK take long to load, and the errors above do not need them.
  const { prepare } = await import("../plan/environment.ts");
  const prepared = names.map((name, i) => prepare(project, name, configs[i]!));
  const writes = options.out !== undefined || (before === undefined && options.json !== true);
  const page = writes ? new (await import("../plan/html/page.ts")).PlanPage() : undefined;
  const plans: PlannedEnvironment[] = [];
  const saved: SavedPlan[] = [];
  for (const environment of prepared) {
    const planned = await environment.plan({ firstPreview: options.firstPreview ?? false });
    const one = savedPlan(planned);
    plans.push(planned);
    saved.push(one);
    page?.add(one);
  }

  const dir = options.out ?? "plan";
  if (page !== undefined) {
    const files = Object.fromEntries(saved.map((one) => [`${one.environment}.json`, savedText(one)]));
    write(dir, { ...files, "index.html": await page.html() });
  }

  const text = { color: useColor(), verbose: options.verbose ?? false };
  const [first] = saved;
  if (options.json) {
    process.stdout.write(saved.length === 1 && first ? savedText(first) : `[\n${saved.map(savedText).join(",\n")}]\n`);
  } else if (before !== undefined && first !== undefined) {
    const { changesText } = await import("../plan/review.ts");
    process.stdout.write(changesText(before, first, { ...text, since: options.against ?? "" }));
  } else {
    process.stdout.write(
      `${plans.map((one) => planText(one, text)).join("\n")}\n${closingText(plans, writes ? dir : undefined, text)}`,
    );
  }
  return plans.some((one) =>
    one.policies.some((result) => result.violations.some((violation) => violation.level === "mandatory")),
  )
    ? 1
    : 0;
}

function environments(given: readonly string[], saved: string | undefined, known: readonly string[]): string[] {
  const names = [...new Set(given)];
  if (saved === undefined) return names.length > 0 ? names : [...known];
  if (!known.includes(saved))
    throw new InputError(
      `--against: the saved plan is for ${formatValue(saved)}, which is not an environment here; ` +
        `use a plan of ${known.join(", ")}`,
    );
  if (names.length === 0 || (names.length === 1 && names[0] === saved)) return [saved];
  throw new InputError(
    `--against: the saved plan is for ${saved}, not ${names.join(", ")}; use ${saved}, or no environment`,
  );
}

function write(dir: string, files: Record<string, string>): void {
  try {
    writeAll(dir, files);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${dir || '""'}: cannot be written (${code}); use --out with a folder that can be`);
  }
}

function useColor(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}
