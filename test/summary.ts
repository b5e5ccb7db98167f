/** A test that did not run. */
export interface Skip {
  /** Project in vitest.config.ts. */
  project: string;
  reason: string;
}

/** Seconds of one test file: imports, set-up and tests. */
export interface FileTime {
  file: string;
  seconds: number;
}

/** One line per reason, the most frequent first: how many tests, why, and the command that runs them. */
export function skipLines(skips: readonly Skip[]): string[] {
  const groups = new Map<string, number>();
  for (const { project, reason } of skips) {
    const text = `${reason} (${commandOf(project)})`;
    groups.set(text, (groups.get(text) ?? 0) + 1);
  }
  return [...groups]
    .toSorted(([, a], [, b]) => b - a)
    .map(([text, count]) => `skipped: ${count} ${count === 1 ? "test" : "tests"}: ${text}`);
}

/** The command that runs a project's tests. */
function commandOf(project: string): string {
  return project === "unit" || project === "system" ? "npm test" : "npm run test:system";
}

/** The slowest files, the slowest first, as lines. */
export function slowestLines(times: readonly FileTime[], count = 20): string[] {
  return times
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ file, seconds }) => `slow: ${seconds.toFixed(1).padStart(6)} s  ${file}`);
}
