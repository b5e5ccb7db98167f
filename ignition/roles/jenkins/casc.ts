import { stringify } from "yaml";
import { agentPort, agentUser, agentWorkPath } from "../jenkins-agent/places.ts";
import { podCloud } from "./pods.ts";
import { credentialSecret, type JenkinsAgent, type JenkinsRealm, type JenkinsPipeline, jenkinsSecrets, type JenkinsSettings, type RepositoryPlace } from "./settings.ts";

/** Ids of the credentials that Jenkins always has. */
const ids = {
  /** For the organization's builds: each may do to its own repository what the app may, and nothing to another one. */
  app: "github-app",
  /** For the library, pipelines and the seed: may read those repositories. */
  appRead: "github-app-read",
  webhook: "github-webhook",
  agent: "agent-ssh",
  kubernetes: "kubernetes",
};

/** Name of the shared pipeline library, and of the job that seeds others. */
const names = { library: "paasmas", seed: "seed" };

/** What every member may do, and what the seed's own user may. */
const permissions = {
  member: ["Overall/Read", "Job/Read", "Job/Build", "Job/Cancel", "View/Read"],
  seed: ["Overall/Read", "Job/Read", "Job/Create", "Job/Configure", "Job/Delete", "View/Read", "View/Create", "View/Configure", "View/Delete", "Agent/Build"],
};

/** A reference to a secret; Jenkins puts the contents of the file of this name in its place. */
function secret(name: string): string {
  return `\${${name}}`;
}

/** A text that Jenkins must take as it is, although it may look as if it referred to secrets. */
export function literal(text: string): string {
  return text.replaceAll("${", "^${");
}

/** The configuration of Jenkins, as the plugin Configuration as Code reads it. Secrets are references to files. */
export function jenkinsConfiguration(settings: JenkinsSettings): Record<string, unknown> {
  const { github, realm, library, seed } = settings;
  const organization = github.organization;
  const jobs = [
    organizationFolder(settings),
    ...settings.pipelines.map((pipeline) => pipelineJob(organization, pipeline)),
    ...(seed ? [seedJob(organization, seed, seedUser(realm))] : []),
  ];
  return {
    jenkins: {
      systemMessage: "Configured as code: what is changed here by hand is lost at the next start.",
      numExecutors: 0,
      // Agents are reached by SSH: there is nothing for them to connect to.
      slaveAgentPort: -1,
      remotingSecurity: { enabled: true },
      disableRememberMe: true,
      markupFormatter: "plainText",
      crumbIssuer: { standard: { excludeClientIPFromCrumb: true } },
      securityRealm: securityRealm(realm, seed !== undefined),
      authorizationStrategy: { globalMatrix: { entries: matrix(realm, organization, seed !== undefined) } },
      nodes: settings.agents.map(node),
      ...(settings.kubernetes && { clouds: [{ kubernetes: podCloud(settings.url, settings.kubernetes, ids.kubernetes) }] }),
    },
    security: {
      apiToken: { creationOfLegacyTokenEnabled: false, tokenGenerationOnCreationEnabled: false, usageStatisticsEnabled: true },
      gitHooks: { allowedOnAgents: false, allowedOnController: false },
      globalJobDslSecurityConfiguration: { useScriptSecurity: true },
      ...(seed && { queueItemAuthenticator: { authenticators: [{ project: seedStrategies }] } }),
    },
    credentials: { system: { domainCredentials: [{ credentials: credentials(settings) }] } },
    unclassified: {
      location: { url: settings.url, adminAddress: literal(settings.adminAddress) },
      buildDiscarders: {
        configuredBuildDiscarders: ["jobBuildDiscarder", { simpleBuildDiscarder: { discarder: { logRotator: { daysToKeepStr: "90", numToKeepStr: "100" } } } }],
      },
      timestamper: { allPipelines: true },
      gitHubPluginConfig: { hookSecretConfigs: [{ credentialsId: ids.webhook }] },
      ...(library && { globalLibraries: { libraries: [pipelineLibrary(organization, library)] } }),
    },
    jobs: [...jobs, ...settings.jobs.map(literal)].map((script) => ({ script })),
  };
}

