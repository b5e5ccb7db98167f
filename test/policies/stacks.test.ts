import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { nodeContainerReason } from "../../policies/docker.ts";
import { statefulTypes } from "../../policies/stateful.ts";
import { taggedTypes } from "../../policies/tags.ts";
import { committed } from "../stacks/committed.ts";
import { evaluated, type StackName, stacks } from "../stacks/evaluated.ts";

/** What the stack's own config makes of the pack, exemptions among it. */
const configOf = (stack: StackName) => policyConfig(policies, committed(stack)["paasmas:policies"]);
const resultsOf = async (stack: StackName) =>
  runPolicies(policies, (await evaluated(stack)).resources, configOf(stack));

describe.each(stacks)("the plan of %s", (stack) => {
  it("violates no mandatory policy", async () => {
    const violations = (await resultsOf(stack)).flatMap((result) => result.violations);
    expect(violations.filter((violation) => violation.level === "mandatory")).toEqual([]);
  });

  it("has exemptions and advice where they are known, and nowhere else", async () => {
    const advisory = (await resultsOf(stack)).flatMap((result) =>
      result.violations.map((violation) => [result.name, violation.message] as const),
    );
    const known = advisory.map(([policy, message]) =>
      [policy, /^exempted \((.*?)\): /.exec(message)?.[1] ?? "advice"].join(": "),
    );
    const ofPlatform = [
      "kubernetes-namespace-pod-security: the platform's own namespace, in which it builds images and collects logs",
      "kubernetes-image-digest: the login service's own image, by the tag that the platform's chart runs it by",
      "kubernetes-contents-seen: advice",
    ];
    expect([...new Set(known)].sort()).toEqual(
      (stack === "dev" ? [`docker-confined: ${nodeContainerReason}`] : ofPlatform).sort(),
    );
  });

  it("has no kind of resource with tags that the policy about tags does not know", async () => {
    const { resources } = await evaluated(stack);
    const types = new Set(resources.filter((resource) => resource.custom).map((resource) => resource.type));
    const withTags = [...types].filter((type) => /^(aws|openstack|docker):/.test(type) && canHaveTags(type));
    expect(withTags.filter((type) => !taggedTypes.includes(type))).toEqual([]);
  });

  it("has no kind of volume or store that the policy about state does not know", async () => {
    const { resources } = await evaluated(stack);
    const storing = [...new Set(resources.map((resource) => resource.type))].filter((type) =>
      /:(Volume|Bucket|Container|FileSystem|Table)$/.test(type),
    );
    expect(storing.filter((type) => !statefulTypes.includes(type))).toEqual(
      stack === "dev" ? ["docker:index/container:Container"] : [],
    );
  });
});

/** Whether a resource class has tags, by the type declarations of its SDK. */
function canHaveTags(type: string): boolean {
  const [provider, module = ""] = type.split(":");
  const file = new URL(
    `../../node_modules/@pulumi/${provider}/${module.replace(/^index\//, "")}.d.ts`,
    import.meta.url,
  );
  // Metadata of an object in a store are its headers.
  return !/containerObject$/.test(module) && /^ {4}(tags|metadata|labels)\?: /m.test(readFileSync(file, "utf8"));
}

it("has something for every policy to look at, but for what no environment plans", async () => {
  const results = await Promise.all(stacks.map(resultsOf));
  const notApplicable = policies
    .filter((_, index) => results.every((result) => result[index]!.resources === 0))
    .map((policy) => policy.name);
  expect(notApplicable).toEqual([
    // The gate's function is invoked by the deployer itself: neither a function URL nor a permission is planned.
    "aws-lambda-not-public",
    // Nothing on OpenStack has a floating address.
    "openstack-public-address-marked",
    // What comes into a cluster comes through a Gateway, and Services are the charts'.
    "kubernetes-ingress-tls",
    "kubernetes-services-internal",
    // GitHub reaches no Jenkins unless its public endpoint says so.
    "github-webhooks-signed",
  ]);
});

