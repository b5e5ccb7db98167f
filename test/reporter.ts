import { DefaultReporter, type TestCase, type TestModule, type TestSuite } from "vitest/node";

/**
 * Vitest's own report, then every skipped test with its reason, and every one that failed with what it said, in a line
 * each, then one closing line for machines and people. What never ran because of a hook that failed has failed as well.
 */
export default class ClosingLine extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter["onTestRunEnd"]>): void {
    super.onTestRunEnd(...args);
    const [modules, errors] = args;
    const count = { passed: 0, failed: 0, skipped: 0 };
    const failed = (what: string, why: readonly { message: string }[]) => {
      count.failed++;
      this.log(`FAILED: ${what}: ${firstLine(why)}`);
    };
    for (const error of errors) failed("outside of every test", [error]);
    for (const module of modules) {
      const failedBefore = count.failed;
      for (const test of module.children.allTests()) {
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        const result = test.result();
        const keeper = kept(test);
        if (result.state === "passed") count.passed++;
        else if (result.state === "failed") failed(name, result.errors);
        else if (keeper) failed(name, keeper.errors());
        else {
          count.skipped++;
          const reason = (result.state === "skipped" && result.note) || test.options.mode;
          this.log(`skipped: ${name}: ${reason}`);
        }
      }
      // It cannot be loaded, or what comes after its tests failed.
      if (module.state() === "failed" && count.failed === failedBefore) {
        failed(
          module.relativeModuleId,
          [module, ...module.children.allSuites()].flatMap((suite) => suite.errors()),
        );
      }
    }
    this.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

/** The suite whose failed hook kept a test from running. */
function kept(test: TestCase): TestSuite | TestModule | undefined {
  for (let suite: TestSuite | TestModule = test.parent; ; suite = suite.parent) {
    if (suite.errors().length > 0) return suite;
    if (suite.type === "module") return undefined;
  }
}

function firstLine([error]: readonly { message: string }[]): string {
  return error?.message.split("\n", 1)[0] ?? "no reason given";
}
