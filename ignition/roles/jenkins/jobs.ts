import { credentialIds } from "./credentials.ts";
import type { JenkinsPipeline, JenkinsSettings, RepositoryPlace } from "./settings.ts";

/** Name of the seed job, and of its user in the local realm. */
export const seedName = "seed";

/** Clone URL of a repository of the organization. */
export function repositoryUrl(organization: string, repository: string): string {
  return `https://github.com/${organization}/${repository}.git`;
}

const forkTrusts = { nobody: "gitHubTrustNobody", write: "gitHubTrustPermissions" };

/** A folder with a pipeline for each branch and pull request of each repository that has a `Jenkinsfile`. */
export function organizationFolder({ github: { organization, forkTrust } }: JenkinsSettings): string {
  return `organizationFolder('${organization}') {
  description('Every repository of the organization that has a Jenkinsfile.')
  organizations {
    github {
      repoOwner('${organization}')
      apiUri('https://api.github.com')
      credentialsId('${credentialIds.app}')
      traits {
        // 1: branches that are not pull requests as well.
        gitHubBranchDiscovery { strategyId(1) }
        // 1: the pull request merged into its target branch.
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
    // Finds changes whose webhook was lost.
    periodicFolderTrigger { interval('1h') }
  }
}
`;
}

/** The `scm` block of a job, indented. */
function scm(organization: string, repository: string, ref: string, indent: string): string {
  return `scm {
  git {
    remote {
      url('${repositoryUrl(organization, repository)}')
      credentials('${credentialIds.appRead}')
    }
    branch('${ref}')
  }
}`.replace(/^/gm, indent);
}

/** A pipeline whose script is in a configured repository. */
export function pipelineJob(
  organization: string,
  { name, script: { repository, ref, path }, cron }: JenkinsPipeline,
): string {
  const trigger =
    cron === undefined
      ? ""
      : `
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
${scm(organization, repository, ref, "      ")}
      scriptPath('${path}')
    }
  }
}
`;
}

/** A job that runs the repository's Job DSL scripts after each change, in the sandbox and as the given user. */
export function seedJob(organization: string, { repository, ref, path }: RepositoryPlace, user: string): string {
  return `job('${seedName}') {
  description('Creates the jobs of ${path} in ${repository}.')
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
${scm(organization, repository, ref, "  ")}
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
