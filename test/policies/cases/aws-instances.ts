import { planned } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const instance = (inputs: Record<string, unknown>) => [planned("aws:ec2/instance:Instance", "web", inputs)];
const template = (inputs: Record<string, unknown>) => [planned("aws:ec2/launchTemplate:LaunchTemplate", "web", inputs)];

export const cases: Case[] = [
  {
    policy: "aws-imdsv2",
    when: "metadata options are left out",
    resources: instance({}),
    says: ['web: metadataOptions.httpTokens is not set; allowed: "required"'],
  },
  {
    policy: "aws-imdsv2",
    when: "tokens are optional",
    resources: template({ metadataOptions: { httpTokens: "optional" } }),
    says: ['web: metadataOptions.httpTokens is "optional"; allowed: "required"'],
  },
  {
    policy: "aws-imdsv2",
    when: "tokens are required, unknown, left to a launch template, or the service is off",
    resources: [
      ...instance({ metadataOptions: { httpTokens: "required" } }),
      ...instance({ metadataOptions: { httpTokens: unknownString } }),
      ...instance({ metadataOptions: unknownString }),
      ...instance({ launchTemplate: { id: "lt-1" } }),
      ...template({ metadataOptions: { httpEndpoint: "disabled" } }),
    ],
    says: [],
  },
  {
    policy: "aws-imds-hop-limit",
    when: "answers may travel two hops",
    resources: instance({ metadataOptions: { httpPutResponseHopLimit: 2 } }),
    says: ["web: metadataOptions.httpPutResponseHopLimit is 2; allowed: at most 1"],
  },
  {
    policy: "aws-imds-hop-limit",
    when: "one hop, or the default of one",
    resources: [...instance({ metadataOptions: { httpPutResponseHopLimit: 1 } }), ...instance({})],
    says: [],
  },
  {
    policy: "aws-imds-hop-limit",
    when: "two hops are configured as the maximum",
    resources: instance({ metadataOptions: { httpPutResponseHopLimit: 2 } }),
    config: { "aws-imds-hop-limit": { maximum: 2 } },
    says: [],
  },
  {
    policy: "aws-instance-no-public-address",
    when: "a public address is asked for",
    resources: instance({ subnetId: "subnet-1", associatePublicIpAddress: true }),
    says: ['web: associatePublicIpAddress is true; allowed: false, or the tag Exposure = "public"'],
  },
  {
    policy: "aws-instance-no-public-address",
    when: "the instance lands in the default VPC",
    resources: instance({}),
    says: [
      'web: neither subnetId nor associatePublicIpAddress is set, so the default VPC gives it a public address; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-instance-no-public-address",
    when: "a template's second interface has one",
    resources: template({
      networkInterfaces: [{ associatePublicIpAddress: "false" }, { associatePublicIpAddress: "true" }],
    }),
    says: [
      'web: networkInterfaces[1].associatePublicIpAddress is true; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-instance-no-public-address",
    when: "it is private, has its own interface, or is marked",
    resources: [
      ...instance({ subnetId: "subnet-1" }),
      ...instance({ primaryNetworkInterface: { networkInterfaceId: "eni-1" } }),
      ...instance({ associatePublicIpAddress: true, tags: { Exposure: "public" } }),
    ],
    says: [],
  },
  {
    policy: "aws-fixed-image",
    when: "the image is looked up, or a parameter that moves",
    resources: [...instance({}), ...template({ imageId: "resolve:ssm:/aws/service/ami/latest" })],
    says: [
      "web: ami is not a fixed value; allowed: an AMI id, ami- and 8 or 17 hexadecimal digits",
      'web: imageId is "resolve:ssm:/aws/service/ami/latest"; allowed: an AMI id, ami- and 8 or 17 hexadecimal digits',
    ],
  },
  {
    policy: "aws-fixed-image",
    when: "it is an id, or comes from another resource or a template",
    resources: [
      ...instance({ ami: "ami-0123456789abcdef0" }),
      ...instance({ ami: "ami-01234567" }),
      ...instance({ ami: unknownString }),
      ...instance({ launchTemplate: { id: "lt-1" } }),
    ],
    says: [],
  },
];
