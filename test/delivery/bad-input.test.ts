import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectOf } from "../../delivery/project.ts";
import { contents } from "../cli/project-copy.ts";
import { FakeServices } from "./fake-services.ts";

let services: FakeServices;
beforeAll(async () => {
  services = await new FakeServices().start();
  services.write("text.json", "this is no JSON");
  services.write("empty.json", "{}");
  services.write(
    "images.json",
    JSON.stringify({
      commit: "c",
      tree: "1".repeat(40),
      images: [{ app: "blog", digest: `sha256:${"a".repeat(64)}` }],
    }),
  );
  services.write(
    "latest.json",
    JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: "latest" }] }),
  );
  services.write(
    "good.json",
    JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: `sha256:${"a".repeat(64)}` }] }),
  );
  services.write("token.json", '{"api": ""}');
  services.write("record.jsonl", '{"repository": 5}\n');
  services.write(
    "sweep.json",
    JSON.stringify({ now: "today", apps: ["Api"], running: [], open: [0], closed: [], rules: { quota: -1 } }),
  );
});
afterAll(() => services.stop());

const document = "give a file with a JSON document";
const cases: [input: string, args: string[], message: string, env?: NodeJS.ProcessEnv][] = [
  [
    "a missing document",
    ["decide"],
    "paasmas: --input: is missing; give a file with a JSON document, or - for standard input\n",
  ],
  [
    "a document that does not exist",
    ["decide", "--input", "nope.json"],
    `paasmas: nope.json: no such file; ${document}\n`,
  ],
  ["a folder as the document", ["decide", "--input", "api"], `paasmas: api: cannot be read (EISDIR); ${document}\n`],
  ["a document that is not JSON", ["decide", "--input", "text.json"], "paasmas: text.json: not JSON (malformed)\n"],
  [
    "a document without an event",
    ["decide", "--input", "empty.json"],
    'paasmas: --input: event: is not an event; use "push" or "pull-request"\n',
  ],
  [
    "a project file that does not exist",
    ["build", "--project", "nope.yaml"],
    "paasmas: nope.yaml: no such file; add a delivery.yaml to the repository\n",
  ],
  [
    "an unknown builder",
    ["build", "--builder", "kaniko"],
    'paasmas: --builder: "kaniko" is not a builder; use podman, buildah, docker\n',
  ],
  [
    "a build argument without a value",
    ["build", "--build-arg", "X"],
    'paasmas: --build-arg: "X" is not an argument; use NAME=value\n',
  ],
  [
    "an unknown environment",
    ["deploy", "qa", "--images", "good.json"],
    'paasmas: "qa" is not an environment; use preview, staging, production\n',
  ],
  [
    "a direct deployment to production",
    ["deploy", "production", "--images", "good.json"],
    "paasmas: production accepts only images that passed on staging; use paasmas delivery promote\n",
  ],
  [
    "a preview without a pull request",
    ["deploy", "preview", "--images", "good.json"],
    "paasmas: --pull-request: is missing; a preview needs the number of a pull request\n",
  ],
  [
    "a pull request for staging",
    ["deploy", "staging", "--images", "good.json", "--pull-request", "1"],
    "paasmas: --pull-request: is not allowed for staging; leave it out\n",
  ],
  [
    "a pull request that is not a number",
    ["remove", "--pull-request", "x"],
    "paasmas: --pull-request: is not a whole number\n",
  ],
  [
    "pull request number 0",
    ["remove", "--pull-request", "0"],
    "paasmas: --pull-request: is not the number of a pull request; use a whole number from 1\n",
  ],
  [
    "an app of another project",
    ["deploy", "staging", "--images", "images.json"],
    "paasmas: images.json: blog is not an app of this project; use api, front\n",
  ],
  [
    "a tag instead of a digest",
    ["promote", "--images", "latest.json"],
    "paasmas: latest.json: images[0].digest: is not a digest; use sha256: and 64 hexadecimal digits\n",
  ],
  [
    "an empty token",
    ["deploy", "staging", "--images", "good.json", "--tokens", "token.json"],
    "paasmas: token.json: api: is empty\n",
  ],
  [
    "tokens that are not JSON",
    ["deploy", "staging", "--images", "good.json"],
    "paasmas: DEPLOY_TOKENS: not JSON (malformed)\n",
    { DEPLOY_TOKENS: "s3cret-token" },
  ],
  [
    "an unknown test",
    ["pass", "smoke", "--images", "good.json"],
    'paasmas: "smoke" is not a test; use acceptance or capacity\n',
  ],
  [
    "a missing GitHub token",
    ["sweep"],
    "paasmas: GITHUB_TOKEN: is not set; set it to the token of a GitHub App installation or of a workflow\n",
    { GITHUB_TOKEN: "" },
  ],
  [
    "a repository without an owner",
    ["sweep", "--repository", "shop"],
    'paasmas: --repository: "shop" is not a repository; use owner/name\n',
  ],
  [
    "a comment without a state",
    ["comment", "--pull-request", "1"],
    "paasmas: --pull-request, --state and --commit are required, unless --input is given\n",
  ],
  [
    "an invalid record",
    ["cycle-time", "--summary", "record.jsonl"],
    "paasmas: record.jsonl:1: repository: is not a text\n",
  ],
  [
    "a branch instead of a commit",
    ["cycle-time", "--released", "empty.json", "--since", "main"],
    'paasmas: --since: "main" is not a commit; use 40 hexadecimal digits\n',
  ],
  [
    "a release without a time",
    ["cycle-time", "--released", "empty.json"],
    "paasmas: empty.json: releasedAt: is missing; use the output of paasmas delivery promote --json\n",
  ],
  [
    "a rollback of a preview without a pull request",
    ["rollback", "preview", "api"],
    "paasmas: --pull-request: is missing; a preview needs the number of a pull request\n",
  ],
  [
    "an unknown app",
    ["rollback", "staging", "blog"],
    'paasmas: "blog" is not an app of this project; use api, front\n',
  ],
  ["an unknown command", ["frobnicate"], "paasmas: unknown command 'frobnicate'\n"],
];

