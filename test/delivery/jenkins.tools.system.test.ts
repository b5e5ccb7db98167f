import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { named } from "../ignition/roles/requirements.ts";

const root = join(import.meta.dirname, "..", "..");
const vars = join(root, "delivery/jenkins/vars");

interface Event {
  step: string;
  // biome-ignore lint/suspicious/noExplicitAny: each step has other arguments; the tests compare them.
  args: any[];
  agent: string | null;
  credentials: string[];
}

interface Run {
  events: Event[];
  result: string;
  message: string | null;
  build: { keepLog?: boolean; description?: string };
}

interface Scenario {
  jenkinsfile: string;
  env: Record<string, string>;
  answers: Record<string, unknown>;
  /** Parts of the shell commands that fail. */
  fails: string[];
  checkout?: Record<string, string>;
  previous?: string;
}

/** The groovy of Debian needs JAVA_HOME if the default JVM of the package is not installed. */
function javaHome(): string | undefined {
  if (process.env.JAVA_HOME || existsSync("/usr/lib/jvm/default-java")) return process.env.JAVA_HOME;
  const which = spawnSync("which", ["java"], { encoding: "utf8" }).stdout.trim();
  return which === "" ? undefined : dirname(dirname(realpathSync(which)));
}

const env = { ...process.env, JAVA_HOME: javaHome() };
const missing =
  spawnSync("groovy", ["--version"], { env }).status === 0
    ? undefined
    : "groovy is not installed; test/lab/setup.sh installs it";
// In CI no test is skipped: it fails if groovy is missing.
const skipped = missing !== undefined && process.env.CI !== "true";

function groovy(folder: string, scenarios: readonly Scenario[]): { runs: Run[]; problems: string[]; steps: string[] } {
  const input = JSON.stringify(scenarios);
  return JSON.parse(
    execFileSync("groovy", [join(root, "test/delivery/jenkins/harness.groovy"), folder], {
      input,
      env,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    }),
  );
}

const jenkinsfile = readFileSync(join(root, "examples/three-services/Jenkinsfile"), "utf8");
const commit = "c".repeat(40);
const before = "b".repeat(40);
const built = { commit, tree: "1".repeat(40), images: [{ app: "api", digest: `sha256:${"a".repeat(64)}` }] };
const all = ["commit", "acceptance", "capacity", "manual", "release"];
const branch = {
  JOB_NAME: "example/three-services/main",
  BRANCH_NAME: "main",
  BRANCH_IS_PRIMARY: "true",
  BUILD_URL: "https://ci.example.com/7/",
};
const pullRequest = {
  ...branch,
  JOB_NAME: "example/three-services/PR-12",
  BRANCH_NAME: "PR-12",
  BRANCH_IS_PRIMARY: "",
  CHANGE_ID: "12",
  CHANGE_URL: "https://github.com/example/three-services/pull/12",
};

const scenario = (
  stages: string[],
  environment: string | null,
  more: Partial<Scenario> & { credentials?: boolean } = {},
): Scenario => ({
  jenkinsfile,
  env: branch,
  fails: [],
  checkout: { HEAD: commit, GIT_COMMIT: "not this one", GIT_PREVIOUS_SUCCESSFUL_COMMIT: before },
  ...more,
  answers: {
    decide: { stages, environment, credentials: more.credentials ?? true, previews: [], reason: "the reason" },
    build: built,
    deploy: [
      { app: "front-end", name: "front-end", digest: "sha256:f", url: "https://front-end.staging.example.com/" },
    ],
    pass: { passed: true },
    promote: { allowed: true, releasedAt: "2026-11-21T15:00:00Z", deployed: built.images },
    "cycle-time": { cycleSeconds: 754, commit },
    notify: { send: true, subject: "released: x", text: "x is in production" },
    comment: { action: "create" },
    sweep: { remove: [], orphans: [], keep: [] },
    ...more.answers,
  },
});

