import type { Environment } from "../environment.ts";

/** A setting that a plan can do without, and an `up` cannot. */
export interface LeftToConfigure {
  /** `aws.accountId` */
  key: string;
  /** What it is needed for. */
  why: string;
  /** The command that sets it, with the value to fill in between angle brackets. */
  command: string;
}

/** What the platform keeps in each of its databases. */
const platformData = { controllerUrl: "apps and releases", passportUrl: "users", logsUrl: "log index" };

/**
 * What must be set before `up`: the committed files hold placeholders, so that every environment can be planned by
 * everyone, and nobody's account ids are in the repository.
 * @param variables The environment that the providers will have.
 */
export function missingSettings(
  environment: Environment,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): LeftToConfigure[] {
  const left: LeftToConfigure[] = [];
  const missing = (key: string, value: string, why: string) =>
    left.push({
      key,
      why,
      command: `pulumi config set --stack ${environment.stack} --path 'paasmas:${key}' '${value}'`,
    });

  if (environment.environment === "prod") {
    const { accountId, ciAccountId, image, region } = environment.aws;
    if (isPlaceholder(accountId)) {
      missing("aws.accountId", "<12 digits>", "the account that prod runs in; the provider refuses to touch any other");
    }
    if (isPlaceholder(ciAccountId)) {
      missing("aws.ciAccountId", "<12 digits>", "the account that Jenkins runs in; prod's own account is another one");
    }
    if (isPlaceholder(image)) {
      missing("aws.image", "<ami-...>", `the Fedora CoreOS image in ${region}, pinned; npm run images looks it up`);
    }
  }
  if (environment.environment === "staging") {
    const { imageId, externalNetworkId, volumeType } = environment.openstack;
    if (isPlaceholder(imageId)) {
      missing(
        "openstack.imageId",
        "<UUID>",
        "the Fedora CoreOS image, uploaded and pinned; npm run images tells which",
      );
    }
    if (isPlaceholder(externalNetworkId)) {
      missing(
        "openstack.externalNetworkId",
        "<UUID>",
        "the network that leads outside: openstack network list --external",
      );
    }
    if (volumeType === undefined) {
      missing(
        "openstack.volumeType",
        "<name>",
        "a type of Cinder that encrypts data volumes, or a plain one by its name where there is none: openstack volume type list --encryption-type",
      );
    }
  }
  if (environment.environment === "staging" && environment.registry?.ecr) {
    const { host, accessKey, secretKey } = environment.registry.ecr;
    const keys = "pulumi stack output --stack prod --show-secrets registryPullKeys";
    if (isPlaceholder(host.split(".")[0])) {
      missing(
        "registry.ecr.host",
        "<12 digits>.dkr.ecr.<region>.amazonaws.com",
        "prod's registry: pulumi stack output --stack prod registryAddress",
      );
    }
    if (accessKey === undefined)
      missing(
        "registry.ecr.accessKey",
        "<accessKey>",
        `the user of prod's registry.pullers that images are pulled as: ${keys}`,
      );
    if (secretKey === undefined) {
      left.push({
        key: "registry.ecr.secretKey",
        why: "that user's secret key, from the same output",
        command: `pulumi config set --stack ${environment.stack} --secret --path 'paasmas:registry.ecr.secretKey' < <file>`,
      });
    }
  }
  if (environment.jenkins) {
    const { appId, privateKey } = environment.jenkins.github;
    if (isPlaceholder(appId)) missing("jenkins.github.appId", "<number>", "the GitHub App that Jenkins acts as");
    if (privateKey === undefined) {
      left.push({
        key: "jenkins.github.privateKey",
        why: "a private key of that app, as GitHub hands it out",
        command: `pulumi config set --stack ${environment.stack} --secret --path 'paasmas:jenkins.github.privateKey' < <file>`,
      });
    }
  }
  if (
    environment.environment === "prod" &&
    environment.githubFlow &&
    environment.githubFlow.token === undefined &&
    !variables.GITHUB_TOKEN
  ) {
    left.push({
      key: "githubFlow.token",
      why: "a token that may administer the repositories, or GITHUB_TOKEN in the environment",
      command: `pulumi config set --stack ${environment.stack} --secret --path 'paasmas:githubFlow.token' < <file>`,
    });
  }
  if (environment.environment !== "dev" && isPlaceholder(environment.paas?.dns?.zoneId)) {
    const zones = environment.environment === "prod" ? "aws route53 list-hosted-zones" : "openstack zone list";
    missing("paas.dns.zoneId", "<id>", `the zone of ${environment.paas!.domain}, or leave paas.dns out: ${zones}`);
  }
  if (environment.environment === "prod" && environment.paas && environment.paas.database === undefined) {
    for (const [part, holds] of Object.entries(platformData)) {
      left.push({
        key: `paas.database.${part}`,
        why: `a PostgreSQL outside of the cluster for the platform's ${holds}; nobody backs up the one inside`,
        command: `pulumi config set --stack ${environment.stack} --secret --path 'paasmas:paas.database.${part}' < <file>`,
      });
    }
  }
  if (environment.environment !== "dev" && environment.sshAuthorizedKeys === undefined) {
    missing(
      "sshAuthorizedKeys[0]",
      "<ssh-ed25519 ...>",
      "who may log in to the machines as core; set [] when nobody is to",
    );
  }
  return left;
}

/** Whether a value is a placeholder of the committed files: zeros, and a one at the end for the second account. */
function isPlaceholder(given: string | undefined): boolean {
  return given !== undefined && /^(ami-|Z)?(0[0-]*|0{11}1)$/.test(given);
}
