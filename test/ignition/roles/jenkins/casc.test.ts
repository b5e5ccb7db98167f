// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Jenkins resolves the references
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { jenkinsYaml, literal } from "../../../../ignition/roles/jenkins/casc.ts";
import type { JenkinsSettings } from "../../../../ignition/roles/jenkins/settings.ts";
import { jenkinsNodeSecrets, jenkinsSettings } from "./nodes.ts";

/** Parsed configuration, with the plugin's structure. */
// biome-ignore lint/suspicious/noExplicitAny: the tests compare parts of a deep YAML document
type Any = any;
const read = (more: Partial<JenkinsSettings> = {}): Any => parse(jenkinsYaml(jenkinsSettings(more)));
const scripts = (more: Partial<JenkinsSettings> = {}): string[] => read(more).jobs.map(({ script }: Any) => script);
const github = { realm: { kind: "github", clientId: "Iv1.abc", admins: ["octocat", "hubot"] } } as const;

describe("permissions", () => {
  test("disable sign-up and anonymous access, with one administrator", () => {
    const { securityRealm, authorizationStrategy } = read({ seed: undefined }).jenkins;
    expect(securityRealm).toEqual({
      local: { allowsSignup: false, users: [{ id: "admin", password: "${admin-password}" }] },
    });
    expect(authorizationStrategy).toEqual({
      globalMatrix: {
        entries: [
          { user: { name: "admin", permissions: ["Overall/Administer"] } },
          {
            group: {
              name: "authenticated",
              permissions: ["Overall/Read", "Job/Read", "Job/Build", "Job/Cancel", "View/Read"],
            },
          },
        ],
      },
    });
  });

  test("are limited to members of the organization with GitHub", () => {
    const { securityRealm, authorizationStrategy } = read(github).jenkins;
    expect(securityRealm.github).toEqual({
      githubWebUri: "https://github.com",
      githubApiUri: "https://api.github.com",
      clientID: "Iv1.abc",
      clientSecret: "${github-oauth-secret}",
      oauthScopes: "read:org,user:email",
    });
    const entries = authorizationStrategy.globalMatrix.entries;
    expect(
      entries.map((entry: Any) =>
        Object.values(entry).map((one: Any) => [Object.keys(entry)[0], one.name, one.permissions[0]]),
      ),
    ).toEqual([
      [["user", "octocat", "Overall/Administer"]],
      [["user", "hubot", "Overall/Administer"]],
      [["group", "example", "Overall/Read"]],
    ]);
  });

  test.each([{}, github])("are empty without a login (%j)", (more) => {
    expect(JSON.stringify(read(more).jenkins)).not.toMatch(/anonymous/i);
  });
});

describe("the controller", () => {
  test("runs no builds, has no agent port, and checks for request forgery", () => {
    expect(read().jenkins).toMatchObject({
      numExecutors: 0,
      slaveAgentPort: -1,
      remotingSecurity: { enabled: true },
      crumbIssuer: { standard: { excludeClientIPFromCrumb: true } },
      markupFormatter: "plainText",
    });
    expect(read().security).toMatchObject({
      globalJobDslSecurityConfiguration: { useScriptSecurity: true },
      gitHooks: { allowedOnAgents: false, allowedOnController: false },
      apiToken: { creationOfLegacyTokenEnabled: false, tokenGenerationOnCreationEnabled: false },
    });
  });

  test("connects to its agents with its key and verifies their host keys", () => {
    expect(read().jenkins.nodes).toEqual([
      {
        permanent: {
          name: "jenkins-agent-0",
          remoteFS: "/var/lib/paasmas/agent/work",
          numExecutors: 2,
          mode: "NORMAL",
          labelString: "linux image-builds",
          retentionStrategy: "always",
          launcher: {
            ssh: {
              host: "10.0.0.52",
              port: 2222,
              credentialsId: "agent-ssh",
              javaPath: "/opt/paasmas/tools/java/bin/java",
              launchTimeoutSeconds: 60,
              maxNumRetries: 10,
              retryWaitTime: 15,
              sshHostKeyVerificationStrategy: {
                manuallyProvidedKeyVerificationStrategy: { key: "ecdsa-sha2-nistp256 AAAA" },
              },
            },
          },
        },
      },
    ]);
  });

  test("exports metrics with the machine's key, which permits nothing else", () => {
    expect(read().unclassified.metricsaccesskey).toEqual({
      accessKeys: [
        {
          description: "The machine reads metrics",
          key: "${metrics-key}",
          canMetrics: true,
          canPing: false,
          canHealthCheck: false,
          canThreadDump: false,
          origins: "http://127.0.0.1:8080",
        },
      ],
    });
  });

  test("sends mail only over TLS, with a login if one is given", () => {
    const login = { authentication: { username: "jenkins", password: "${mail-password}" } };
    expect(read().unclassified.mailer).toEqual({
      smtpHost: "smtp.example.com",
      smtpPort: "465",
      useSsl: true,
      useTls: false,
      charset: "UTF-8",
      ...login,
    });
    expect(read({ mail: { host: "smtp.example.com", port: 587 } }).unclassified.mailer).toEqual({
      smtpHost: "smtp.example.com",
      smtpPort: "587",
      useSsl: false,
      useTls: true,
      charset: "UTF-8",
    });
    expect(read({ mail: undefined }).unclassified).not.toHaveProperty("mailer");
  });

  test("accepts webhooks with a signature of GitHub", () => {
    expect(read().unclassified.gitHubPluginConfig).toEqual({
      hookSecretConfigs: [{ credentialsId: "github-webhook" }],
    });
  });

  test("has one version of the library, which pipelines cannot change", () => {
    expect(read().unclassified.globalLibraries.libraries).toEqual([
      {
        name: "paasmas",
        defaultVersion: "main",
        implicit: false,
        allowVersionOverride: false,
        includeInChangesets: false,
        retriever: {
          modernSCM: {
            libraryPath: "delivery/jenkins",
            scm: { git: { remote: "https://github.com/example/platform.git", credentialsId: "github-app-read" } },
          },
        },
      },
    ]);
    expect(read({ library: undefined }).unclassified).not.toHaveProperty("globalLibraries");
  });
});

