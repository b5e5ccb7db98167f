import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

// The name of a test file says what it needs:
//   x.test.ts               runs in this process and starts no program
//   x.system.test.ts        starts programs: Node, npm, git and a POSIX shell are enough
//   x.tools.system.test.ts  also needs other programs, or root: test/lab/setup.sh and test/tools/ install them
const inProcess = ["test/**/*.test.ts"];
const system = ["test/**/*.system.test.ts"];
const tools = ["test/**/*.tools.system.test.ts"];
/** Suites that need a whole environment. They run after the others, one file at a time. */
const environments = ["providers", "kubernetes"];
const never = ["**/node_modules/**", ...environments.map((name) => `test/${name}/**`)];

/** One project. Files never run side by side in a process: programs are evaluated with process-wide settings. */
function project(name: string, include: string[], exclude: string[], more: object = {}): TestProjectConfiguration {
  return { extends: true, test: { name, include, exclude: [...never, ...exclude], ...more } };
}

export default defineConfig({
  test: {
    reporters: ["./test/reporter.ts"],
    testTimeout: 30_000,
    pool: "forks",
    projects: [
      // Files that run one after another in a process share what they import: less than half of the CPU time.
      // Vitest leaves one processor free by default. These tests start nothing that needs it.
      project("unit", inProcess, system, {
        setupFiles: ["./test/unit-setup.ts"],
        isolate: false,
        maxWorkers: availableParallelism(),
      }),
      project("system", system, tools, { sequence: { groupOrder: 1 } }),
      project("tools", tools, [], { sequence: { groupOrder: 1 } }),
      ...environments.map((name, index) => ({
        extends: true as const,
        test: {
          name,
          include: [`test/${name}/*.system.test.ts`],
          setupFiles: name === "providers" ? ["./test/providers/path.ts"] : [],
          maxWorkers: 1,
          sequence: { groupOrder: index + 2 },
        },
      })),
    ],
  },
});