const scenarios = {
  release: scenario(all, "production"),
  passed: scenario(["manual", "release"], "production"),
  staging: scenario(["commit", "acceptance", "capacity"], "staging", {
    env: { ...branch, BRANCH_NAME: "development", BRANCH_IS_PRIMARY: "" },
  }),
  feature: scenario(["tests"], null, {
    env: { ...branch, BRANCH_NAME: "feature", BRANCH_IS_PRIMARY: "" },
    credentials: false,
  }),
  trusted: scenario(["commit", "preview"], "preview", { env: pullRequest }),
  stranger: scenario(["tests"], null, {
    env: pullRequest,
    credentials: false,
    jenkinsfile: jenkinsfile.replace("delivery(", "delivery(sandbox: 'sandbox',"),
  }),
  unsafe: scenario(["tests"], null, {
    env: pullRequest,
    credentials: false,
    jenkinsfile: "delivery(test: 'x', acceptance: 'y', capacity: 'z.js')",
  }),
  apart: scenario(["tests"], null, {
    env: pullRequest,
    credentials: false,
    jenkinsfile: "delivery(test: 'x', acceptance: 'y', capacity: 'z.js', sandbox: 'apart')",
  }),
  failedTests: scenario(all, "production", { fails: ["npm test"], previous: "SUCCESS" }),
  failedAcceptance: scenario(all, "production", { fails: ["npm run acceptance"] }),
  failedCapacity: scenario(all, "production", { fails: ["k6 run"], previous: "FAILURE" }),
  refused: scenario(all, "production", { fails: ["'promote'"] }),
  rejected: scenario(all, "production", { answers: { input: "abort" } }),
  failedPreview: scenario(["commit", "preview"], "preview", { env: pullRequest, fails: ["'deploy'"] }),
  slack: scenario(["manual", "release"], "production", {
    jenkinsfile: jenkinsfile.replace("delivery(", "delivery(slack: 'slack-webhook',"),
  }),
  quoting: scenario(["commit", "preview"], "preview", {
    env: { ...pullRequest, BUILD_URL: "https://ci.example.com/it's/$(id)/" },
    fails: ["'deploy'"],
  }),
  sweep: scenario([], null, {
    jenkinsfile:
      "sweepPreviews(repositories: ['https://github.com/example/shop', 'https://github.com/example/blog'], " +
      "closeToken: 'sesame')",
  }),
  orphans: scenario([], null, {
    jenkinsfile: "sweepPreviews(repositories: ['https://github.com/example/shop'])",
    answers: {
      sweep: { remove: [], orphans: [{ name: "pr-9-x", reason: "pull request 9 does not exist" }], keep: [] },
    },
  }),
  failedSweep: scenario([], null, {
    jenkinsfile: "sweepPreviews(repositories: ['https://github.com/example/shop', 'https://github.com/example/blog'])",
    fails: ["'sweep'"],
  }),
  untold: scenario(all, "production", { fails: ["npm test", "'notify'"] }),
  ghost: scenario(["commit", "acceptance", "capacity"], "staging", {
    jenkinsfile: readFileSync(join(root, "examples/ghost/Jenkinsfile"), "utf8"),
  }),
  sweepExample: scenario([], null, {
    jenkinsfile: readFileSync(join(root, "examples/delivery/jenkins/sweep.jenkinsfile"), "utf8"),
  }),
  noSettings: scenario([], null, { jenkinsfile: "delivery()" }),
  badSettings: scenario([], null, {
    jenkinsfile: "delivery(test: 'x', acceptance: 'y', capacity: 'a; id', releaseHours: 0, tests: 'z')",
  }),
  noRepositories: scenario([], null, { jenkinsfile: "sweepPreviews(repositories: [])" }),
  badSweep: scenario([], null, { jenkinsfile: "sweepPreviews(repository: 'x')" }),
};

