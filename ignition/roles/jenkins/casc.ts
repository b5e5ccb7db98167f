import { stringify } from "yaml";
import { agentPort, agentWorkPath } from "../jenkins-agent/constants.ts";
import { credentialIds, credentials, secret } from "./credentials.ts";
import { organizationFolder, pipelineJob, repositoryUrl, seedJob, seedName } from "./jobs.ts";
import { podCloud } from "./pods.ts";
import {
  type JenkinsAgent,
  type JenkinsMail,
  type JenkinsRealm,
  jenkinsSecrets,
  type JenkinsSettings,
  type RepositoryPlace,
} from "./settings.ts";

/** Name of the shared pipeline library. */
const libraryName = "paasmas";

/** Permissions of every member, and of the seed's user. */
const permissions = {
  member: ["Overall/Read", "Job/Read", "Job/Build", "Job/Cancel", "View/Read"],
  seed: [
    "Overall/Read",
    "Job/Read",
    "Job/Create",
    "Job/Configure",
    "Job/Delete",
    "View/Read",
    "View/Create",
    "View/Configure",
    "View/Delete",
    "Agent/Build",
  ],
};

/** Key of the machine's metrics agent. Metrics need a key or an administrator. */
const metricsKey = {
  description: "The machine reads metrics",
  key: secret(jenkinsSecrets.metricsKey),
  canMetrics: true,
  canPing: false,
  canHealthCheck: false,
  canThreadDump: false,
  origins: "http://127.0.0.1:8080",
};

/** Escapes a text, so that Jenkins does not read references to secrets in it. */
export function literal(text: string): string {
  return text.replaceAll("${", "^${");
}

/** The configuration of Jenkins for the plugin Configuration as Code. Secrets are references to files. */
function jenkinsConfiguration(settings: JenkinsSettings): Record<string, unknown> {
  const { github, realm, library, seed } = settings;
  const organization = github.organization;
  const jobs = [
    organizationFolder(settings),
    ...settings.pipelines.map((pipeline) => pipelineJob(organization, pipeline)),
    ...(seed ? [seedJob(organization, seed, seedUser(realm))] : []),
  ];
  return {
    jenkins: {
      systemMessage: "Configured as code: changes made here are lost at the next start.",
      numExecutors: 0,
      // Jenkins connects to its build agents by SSH.
      slaveAgentPort: -1,
      remotingSecurity: { enabled: true },
      disableRememberMe: true,
      markupFormatter: "plainText",
      crumbIssuer: { standard: { excludeClientIPFromCrumb: true } },
      securityRealm: securityRealm(realm, seed !== undefined),
      authorizationStrategy: { globalMatrix: { entries: matrix(realm, organization, seed !== undefined) } },
      nodes: settings.agents.map(node),
      ...(settings.kubernetes && {
        clouds: [{ kubernetes: podCloud(settings.url, settings.kubernetes, credentialIds.kubernetes) }],
      }),
    },
    security: {
      apiToken: {
        creationOfLegacyTokenEnabled: false,
        tokenGenerationOnCreationEnabled: false,
        usageStatisticsEnabled: true,
      },
      gitHooks: { allowedOnAgents: false, allowedOnController: false },
      globalJobDslSecurityConfiguration: { useScriptSecurity: true },
      ...(seed && { queueItemAuthenticator: { authenticators: [{ project: seedStrategies }] } }),
    },
    credentials: { system: { domainCredentials: [{ credentials: credentials(settings) }] } },
    unclassified: {
      location: { url: settings.url, adminAddress: literal(settings.adminAddress) },
      buildDiscarders: {
        configuredBuildDiscarders: [
          "jobBuildDiscarder",
          { simpleBuildDiscarder: { discarder: { logRotator: { daysToKeepStr: "90", numToKeepStr: "100" } } } },
        ],
      },
      timestamper: { allPipelines: true },
      ...(settings.mail && { mailer: mailer(settings.mail) }),
      metricsaccesskey: { accessKeys: [metricsKey] },
      gitHubPluginConfig: { hookSecretConfigs: [{ credentialsId: credentialIds.webhook }] },
      ...(library && { globalLibraries: { libraries: [pipelineLibrary(organization, library)] } }),
    },
    jobs: [...jobs, ...settings.jobs.map(literal)].map((script) => ({ script })),
  };
}

