import { isExplicit } from "../../components/cloud/aws/login.ts";
import type { Environment, ProdEnvironment, StagingEnvironment } from "./settings.ts";

/** A setting that `up` requires and a plan does not. */
export interface MissingSetting {
  /** `aws.accountId` */
  key: string;
  /** Purpose of the setting. */
  why: string;
  /** The command that sets it. The value to replace is between angle brackets. */
  command: string;
}

/** A missing setting without its command. */
interface Missing {
  key: string;
  /** The form of the value. Without it, the command reads a secret from a file. */
  value?: string;
  why: string;
}

/** Data of the platform, by the setting of its database. */
const platformData = { controllerUrl: "apps and releases", passportUrl: "users", logsUrl: "log index" };

/**
 * Settings that must be set before `up`. The committed files contain placeholders: everybody can plan each
 * environment, and the repository contains no account ids.
 * @param variables Environment variables of the providers.
 */
export function missingSettings(
  environment: Environment,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): MissingSetting[] {
  const missing = [
    ...(environment.environment === "prod" ? missingForAws(environment) : []),
    ...(environment.environment === "staging" ? missingForOpenstack(environment) : []),
    ...missingForJenkins(environment),
    ...(environment.environment === "prod" ? missingForGithubFlow(environment, variables) : []),
    ...missingForPaas(environment),
    ...missingKeys(environment),
  ];
  return missing.map(({ key, value, why }) => ({ key, why, command: command(environment.stack, key, value) }));
}

function command(stack: string, key: string, value?: string): string {
  return value === undefined
    ? `npm run config -- ${stack} '${key}' --secret < <file>`
    : `npm run config -- ${stack} '${key}' '${value}'`;
}

function missingForAws({ aws, jenkins }: ProdEnvironment): Missing[] {
  const missing: Missing[] = [];
  if (isPlaceholder(aws.accountId)) {
    const why = "the account of prod; the provider refuses every other account";
    missing.push({ key: "aws.accountId", value: "<12 digits>", why });
  }
  if (isPlaceholder(aws.ciAccountId)) {
    const why = "the account of Jenkins, which differs from the account of prod";
    missing.push({ key: "aws.ciAccountId", value: "<12 digits>", why });
  }
  if (jenkins !== undefined && !isExplicit(aws.login) && !isExplicit(aws.ciLogin)) {
    const why =
      "a role in the account of Jenkins, because one set of credentials is for one account; " +
      "or aws.ciLogin.profile, or a login to the account of prod under aws.login";
    missing.push({ key: "aws.ciLogin.assumeRole.roleArn", value: "<arn:aws:iam::12 digits:role/name>", why });
  }
  if (isPlaceholder(aws.image)) {
    const found = aws.architecture === "aarch64" ? "npm run images -- --arch aarch64" : "npm run images";
    const why = `the Fedora CoreOS image in ${aws.region}, pinned; ${found} finds it`;
    missing.push({ key: "aws.image", value: "<ami-...>", why });
  }
  return missing;
}

function missingForOpenstack({ openstack, registry }: StagingEnvironment): Missing[] {
  const missing: Missing[] = [];
  if (isPlaceholder(openstack.imageId)) {
    const why = "the Fedora CoreOS image, uploaded and pinned; npm run images finds it";
    missing.push({ key: "openstack.imageId", value: "<UUID>", why });
  }
  if (isPlaceholder(openstack.externalNetworkId)) {
    const why = "the external network: openstack network list --external";
    missing.push({ key: "openstack.externalNetworkId", value: "<UUID>", why });
  }
  if (openstack.volumeType === undefined) {
    const why =
      "a volume type of Cinder, one with encryption if the cloud has one; see its description or ask the operator of " +
      "the cloud: openstack volume type list";
    missing.push({ key: "openstack.volumeType", value: "<name>", why });
  }
  return [...missing, ...missingForRegistry(registry?.ecr)];
}

