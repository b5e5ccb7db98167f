import { awsCloudArguments, awsVolumeArguments, loginArguments } from "../../components/cloud/aws/settings-schema.ts";
import { existingName, openstackArguments } from "../../components/cloud/openstack/settings-schema.ts";
import { unknownSetting } from "../../components/internal/settings-check.ts";
import { portBounds } from "../../components/internal/bounds.ts";
import { byName, decimal, digits, group, list, oneOf, text, whole } from "../../components/internal/settings-schema.ts";

const accountId = digits(/^\d{12}$/, "the 12 digits of an AWS account id, in quotes", {
  min: 100_000_000_000,
  max: 999_999_999_999,
});

const instanceType = text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an instance type, such as t3.small")
  .meta({
    description: "Instance type of this size. It has the architecture of the image and no local disks.",
  })
  .optional();

/** Roles of prod's machines with a data volume. */
export const rolesWithVolume = [
  "deploy-hook",
  "etcd",
  "galera",
  "jenkins",
  "jenkins-agent",
  "kubernetes-control-plane",
  "kubernetes-worker",
  "log-store",
  "monitoring",
];

const volumes = byName(
  group(awsVolumeArguments).meta({
    description:
      `Performance of the data volumes of a role: ${rolesWithVolume.join(", ")}. ` +
      "The instance type limits what a machine can use, too.",
  }),
).superRefine((given, context) => {
  for (const role of Object.keys(given).filter((name) => !rolesWithVolume.includes(name))) {
    context.addIssue({ code: "custom", path: [role], message: unknownSetting(role, rolesWithVolume) });
  }
});

/** `aws`, in prod. */
export const awsSettings = group({
  accountId: accountId.meta({
    description: "Account of prod. The provider refuses every other account, whatever the credentials are.",
  }),
  ciAccountId: accountId
    .meta({
      description: "Account that builds. It must differ from `aws.accountId`.",
      default: "none; required with `jenkins`",
    })
    .optional(),
  login: group(loginArguments)
    .meta({
      description:
        "How Pulumi gets credentials for `aws.accountId`, see " +
        "[Log in to the providers](operations.md#log-in-to-the-providers).",
      default: "the standard credential chain of AWS",
    })
    .optional(),
  ciLogin: group(loginArguments)
    .meta({
      description:
        "How Pulumi gets credentials for `aws.ciAccountId`. With two accounts, at least one of `aws.login` and " +
        "`aws.ciLogin` is required before `up`.",
      default: "the standard credential chain of AWS",
    })
    .optional(),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, such as eu-central-1").meta({
    description: "Region of all resources.",
  }),
  image: text(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, "the id of a Fedora CoreOS image, such as ami-0123456789abcdef0"),
  instanceTypes: group({ small: instanceType, medium: instanceType, large: instanceType }).optional(),
  ...awsCloudArguments,
  volumes: volumes.optional(),
}).meta({ description: "The account on AWS, see [AwsCloud](components/aws-cloud.md)." });

const uuid = (what: string) => text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, `the id of ${what}, a UUID`);
const flavor = existingName("the name of a flavor")
  .meta({
    description: "Name of the flavor of this size.",
    default: "none; required for each size that a machine uses",
  })
  .optional();
const ipv4 = text(/^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.|$)){4}$/, "an IPv4 address");

/** `openstack`, in staging. */
export const openstackSettings = group({
  imageId: uuid("a Fedora CoreOS image").optional(),
  imageName: existingName("the name of a Fedora CoreOS image").optional(),
  flavors: group({ small: flavor, medium: flavor, large: flavor }),
  externalNetworkId: uuid("the network that leads outside").optional(),
  dnsServers: list(ipv4).optional(),
  antiAffinity: oneOf("required", "preferred").optional(),
  volumeType: existingName("a volume type of Cinder").optional(),
  region: existingName("the name of a region").optional(),
  ...openstackArguments,
}).meta({
  description:
    "The project on OpenStack, see [OpenstackCloud](components/openstack-cloud.md). " +
    "Environment variables have the address of the APIs and the login, see " +
    "[Log in to OpenStack](operations.md#log-in-to-openstack).",
});

const limits = group({
  memoryMiB: whole({ min: 128, max: 1048576, unit: "MiB" }),
  cpus: decimal({ min: 0.1, max: 256 }).optional(),
})
  .meta({ description: "Limits of a machine of this size." })
  .optional();

const image = text(/^[a-z0-9][\w./:@-]*$/, "the name of a container image").optional();

/** `docker`, in dev. */
export const dockerSettings = group({
  image,
  loadBalancerImage: image,
  limits: group({ small: limits, medium: limits, large: limits }).optional(),
  publishAddress: ipv4.optional(),
  publishedPorts: byName(
    whole(portBounds).meta({
      description:
        "Port of the Docker host. The name is the port of all load balancers, or of one: `jenkins-front:443`.",
    }),
  ).optional(),
  imageStore: text(/^\/.*$/, "an absolute path on the Docker host").optional(),
  dropCapabilities: list(text(/^CAP_[A-Z_]+$/, "a capability, such as CAP_SYS_RESOURCE")).optional(),
}).meta({ description: "The Docker host, see [DockerCloud](components/docker-cloud.md).", default: "{}" });
