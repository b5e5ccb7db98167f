import { DefaultReporter } from "vitest/node";

/** Vitest's own report, then every skipped test with its reason, then one closing line for machines and people. */
export default class ClosingLine extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter["onTestRunEnd"]>): void {
    super.onTestRunEnd(...args);
    const [modules, errors] = args;
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      // A file that cannot be loaded holds no tests that could fail.
      if (module.state() === "failed" && module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") count.passed++;
        else if (result.state === "failed") count.failed++;
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