function missingForRegistry(ecr: NonNullable<StagingEnvironment["registry"]>["ecr"]): Missing[] {
  if (ecr === undefined) return [];
  const missing: Missing[] = [];
  if (isPlaceholder(ecr.host.split(".")[0])) {
    const why = "the registry of prod: npm run pulumi -- stack output --stack prod registryAddress";
    missing.push({ key: "registry.ecr.host", value: "<12 digits>.dkr.ecr.<region>.amazonaws.com", why });
  }
  if (ecr.accessKey === undefined) {
    const keys = "npm run pulumi -- stack output --stack prod --show-secrets registryPullKeys";
    const why = `the access key of a user in registry.pullers of prod: ${keys}`;
    missing.push({ key: "registry.ecr.accessKey", value: "<accessKey>", why });
  }
  if (ecr.secretKey === undefined) {
    const why = "the secret key of that user, from the same output";
    missing.push({ key: "registry.ecr.secretKey", why });
  }
  return missing;
}

function missingForJenkins({ jenkins }: Environment): Missing[] {
  if (jenkins === undefined) return [];
  const missing: Missing[] = [];
  const { appId, privateKey } = jenkins.github;
  if (isPlaceholder(appId)) {
    missing.push({ key: "jenkins.github.appId", value: "<number>", why: "the GitHub App of Jenkins" });
  }
  if (privateKey === undefined) {
    const why = "a private key of that app, as GitHub provides it";
    missing.push({ key: "jenkins.github.privateKey", why });
  }
  return missing;
}

function missingForGithubFlow(
  { githubFlow }: ProdEnvironment,
  variables: Readonly<Record<string, string | undefined>>,
): Missing[] {
  if (githubFlow === undefined || githubFlow.token !== undefined || variables.GITHUB_TOKEN) return [];
  const why = "a token that can administer the repositories, or GITHUB_TOKEN in the environment";
  return [{ key: "githubFlow.token", why }];
}

function missingForPaas(environment: Environment): Missing[] {
  if (environment.environment === "dev" || environment.paas === undefined) return [];
  const missing: Missing[] = [];
  const { dns, domain } = environment.paas;
  if (isPlaceholder(dns?.zoneId)) {
    const zones = environment.environment === "prod" ? "aws route53 list-hosted-zones" : "openstack zone list";
    missing.push({ key: "paas.dns.zoneId", value: "<id>", why: `the zone of ${domain}, or remove paas.dns: ${zones}` });
  }
  return environment.environment === "prod" ? [...missing, ...missingForPaasData(environment.paas)] : missing;
}

function missingForPaasData({ database, allowTo }: NonNullable<ProdEnvironment["paas"]>): Missing[] {
  if (database !== undefined) return [];
  const databases = Object.entries(platformData).map(([part, data]) => ({
    key: `paas.database.${part}`,
    why: `a PostgreSQL outside of the cluster for the platform's ${data}; the internal one has no backup`,
  }));
  if (allowTo !== undefined) return databases;
  return [
    ...databases,
    {
      key: "paas.allowTo[0].range",
      value: "<CIDR range>",
      why: "the addresses of these databases; other outgoing traffic is closed, so add an entry for each range",
    },
    { key: "paas.allowTo[0].port", value: "<port>", why: "the port of these databases, 5432 for PostgreSQL" },
  ];
}

function missingKeys({ environment, sshAuthorizedKeys }: Environment): Missing[] {
  if (environment === "dev" || sshAuthorizedKeys !== undefined) return [];
  const why = "public keys that can log in to the machines as core; set [] to allow no login";
  return [{ key: "sshAuthorizedKeys[0]", value: "<ssh-ed25519 ...>", why }];
}

/** True for a placeholder of the committed files: zeros, with a one at the end for the second account. */
function isPlaceholder(given: string | undefined): boolean {
  return given !== undefined && /^(ami-|Z)?(0[0-]*|0{11}1)$/.test(given);
}
