import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real nodes have a runner of their own: npm run lab.
    exclude: ["test/lab/**", "**/node_modules/**"],
    reporters: ["./test/reporter.ts"],
    testTimeout: 30_000,
    // Programs are evaluated with process-wide settings in force: one process a file.
    pool: "forks",
  },
});
