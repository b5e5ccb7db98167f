import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as docker from "@pulumi/docker";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { runPolicies } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";

/** Findings of the whole pack in a program: policy, resource and given value. */
async function findings(program: () => void): Promise<string[][]> {
  const { resources } = await evaluate(program, { stack: "test", project: "example" });
  const results = await runPolicies(policies, resources);
  return results.flatMap((result) =>
    result.violations.map((violation) => {
      const [, resource = "", given = ""] = /^(\S+) \(\S+\): (.*?); allowed: /.exec(violation.message) ?? [];
      return [result.name, resource, given];
    }),
  );
}

const allTags = "missing: Project, Environment, Role, ManagedBy";

it("finds the violations of a web server on EC2 (pulumi/examples, aws-ts-webserver)", async () => {
  const webServer = () => {
    const ami = ec2
      .getAmi({
        filters: [{ name: "name", values: ["al2023-ami-*-x86_64"] }],
        owners: ["137112412989"],
        mostRecent: true,
      })
      .then((result) => result.id);
    const group = new ec2.SecurityGroup("web-secgrp", {
      ingress: [
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] },
      ],
    });
    new ec2.Instance("web-server-www", {
      tags: { Name: "web-server-www" },
      instanceType: "t2.micro",
      vpcSecurityGroupIds: [group.id],
      ami,
      userData: '#!/bin/bash\necho "Hello, World!" > index.html\nnohup python -m SimpleHTTPServer 80 &',
    });
  };
  expect(await findings(webServer)).toEqual([
    ["aws-fixed-image", "web-server-www", expect.stringMatching(/^ami is /)],
    ["aws-imdsv2", "web-server-www", "metadataOptions.httpTokens is not set"],
    [
      "aws-instance-no-public-address",
      "web-server-www",
      "neither subnetId nor associatePublicIpAddress is set, so the default VPC gives it a public address",
    ],
    ["aws-encrypted-volumes", "web-server-www", "rootBlockDevice.encrypted is not set"],
    ["aws-no-open-guarded-ports", "web-secgrp", "ingress[0] opens 22 (SSH) to 0.0.0.0/0"],
    ["aws-security-group-descriptions", "web-secgrp", 'description is "Managed by Pulumi"'],
    ["aws-security-group-descriptions", "web-secgrp", "ingress[0].description is not set"],
    ["aws-security-group-descriptions", "web-secgrp", "ingress[1].description is not set"],
    ["tags-mandatory", "web-server-www", allTags],
    ["tags-mandatory", "web-secgrp", allTags],
  ]);
});

it("finds the violations of a public website in a bucket (pulumi/examples, aws-ts-s3-folder)", async () => {
  const website = () => {
    const bucket = new s3.Bucket("s3-website-bucket");
    new s3.BucketWebsiteConfiguration("s3-website-bucket-config", {
      bucket: bucket.id,
      indexDocument: { suffix: "index.html" },
    });
    const block = new s3.BucketPublicAccessBlock("public-access-block", { bucket: bucket.id, blockPublicAcls: false });
    new s3.BucketPolicy(
      "bucketPolicy",
      {
        bucket: bucket.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: "*",
              Action: ["s3:GetObject"],
              Resource: [pulumi.interpolate`${bucket.arn}/*`],
            },
          ],
        }),
      },
      { dependsOn: block },
    );
  };
  expect(await findings(website)).toEqual([
    ["aws-bucket-encryption", "s3-website-bucket", "the bucket has no BucketServerSideEncryptionConfiguration"],
    ["aws-bucket-not-public", "bucketPolicy", "the policy allows every principal, without a condition"],
    [
      "aws-bucket-public-access-block",
      "public-access-block",
      "not true: blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets",
    ],
    ["aws-bucket-tls-only", "bucketPolicy", "the bucket's policy allows requests without TLS"],
    ["aws-bucket-versioning", "s3-website-bucket", "the bucket has no BucketVersioning"],
    ["tags-mandatory", "s3-website-bucket", allTags],
  ]);
});

it("finds the violations of a web server on OpenStack (pulumi/examples, openstack-py-webserver)", async () => {
  const webServer = () => {
    const open = {
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      remoteIpPrefix: "0.0.0.0/0",
      securityGroupId: "default",
    };
    new openstack.networking.SecGroupRule("ssh", {
      ...open,
      portRangeMin: 22,
      portRangeMax: 22,
      description: "Allow ssh",
    });
    new openstack.networking.SecGroupRule("http", {
      ...open,
      portRangeMin: 8000,
      portRangeMax: 8000,
      description: "Allow python http server",
    });
    new openstack.networking.SecGroupRule("ping", { ...open, protocol: "icmp", description: "Allow ping" });
    new openstack.compute.Instance("test_fedora", {
      flavorName: "m1.small",
      imageName: "fedora",
      securityGroups: ["default"],
      adminPass: "fedora",
      userData: '#!/bin/bash\necho "Hello, World!" > index.html\nnohup python3 -m http.server &\n',
    });
  };
  expect(await findings(webServer)).toEqual([
    ["openstack-fixed-image", "test_fedora", 'imageName is "fedora"'],
    ["openstack-no-admin-pass", "test_fedora", "adminPass is set"],
    ["openstack-no-open-guarded-ports", "ssh", "the rule opens 22 (SSH) to 0.0.0.0/0"],
    ["tags-mandatory", "test_fedora", allTags],
  ]);
});

it("finds the violations of an app with a cache (pulumi/examples, docker-ts-multi-container-app)", async () => {
  const application = () => {
    const network = new docker.Network("network");
    const image = new docker.RemoteImage("redis-image", { name: "redis", keepLocally: true });
    new docker.Container("redis", { image: image.imageId, networksAdvanced: [{ name: network.name }] });
    new docker.Container("app", {
      image: "app:1.0",
      networksAdvanced: [{ name: network.name }],
      ports: [{ internal: 3000, external: 3000 }],
      volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
    });
  };
  expect(await findings(application)).toEqual([
    ["docker-fixed-image", "redis-image", 'name is "redis", which means latest'],
    ["docker-loopback-ports", "app", "ports[0].ip is not set, which means every address"],
    ["docker-no-socket", "app", 'volumes[0].hostPath is "/var/run/docker.sock"'],
    ["tags-mandatory", "app", allTags],
    ["tags-mandatory", "redis", allTags],
    ["tags-mandatory", "network", allTags],
  ]);
});