interface Change {
  what: string;
  stack: StackName;
  type: string;
  /** Which of them; default: the first one. */
  where?(resource: PlannedResource): boolean;
  change(resource: PlannedResource): Partial<PlannedResource>;
  /** Policies that then have a mandatory violation. */
  says: string[];
}

const inputs = (more: Record<string, unknown>) => (resource: PlannedResource) => ({
  inputs: { ...resource.inputs, ...more },
  outputs: { ...resource.outputs, ...more },
});
const without = (key: string) => inputs({ [key]: undefined });
const instance = "aws:ec2/instance:Instance";
const server = "openstack:compute/instance:Instance";
const container = "docker:index/container:Container";

const changes: Change[] = [
  {
    what: "tokens optional",
    stack: "prod",
    type: instance,
    change: inputs({ metadataOptions: { httpTokens: "optional" } }),
    says: ["aws-imdsv2"],
  },
  {
    what: "a plain root volume",
    stack: "prod",
    type: instance,
    change: inputs({ rootBlockDevice: {} }),
    says: ["aws-encrypted-volumes"],
  },
  {
    what: "a plain data volume",
    stack: "prod",
    type: "aws:ebs/volume:Volume",
    change: inputs({ encrypted: false }),
    says: ["aws-encrypted-volumes"],
  },
  {
    what: "an unprotected volume",
    stack: "prod",
    type: "aws:ebs/volume:Volume",
    change: () => ({ protect: false }),
    says: ["stateful-protected"],
  },
  {
    what: "a rule for everybody",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 3306,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv6: "::/0" }),
    says: ["aws-no-open-guarded-ports"],
  },
  {
    what: "a balancer on the internet",
    stack: "prod",
    type: "aws:lb/loadBalancer:LoadBalancer",
    change: inputs({ internal: false }),
    says: ["aws-load-balancer-internal"],
  },
  {
    what: "a bucket policy gone",
    stack: "prod",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    change: () => ({ type: "gone:index:Gone" }),
    says: ["aws-bucket-tls-only"],
  },
  {
    what: "an object that anybody may read",
    stack: "prod",
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    change: inputs({ acl: "public-read" }),
    says: ["aws-bucket-not-public"],
  },
  {
    what: "more than its own config for a machine",
    stack: "prod",
    type: "aws:iam/rolePolicy:RolePolicy",
    change: inputs({ policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } }) }),
    says: ["aws-iam-no-wildcard-actions", "aws-iam-no-wildcard-resources"],
  },
  {
    what: "the gate outside of the VPC",
    stack: "prod",
    type: "aws:lambda/function:Function",
    change: without("vpcConfig"),
    says: ["aws-lambda-in-vpc"],
  },
  {
    what: "a second zone that holds two of three",
    stack: "prod",
    type: "aws:ec2/subnet:Subnet",
    where: ({ name }) => name.endsWith("machines-eu-central-1b"),
    change: inputs({ availabilityZone: "eu-central-1a" }),
    says: ["quorum-spread"],
  },
  {
    what: "user data with the config in it",
    stack: "prod",
    type: instance,
    change: inputs({ userData: "x".repeat(16_385) }),
    says: ["user-data-size"],
  },
  {
    what: "a missing tag",
    stack: "prod",
    type: "aws:ec2/vpc:Vpc",
    change: inputs({ tags: { Project: "paasmas" } }),
    says: ["tags-mandatory"],
  },
  {
    what: "a rule for everybody",
    stack: "staging",
    type: "openstack:networking/secGroupRule:SecGroupRule",
    where: ({ inputs: { portRangeMax } }) => portRangeMax === 3306,
    change: inputs({ remoteGroupId: undefined, remoteIpPrefix: "0.0.0.0/0" }),
    says: ["openstack-no-open-guarded-ports"],
  },
  {
    what: "no server group",
    stack: "staging",
    type: server,
    where: ({ inputs: { schedulerHints } }) => schedulerHints !== undefined,
    change: without("schedulerHints"),
    says: ["quorum-spread"],
  },
  {
    what: "an image's tag that can be moved",
    stack: "prod",
    type: "aws:ecr/repository:Repository",
    change: inputs({ imageTagMutability: "MUTABLE" }),
    says: ["aws-ecr-immutable-tags"],
  },
  {
    what: "a repository that a whole account may push to",
    stack: "prod",
    type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    change: inputs({
      policy: JSON.stringify({
        Statement: { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000001:root" }, Action: "ecr:PutImage" },
      }),
    }),
    says: ["aws-ecr-named-roles"],
  },
  {
    what: "a deploy hook for everybody",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 9010,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv4: "0.0.0.0/0" }),
    says: ["aws-no-open-guarded-ports"],
  },
  {
    what: "a repository that changes without review",
    stack: "prod",
    type: "github:index/repositoryRuleset:RepositoryRuleset",
    change: inputs({ enforcement: "evaluate" }),
    says: ["github-branches-protected"],
  },
  {
    what: "the SSH of Jenkins' agents for everybody",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 2222,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv4: "0.0.0.0/0" }),
    says: ["aws-no-open-guarded-ports"],
  },
  {
    what: "a log store's port become a registry's, for everybody",
    stack: "staging",
    type: "openstack:networking/secGroupRule:SecGroupRule",
    where: ({ inputs: { portRangeMax } }) => portRangeMax === 3100,
    change: inputs({ portRangeMin: 5000, portRangeMax: 5000, remoteGroupId: undefined, remoteIpPrefix: "0.0.0.0/0" }),
    says: ["openstack-no-open-guarded-ports"],
  },
  {
    what: "a listener for everybody",
    stack: "staging",
    type: "openstack:loadbalancer/listener:Listener",
    change: without("allowedCidrs"),
    says: ["openstack-listener-narrowed"],
  },
  {
    what: "a public container",
    stack: "staging",
    type: "openstack:objectstorage/container:Container",
    change: inputs({ containerRead: ".r:*" }),
    says: ["openstack-containers-private"],
  },
  {
    what: "a pointer without its hash",
    stack: "staging",
    type: server,
    change: (resource) =>
      inputs({
        userData: `${resource.inputs.userData}`.replace(
          /"verification":\{"hash":"[^"]*"\},?|,"verification":\{"hash":"[^"]*"\}/,
          "",
        ),
      })(resource),
    says: ["ignition-remote-verified"],
  },
  {
    what: "a privileged node",
    stack: "dev",
    type: container,
    change: inputs({ privileged: true }),
    says: ["docker-not-privileged"],
  },
  {
    what: "a node with the host's Docker",
    stack: "dev",
    type: container,
    change: inputs({ mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" }] }),
    says: ["docker-no-socket"],
  },
  {
    what: "a port for the neighbours",
    stack: "dev",
    type: container,
    change: inputs({ ports: [{ internal: 3306, external: 3306, ip: "0.0.0.0" }] }),
    says: ["docker-loopback-ports"],
  },
  {
    what: "a member of a quorum less",
    stack: "dev",
    type: container,
    where: ({ name }) => name === "galera-2-node",
    change: () => ({ type: "gone:index:Gone" }),
    says: ["quorum-odd-size"],
  },
];

describe("one change of a real plan", () => {
  it.each(changes)("$what in $stack: $says", async ({ stack, type, where = () => true, change, says }) => {
    const { resources } = await evaluated(stack);
    const index = resources.findIndex((resource) => resource.type === type && where(resource));
    const changed = resources.with(index, { ...resources[index]!, ...change(resources[index]!) });
    const results = await runPolicies(policies, changed, configOf(stack));
    const found = results.filter((result) => result.violations.some((violation) => violation.level === "mandatory"));
    expect(found.map((result) => result.name)).toEqual(says);
  });
});
