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

/** The policy configuration of a stack, with exemptions. */
const configOf = (stack: StackName) => policyConfig(policies, committed(stack)["paasmas:policies"]);
const resultsOf = async (stack: StackName) =>
  runPolicies(policies, (await evaluated(stack)).resources, configOf(stack));

describe.each(stacks)("the plan of %s", (stack) => {
  it("violates no mandatory policy", async () => {
    const violations = (await resultsOf(stack)).flatMap((result) => result.violations);
    expect(violations.filter((violation) => violation.level === "mandatory")).toEqual([]);
  });

  it("has only the expected exemptions and advisory violations", async () => {
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

  it("has no taggable resource type that tags-mandatory does not check", async () => {
    const { resources } = await evaluated(stack);
    const types = new Set(resources.filter((resource) => resource.custom).map((resource) => resource.type));
    const withTags = [...types].filter((type) => /^(aws|openstack|docker):/.test(type) && canHaveTags(type));
    expect(withTags.filter((type) => !taggedTypes.includes(type))).toEqual([]);
  });

  it("has no volume or store type that stateful-protected does not check", async () => {
    const { resources } = await evaluated(stack);
    const storing = [...new Set(resources.map((resource) => resource.type))].filter((type) =>
      /:(Volume|Bucket|Container|FileSystem|Table)$/.test(type),
    );
    expect(storing.filter((type) => !statefulTypes.includes(type))).toEqual(
      stack === "dev" ? ["docker:index/container:Container"] : [],
    );
  });
});

it("reports each object store of staging without versioning, and not the store for machine configs", async () => {
  const openstack = { ...(committed("staging")["paasmas:openstack"] as object), objectVersioning: false };
  const { resources } = await evaluated("staging", { "paasmas:openstack": openstack });
  const [result] = (await runPolicies(policies, resources, configOf("staging"))).filter(
    ({ name }) => name === "openstack-container-versioning",
  );
  const containers = resources.filter(({ type }) => type === "openstack:objectstorage/container:Container");
  expect(result!.violations.map(({ level }) => level)).toEqual(containers.slice(1).map(() => "advisory"));
  expect(result!.violations.length).toBeGreaterThan(3);
});

/** Whether a resource class has tags, according to the type declarations of its SDK. */
function canHaveTags(type: string): boolean {
  const [provider, module = ""] = type.split(":");
  const file = new URL(
    `../../node_modules/@pulumi/${provider}/${module.replace(/^index\//, "")}.d.ts`,
    import.meta.url,
  );
  // The metadata of an object in a store are HTTP headers.
  return !/containerObject$/.test(module) && /^ {4}(tags|metadata|labels)\?: /m.test(readFileSync(file, "utf8"));
}

it("the environments plan resources for every policy, except for six", async () => {
  const results = await Promise.all(stacks.map(resultsOf));
  const notApplicable = policies
    .filter((_, index) => results.every((result) => result[index]!.resources === 0))
    .map((policy) => policy.name);
  expect(notApplicable).toEqual([
    // The committed prod has no way in from outside.
    "aws-connect-endpoint-groups",
    // The deployer invokes the gate's function: no function URL or permission is planned.
    "aws-lambda-not-public",
    // OpenStack machines have no floating IP address.
    "openstack-public-address-marked",
    // Clusters receive traffic through a Gateway, and only charts have Services.
    "kubernetes-ingress-tls",
    "kubernetes-services-internal",
    // Jenkins has a webhook only with a public endpoint.
    "github-webhooks-signed",
  ]);
});

interface Change {
  /** Description of the change, for the test name. */
  given: string;
  stack: StackName;
  type: string;
  /** Selects the resource. Default: the first one of the type. */
  where?(resource: PlannedResource): boolean;
  change(resource: PlannedResource): Partial<PlannedResource>;
  /** Policies with a mandatory violation after the change. */
  expected: string[];
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
    given: "optional metadata tokens",
    stack: "prod",
    type: instance,
    change: inputs({ metadataOptions: { httpTokens: "optional" } }),
    expected: ["aws-imdsv2"],
  },
  {
    given: "an unencrypted root volume",
    stack: "prod",
    type: instance,
    change: inputs({ rootBlockDevice: {} }),
    expected: ["aws-encrypted-volumes"],
  },
  {
    given: "an unencrypted data volume",
    stack: "prod",
    type: "aws:ebs/volume:Volume",
    change: inputs({ encrypted: false }),
    expected: ["aws-encrypted-volumes"],
  },
  {
    given: "an unprotected volume",
    stack: "prod",
    type: "aws:ebs/volume:Volume",
    change: () => ({ protect: false }),
    expected: ["stateful-protected"],
  },
  {
    given: "a rule for every address",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 3306,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv6: "::/0" }),
    expected: ["aws-no-open-guarded-ports"],
  },
  {
    given: "a load balancer on the internet",
    stack: "prod",
    type: "aws:lb/loadBalancer:LoadBalancer",
    change: inputs({ internal: false }),
    expected: ["aws-load-balancer-internal"],
  },
  {
    given: "a missing bucket policy",
    stack: "prod",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    change: () => ({ type: "gone:index:Gone" }),
    expected: ["aws-bucket-tls-only"],
  },
  {
    given: "a public object",
    stack: "prod",
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    change: inputs({ acl: "public-read" }),
    expected: ["aws-bucket-not-public"],
  },
  {
    given: "a machine that can read all configs",
    stack: "prod",
    type: "aws:iam/rolePolicy:RolePolicy",
    change: inputs({ policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } }) }),
    expected: ["aws-iam-no-wildcard-actions", "aws-iam-no-wildcard-resources"],
  },
  {
    given: "the gate outside of the VPC",
    stack: "prod",
    type: "aws:lambda/function:Function",
    change: without("vpcConfig"),
    expected: ["aws-lambda-in-vpc"],
  },
  {
    given: "two of three members in one zone",
    stack: "prod",
    type: "aws:ec2/subnet:Subnet",
    where: ({ name }) => name.endsWith("machines-eu-central-1b"),
    change: inputs({ availabilityZone: "eu-central-1a" }),
    expected: ["quorum-spread"],
  },
  {
    given: "a complete config in user data",
    stack: "prod",
    type: instance,
    change: inputs({ userData: "x".repeat(16_385) }),
    expected: ["user-data-size"],
  },
  {
    given: "a missing tag",
    stack: "prod",
    type: "aws:ec2/vpc:Vpc",
    change: inputs({ tags: { Project: "paasmas" } }),
    expected: ["tags-mandatory"],
  },
  {
    given: "a rule for every address",
    stack: "staging",
    type: "openstack:networking/secGroupRule:SecGroupRule",
    where: ({ inputs: { portRangeMax } }) => portRangeMax === 3306,
    change: inputs({ remoteGroupId: undefined, remoteIpPrefix: "0.0.0.0/0" }),
    expected: ["openstack-no-open-guarded-ports"],
  },
  {
    given: "a member without a server group",
    stack: "staging",
    type: server,
    where: ({ inputs: { schedulerHints } }) => schedulerHints !== undefined,
    change: without("schedulerHints"),
    expected: ["quorum-spread"],
  },
  {
    given: "a mutable image tag",
    stack: "prod",
    type: "aws:ecr/repository:Repository",
    change: inputs({ imageTagMutability: "MUTABLE" }),
    expected: ["aws-ecr-immutable-tags"],
  },
  {
    given: "push access for a whole account",
    stack: "prod",
    type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    change: inputs({
      policy: JSON.stringify({
        Statement: { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000001:root" }, Action: "ecr:PutImage" },
      }),
    }),
    expected: ["aws-ecr-named-roles"],
  },
  {
    given: "a deploy hook for every address",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 9010,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv4: "0.0.0.0/0" }),
    expected: ["aws-no-open-guarded-ports"],
  },
  {
    given: "a repository without reviews",
    stack: "prod",
    type: "github:index/repositoryRuleset:RepositoryRuleset",
    change: inputs({ enforcement: "evaluate" }),
    expected: ["github-branches-protected"],
  },
  {
    given: "SSH of the build agents for every address",
    stack: "prod",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    where: ({ inputs: { toPort } }) => toPort === 2222,
    change: inputs({ referencedSecurityGroupId: undefined, cidrIpv4: "0.0.0.0/0" }),
    expected: ["aws-no-open-guarded-ports"],
  },
  {
    given: "a registry port for every address",
    stack: "staging",
    type: "openstack:networking/secGroupRule:SecGroupRule",
    where: ({ inputs: { portRangeMax } }) => portRangeMax === 3100,
    change: inputs({ portRangeMin: 5000, portRangeMax: 5000, remoteGroupId: undefined, remoteIpPrefix: "0.0.0.0/0" }),
    expected: ["openstack-no-open-guarded-ports"],
  },
  {
    given: "a listener for every address",
    stack: "staging",
    type: "openstack:loadbalancer/listener:Listener",
    change: without("allowedCidrs"),
    expected: ["openstack-listener-narrowed"],
  },
  {
    given: "a public container",
    stack: "staging",
    type: "openstack:objectstorage/container:Container",
    change: inputs({ containerRead: ".r:*" }),
    expected: ["openstack-containers-private"],
  },
  {
    given: "a pointer without a hash",
    stack: "staging",
    type: server,
    change: (resource) =>
      inputs({
        userData: `${resource.inputs.userData}`.replace(
          /"verification":\{"hash":"[^"]*"\},?|,"verification":\{"hash":"[^"]*"\}/,
          "",
        ),
      })(resource),
    expected: ["ignition-remote-verified"],
  },
  {
    given: "a privileged node",
    stack: "dev",
    type: container,
    change: inputs({ privileged: true }),
    expected: ["docker-not-privileged"],
  },
  {
    given: "a node with the host's Docker socket",
    stack: "dev",
    type: container,
    change: inputs({ mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" }] }),
    expected: ["docker-no-socket"],
  },
  {
    given: "a port on every address of the host",
    stack: "dev",
    type: container,
    change: inputs({ ports: [{ internal: 3306, external: 3306, ip: "0.0.0.0" }] }),
    expected: ["docker-loopback-ports"],
  },
  {
    given: "one member less in a quorum",
    stack: "dev",
    type: container,
    where: ({ name }) => name === "galera-2-node",
    change: () => ({ type: "gone:index:Gone" }),
    expected: ["quorum-odd-size"],
  },
];

describe("a changed plan", () => {
  it.each(changes)(
    "of $stack with $given violates $expected",
    async ({ stack, type, where = () => true, change, expected }) => {
      const { resources } = await evaluated(stack);
      const index = resources.findIndex((resource) => resource.type === type && where(resource));
      const changed = resources.with(index, { ...resources[index]!, ...change(resources[index]!) });
      const results = await runPolicies(policies, changed, configOf(stack));
      const found = results.filter((result) => result.violations.some((violation) => violation.level === "mandatory"));
      expect(found.map((result) => result.name)).toEqual(expected);
    },
  );
});