/** {@link jenkinsConfiguration} as YAML. */
export function jenkinsYaml(settings: JenkinsSettings): string {
  return stringify(jenkinsConfiguration(settings), { lineWidth: 0, aliasDuplicateObjects: false });
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
        ...(seed ? [{ id: names.seed, name: "Runs the seed job", password: secret(jenkinsSecrets.seedPassword) }] : []),
      ],
    },
  };
}

/** Nobody without a login sees anything; who has logged in with GitHub but is no member does not either. */
function matrix(realm: JenkinsRealm, organization: string, seed: boolean): unknown[] {
  const admins = realm.kind === "github" ? realm.admins : [realm.admin];
  return [
    ...admins.map((name) => ({ user: { name, permissions: ["Overall/Administer"] } })),
    { group: { name: realm.kind === "github" ? organization : "authenticated", permissions: permissions.member } },
    ...(seed && realm.kind === "local" ? [{ user: { name: names.seed, permissions: permissions.seed } }] : []),
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
          credentialsId: ids.agent,
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

function credentials({ github, library, pipelines, seed, agents, kubernetes, credentials: further }: JenkinsSettings): unknown[] {
  const app = { appID: github.appId, privateKey: secret(jenkinsSecrets.appKey) };
  const places = [library, ...pipelines.map(({ script }) => script), seed];
  const readable = [...new Set(places.flatMap((place) => (place ? [place.repository] : [])))];
  return [
    {
      gitHubApp: {
        id: ids.app,
        description: "The GitHub App, for a build's own repository",
        ...app,
        repositoryAccessStrategy: "inferRepository",
        defaultPermissionsStrategy: "INHERIT_ALL",
      },
    },
    ...(readable.length === 0
      ? []
      : [
          {
            gitHubApp: {
              id: ids.appRead,
              description: "The GitHub App, to read the repositories that Jenkins itself is made from",
              ...app,
              repositoryAccessStrategy: { specificRepositories: { owner: github.organization, repositories: readable } },
              defaultPermissionsStrategy: "CONTENTS_READ",
            },
          },
        ]),
    ...pipelines
      .filter(({ repositories }) => repositories.length > 0)
      .map(({ name, repositories }) => ({
        gitHubApp: {
          id: `${ids.app}-${name}`,
          description: `The GitHub App, for the repositories that ${name} looks after`,
          ...app,
          repositoryAccessStrategy: { specificRepositories: { owner: github.organization, repositories: [...repositories] } },
          defaultPermissionsStrategy: "INHERIT_ALL",
        },
      })),
    { string: { scope: "SYSTEM", id: ids.webhook, description: "Signs GitHub's webhooks", secret: secret(jenkinsSecrets.webhookSecret) } },
    ...(agents.length === 0
      ? []
      : [
          {
            basicSSHUserPrivateKey: {
              scope: "SYSTEM",
              id: ids.agent,
              description: "Logs Jenkins in to its agents",
              username: agentUser.name,
              privateKeySource: { directEntry: { privateKey: secret(jenkinsSecrets.agentKey) } },
            },
          },
        ]),
    ...(kubernetes ? [{ string: { scope: "SYSTEM", id: ids.kubernetes, description: "Runs builds as pods", secret: secret(jenkinsSecrets.kubernetesToken) } }] : []),
    ...further.map((id) => ({ string: { scope: "GLOBAL", id, secret: secret(credentialSecret(id)) } })),
  ];
}

function pipelineLibrary(organization: string, { repository, ref, path }: RepositoryPlace): unknown {
  return {
    name: names.library,
    defaultVersion: ref,
    implicit: false,
    // The library is trusted code: which version of it a Jenkinsfile gets is not the Jenkinsfile's to choose.
    allowVersionOverride: false,
    includeInChangesets: false,
    retriever: {
      modernSCM: {
        libraryPath: path,
        scm: { git: { remote: repositoryUrl(organization, repository), credentialsId: ids.appRead } },
      },
    },
  };
}

function repositoryUrl(organization: string, repository: string): string {
  return `https://github.com/${organization}/${repository}.git`;
}

const forkTrusts = { nobody: "gitHubTrustNobody", write: "gitHubTrustPermissions" };

/** A folder with a pipeline for each branch and pull request of each repository that has a `Jenkinsfile`. */
function organizationFolder({ github: { organization, forkTrust } }: JenkinsSettings): string {
  return `organizationFolder('${organization}') {
  description('Every repository of the organization that has a Jenkinsfile.')
  organizations {
    github {
      repoOwner('${organization}')
      apiUri('https://api.github.com')
      credentialsId('${ids.app}')
      traits {
        // 1: branches that are not pull requests as well.
        gitHubBranchDiscovery { strategyId(1) }
        // 1: what the target branch would be with the pull request in it.
        gitHubPullRequestDiscovery { strategyId(1) }
        gitHubForkDiscovery {
          strategyId(1)
          trust { ${forkTrusts[forkTrust]}() }
        }
      }
    }
  }
  projectFactories {
    workflowMultiBranchProjectFactory { scriptPath('Jenkinsfile') }
  }
  orphanedItemStrategy {
    discardOldItems {
      daysToKeep(7)
      numToKeep(50)
    }
  }
  triggers {
    // GitHub's webhooks tell at once; this finds what they did not.
    periodicFolderTrigger { interval('1h') }
  }
}
`;
}

/** A pipeline from a repository that Jenkins is made from. */
function pipelineJob(organization: string, { name, script: { repository, ref, path }, cron }: JenkinsPipeline): string {
  const trigger = cron === undefined ? "" : `
  properties {
    pipelineTriggers {
      triggers {
        cron { spec('${cron}') }
      }
    }
  }`;
  return `pipelineJob('${name}') {
  description('${path} in ${repository}')${trigger}
  definition {
    cpsScm {
      lightweight(true)
      scm {
        git {
          remote {
            url('${repositoryUrl(organization, repository)}')
            credentials('${ids.appRead}')
          }
          branch('${ref}')
        }
      }
      scriptPath('${path}')
    }
  }
}
`;
}

const strategyPackage = "org.jenkinsci.plugins.authorizeproject.strategy";

/** Jobs may run as a user that was chosen for them, which the seed needs; not as the administrator who started them. */
const seedStrategies = {
  enabledStrategies: [`${strategyPackage}.SpecificUsersAuthorizationStrategy`],
  disabledStrategies: ["Anonymous", "System", "TriggeringUsers"].map((kind) => `${strategyPackage}.${kind}AuthorizationStrategy`),
};

/** Whom the seed runs as: a user of its own, where Jenkins has users of its own. */
function seedUser(realm: JenkinsRealm): string {
  return realm.kind === "local" ? names.seed : realm.admins[0]!;
}

/** A job that runs the repository's Job DSL scripts, in the sandbox and as its own user, whenever they change. */
function seedJob(organization: string, { repository, ref, path }: RepositoryPlace, user: string): string {
  return `job('${names.seed}') {
  description('Makes the jobs that ${path} in ${repository} describes.')
  label('linux')
  properties {
    authorizeProjectProperty {
      strategy {
        specificUsersAuthorizationStrategy {
          userid('${user}')
          useApitoken(false)
          apitoken('')
          password('')
          dontRestrictJobConfiguration(false)
        }
      }
    }
  }
  scm {
    git {
      remote {
        url('${repositoryUrl(organization, repository)}')
        credentials('${ids.appRead}')
      }
      branch('${ref}')
    }
  }
  triggers {
    githubPush()
    scm('H/15 * * * *')
  }
  steps {
    jobDsl {
      targets('${path}')
      removedJobAction('DELETE')
      removedViewAction('DELETE')
      failOnMissingPlugin(true)
      sandbox(true)
    }
  }
}
`;
}
