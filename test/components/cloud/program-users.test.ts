import { describe, expect, test } from "vitest";
import { AwsAccount } from "../../../components/cloud/aws/account.ts";
import { AwsCloud, Route53Zone } from "../../../components/cloud/aws/index.ts";
import type { BucketKeys, Cloud } from "../../../components/cloud/cloud.ts";
import { nipIoDomain, recordType } from "../../../components/cloud/dns.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { DesignateZone, OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import { EcrRegistry } from "../../../components/ecr-registry/index.ts";
import { planProgram } from "../planned.ts";

const clouds: Record<string, () => Cloud> = {
  aws: () =>
    new AwsCloud("cloud", {
      cidr: "10.0.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      image: "ami-0123456789abcdef0",
    }),
  docker: () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" }),
  openstack: () =>
    new OpenstackCloud("cloud", {
      cidr: "10.9.0.0/24",
      flavors: { small: "s" },
      imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
    }),
};
const keys = async (kind: string) => {
  const planned = await planProgram(() => ({
    ...(clouds[kind]!().objectStore("saved", { description: "things" }).keys("saved-user") satisfies BucketKeys),
  }));
  return { planned, outputs: planned.outputs as Record<string, string>, secret: planned.secretOutputs };
};

describe("the keys of an object store", () => {
  test("belong to a user on AWS that can access only the objects of the bucket", async () => {
    const { planned, outputs, secret } = await keys("aws");
    const { inputs } = planned.one("aws:iam/userPolicy:UserPolicy", "saved-user");
    const arn = `arn:aws:s3:::${outputs.bucket}`;
    expect(JSON.parse(String(inputs.policy)).Statement).toEqual([
      {
        Sid: "ListBucket",
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
        Resource: [arn],
      },
      {
        Sid: "UseObjects",
        Effect: "Allow",
        Action: [
          "s3:GetObject",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:ListMultipartUploadParts",
          "s3:AbortMultipartUpload",
        ],
        Resource: [`${arn}/*`],
      },
    ]);
    expect(planned.one("aws:iam/user:User", "saved-user").inputs).toMatchObject({
      path: "/paasmas/",
      tags: { Name: "saved-user" },
    });
    expect(planned.names("aws:iam/accessKey:AccessKey")).toEqual(["saved-user"]);
    expect(outputs.endpoint).toBe("https://s3.planned-region-1.amazonaws.com");
    expect(secret).toEqual(["secretKey"]);
  });

  test("belong to the project on OpenStack, with the endpoint of Swift's S3 API", async () => {
    const { planned, outputs, secret } = await keys("openstack");
    expect(planned.names("openstack:identity/ec2CredentialV3:Ec2CredentialV3")).toEqual(["saved-user"]);
    expect(outputs).toMatchObject({ endpoint: "https://swift.planned.invalid:8080", bucket: "paasmas-dev-saved" });
    expect(secret).toEqual(["secretKey"]);
  });

  test("belong to the single account of the store on Docker", async () => {
    const { outputs, secret } = await keys("docker");
    expect(outputs).toMatchObject({ endpoint: "http://paasmas-dev-saved:7070", bucket: "saved", accessKey: "saved" });
    expect(secret).toEqual(["secretKey"]);
  });
});

test("of a registry can pull only its repositories", async () => {
  const planned = await planProgram(() => {
    const account = new AwsAccount("prod", { id: "111122223333", region: "eu-central-1" });
    return { ...new EcrRegistry("images", { account, repositories: ["shop/api"] }).pullKeys("cluster") };
  });
  const { inputs, provider } = planned.one("aws:iam/userPolicy:UserPolicy", "cluster");
  expect(JSON.parse(String(inputs.policy)).Statement).toEqual([
    { Sid: "LogInToPullFromImages", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
    {
      Sid: "PullFromImages",
      Effect: "Allow",
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: ["arn:aws:ecr:eu-central-1:111122223333:repository/shop/api"],
    },
  ]);
  expect(provider).toContain("pulumi:providers:aws::prod::");
  expect(planned.secretOutputs).toEqual(["secretKey"]);
});

describe("a DNS zone", () => {
  test("of Route 53 has records for names and addresses, in its account", async () => {
    const planned = await planProgram(() => {
      const zone = new Route53Zone(
        new AwsAccount("dns", { id: "111122223333", region: "eu-central-1" }),
        "Z0123456789ABCDEFGHIJ",
      );
      zone.record("name", { domain: "*.apps.example.com", address: "lb.elb.example.com" });
      zone.record("address", { domain: "a.example.com", address: "10.0.0.1" });
      zone.record("alias", {
        domain: "example.com",
        address: "lb.elb.example.com",
        aliasZoneId: "Z00000000000000000AWS",
      });
    });
    const record = (name: string) => planned.one("aws:route53/record:Record", name);
    expect(record("name").inputs).toEqual({
      zoneId: "Z0123456789ABCDEFGHIJ",
      name: "*.apps.example.com",
      type: "CNAME",
      ttl: 300,
      records: ["lb.elb.example.com"],
    });
    expect(record("address").inputs).toMatchObject({ type: "A", records: ["10.0.0.1"] });
    expect(record("alias").inputs).toEqual({
      zoneId: "Z0123456789ABCDEFGHIJ",
      name: "example.com",
      type: "A",
      aliases: [{ name: "lb.elb.example.com", zoneId: "Z00000000000000000AWS", evaluateTargetHealth: false }],
    });
    expect(record("name").provider).toContain("pulumi:providers:aws::dns::");
  });

  test("of Designate accepts only fully qualified names", async () => {
    const planned = await planProgram(() => {
      new DesignateZone("zone").record("name", { domain: "*.apps.example.com", address: "lb.example.com" });
      new DesignateZone("zone").record("address", { domain: "a.example.com", address: "10.0.0.1" });
    });
    const records = ["name", "address"].map((name) => planned.one("openstack:dns/recordSet:RecordSet", name).inputs);
    expect(records).toEqual([
      { zoneId: "zone", name: "*.apps.example.com.", type: "CNAME", ttl: 300, records: ["lb.example.com."] },
      { zoneId: "zone", name: "a.example.com.", type: "A", ttl: 300, records: ["10.0.0.1"] },
    ]);
  });

  test("is not required for a given address", () => {
    expect([recordType("10.0.0.1"), recordType("a.example.com")]).toEqual(["A", "CNAME"]);
    expect(nipIoDomain("10.0.0.1")).toBe("10-0-0-1.nip.io");
  });
});
