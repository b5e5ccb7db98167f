import { DefaultReporter } from "vitest/node";

/**
 * Vitest's own report, then every skipped test with its reason, and every one that failed, at first or in the end, with
 * what it said, in a line each, then one closing line for machines and people.
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
      // A file that cannot be loaded holds no tests that could fail.
      if (module.state() === "failed" && module.errors().length > 0) failed(module.relativeModuleId, module.errors());
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") {
          count.passed++;
          if (test.diagnostic()?.flaky) this.log(`FAILED at first: ${module.relativeModuleId} > ${test.fullName}: ${firstLine(result.errors ?? [])}`);
        }
        else if (result.state === "failed") failed(`${module.relativeModuleId} > ${test.fullName}`, result.errors);
        else {
          count.skipped++;
          const reason = (result.state === "skipped" && result.note) || test.options.mode;
          this.log(`skipped: ${module.relativeModuleId} > ${test.fullName}: ${reason}`);
        }
      }
    }
    this.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

function firstLine([error]: readonly { message: string }[]): string {
  return error?.message.split("\n", 1)[0] ?? "no reason given";
}