describe("credentials", () => {
  const credentials = (more: Partial<JenkinsSettings> = {}): Any[] =>
    read(more).credentials.system.domainCredentials[0].credentials;

  test("of the app cover the repository of a build, and read access to library, pipelines and seed", () => {
    const apps = credentials().flatMap((one) => (one.gitHubApp ? [one.gitHubApp] : []));
    expect(apps).toMatchObject([
      {
        id: "github-app",
        appID: "4711",
        repositoryAccessStrategy: "inferRepository",
        defaultPermissionsStrategy: "INHERIT_ALL",
      },
      {
        id: "github-app-read",
        appID: "4711",
        repositoryAccessStrategy: { specificRepositories: { owner: "example", repositories: ["platform", "ci-jobs"] } },
        defaultPermissionsStrategy: "CONTENTS_READ",
      },
      {
        id: "github-app-sweep",
        appID: "4711",
        repositoryAccessStrategy: { specificRepositories: { owner: "example", repositories: ["shop"] } },
        defaultPermissionsStrategy: "INHERIT_ALL",
      },
    ]);
  });

  test("that pipelines do not need are hidden from them", () => {
    const scopes = credentials()
      .flatMap((one) => Object.values(one) as Any[])
      .map(({ id, scope }) => [id, scope]);
    expect(scopes).toEqual([
      ["github-app", undefined],
      ["github-app-read", undefined],
      ["github-app-sweep", undefined],
      ["github-webhook", "SYSTEM"],
      ["agent-ssh", "SYSTEM"],
      ["deploy-hook", "GLOBAL"],
    ]);
  });

  test("exist only if they are used", () => {
    const ids = credentials({
      library: undefined,
      seed: undefined,
      pipelines: [],
      agents: [],
      credentials: [],
    }).flatMap((one) => (Object.values(one) as Any[]).map(({ id }) => id));
    expect(ids).toEqual(["github-app", "github-webhook"]);
  });
});

describe("secrets", () => {
  test("are references to files", () => {
    const text = jenkinsYaml(jenkinsSettings());
    const references = [...text.matchAll(/(?<!\^)\$\{([^}]+)\}/g)].map(([, name]) => name!);
    expect([...new Set(references)].sort()).toEqual(Object.keys(jenkinsNodeSecrets).sort());
  });

  test("are not looked up in texts that look like references", () => {
    expect(literal("a ${b} $c ^${d}")).toBe("a ^${b} $c ^^${d}");
    expect(scripts().at(-1)).toBe("folder('by-hand') {\n  description(\"for ^${JOB_NAME}\")\n}\n");
  });
});

describe("jobs", () => {
  test.each([
    ["nobody", "gitHubTrustNobody()"],
    ["write", "gitHubTrustPermissions()"],
  ] as const)("forks are trusted explicitly: %s", (forkTrust, policy) => {
    const [folder] = scripts({ github: { organization: "example", appId: "4711", forkTrust } });
    expect(folder).toContain("organizationFolder('example')");
    expect([...folder!.matchAll(/gitHubTrust\w+\(\)/g)].map(([one]) => one)).toEqual([policy]);
    expect(folder!.match(/strategyId\(1\)/g)).toHaveLength(3);
  });

  test("run the seed in the sandbox, as a user that can only manage jobs", () => {
    const seed = scripts().find((script) => script.startsWith("job('seed')"))!;
    for (const line of [
      "sandbox(true)",
      "userid('seed')",
      "targets('jobs/*.groovy')",
      "credentials('github-app-read')",
    ])
      expect(seed).toContain(line);
    expect(read().jenkins.securityRealm.local.users.map(({ id }: Any) => id)).toEqual(["admin", "seed"]);
    const { permissions } = read().jenkins.authorizationStrategy.globalMatrix.entries.at(-1).user;
    expect(permissions).not.toContain("Overall/Administer");
    expect(read().security.queueItemAuthenticator.authenticators[0].project.enabledStrategies).toEqual([
      "org.jenkinsci.plugins.authorizeproject.strategy.SpecificUsersAuthorizationStrategy",
    ]);
    expect(scripts(github).find((script) => script.startsWith("job('seed')"))).toContain("userid('octocat')");
  });

  test("cannot choose their user without a seed", () => {
    expect(read({ seed: undefined }).security).not.toHaveProperty("queueItemAuthenticator");
    expect(scripts({ seed: undefined })).toHaveLength(3);
  });

  test("read a pipeline from its repository, with an initial schedule", () => {
    const sweep = scripts().find((script) => script.startsWith("pipelineJob('sweep')"))!;
    for (const line of [
      "scriptPath('delivery/jenkins/sweep.jenkinsfile')",
      "cron { spec('H * * * *') }",
      "url('https://github.com/example/platform.git')",
    ]) {
      expect(sweep).toContain(line);
    }
  });
});
