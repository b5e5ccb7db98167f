import { ec2Architecture } from "../ignition/architecture.ts";
import { cisAws } from "./ids.ts";
import { canBeMarkedPublic, exposureMark } from "./exposure.ts";
import { resourcePolicy, stackPolicy } from "./policy.ts";
import { isNot, isUnknown, objects, shown, text } from "./values.ts";

/** Properties of instances, spot requests, launch templates and launch configurations. */
interface InstanceProps {
  ami?: unknown;
  imageId?: unknown;
  subnetId?: unknown;
  launchTemplate?: unknown;
  primaryNetworkInterface?: unknown;
  networkInterfaces?: unknown;
  associatePublicIpAddress?: unknown;
  metadataOptions?: { httpEndpoint?: unknown; httpTokens?: unknown; httpPutResponseHopLimit?: unknown };
}

const instance = "aws:ec2/instance:Instance";
const spotRequest = "aws:ec2/spotInstanceRequest:SpotInstanceRequest";
const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";
const launchConfiguration = "aws:ec2/launchConfiguration:LaunchConfiguration";
const launchers = [instance, spotRequest, launchTemplate, launchConfiguration];

export const awsImdsv2 = resourcePolicy<InstanceProps>({
  name: "aws-imdsv2",
  description: "EC2 instances answer only metadata requests with a session token (IMDSv2).",
  severity: "high",
  ids: [...cisAws("5.6", "5.7"), "CKV_AWS_79"],
  remediation: 'set metadataOptions.httpTokens to "required".',
  appliesTo: launchers,
  check({ props }, report) {
    const options = props.metadataOptions;
    if (inheritsFromTemplate(props, options) || isUnknown(options)) return;
    if (isUnknown(options?.httpEndpoint)) return;
    if (options?.httpEndpoint !== "disabled" && isNot(options?.httpTokens, "required")) {
      report({ given: `metadataOptions.httpTokens is ${shown(options?.httpTokens)}`, allowed: '"required"' });
    }
  },
});

export const awsImdsHopLimit = resourcePolicy<InstanceProps, { maximum: number }>({
  name: "aws-imds-hop-limit",
  description: "Metadata responses do not leave the instance, so that containers behind a bridge cannot read them.",
  severity: "medium",
  ids: ["CKV_AWS_341"],
  remediation: "set metadataOptions.httpPutResponseHopLimit to 1.",
  appliesTo: launchers,
  parameters: { maximum: { type: "integer", description: "Highest hop limit", minimum: 1, maximum: 64, default: 1 } },
  check({ props }, report, { maximum }) {
    const limit = props.metadataOptions?.httpPutResponseHopLimit;
    if (typeof limit === "number" && limit > maximum) {
      report({ given: `metadataOptions.httpPutResponseHopLimit is ${limit}`, allowed: `at most ${maximum}` });
    }
  },
});

export const awsInstanceNoPublicAddress = resourcePolicy<InstanceProps>({
  name: "aws-instance-no-public-address",
  description: "Instances have no public address, unless they are marked as public.",
  severity: "high",
  ids: ["CKV_AWS_88"],
  remediation: `set associatePublicIpAddress to false and use a private subnet, or set the ${exposureMark}.`,
  appliesTo: launchers,
  check({ props, type }, report) {
    if (canBeMarkedPublic(props)) return;
    const allowed = `false, or the ${exposureMark}`;
    for (const [index, item] of objects(props.networkInterfaces).entries()) {
      if (`${item.associatePublicIpAddress}` === "true") {
        report({ given: `networkInterfaces[${index}].associatePublicIpAddress is true`, allowed });
      }
    }
    if (props.associatePublicIpAddress === true) report({ given: "associatePublicIpAddress is true", allowed });
    const placed = props.subnetId ?? props.primaryNetworkInterface ?? props.networkInterfaces ?? props.launchTemplate;
    if (type === instance && props.associatePublicIpAddress === undefined && placed === undefined) {
      report({
        given: "neither subnetId nor associatePublicIpAddress is set, so the default VPC gives it a public address",
        allowed,
      });
    }
  },
});

export const awsFixedImage = resourcePolicy<InstanceProps>({
  name: "aws-fixed-image",
  description: "Instances start from an image with a fixed id, so that the same program always boots the same image.",
  severity: "medium",
  remediation: "look up the AMI id once, and set it in the stack's configuration.",
  appliesTo: launchers,
  check({ props, type }, report) {
    const property = type === instance || type === spotRequest ? "ami" : "imageId";
    const image = props[property];
    if (isUnknown(image) || (image === undefined && props.launchTemplate !== undefined)) return;
    if (!/^ami-[0-9a-f]{8}([0-9a-f]{9})?$/.test(text(image) ?? "")) {
      report({
        given: image === undefined ? `${property} is not a fixed value` : `${property} is ${shown(image)}`,
        allowed: "an AMI id, ami- and 8 or 17 hexadecimal digits",
      });
    }
  },
});

export const awsInstanceArchitecture = stackPolicy({
  name: "aws-instance-architecture",
  description: "Instances that start from one image have instance types of one architecture.",
  severity: "medium",
  remediation: "use an instance type of the image's architecture, or an image of each architecture.",
  appliesTo: [instance, spotRequest],
  check(resources, report) {
    const launched = resources.filter(
      ({ type, props }) =>
        [instance, spotRequest].includes(type) &&
        typeof props.ami === "string" &&
        typeof props.instanceType === "string" &&
        !isUnknown(props.ami) &&
        !isUnknown(props.instanceType),
    );
    const architecture = (one: (typeof launched)[number]) => ec2Architecture(String(one.props.instanceType));
    for (const group of Map.groupBy(launched, ({ props }) => props.ami).values()) {
      const byArchitecture = [...Map.groupBy(group, architecture)].sort(([, a], [, b]) => b.length - a.length);
      const [[most] = [], ...others] = byArchitecture;
      for (const [found, some] of others) {
        for (const one of some) {
          const { ami, instanceType } = one.props;
          report(one, {
            given: `instanceType ${shown(instanceType)} is of ${found}, and others of ${shown(ami)} are not`,
            allowed: `a type of ${most}`,
          });
        }
      }
    }
  },
});

// An instance inherits missing settings from its launch template, which is checked separately.
function inheritsFromTemplate(props: InstanceProps, own: unknown): boolean {
  return own === undefined && props.launchTemplate !== undefined;
}
