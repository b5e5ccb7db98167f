import { expect, test } from "vitest";
import { AwsAccount } from "../../../components/cloud/aws/account.ts";
import { bucketAccess } from "../../../components/cloud/aws/bucket-access.ts";
import { JenkinsHost } from "../../../components/jenkins-host/index.ts";
import { newCloud, plan } from "./aws-plan.ts";

const github = {
  organization: "example",
  appId: "4711",
  privateKey: "-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n",
};

test("gives only Jenkins' machine access to the objects of its bucket", async () => {
  const planned = await plan(() => {
    const account = new AwsAccount("ci", { id: "111122223333", region: "eu-central-1" });
    const cloud = newCloud({}, { providers: [account.provider] });
    const store = cloud.objectStore("saved", { description: "Jenkins' home" });
    new JenkinsHost("jenkins", {
      cloud,
      domain: "ci.example.com",
      github,
      backup: { bucket: { endpoint: store.endpoint, name: store.bucket, region: account.region } },
      access: [bucketAccess(account, store)],
    });
  });
  const statements = (machine: string) =>
    planned
      .all("RolePolicy")
      .filter(({ name }) => name.startsWith(machine))
      .flatMap(
        ({ inputs }) =>
          JSON.parse(String(inputs.policy)).Statement as {
            Sid: string;
            Effect: string;
            Action: string[];
            Resource: string | string[];
          }[],
      );
  const bucket = String(planned.one("aws:s3/bucket:Bucket", "saved-bucket").outputs.bucket);
  const own = statements("jenkins-").filter(({ Sid }) => Sid !== "OwnIgnitionConfig");
  expect(own).toEqual([
    {
      Sid: "ListBucket",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: [`arn:aws:s3:::${bucket}`],
    },
    {
      Sid: "UseObjects",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: [`arn:aws:s3:::${bucket}/*`],
    },
  ]);
  expect(statements("jenkins-agent-0").map(({ Sid }) => Sid)).toEqual(["OwnIgnitionConfig"]);
});