/** {@link jenkinsConfiguration} as YAML. */
export function jenkinsYaml(settings: JenkinsSettings): string {
  return stringify(jenkinsConfiguration(settings), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Mail server settings, always with TLS. */
function mailer({ host, port, user }: JenkinsMail): unknown {
  return {
    smtpHost: host,
    smtpPort: String(port),
    useSsl: port === 465,
    useTls: port !== 465,
    charset: "UTF-8",
    ...(user !== undefined && {
      authentication: { username: literal(user), password: secret(jenkinsSecrets.mailPassword) },
    }),
  };
}

function securityRealm(realm: JenkinsRealm, seed: boolean): unknown {
  if (realm.kind === "github") {
    return {
      github: {
        githubWebUri: "https://github.com",
        githubApiUri: "https://api.github.com",
        clientID: literal(realm.clientId),
        clientSecret: secret(jenkinsSecrets.oauthSecret),
        oauthScopes: "read:org,user:email",
      },
    };
  }
  return {
    local: {
      allowsSignup: false,
      users: [
        { id: realm.admin, password: secret(jenkinsSecrets.adminPassword) },
        ...(seed ? [{ id: seedName, name: "Runs the seed job", password: secret(jenkinsSecrets.seedPassword) }] : []),
      ],
    },
  };
}

/** Anonymous users, and GitHub users outside of the organization, have no permissions. */
function matrix(realm: JenkinsRealm, organization: string, seed: boolean): unknown[] {
  const admins = realm.kind === "github" ? realm.admins : [realm.admin];
  return [
    ...admins.map((name) => ({ user: { name, permissions: ["Overall/Administer"] } })),
    { group: { name: realm.kind === "github" ? organization : "authenticated", permissions: permissions.member } },
    ...(seed && realm.kind === "local" ? [{ user: { name: seedName, permissions: permissions.seed } }] : []),
  ];
}

function node({ name, address, hostKey, executors }: JenkinsAgent): unknown {
  return {
    permanent: {
      name,
      remoteFS: `${agentWorkPath}/work`,
      numExecutors: executors,
      mode: "NORMAL",
      labelString: "linux image-builds",
      retentionStrategy: "always",
      launcher: {
        ssh: {
          host: address,
          port: agentPort.port,
          credentialsId: credentialIds.agent,
          javaPath: "/opt/paasmas/tools/java/bin/java",
          launchTimeoutSeconds: 60,
          maxNumRetries: 10,
          retryWaitTime: 15,
          sshHostKeyVerificationStrategy: { manuallyProvidedKeyVerificationStrategy: { key: hostKey } },
        },
      },
    },
  };
}

function pipelineLibrary(organization: string, { repository, ref, path }: RepositoryPlace): unknown {
  return {
    name: libraryName,
    defaultVersion: ref,
    implicit: false,
    // The library is trusted code: a Jenkinsfile may not choose its version.
    allowVersionOverride: false,
    includeInChangesets: false,
    retriever: {
      modernSCM: {
        libraryPath: path,
        scm: { git: { remote: repositoryUrl(organization, repository), credentialsId: credentialIds.appRead } },
      },
    },
  };
}

const strategyPackage = "org.jenkinsci.plugins.authorizeproject.strategy";

/** Jobs may run as a configured user, which the seed needs, but not as the administrator that started them. */
const seedStrategies = {
  enabledStrategies: [`${strategyPackage}.SpecificUsersAuthorizationStrategy`],
  disabledStrategies: ["Anonymous", "System", "TriggeringUsers"].map(
    (kind) => `${strategyPackage}.${kind}AuthorizationStrategy`,
  ),
};

/** User of the seed job: a separate user in the local realm, the first administrator with GitHub. */
function seedUser(realm: JenkinsRealm): string {
  return realm.kind === "local" ? seedName : realm.admins[0]!;
}
