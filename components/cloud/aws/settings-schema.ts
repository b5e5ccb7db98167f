import { flag, group, oneOf, text, whole } from "../../internal/settings-schema.ts";
import { roleArnPattern } from "./login.ts";

const roleArn = text(roleArnPattern, "the ARN of a role, such as arn:aws:iam::123456789012:role/deploy").meta({
  description: "ARN of the role. It must be a role of the account, in the partition of the region.",
});

const sessionName = text(/^[\w+=,.@-]{2,64}$/, "2 to 64 letters, digits and + = , . @ _ -")
  .meta({ description: "Name of the session in CloudTrail.", default: "`pulumi`" })
  .optional();

const durationSeconds = whole({ min: 900, max: 43200, unit: "seconds" })
  .meta({
    description:
      "Duration of a session, in seconds. The provider renews it in time. The role's maximum must allow it. " +
      "AWS allows at most 3600 if the first credentials are from a role, too.",
    default: 3600,
  })
  .optional();

/** Arguments of a cloud that are also settings of a stack. */
export const awsCloudArguments = {
  architecture: oneOf("x86_64", "aarch64")
    .meta({
      description:
        "Processor architecture of the image and of all machines. `aarch64` uses Graviton processors and costs about " +
        "a fifth less. Images of apps must have the same architecture; build agents build for their own. Choose it " +
        "before the first `up`: data volumes keep container images of the old architecture.",
      default: "`x86_64`",
    })
    .optional(),
  connectEndpoint: flag()
    .meta({
      description:
        "Whether an EC2 Instance Connect Endpoint gives a way to port 22 of every machine, without a VPN. Users need " +
        "a key from `sshAuthorizedKeys` and the permission `ec2-instance-connect:OpenTunnel`. AWS logs each tunnel " +
        "in CloudTrail. The endpoint is free.",
      default: false,
    })
    .optional(),
  natGateways: oneOf("zonal", "single")
    .meta({
      description:
        "NAT gateways for the access to the internet. `zonal` creates one in each zone, so that a failed zone does " +
        "not affect the others. `single` creates one, in the first zone, and costs about a third. If that zone " +
        "fails, no machine can reach the internet: running services continue, but image pulls, updates and mails " +
        "fail. Traffic from the other zones to the gateway costs transfer fees. A change interrupts connections to " +
        "the internet and changes the addresses that they come from.",
      default: "`zonal`",
    })
    .optional(),
};

/** Performance of data volumes, by role of their machines. */
export const awsVolumeArguments = {
  iops: whole({ min: 3000, max: 80000, unit: "IOPS" })
    .meta({
      description:
        "I/O operations per second of each volume, at most 500 for each GiB. AWS bills the part above the default. A " +
        "change is made in place, without a restart.",
      default: 3000,
    })
    .optional(),
  throughputMiBps: whole({ min: 125, max: 2000, unit: "MiB/s" })
    .meta({
      description:
        "Throughput of each volume in MiB/s, at most a quarter of `iops`. AWS bills the part above the default. A " +
        "change is made in place, without a restart.",
      default: 125,
    })
    .optional(),
};

export const assumeRoleArguments = {
  roleArn,
  externalId: text(/^[\w+=,.@:/-]{2,1224}$/, "2 to 1224 letters, digits and + = , . @ : / _ -, in quotes")
    .meta({ description: "External id that the role's trust policy requires.", default: "none" })
    .optional(),
  sessionName,
  durationSeconds,
};

export const webIdentityArguments = {
  roleArn,
  tokenFile: text(/^\/./, "an absolute path").meta({
    description: "Path of the file with the OIDC token that the CI system issues. `up` reads it on its machine.",
  }),
  sessionName,
  durationSeconds,
};

/** Arguments of an account that are also settings of a stack. */
export const loginArguments = {
  profile: text(/^\S+$/, "the name of a profile")
    .meta({
      description: "Profile of the shared AWS configuration with the credentials.",
      default: "the standard credential chain of AWS",
    })
    .optional(),
  assumeRole: group(assumeRoleArguments)
    .meta({
      description:
        "Role that Pulumi assumes with its credentials: those of `profile`, or of the standard credential chain " +
        "of AWS.",
      default: "none, the credentials are from the account itself",
    })
    .optional(),
  assumeRoleWithWebIdentity: group(webIdentityArguments)
    .meta({
      description:
        "Role that Pulumi assumes with the OIDC token of a CI system, without other credentials. It cannot be " +
        "combined with `profile` or `assumeRole`.",
      default: "none",
    })
    .optional(),
};