describe.skipIf(skipped)(named("the Jenkins library", skipped ? missing : undefined), { timeout: 120_000 }, () => {
  let runs: Record<keyof typeof scenarios, Run>;
  let problems: string[];
  let steps: string[];
  beforeAll(() => {
    const ran = groovy(vars, Object.values(scenarios));
    runs = Object.fromEntries(Object.keys(scenarios).map((name, i) => [name, ran.runs[i]])) as typeof runs;
    [problems, steps] = [ran.problems, ran.steps];
  }, 120_000);

  /** The steps of a run, one line per step, without steps that only prepare others. */
  const story = ({ events }: Run) =>
    events.flatMap(({ step, args }): string[] => {
      const [first] = args;
      switch (step) {
        case "stage":
          return [`[${first}]`];
        case "sh":
          return [
            /'delivery' (.*)/.test(first.script)
              ? `paasmas ${/'delivery' '(.*)' '--json'$/.exec(first.script)![1]!.replaceAll("' '", " ")}`
              : first.label,
          ];
        case "node":
        case "echo":
          return [`${step} ${first}`];
        case "input":
          return [`input ${first.message}`];
        case "lock":
          return [`lock ${first.resource}`];
        case "milestone":
        case "checkout":
          return [step];
        case "mail":
          return [`mail ${first.to} ${first.subject}`];
        case "archiveArtifacts":
          return [`archive ${first.artifacts}`];
        default:
          return [];
      }
    });
  const file = (run: Run, words: string) => {
    const at = run.events.findIndex(({ step, args }) => step === "sh" && args[0].script.includes(words));
    const written = run.events.slice(0, at).findLast(({ step }) => step === "writeFile")!;
    return JSON.parse(written.args[0].text);
  };

  test("passes closures only to steps, so that a build survives a restart of Jenkins", () => {
    expect(problems).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), "paasmas-vars-"));
    try {
      writeFileSync(
        join(folder, "bad.groovy"),
        "def call(List names) {\n  names.each { echo(it) }\n}\n" +
          "@NonCPS\nprivate List good(List names) { names.collect { it + 1 } }\n",
      );
      expect(groovy(folder, []).problems).toEqual([]);
      expect(groovy(folder, [scenarios.noSettings]).problems).toEqual([
        expect.stringMatching(/:2: each gets a closure, but is not a step$/),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("has a valid Jenkinsfile in examples/ci", () => {
    const parse = "new GroovyShell().parse(new File(args[0]))";
    const { status, stderr } = spawnSync("groovy", ["-e", parse, join(root, "examples/ci/Jenkinsfile")], {
      env,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("runs all stages of a release in order, without an agent during the approval", () => {
    expect(story(runs.release)).toEqual([
      "node image-builds",
      "checkout",
      "[decide]",
      "git rev-parse HEAD",
      "paasmas decide --look-up --input /tmp/build/input.json",
      "echo the reason",
      "[commit]",
      "npm test",
      "paasmas build",
      "lock staging of example/three-services",
      "[acceptance]",
      "paasmas deploy staging --images /tmp/build/images.json",
      "npm run acceptance",
      "paasmas pass acceptance --images /tmp/build/images.json",
      "[capacity]",
      "k6 run --quiet capacity/capacity.js",
      "paasmas pass capacity --images /tmp/build/images.json",
      "[manual]",
      "input Release example/three-services/main #7 to production?",
      "lock production of example/three-services",
      "milestone",
      "node image-builds",
      "checkout",
      "[release]",
      "paasmas promote --images /tmp/build/images.json",
      `paasmas cycle-time --append cycle-time.jsonl --since ${before} --released /tmp/build/released.json`,
      "archive cycle-time.jsonl",
      "node image-builds",
      "paasmas notify --input /tmp/build/input.json",
      "mail team@example.com released: x",
    ]);
    expect(runs.release).toMatchObject({
      result: "SUCCESS",
      message: null,
      build: { keepLog: true, description: "released cccccccccccc" },
    });
    const input = runs.release.events.find(({ step }) => step === "input")!;
    expect(input).toMatchObject({
      agent: null,
      credentials: [],
      args: [{ ok: "Release", submitter: "release-managers" }],
    });
    expect(runs.release.events.find(({ step, args }) => step === "timeout" && args[0].unit === "HOURS")!.args).toEqual([
      { time: 72, unit: "HOURS" },
    ]);
  });

  test("runs builds of the default branch in parallel and stops older runs of a pull request", () => {
    const alone = ({ events }: Run) =>
      events
        .find(({ step }) => step === "properties")!
        .args[0].flatMap((one: object) => ("disableConcurrentBuilds" in one ? [one.disableConcurrentBuilds] : []));
    expect([runs.release, runs.staging, runs.feature, runs.trusted].map(alone)).toEqual([
      [],
      [{ abortPrevious: false }],
      [{ abortPrevious: false }],
      [{ abortPrevious: true }],
    ]);
  });

  test("promotes the images that were deployed to staging and passed", () => {
    for (const words of ["'deploy' 'staging'", "'pass' 'acceptance'", "'pass' 'capacity'", "'promote'"])
      expect(file(runs.release, words)).toEqual(built);
  });

  test("gives a credential only to the command that needs it", () => {
    const held = (run: Run) =>
      run.events.flatMap(({ step, args, credentials }) =>
        step === "sh" ? [[args[0].label, ...credentials].join(" ")] : [],
      );
    expect(held(runs.release)).toEqual([
      "git rev-parse HEAD",
      "paasmas decide",
      "npm test",
      "paasmas build",
      "paasmas deploy deploy-tokens-staging",
      "npm run acceptance",
      "paasmas pass deploy-tokens-staging",
      "k6 run --quiet capacity/capacity.js",
      "paasmas pass deploy-tokens-staging",
      "paasmas promote deploy-tokens-production",
      "paasmas cycle-time",
      "paasmas notify",
    ]);
    expect(held(runs.trusted)).toEqual([
      "git rev-parse HEAD",
      "paasmas decide github-app",
      "npm test",
      "paasmas build",
      "paasmas deploy deploy-tokens-preview",
      "paasmas comment github-app",
    ]);
  });

  test("releases tested files without another test", () => {
    const lines = story(runs.passed);
    expect(lines.filter((line) => line.startsWith("["))).toEqual(["[decide]", "[manual]", "[release]"]);
    expect(lines.filter((line) => /^paasmas (build|promote)/.test(line))).toEqual([
      "paasmas build",
      "paasmas promote --images /tmp/build/images.json",
    ]);
    expect(file(runs.passed, "'promote'")).toEqual(built);
  });

  test("delivers development to staging only", () => {
    expect(story(runs.staging).filter((line) => line.startsWith("["))).toEqual([
      "[decide]",
      "[commit]",
      "[acceptance]",
      "[capacity]",
    ]);
    expect(file(runs.staging, "'decide'")).toEqual({ event: "push", branch: "development", primary: false });
    expect(file(runs.release, "'decide'")).toEqual({ event: "push", branch: "main", primary: true });
  });

  test("gives tests the URLs of the apps, in a container without other variables", () => {
    const run = runs.release.events.find(({ step, args }) => step === "sh" && args[0].label === "npm run acceptance")!;
    expect(run.args[0].script).toBe(
      "podman run --rm --init --security-opt=no-new-privileges --cap-drop=all --userns=keep-id --network=host " +
        '--env=FRONT_END_URL --volume "$PWD:/work:z" --workdir /work --env=HOME=/tmp --env=CI=true ' +
        '--entrypoint=sh "$IN_CONTAINER_IMAGE" -ec "$IN_CONTAINER_COMMAND"',
    );
    const environments = runs.release.events.filter(({ step }) => step === "withEnv").map(({ args }) => args[0]);
    // The last is k6, on the agent.
    expect(environments).toEqual([
      ["IN_CONTAINER_IMAGE=docker.io/library/node:24-slim", "IN_CONTAINER_COMMAND=npm test"],
      [
        "FRONT_END_URL=https://front-end.staging.example.com/",
        "IN_CONTAINER_IMAGE=docker.io/library/node:24-slim",
        "IN_CONTAINER_COMMAND=npm run acceptance",
      ],
      ["FRONT_END_URL=https://front-end.staging.example.com/"],
    ]);
  });

  test("deploys a trusted pull request and comments on it", () => {
    expect(story(runs.trusted)).toEqual([
      "node image-builds",
      "checkout",
      "[decide]",
      "git rev-parse HEAD",
      "paasmas decide --look-up --repository example/three-services --input /tmp/build/input.json",
      "echo the reason",
      "[commit]",
      "npm test",
      "paasmas build --preview",
      "[preview]",
      "paasmas deploy preview --pull-request 12 --images /tmp/build/images.json",
      `paasmas comment --pull-request 12 --repository example/three-services --commit ${commit} --state ready`,
    ]);
    expect(file(runs.trusted, "'decide'")).toEqual({ event: "pull-request", number: 12, commit });
  });

  test("tests an untrusted pull request on a separate agent, without credentials", () => {
    expect(story(runs.stranger)).toEqual([
      "node image-builds",
      "checkout",
      "[decide]",
      "git rev-parse HEAD",
      "paasmas decide --look-up --repository example/three-services --input /tmp/build/input.json",
      "echo the reason",
      "node sandbox",
      "checkout",
      "[tests]",
      "npm test",
    ]);
    const own = runs.stranger.events.filter(({ agent }) => agent === "sandbox");
    expect(own.map(({ credentials }) => credentials)).toEqual(own.map(() => []));
    expect(own.map(({ step }) => step)).toEqual(["checkout", "stage", "timeout", "withEnv", "sh"]);
  });

  test("never runs untrusted tests on an agent with a registry login", () => {
    expect(runs.unsafe).toMatchObject({
      result: "FAILURE",
      message: "delivery: tests of untrusted pull requests need a container or separate agents; set image or sandbox",
    });
    expect(story(runs.unsafe)).not.toContain("x");
    expect(story(runs.apart).slice(-4)).toEqual(["node apart", "checkout", "[tests]", "x"]);
    const [contained] = runs.stranger.events.filter(({ step, agent }) => step === "sh" && agent === "sandbox");
    expect(contained!.args[0].script).toMatch(/^podman run /);
    expect(contained!.args[0].script).not.toContain("--network");
  });

  test("only tests other branches and sends no notification", () => {
    expect(story(runs.feature).slice(6)).toEqual(["node image-builds", "checkout", "[tests]", "npm test"]);
  });

  test.each([
    ["failedTests", "commit", ["[decide]", "[commit]"]],
    ["failedAcceptance", "acceptance", ["[decide]", "[commit]", "[acceptance]"]],
    ["failedCapacity", "capacity", ["[decide]", "[commit]", "[acceptance]", "[capacity]"]],
    ["refused", "release", ["[decide]", "[commit]", "[acceptance]", "[capacity]", "[manual]", "[release]"]],
  ] as const)("%s stops the pipeline at %s and sends a notification", (name, stage, reached) => {
    const run = runs[name];
    expect(story(run).filter((line) => line.startsWith("["))).toEqual(reached);
    expect(run).toMatchObject({ result: "FAILURE", message: "script returned exit code 1", build: {} });
    expect(file(run, "'notify'")).toMatchObject({
      repository: "example/three-services",
      branch: "main",
      result: "failure",
      stage,
      url: "https://ci.example.com/7/",
    });
    expect(story(run).at(-1)).toBe("mail team@example.com released: x");
    const [passed, promoted] = ["pass capacity", "promote"].map((words) =>
      story(run).some((line) => line.includes(words)),
    );
    expect([passed, promoted]).toEqual(name === "refused" ? [true, true] : [false, false]);
  });

  test("passes the result of the previous run to the notification", () => {
    expect(file(runs.failedTests, "'notify'")).toMatchObject({ previous: "success" });
    expect(file(runs.failedCapacity, "'notify'")).toMatchObject({ previous: "failure" });
    expect(file(runs.release, "'notify'")).toEqual({
      repository: "example/three-services",
      branch: "main",
      result: "success",
      previous: null,
      url: "https://ci.example.com/7/",
      cycleSeconds: 754,
    });
  });

  test("aborts a rejected release and does not report a failure", () => {
    expect(runs.rejected).toMatchObject({ result: "ABORTED", message: "rejected by the submitter" });
    expect(story(runs.rejected)).not.toContain("[release]");
    expect(file(runs.rejected, "'notify'")).toMatchObject({ result: "aborted" });
  });

  test("reports a failed preview in the comment", () => {
    expect(story(runs.failedPreview).at(-1)).toBe(
      `paasmas comment --pull-request 12 --repository example/three-services --commit ${commit} --state failed ` +
        "--detail See https://ci.example.com/7/",
    );
    expect(runs.failedPreview.result).toBe("FAILURE");
  });

  test("keeps the result of the run if the notification fails", () => {
    expect(runs.untold).toMatchObject({ result: "FAILURE", message: "script returned exit code 1" });
    expect(story(runs.untold).slice(-2)).toEqual([
      "paasmas notify --input /tmp/build/input.json",
      "echo notification failed: script returned exit code 1",
    ]);
    expect(story(runs.untold)).not.toContain("[acceptance]");
  });

  test("runs the other examples", () => {
    expect(story(runs.ghost)).toContain("k6 run --quiet capacity.js");
    expect(runs.ghost).toMatchObject({ result: "SUCCESS", message: null });
    expect(story(runs.sweepExample).filter((line) => line.startsWith("["))).toEqual([
      "[example/three-services]",
      "[example/ghost]",
    ]);
  });

  test("quotes all arguments for the shell", () => {
    const script = runs.quoting.events.filter(({ step }) => step === "sh").at(-1)!.args[0].script as string;
    const words = execFileSync("bash", ["--norc", "-c", script.replace(/^paasmas /, "printf '%s\\n' ")], {
      encoding: "utf8",
    }).split("\n");
    expect(words).toContain("See https://ci.example.com/it's/$(id)/");
  });

  test("passes the address of Slack to the command as a credential", () => {
    const told = runs.slack.events.filter(({ step, args }) => step === "sh" && args[0].script.includes("notify"));
    expect(told.map(({ args, credentials }) => [args[0].script, credentials])).toEqual([
      ["paasmas 'delivery' 'notify' '--slack' '--input' '/tmp/build/input.json' '--json'", ["slack-webhook"]],
    ]);
  });

  test("sweeps every hour, and after a webhook for a closed pull request", () => {
    const triggers = runs.sweep.events
      .find(({ step }) => step === "properties")!
      .args[0].find((one: object) => "pipelineTriggers" in one).pipelineTriggers;
    expect(triggers).toEqual([
      { cron: "H * * * *" },
      {
        GenericTrigger: expect.objectContaining({
          token: "sesame",
          regexpFilterText: "$action",
          regexpFilterExpression: "^closed$",
        }),
      },
    ]);
    expect(story(runs.sweep)).toEqual([
      "node image-builds",
      "[example/shop]",
      "paasmas sweep",
      "[example/blog]",
      "paasmas sweep",
    ]);
    const shell = runs.sweep.events.find(({ step }) => step === "sh")!;
    expect(shell.credentials).toEqual(["github-app", "deploy-tokens-preview"]);
    expect(runs.sweep.result).toBe("SUCCESS");
  });

  test("is unstable after orphans, and continues after a failed repository", () => {
    expect(runs.orphans.result).toBe("UNSTABLE");
    expect(story(runs.orphans)).toContain("echo orphan pr-9-x: pull request 9 does not exist; check it by hand");
    expect(runs.failedSweep).toMatchObject({
      result: "FAILURE",
      message: "sweep failed: https://github.com/example/shop, https://github.com/example/blog",
    });
  });

  test.each([
    [
      "noSettings",
      "delivery: test is missing; set a shell command\ndelivery: acceptance is missing; set a shell command\n" +
        "delivery: capacity is missing; set a k6 script",
    ],
    [
      "badSettings",
      "delivery: tests is not a setting; use test, acceptance, capacity, image, k6, submitters, releaseHours, agent, " +
        "sandbox, githubApp, deployTokens, mailTo, slack, testMinutes\n" +
        "delivery: capacity: a; id is not a path of a k6 script; use letters, digits and ._/-\n" +
        "delivery: releaseHours: 0 is not allowed; use a whole number from 1",
    ],
    [
      "noRepositories",
      "sweepPreviews: repositories is missing; set a list of URLs, " +
        "for example https://github.com/example/three-services",
    ],
    [
      "badSweep",
      "sweepPreviews: repository is not a setting; " +
        "use repositories, branch, agent, githubApp, deployTokens, closeToken",
    ],
  ] as const)("rejects bad settings with one message before any step: %s", (name, message) => {
    expect(runs[name]).toMatchObject({ result: "FAILURE", message });
    expect(runs[name].events.map(({ step }) => step)).toEqual(["error"]);
  });

  test("describes every setting in the comment of its function", () => {
    for (const name of ["delivery", "sweepPreviews"]) {
      const text = readFileSync(join(vars, `${name}.groovy`), "utf8");
      const [comment = ""] = /\/\*\*[\s\S]*?\*\//.exec(text) ?? [];
      const settings = [...text.matchAll(/Map settings = \[([\s\S]*?)\n? *\]\n/g)].flatMap(([, list = ""]) =>
        [...list.matchAll(/(\w+): /g)].map(([, key]) => key!),
      );
      expect(settings.length).toBeGreaterThan(4);
      for (const key of settings) expect(comment).toMatch(new RegExp(`\\b${key}\\b`));
    }
    expect(steps).toContain("input");
  });
});
