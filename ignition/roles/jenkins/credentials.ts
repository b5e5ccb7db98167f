import { agentUser } from "../jenkins-agent/constants.ts";
import { credentialSecret, jenkinsSecrets, type JenkinsSettings } from "./settings.ts";

/** Ids of the credentials that Jenkins always has. */
export const credentialIds = {
  /** For builds of the organization: all rights of the app, limited to the repository of the build. */
  app: "github-app",
  /** Read access to the repositories of the library, the pipelines and the seed. */
  appRead: "github-app-read",
  webhook: "github-webhook",
  agent: "agent-ssh",
  kubernetes: "kubernetes",
};

/** A reference to a secret. Jenkins replaces it by the contents of the file with this name. */
export function secret(name: string): string {
  return `\${${name}}`;
}

/** The credentials in Jenkins, each with a reference to its secret. */
export function credentials({
  github,
  library,
  pipelines,
  seed,
  agents,
  kubernetes,
  credentials: further,
}: JenkinsSettings): unknown[] {
  const app = { appID: github.appId, privateKey: secret(jenkinsSecrets.appKey) };
  const places = [library, ...pipelines.map(({ script }) => script), seed];
  const readable = [...new Set(places.flatMap((place) => (place ? [place.repository] : [])))];
  return [
    {
      gitHubApp: {
        id: credentialIds.app,
        description: "The GitHub App, for the repository of a build",
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
              id: credentialIds.appRead,
              description: "The GitHub App, to read the repositories of library, pipelines and seed",
              ...app,
              repositoryAccessStrategy: {
                specificRepositories: { owner: github.organization, repositories: readable },
              },
              defaultPermissionsStrategy: "CONTENTS_READ",
            },
          },
        ]),
    ...pipelines
      .filter(({ repositories }) => repositories.length > 0)
      .map(({ name, repositories }) => ({
        gitHubApp: {
          id: `${credentialIds.app}-${name}`,
          description: `The GitHub App, for the repositories of ${name}`,
          ...app,
          repositoryAccessStrategy: {
            specificRepositories: { owner: github.organization, repositories: [...repositories] },
          },
          defaultPermissionsStrategy: "INHERIT_ALL",
        },
      })),
    {
      string: {
        scope: "SYSTEM",
        id: credentialIds.webhook,
        description: "Signs GitHub's webhooks",
        secret: secret(jenkinsSecrets.webhookSecret),
      },
    },
    ...(agents.length === 0
      ? []
      : [
          {
            basicSSHUserPrivateKey: {
              scope: "SYSTEM",
              id: credentialIds.agent,
              description: "SSH login of Jenkins to its build agents",
              username: agentUser.name,
              privateKeySource: { directEntry: { privateKey: secret(jenkinsSecrets.agentKey) } },
            },
          },
        ]),
    ...(kubernetes
      ? [
          {
            string: {
              scope: "SYSTEM",
              id: credentialIds.kubernetes,
              description: "Runs builds as pods",
              secret: secret(jenkinsSecrets.kubernetesToken),
            },
          },
        ]
      : []),
    ...further.map((id) => ({ string: { scope: "GLOBAL", id, secret: secret(credentialSecret(id)) } })),
  ];
}
