import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectOf } from "../../delivery/project.ts";
import { contents } from "../cli/run.ts";
import { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await new World().start();
  world.write("text.json", "this is no JSON");
  world.write("empty.json", "{}");
  world.write(
    "images.json",
    JSON.stringify({
      commit: "c",
      tree: "1".repeat(40),
      images: [{ app: "blog", digest: `sha256:${"a".repeat(64)}` }],
    }),
  );
  world.write(
    "latest.json",
    JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: "latest" }] }),
  );
  world.write(
    "good.json",
    JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: `sha256:${"a".repeat(64)}` }] }),
  );
  world.write("token.json", '{"api": ""}');
  world.write("record.jsonl", '{"repository": 5}\n');
  world.write(
    "sweep.json",
    JSON.stringify({ now: "today", apps: ["Api"], running: [], open: [0], closed: [], rules: { quota: -1 } }),
  );
});
afterAll(() => world.stop());

const document = "give a file with a JSON document";
const cases: [what: string, args: string[], message: string, env?: NodeJS.ProcessEnv][] = [
  [
    "no document",
    ["decide"],
    "paasmas: --input: is missing; give a file with a JSON document, or - for standard input\n",
  ],
  [
    "a document that is not there",
    ["decide", "--input", "nope.json"],
    `paasmas: nope.json: no such file; ${document}\n`,
  ],
  ["a folder", ["decide", "--input", "api"], `paasmas: api: cannot be read (EISDIR); ${document}\n`],
  ["no JSON", ["decide", "--input", "text.json"], "paasmas: text.json: not JSON (malformed)\n"],
  [
    "no change",
    ["decide", "--input", "empty.json"],
    'paasmas: --input: event: is not an event; use "push" or "pull-request"\n',
  ],
  [
    "no project",
    ["build", "--project", "nope.yaml"],
    "paasmas: nope.yaml: no such file; a delivery.yaml says how a repository is delivered\n",
  ],
  [
    "a builder that is none",
    ["build", "--builder", "kaniko"],
    'paasmas: --builder: "kaniko" is not a builder; use podman, buildah, docker\n',
  ],
  [
    "a build argument that is none",
    ["build", "--build-arg", "X"],
    'paasmas: --build-arg: "X" is no argument; use NAME=value\n',
  ],
  [
    "an environment that is none",
    ["deploy", "qa", "--images", "good.json"],
    'paasmas: "qa" is not an environment; use preview, staging, production\n',
  ],
  [
    "production without evidence",
    ["deploy", "production", "--images", "good.json"],
    "paasmas: production takes what has passed on staging; use paasmas delivery promote\n",
  ],
  [
    "a preview of nothing",
    ["deploy", "preview", "--images", "good.json"],
    "paasmas: --pull-request: is missing; a preview is of one\n",
  ],
  [
    "a pull request on staging",
    ["deploy", "staging", "--images", "good.json", "--pull-request", "1"],
    "paasmas: --pull-request: is not for staging\n",
  ],
  ["no number", ["remove", "--pull-request", "x"], "paasmas: --pull-request: is not a whole number\n"],
  [
    "number 0",
    ["remove", "--pull-request", "0"],
    "paasmas: --pull-request: is not the number of a pull request; use a whole number from 1\n",
  ],
  [
    "an app of another project",
    ["deploy", "staging", "--images", "images.json"],
    "paasmas: images.json: blog is no app of the project; use api, front\n",
  ],
  [
    "a tag for a digest",
    ["promote", "--images", "latest.json"],
    "paasmas: latest.json: images[0].digest: is not a digest; use sha256: and 64 hexadecimal digits\n",
  ],
  [
    "an empty token",
    ["deploy", "staging", "--images", "good.json", "--tokens", "token.json"],
    "paasmas: token.json: api: is empty\n",
  ],
  [
    "a token that is no JSON",
    ["deploy", "staging", "--images", "good.json"],
    "paasmas: DEPLOY_TOKENS: not JSON (malformed)\n",
    { DEPLOY_TOKENS: "s3cret-token" },
  ],
  [
    "a test that is none",
    ["pass", "smoke", "--images", "good.json"],
    'paasmas: "smoke" is not a test; use acceptance or capacity\n',
  ],
  [
    "no GitHub token",
    ["sweep"],
    "paasmas: GITHUB_TOKEN: is not set; it has to be a token of a GitHub App's installation or of a workflow\n",
    { GITHUB_TOKEN: "" },
  ],
  [
    "no repository",
    ["sweep", "--repository", "shop"],
    'paasmas: --repository: "shop" is not a repository; use owner/name\n',
  ],
  [
    "a comment without a state",
    ["comment", "--pull-request", "1"],
    "paasmas: --pull-request, --state and --commit are needed, or --input\n",
  ],
  [
    "a record that is none",
    ["cycle-time", "--summary", "record.jsonl"],
    "paasmas: record.jsonl:1: repository: is not a text\n",
  ],
  [
    "a branch for a commit",
    ["cycle-time", "--released", "empty.json", "--since", "main"],
    'paasmas: --since: "main" is not a commit; use 40 hexadecimal digits\n',
  ],
  [
    "nothing that was released",
    ["cycle-time", "--released", "empty.json"],
    "paasmas: empty.json: releasedAt: is missing; use what paasmas delivery promote --json printed\n",
  ],
  [
    "a rollback of no preview",
    ["rollback", "preview", "api"],
    "paasmas: --pull-request: is missing; a preview is of one\n",
  ],
  [
    "an app that is none",
    ["rollback", "staging", "blog"],
    'paasmas: "blog" is no app of the project; use api, front\n',
  ],
  ["a command that is none", ["frobnicate"], "paasmas: unknown command 'frobnicate'\n"],
];

