import { planned } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const instance = (inputs: Record<string, unknown>) => [planned("aws:ec2/instance:Instance", "web", inputs)];
const template = (inputs: Record<string, unknown>) => [planned("aws:ec2/launchTemplate:LaunchTemplate", "web", inputs)];

const of = (name: string, ami: unknown, instanceType: unknown) =>
  planned("aws:ec2/instance:Instance", name, { ami, instanceType });

export const cases: Case[] = [
  {
    policy: "aws-instance-architecture",
    given: "a Graviton type among others of one image",
    resources: [
      of("a", "ami-1", "t3.small"),
      of("b", "ami-1", "t4g.small"),
      of("c", "ami-1", "m7i-flex.large"),
      of("d", "ami-1", "t3.small"),
    ],
    expected: ['b: instanceType "t4g.small" is of aarch64, and others of "ami-1" are not; allowed: a type of x86_64'],
  },
  {
    policy: "aws-instance-architecture",
    given: "an image of each architecture, and unknown values",
    resources: [
      of("a", "ami-1", "t3.small"),
      of("b", "ami-2", "t4g.small"),
      of("c", unknownString, "t4g.small"),
      of("d", "ami-1", unknownString),
      of("e", undefined, "t4g.small"),
    ],
    expected: [],
  },
  {
    policy: "aws-imdsv2",
    given: "missing metadata options",
    resources: instance({}),
    expected: ['web: metadataOptions.httpTokens is not set; allowed: "required"'],
  },
  {
    policy: "aws-imdsv2",
    given: "optional tokens",
    resources: template({ metadataOptions: { httpTokens: "optional" } }),
    expected: ['web: metadataOptions.httpTokens is "optional"; allowed: "required"'],
  },
  {
    policy: "aws-imdsv2",
    given: "required tokens, an unknown value, a launch template, and a disabled metadata service",
    resources: [
      ...instance({ metadataOptions: { httpTokens: "required" } }),
      ...instance({ metadataOptions: { httpTokens: unknownString } }),
      ...instance({ metadataOptions: unknownString }),
      ...instance({ launchTemplate: { id: "lt-1" } }),
      ...template({ metadataOptions: { httpEndpoint: "disabled" } }),
    ],
    expected: [],
  },
  {
    policy: "aws-imds-hop-limit",
    given: "a hop limit of two",
    resources: instance({ metadataOptions: { httpPutResponseHopLimit: 2 } }),
    expected: ["web: metadataOptions.httpPutResponseHopLimit is 2; allowed: at most 1"],
  },
  {
    policy: "aws-imds-hop-limit",
    given: "a hop limit of one, and the default of one",
    resources: [...instance({ metadataOptions: { httpPutResponseHopLimit: 1 } }), ...instance({})],
    expected: [],
  },
  {
    policy: "aws-imds-hop-limit",
    given: "a hop limit of two, if the configuration allows two",
    resources: instance({ metadataOptions: { httpPutResponseHopLimit: 2 } }),
    config: { "aws-imds-hop-limit": { maximum: 2 } },
    expected: [],
  },
  {
    policy: "aws-instance-no-public-address",
    given: "a public address",
    resources: instance({ subnetId: "subnet-1", associatePublicIpAddress: true }),
    expected: ['web: associatePublicIpAddress is true; allowed: false, or the tag Exposure = "public"'],
  },
  {
    policy: "aws-instance-no-public-address",
    given: "an instance in the default VPC",
    resources: instance({}),
    expected: [
      'web: neither subnetId nor associatePublicIpAddress is set, so the default VPC gives it a public address; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-instance-no-public-address",
    given: "a second interface with a public address in a launch template",
    resources: template({
      networkInterfaces: [{ associatePublicIpAddress: "false" }, { associatePublicIpAddress: "true" }],
    }),
    expected: [
      'web: networkInterfaces[1].associatePublicIpAddress is true; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-instance-no-public-address",
    given: "a private instance, a separate interface, and a marked instance",
    resources: [
      ...instance({ subnetId: "subnet-1" }),
      ...instance({ primaryNetworkInterface: { networkInterfaceId: "eni-1" } }),
      ...instance({ associatePublicIpAddress: true, tags: { Exposure: "public" } }),
    ],
    expected: [],
  },
  {
    policy: "aws-fixed-image",
    given: "an image that is looked up, and a parameter that changes",
    resources: [...instance({}), ...template({ imageId: "resolve:ssm:/aws/service/ami/latest" })],
    expected: [
      "web: ami is not a fixed value; allowed: an AMI id, ami- and 8 or 17 hexadecimal digits",
      'web: imageId is "resolve:ssm:/aws/service/ami/latest"; allowed: an AMI id, ami- and 8 or 17 hexadecimal digits',
    ],
  },
  {
    policy: "aws-fixed-image",
    given: "an image id, and an image of another resource or a template",
    resources: [
      ...instance({ ami: "ami-0123456789abcdef0" }),
      ...instance({ ami: "ami-01234567" }),
      ...instance({ ami: unknownString }),
      ...instance({ launchTemplate: { id: "lt-1" } }),
    ],
    expected: [],
  },
];
