import { readdirSync, readFileSync } from "node:fs";
import { expect, describe, test } from "vitest";
import { parse } from "yaml";
import { jenkinsYaml } from "../../../../ignition/roles/jenkins/casc.ts";
import { parsePlugins, pinnedPlugins, pluginProblems } from "../../../../ignition/roles/jenkins/plugins.ts";
import { jenkinsSettings } from "./nodes.ts";

const repository = new URL("../../../../", import.meta.url);

/** Plugin of each part of the configuration; `core` is Jenkins. */
const configuredBy: Record<string, string> = {
  "jenkins.systemMessage": "core",
  "jenkins.numExecutors": "core",
  "jenkins.slaveAgentPort": "core",
  "jenkins.remotingSecurity": "configuration-as-code",
  "jenkins.disableRememberMe": "core",
  "jenkins.markupFormatter": "core",
  "jenkins.crumbIssuer": "core",
  "jenkins.securityRealm.local": "core",
  "jenkins.securityRealm.github": "github-oauth",
  "jenkins.authorizationStrategy.globalMatrix": "matrix-auth",
  "jenkins.nodes": "ssh-slaves",
  "security.apiToken": "core",
  "security.gitHooks": "git",
  "security.globalJobDslSecurityConfiguration": "job-dsl",
  "security.queueItemAuthenticator": "authorize-project",
  "credentials.system": "credentials",
  "unclassified.location": "core",
  "unclassified.buildDiscarders": "core",
  "unclassified.timestamper": "timestamper",
  "unclassified.mailer": "mailer",
  "unclassified.metricsaccesskey": "metrics",
  "unclassified.gitHubPluginConfig": "github",
  "unclassified.globalLibraries": "pipeline-groovy-lib",
  jobs: "job-dsl",
};
const credentialsBy: Record<string, string> = {
  gitHubApp: "github-branch-source",
  string: "plain-credentials",
  basicSSHUserPrivateKey: "ssh-credentials",
};
/** Words of Job DSL that come from other plugins. */
const jobsBy: Record<string, string> = {
  organizationFolder: "branch-api",
  github: "github-branch-source",
  workflowMultiBranchProjectFactory: "workflow-multibranch",
  pipelineJob: "workflow-job",
  cpsScm: "workflow-cps",
  git: "git",
  githubPush: "github",
  authorizeProjectProperty: "authorize-project",
};
/** Steps of pipelines, by plugin. */
const stepsBy: Record<string, string> = {
  archiveArtifacts: "core",
  checkout: "workflow-scm-step",
  currentBuild: "workflow-cps",
  buildDiscarder: "core",
  cron: "core",
  deleteDir: "workflow-basic-steps",
  dir: "workflow-basic-steps",
  disableConcurrentBuilds: "workflow-job",
  echo: "workflow-basic-steps",
  error: "workflow-basic-steps",
  git: "git",
  githubPush: "github",
  GenericTrigger: "generic-webhook-trigger",
  input: "pipeline-input-step",
  junit: "junit",
  library: "pipeline-groovy-lib",
  libraryResource: "pipeline-groovy-lib",
  lock: "lockable-resources",
  logRotator: "core",
  mail: "workflow-basic-steps",
  milestone: "pipeline-milestone-step",
  node: "workflow-durable-task-step",
  pipelineTriggers: "workflow-job",
  properties: "workflow-multibranch",
  pwd: "workflow-basic-steps",
  readJSON: "pipeline-utility-steps",
  scm: "workflow-multibranch",
  sh: "workflow-durable-task-step",
  stage: "pipeline-stage-step",
  string: "credentials-binding",
  timeout: "workflow-basic-steps",
  usernamePassword: "credentials-binding",
  withCredentials: "credentials-binding",
  withEnv: "workflow-basic-steps",
  writeFile: "workflow-basic-steps",
};

/** Words of declarative pipelines that are not steps. */
const declarativeBy: Record<string, string> = {
  ...Object.fromEntries(
    [
      "pipeline",
      "agent",
      "label",
      "options",
      "stages",
      "steps",
      "post",
      "always",
      "when",
      "not",
      "changeRequest",
      "environment",
    ].map((word) => [word, "pipeline-model-definition"]),
  ),
  credentials: "credentials-binding",
};

test("the list contains each plugin once, sorted, with a version", () => {
  const text = readFileSync(new URL("ignition/roles/jenkins/plugins.txt", repository), "utf8");
  const lines = text.trimEnd().split("\n");
  expect(lines).toEqual([...new Set(lines)].sort());
  expect(Object.keys(parsePlugins(text))).toHaveLength(lines.length);
  expect(lines.length).toBeGreaterThan(80);
  expect(pluginProblems(pinnedPlugins)).toEqual([]);
});