describe.concurrent("bad input gives one message, code 2, and calls nobody", { timeout: 60_000 }, () => {
  test.each(cases)("%s", async (_, args, message, env) => {
    const before = contents(world.dir).filter((line) => !line.startsWith(".git"));
    const ran = await world.run(args, env);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(ran.stderr).not.toContain("s3cret");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(contents(world.dir).filter((line) => !line.startsWith(".git"))).toEqual(before);
    expect(world.calls).toEqual({ preview: [], staging: [], production: [] });
  });

  test("all that is wrong with a document is told at once", async () => {
    const ran = await world.run(["sweep", "--input", "sweep.json"]);
    expect(ran.stderr).toBe(
      "paasmas: --input: now: is not a time; use ISO 8601 with a zone, as in 2026-11-21T15:00:00Z\n" +
        '--input: apps[0]: "Api" is no app\'s name; use lower-case letters, digits and inner hyphens, a letter first\n' +
        "--input: open[0]: is not the number of a pull request; use a whole number from 1\n" +
        "--input: rules.quota: is too small; use at least 0\n",
    );
  });
});

describe("a delivery.yaml that cannot be used says where and why", () => {
  const good = () => world.project();
  test.each<[string, (text: string) => string, string]>([
    ["no YAML", () => "apps: [", "delivery.yaml: not YAML: Flow sequence"],
    ["nothing", () => "", "delivery.yaml: is not a group of settings"],
    ["an unknown setting", (text) => `${text}branch: main\n`, "delivery.yaml: branch is not a setting"],
    [
      "a repository that is a URL",
      (text) => text.replace("example/shop", "https://github.com/example/shop"),
      "delivery.yaml: repository: is not a repository; use owner/name",
    ],
    [
      "an app called like a pull request's",
      (text) => text.replace("  api:", "  pr-1-api:"),
      'looks like the app of a pull request; use a name that does not begin with "pr-" and a digit',
    ],
    [
      "no apps",
      (text) => text.replace(/apps:\n.*\n.*\n/, "apps: {}\n"),
      "delivery.yaml: apps: is empty; give one app at least",
    ],
    [
      "an image with a tag",
      (text) => text.replace("/shop/api", "/shop/api:latest"),
      'delivery.yaml: apps.api.image: is not a repository of a registry; use one as in "registry.example.com/shop/api"',
    ],
    [
      "a context outside",
      (text) => text.replace("/shop/api }", "/shop/api, context: ../other }"),
      "delivery.yaml: apps.api.context: is not a path within the repository; use a relative one without ..",
    ],
    [
      "a hook that is no URL",
      (text) => text.replace(/hook: .*/, "hook: 10.0.0.5"),
      'delivery.yaml: environments.preview.hook: is not a URL; use one as in "http://10.20.0.50:9010"',
    ],
    [
      "a domain with a scheme",
      (text) => text.replace("preview.example.com", "https://x.example.com"),
      'delivery.yaml: environments.preview.domain: is not a domain; use lower-case labels, as in "preview.example.com"',
    ],
    [
      "a quota that is too large",
      (text) => text.replace("quota: 2", "quota: 2000"),
      "delivery.yaml: environments.preview.quota: is too large; use at most 1000",
    ],
    [
      "no production",
      (text) => text.replace(/  production:[\s\S]*/, ""),
      "delivery.yaml: environments.production: is missing; give a group of settings",
    ],
  ])("%s", (_, change, message) => {
    expect(() => projectOf(change(good()))).toThrow(message);
  });

  test("the defaults are those that are documented", () => {
    expect(projectOf(good())).toMatchObject({
      branches: { staging: "development" },
      release: { manual: true },
      plainHttp: [],
      apps: { api: { dockerfile: "Dockerfile" } },
    });
  });
});
