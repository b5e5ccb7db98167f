import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["./test/reporter.ts"],
    testTimeout: 30_000,
    // Programs are evaluated with process-wide settings in force: one process a file.
    pool: "forks",
    projects: [
      // Real nodes have a runner of their own: npm run lab.
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/lab/**", "test/engine/**", "test/kubernetes/**", "**/node_modules/**"],
        },
      },
      // Whole environments, where an engine and what they run on are there: afterwards, one at a time.
      {
        extends: true,
        test: { name: "engine", include: ["test/engine/*.test.ts"], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      // Three real control planes on one machine: neither do other tests wait for them, nor they for others.
      {
        extends: true,
        test: {
          name: "kubernetes",
          include: ["test/kubernetes/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