describe("the list contains the plugins that are used", () => {
  const realms = [jenkinsSettings(), jenkinsSettings({ realm: { kind: "github", clientId: "a", admins: ["b"] } })];
  const documents = realms.map((settings) => parse(jenkinsYaml(settings)));

  test("by all parts of the configuration", () => {
    const parts = new Set(documents.flatMap((document) => paths(document)));
    expect([...parts].filter((part) => !(part in configuredBy))).toEqual([]);
    expect(unpinned([...parts].map((part) => configuredBy[part]!))).toEqual([]);
  });

  test("by the credentials and the generated jobs", () => {
    const credentials = documents.flatMap((document) =>
      document.credentials.system.domainCredentials[0].credentials.map((one: object) => Object.keys(one)[0]),
    );
    expect(credentials.filter((kind) => !(kind in credentialsBy))).toEqual([]);
    const scripts = documents
      .flatMap((document) => document.jobs.map(({ script }: { script: string }) => script))
      .join("\n");
    const words = Object.keys(jobsBy).filter((word) => new RegExp(`\\b${word}\\b`).test(scripts));
    expect(words).toEqual(Object.keys(jobsBy));
    expect(
      unpinned([...credentials.map((kind) => credentialsBy[kind]!), ...words.map((word) => jobsBy[word]!)]),
    ).toEqual([]);
  });

  test("by all steps of the shared library", () => {
    const folder = new URL("delivery/jenkins/vars/", repository);
    const files = readdirSync(folder).filter((name) => name.endsWith(".groovy"));
    expect(files.length).toBeGreaterThan(0);
    const text = files.map((name) => code(readFileSync(new URL(name, folder), "utf8"))).join("\n");
    const own = new Set([
      ...files.map((name) => name.replace(".groovy", "")),
      ...[...text.matchAll(/^[ \t]*(?:private |static |def )+(?:\w+ )?(\w+)\(/gm)].map(([, name]) => name!),
    ]);
    // Function calls, but no method calls.
    const called = new Set([...text.matchAll(/(?<![.\w'"])([a-zA-Z]\w*)\s*(?:\(|\{|\[)/g)].map(([, name]) => name!));
    const groovy = new Set([
      "if",
      "for",
      "while",
      "switch",
      "catch",
      "call",
      "return",
      "else",
      "try",
      "finally",
      "throw",
      "in",
      "new",
      "do",
      "Map",
      "List",
      "ArrayList",
      "JsonSlurperClassic",
      "settings",
      "given",
      "parts",
      "words",
      "documents",
      "variables",
      "answers",
    ]);
    const steps = [...called].filter((name) => !own.has(name) && !groovy.has(name));
    expect(steps.filter((name) => !(name in stepsBy))).toEqual([]);
    expect(steps.length).toBeGreaterThan(10);
    expect(unpinned(steps.map((step) => stepsBy[step]!))).toEqual([]);
  });

  test("by the pipelines of the examples, scripted and declarative", () => {
    const folder = new URL("examples/", repository);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (name) => /(^|\/)(Jenkinsfile|[^/]+\.jenkinsfile)$/.test(name) && !name.includes("node_modules"),
    );
    expect(files.sort()).toEqual([
      "ci/Jenkinsfile",
      "delivery/jenkins/sweep.jenkinsfile",
      "ghost/Jenkinsfile",
      "three-services/Jenkinsfile",
    ]);
    const ofLibrary = [
      "Library",
      ...readdirSync(new URL("delivery/jenkins/vars/", repository)).map((name) => name.replace(".groovy", "")),
    ];
    const library = Object.fromEntries(ofLibrary.map((word) => [word, "pipeline-groovy-lib"]));
    const plugins = files.flatMap((name) => {
      const text = code(readFileSync(new URL(name, folder), "utf8"));
      const others = /^pipeline \{/m.test(text) ? declarativeBy : library;
      const words = [...text.matchAll(/(?<![.\w'"])([a-zA-Z]\w*)(?=\s*[({]|\s+''|\s+[a-z]\w*:)/g)].map(
        ([, word]) => word!,
      );
      return words.map((word) => stepsBy[word] ?? others[word] ?? `nobody's: ${word}`);
    });
    expect(unpinned(plugins)).toEqual([]);
    expect(plugins).toContain("pipeline-model-definition");
  });
});

describe("plugins that a user adds", () => {
  test("are short names with versions", () => {
    expect(
      pluginProblems({
        slack: "795.v4b_9705b_e6d47",
        git: "5.10.2",
        "aws-java-sdk2-core": "2.42.33-70.vd69c0763fa_60",
      }),
    ).toEqual([]);
  });

  test.each([
    [{ slack: "latest" }, "plugins.slack", '"latest" is not a version; use a version such as "5.10.1"'],
    [
      { slack: "1.0:http://x/y.hpi" },
      "plugins.slack",
      '"1.0:http://x/y.hpi" is not a version; use a version such as "5.10.1"',
    ],
    [
      { "a plugin": "1" },
      "plugins.a plugin",
      '"a plugin" is not the short name of a plugin; use a name such as "slack"',
    ],
  ])("rejects %j", (plugins, path, message) => {
    expect(pluginProblems(plugins)).toEqual([{ path, message }]);
  });
});

function unpinned(plugins: readonly string[]): string[] {
  return [...new Set(plugins)].filter((plugin) => plugin !== "core" && !(plugin in pinnedPlugins));
}

/** `section.key`, and one level more if the key is a choice. */
function paths(document: Record<string, Record<string, unknown>>): string[] {
  const choices = ["securityRealm", "authorizationStrategy"];
  return Object.entries(document).flatMap(([section, content]) => {
    if (section === "jobs") return ["jobs"];
    return Object.entries(content).flatMap(([key, value]) =>
      choices.includes(key)
        ? Object.keys(value as object).map((choice) => `${section}.${key}.${choice}`)
        : [`${section}.${key}`],
    );
  });
}

/** A script without comments and strings. */
function code(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/'(?:\\.|[^'\\\n])*'/g, "''")
    .replaceAll(/"(?:\\.|[^"\\\n])*"/g, '""')
    .replaceAll(/^\s*\/\/.*$/gm, "");
}
