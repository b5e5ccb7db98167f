import { globSync } from "node:fs";
import { DefaultReporter, type TestCase, type TestModule, type TestSuite } from "vitest/node";
import { type FileTime, type Skip, skipLines, slowestLines } from "./summary.ts";

/**
 * The report of Vitest, then a line per failed test (`FAILED: file > test: message`), the skipped tests by reason, with
 * `CI=true` the slowest files, and the closing line `N passed, N failed, N skipped`. A test that did not run because a
 * hook failed counts as failed.
 */
export default class ClosingLine extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter["onTestRunEnd"]>): void {
    super.onTestRunEnd(...args);
    const [modules, errors] = args;
    const count = { passed: 0, failed: 0 };
    const skips: Skip[] = [];
    const failed = (name: string, why: readonly { message: string }[]) => {
      count.failed++;
      this.log(`FAILED: ${name}: ${firstLine(why)}`);
    };
    for (const error of errors) failed("outside of every test", [error]);
    for (const module of modules) {
      const failedBefore = count.failed;
      for (const test of module.children.allTests()) {
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        const result = test.result();
        const parent = failedParent(test);
        if (result.state === "passed") count.passed++;
        else if (result.state === "failed") failed(name, result.errors);
        else if (parent) failed(name, parent.errors());
        else skips.push({ project: module.project.name, reason: reasonOf(test) });
      }
      // The file cannot be loaded, or a hook after its tests failed.
      if (module.state() === "failed" && count.failed === failedBefore) {
        failed(
          module.relativeModuleId,
          [module, ...module.children.allSuites()].flatMap((suite) => suite.errors()),
        );
      }
    }
    for (const line of skipLines(skips)) this.log(line);
    const left = filesLeftOut(modules);
    if (left > 0) this.log(`not run: ${left} files that need other programs, root or Docker (npm run test:system)`);
    if (process.env.CI === "true") for (const line of slowestLines(modules.map(timeOf))) this.log(line);
    this.log(`${count.passed} passed, ${count.failed} failed, ${skips.length} skipped`);
  }
}

/** Number of files that `npm test` leaves out. 0 when the user chose files: then others are missing, too. */
function filesLeftOut(modules: readonly TestModule[]): number {
  const ran = new Set(modules.map(({ relativeModuleId }) => relativeModuleId));
  const left = globSync("test/**/*.test.ts").filter((file) => !ran.has(file));
  const needsMore = /\.tools\.system\.test\.ts$|^test\/(engine|kubernetes)\//;
  return left.every((file) => needsMore.test(file)) ? left.length : 0;
}

/** The suite whose failed hook kept a test from running. */
function failedParent(test: TestCase): TestSuite | TestModule | undefined {
  for (let suite: TestSuite | TestModule = test.parent; ; suite = suite.parent) {
    if (suite.errors().length > 0) return suite;
    if (suite.type === "module") return undefined;
  }
}

/** The reason that `skip(condition, reason)` got, or the one in the name of a suite: `name (skipped: reason)`. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return note ?? /\(skipped: (.*?)\)(?: >|$)/.exec(test.fullName)?.[1] ?? `marked as ${test.options.mode ?? "skip"}`;
}

function timeOf(module: TestModule): FileTime {
  const { collectDuration, duration, setupDuration } = module.diagnostic();
  return { file: module.relativeModuleId, seconds: (collectDuration + duration + setupDuration) / 1000 };
}

function firstLine([error]: readonly { message: string }[]): string {
  return error?.message.split("\n", 1)[0] ?? "no reason given";
}
