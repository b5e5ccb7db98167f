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

/**
 * What must be set before `up`: the committed files hold placeholders, so that every environment can be planned by
 * everyone, and nobody's account ids are in the repository.
 */
export function leftToConfigure(environment: Environment): LeftToConfigure[] {
  const left: LeftToConfigure[] = [];
  const missing = (key: string, value: string, why: string) =>
    left.push({
      key,
      why,
      command: `pulumi config set --stack ${environment.stack} --path 'paasmas:${key}' '${value}'`,
    });

  if (environment.environment === "prod") {
    const { accountId, ciAccountId, image, region } = environment.aws;
    if (isZero(accountId)) {
      missing("aws.accountId", "<12 digits>", "the account that prod runs in; the provider refuses to touch any other");
    }
    if (isZero(ciAccountId)) {
      missing("aws.ciAccountId", "<12 digits>", "the account that builds");
    }
    if (isZero(image)) {
      missing("aws.image", "<ami-...>", `the Fedora CoreOS image in ${region}, pinned; npm run images looks it up`);
    }
  }
  if (environment.environment === "staging") {
    const { imageId, externalNetworkId } = environment.openstack;
    if (isZero(imageId)) {
      missing(
        "openstack.imageId",
        "<UUID>",
        "the Fedora CoreOS image, uploaded and pinned; npm run images tells which",
      );
    }
    if (isZero(externalNetworkId)) {
      missing(
        "openstack.externalNetworkId",
        "<UUID>",
        "the network that leads outside: openstack network list --external",
      );
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

/** Whether a value is the placeholder of the committed files. */
function isZero(given: string | undefined): boolean {
  return given !== undefined && /^(ami-)?[0-]+$/.test(given);
}