describe("paasmas delivery exits with 2, prints one message and calls no service", { timeout: 60_000 }, () => {
  test.each(cases)("rejects %s", async (_, args, message, env) => {
    const before = contents(services.dir).filter((line) => !line.startsWith(".git"));
    const ran = await services.run(args, env);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(ran.stderr).not.toContain("s3cret");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(contents(services.dir).filter((line) => !line.startsWith(".git"))).toEqual(before);
    expect(services.calls).toEqual({ preview: [], staging: [], production: [] });
  });

  test("reports all problems of a document at once", async () => {
    const ran = await services.run(["sweep", "--input", "sweep.json"]);
    expect(ran.stderr).toBe(
      "paasmas: --input: now: is not a time; use ISO 8601 with a zone, for example 2026-11-21T15:00:00Z\n" +
        '--input: apps[0]: "Api" is not an app name; ' +
        "use lower-case letters, digits and inner hyphens, and start with a letter\n" +
        "--input: open[0]: is not the number of a pull request; use a whole number from 1\n" +
        "--input: rules.quota: is too small; use at least 0\n",
    );
  });
});

describe("reading delivery.yaml", () => {
  const good = () => services.project();
  test.each<[string, (text: string) => string, string]>([
    ["a text that is not YAML", () => "apps: [", "delivery.yaml: not YAML: Flow sequence"],
    ["an empty file", () => "", "delivery.yaml: is not a group of settings"],
    ["an unknown setting", (text) => `${text}branch: main\n`, "delivery.yaml: branch is not a setting"],
    [
      "a repository that is a URL",
      (text) => text.replace("example/shop", "https://github.com/example/shop"),
      "delivery.yaml: repository: is not a repository; use owner/name",
    ],
    [
      "an app that is named like a preview app",
      (text) => text.replace("  api:", "  pr-1-api:"),
      'looks like a preview app; use a name that does not start with "pr-" and a digit',
    ],
    [
      "a project without apps",
      (text) => text.replace(/apps:\n.*\n.*\n/, "apps: {}\n"),
      "delivery.yaml: apps: is empty; add at least one app",
    ],
    [
      "an image with a tag",
      (text) => text.replace("/shop/api", "/shop/api:latest"),
      "delivery.yaml: apps.api.image: is not a repository of a registry; " +
        'use for example "registry.example.com/shop/api"',
    ],
    [
      "a context outside of the repository",
      (text) => text.replace("/shop/api }", "/shop/api, context: ../other }"),
      "delivery.yaml: apps.api.context: is not a path within the repository; use a relative path without ..",
    ],
    [
      "a hook that is not a URL",
      (text) => text.replace(/hook: .*/, "hook: 10.0.0.5"),
      'delivery.yaml: environments.preview.hook: is not a URL; use for example "http://10.20.0.50:9010"',
    ],
    [
      "a domain with a scheme",
      (text) => text.replace("preview.example.com", "https://x.example.com"),
      "delivery.yaml: environments.preview.domain: is not a domain; " +
        'use lower-case labels, for example "preview.example.com"',
    ],
    [
      "a quota that is too large",
      (text) => text.replace("quota: 2", "quota: 2000"),
      "delivery.yaml: environments.preview.quota: is too large; use at most 1000",
    ],
    [
      "a project without production",
      (text) => text.replace(/ {2}production:[\s\S]*/, ""),
      "delivery.yaml: environments.production: is missing; give a group of settings",
    ],
  ])("rejects %s", (_, change, message) => {
    expect(() => projectOf(change(good()))).toThrow(message);
  });

  test("applies the documented defaults", () => {
    expect(projectOf(good())).toMatchObject({
      branches: { staging: "development" },
      release: { manual: true },
      plainHttp: [],
      apps: { api: { dockerfile: "Dockerfile" } },
    });
  });
});
