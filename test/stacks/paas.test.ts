import { describe, expect, test } from "vitest";
import { runPolicies } from "../../cli/plan/policies.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import type { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluated } from "./evaluated.ts";
import { isIn, decode } from "./decode.ts";

const values = (planned: Planned) =>
  planned.one("kubernetes:helm.sh/v3:Release", "paas-workflow").inputs.values as Record<
    string,
    Record<string, unknown>
  >;

const statements = (planned: Planned, user: string) =>
  (
    JSON.parse(String(planned.one("aws:iam/userPolicy:UserPolicy", user).inputs.policy)) as {
      Statement: { Effect: string; Action: string[]; Resource: string[] }[];
    }
  ).Statement;

describe("the platform of staging and prod", () => {
  test("is in the plans of staging and prod with separate domains, and in dev only on request", async () => {
    const facts = async (stack: "staging" | "prod") =>
      (await evaluated(stack)).one("paasmas:index:PaasCluster", "paas").inputs;
    expect(await facts("staging")).toMatchObject({
      domain: "apps.staging.example.com",
      images: "registry in the cluster",
      database: "in the cluster",
    });
    expect(await facts("prod")).toMatchObject({
      domain: "apps.example.com",
      images: "ECR",
      database: "in the cluster",
    });
    expect((await evaluated("dev")).names("paasmas:index:PaasCluster")).toEqual([]);
    const dev = await evaluated("dev", { "paasmas:kubernetes": {}, "paasmas:paas": {} });
    expect(dev.one("paasmas:index:PaasCluster", "paas").inputs).toMatchObject({ domain: "10-77-0-78.nip.io" });
    expect(dev.names(factTypes.objectStore)).toEqual(["paas-builder", "paas-database", "paas-logs", "paas-registry"]);
  });

  test("stores objects in buckets of the stack's cloud; each user can access only one bucket", async () => {
    const planned = await evaluated("prod");
    expect(planned.names(factTypes.objectStore).filter((name) => name.startsWith("paas-"))).toEqual([
      "paas-builder",
      "paas-database",
      "paas-logs",
    ]);
    for (const name of ["builder", "database", "logs"]) {
      const bucket = String(planned.one("aws:s3/bucket:Bucket", `paas-${name}-bucket`).outputs.bucket);
      expect(statements(planned, `paas-${name}-user`).map(({ Effect, Resource }) => [Effect, Resource])).toEqual([
        ["Allow", [`arn:aws:s3:::${bucket}`]],
        ["Allow", [`arn:aws:s3:::${bucket}/*`]],
      ]);
      const part = name === "logs" ? "quickwit" : name;
      expect(values(planned)[part]).toMatchObject({
        storageBucket: bucket,
        storageEndpoint: "https://s3.planned-region-1.amazonaws.com",
      });
    }
    const swift = values(await evaluated("staging")).builder!;
    expect(swift).toMatchObject({
      storageBucket: "paasmas-staging-paas-builder",
      storageEndpoint: "https://swift.planned.invalid:8080",
    });
  });

  test("reaches only the external database in prod, which has no bucket", async () => {
    const url = { secure: "v1:AbCdEf012345:dEfGhI0123456789" };
    const paas = {
      domain: "apps.example.com",
      database: { controllerUrl: url, passportUrl: url, logsUrl: url },
      allowTo: [{ range: "10.40.0.0/24", port: 5432 }],
    };
    const planned = await evaluated("prod", { "paasmas:paas": paas });
    expect(planned.one("paasmas:index:PaasCluster", "paas").inputs).toMatchObject({
      database: "outside of the cluster",
    });
    expect(planned.names(factTypes.objectStore)).not.toContain("paas-database");
    const type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
    const more = planned.names(type).filter((name) => name.startsWith("paas-to-"));
    expect(more).toEqual(["paas-to-10-40-0-0-24-5432-out"]);
    const rule = planned.one(type, more[0]!);
    expect(rule.propertyDependencies.securityGroupId!.map((urn) => urn.split("::").at(-1))).toEqual([
      "kube-workers-sg",
    ]);
    expect(rule.inputs).toMatchObject({
      cidrIpv4: "10.40.0.0/24",
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
      description: "what the platform uses at 10.40.0.0/24",
    });
    expect((await evaluated("prod")).names(type).filter((name) => name.startsWith("paas-to-"))).toEqual([]);
  });

  test("pulls from the stack's registry in prod, and has no other access to it", async () => {
    const planned = await evaluated("prod");
    expect(values(planned).controller).toMatchObject({
      registryHost: "000000000000.dkr.ecr.eu-central-1.amazonaws.com",
      registry: { enabled: false },
    });
    expect(statements(planned, "paas-registry-user").map(({ Action }) => Action)).toEqual([
      ["ecr:GetAuthorizationToken"],
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    ]);
  });

  test("has DNS names in the cloud and, in prod, a public certificate through a user of that zone only", async () => {
    const prod = await evaluated("prod");
    expect(prod.one("aws:route53/record:Record", "paas-domain").inputs).toMatchObject({
      zoneId: "Z0000000000000000000",
      name: "*.apps.example.com",
      type: "CNAME",
      ttl: 300,
    });
    expect(statements(prod, "paas-domain-user").map(({ Resource }) => Resource)).toEqual([
      ["arn:aws:route53:::hostedzone/Z0000000000000000000"],
      ["arn:aws:route53:::change/*"],
    ]);
    const staging = await evaluated("staging");
    expect(staging.one("openstack:dns/recordSet:RecordSet", "paas-domain").inputs).toMatchObject({
      zoneId: "00000000-0000-0000-0000-000000000000",
      name: "*.apps.staging.example.com.",
      type: "A",
      records: ["10.20.0.78"],
    });
    const bare = await evaluated("prod", { "paasmas:paas": { domain: "apps.example.com" } });
    expect([
      bare.names("aws:route53/record:Record"),
      bare.names("aws:iam/user:User").filter((name) => name.includes("domain")),
    ]).toEqual([[], []]);
    expect(Object.keys(bare.outputs)).toContain("paasCa");
  });

  test("lets Jenkins of the same stack deploy, with a firewall rule and the login of the delivery user", async () => {
    const github = {
      organization: "example",
      appId: "1",
      privateKey: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    };
    const planned = await evaluated("dev", {
      "paasmas:kubernetes": {},
      "paasmas:paas": {},
      "paasmas:jenkins": { domain: "ci.example.com", github },
      "paasmas:docker": { publishedPorts: { "jenkins-front:443": 8443, "jenkins-front:80": 8080 } },
    });
    const { text, secret } = planned.config("jenkins");
    const read = decode(text);
    const { delivery, admin } = planned.outputs.paasPasswords as Record<string, string>;
    expect(secret).toBe(true);
    expect([isIn("credential-deploy-tokens-preview", read), isIn(delivery!, read), isIn(admin!, read)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(planned.one(factTypes.loadBalancer, "paas-apps").inputs.allowFrom).toEqual(["10.77.0.0/24"]);
  });

  test.each(["staging", "prod"] as const)(
    "needs two exemptions in %s: for the namespace with privileged pods, and for an image with a tag",
    async (stack) => {
      const { resources } = await evaluated(stack);
      const settings = committed(stack)["paasmas:policies"];
      const own = async (given?: unknown) => {
        const results = await runPolicies(policies, resources, policyConfig(policies, given));
        return results.flatMap(({ violations }) => violations).filter(({ urn }) => urn?.includes("PaasCluster"));
      };
      const exempted = await own(settings);
      expect(exempted.filter(({ level }) => level === "mandatory")).toEqual([]);
      expect(exempted.map(({ message }) => message.split(":")[0])).toContain(
        "exempted (the platform's own namespace, in which it builds images and collects logs)",
      );
      const strict = (await own()).filter(({ level }) => level === "mandatory");
      expect(strict.map(({ policy, urn }) => [policy, urn?.split("::").at(-1)])).toEqual([
        ["kubernetes-image-digest", "paas-users"],
        ["kubernetes-namespace-pod-security", "paas-drycc"],
      ]);
    },
  );
});
