import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as Messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzerClient as Client } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policies } from "../../policies/all.ts";
import { unknownString } from "./cases/case.ts";

// Does the same as the engine's language host: starts the SDK's policy pack runner in the pack's folder, reads the port
// from its first line, and sends messages of the SDK.
const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
const grpc = require("@grpc/grpc-js");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const proto: typeof Messages = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

const folder = fileURLToPath(new URL("../../policies", import.meta.url));
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");

let server: ChildProcess;
let client: Client;

async function start(config: Record<string, string>): Promise<{ process: ChildProcess; port: string; errors: string }> {
  const started = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_NODEJS_PROJECT: "paasmas",
      PULUMI_NODEJS_STACK: "test",
    },
  });
  let errors = "";
  started.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const port = await new Promise<string>((resolve) => {
    started.stdout.once("data", (line) => resolve(`${line}`.trim()));
    started.once("exit", () => resolve(""));
  });
  return { process: started, port, errors };
}

interface Responses {
  analyze: Messages.AnalyzeResponse;
  analyzeStack: Messages.AnalyzeResponse;
  configure: unknown;
  getAnalyzerInfo: Messages.AnalyzerInfo;
}

function call<Method extends keyof Responses>(method: Method, request: unknown): Promise<Responses[Method]> {
  type Callback = (error: Error | null, response: Responses[Method]) => void;
  const send = client[method].bind(client) as unknown as (request: unknown, callback: Callback) => void;
  return new Promise((resolve, reject) => {
    send(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function request<Message extends Messages.AnalyzeRequest | Messages.AnalyzerResource>(
  kind: new () => Message,
  type: string,
  name: string,
  properties: Record<string, unknown>,
) {
  const message = new kind();
  message.setType(type);
  message.setName(name);
  message.setUrn(`urn:pulumi:test::paasmas::${type}::${name}`);
  message.setProperties(Struct.fromJavaScript(properties));
  message.setOptions(new proto.AnalyzerResourceOptions());
  return message;
}

const analyze = async (type: string, name: string, properties: Record<string, unknown>) => {
  const response = await call("analyze", request(proto.AnalyzeRequest, type, name, properties));
  return response.getDiagnosticsList().map((one) => [one.getPolicyname(), one.getEnforcementlevel(), one.getMessage()]);
};

beforeAll(async () => {
  const given = {
    "aws-imdsv2": { exemptions: [{ resource: "appliance", reason: "cannot do better" }] },
    "tags-mandatory": "disabled",
  };
  const started = await start({ "paasmas:policies": JSON.stringify(given) });
  server = started.process;
  expect(started.port).toMatch(/^\d+$/);
  client = new AnalyzerClient(`127.0.0.1:${started.port}`, grpc.credentials.createInsecure());
  // The engine returns the initial config, overridden by its own policy config, which is empty here.
  const info = await call("getAnalyzerInfo", new Empty());
  const configure = new proto.ConfigureAnalyzerRequest();
  for (const [name, config] of info.getInitialconfigMap().entries()) configure.getPolicyconfigMap().set(name, config);
  await call("configure", configure);
}, 60_000);

afterAll(() => {
  client?.close();
  server?.kill();
});

describe("the policy pack server", () => {
  it("lists every policy with severity, framework and schema", async () => {
    const info = await call("getAnalyzerInfo", new Empty());
    expect([info.getName(), info.getVersion(), info.getSupportsconfig()]).toEqual(["paasmas", "0.1.0", true]);
    const listed = info.getPoliciesList();
    expect(listed.map((policy) => policy.getName())).toEqual(policies.map((policy) => policy.name));
    const imds = listed.find((policy) => policy.getName() === "aws-imdsv2")!;
    expect(imds.getTagsList()).toEqual(["CIS AWS 3.0.0 5.6", "CIS AWS 5.0.0 5.7", "CKV_AWS_79"]);
    expect(imds.getSeverity()).toBe(proto.PolicySeverity.POLICY_SEVERITY_HIGH);
    expect(imds.getRemediationSteps()).toBe('set metadataOptions.httpTokens to "required".');
  });

  it("finds a violation in a resource's inputs", async () => {
    const type = "openstack:networking/secGroupRule:SecGroupRule";
    expect(
      await analyze(type, "ssh", {
        direction: "ingress",
        protocol: "tcp",
        portRangeMin: 22,
        portRangeMax: 22,
        remoteIpPrefix: "::/0",
        description: "x",
      }),
    ).toEqual([
      [
        "openstack-no-open-guarded-ports",
        proto.EnforcementLevel.MANDATORY,
        "Administration and cluster ports are not open to the whole internet, over IPv4 or IPv6.\n" +
          `ssh (${type}): the rule opens 22 (SSH) to ::/0; allowed: a security group or a range that is not the whole internet. ` +
          "Fix: allow a remoteGroupId or the address range that needs the port.",
      ],
    ]);
  });

  it("ignores unknown values, and checks the other values of the resource", async () => {
    const found = await analyze("aws:ec2/instance:Instance", "web", {
      ami: unknownString,
      subnetId: unknownString,
      userData: unknownString,
      metadataOptions: { httpTokens: unknownString, httpPutResponseHopLimit: 3 },
      rootBlockDevice: { encrypted: true },
    });
    expect(found.map(([policy]) => policy)).toEqual(["aws-imds-hop-limit"]);
  });

  it("ignores unknown values in Kubernetes objects", async () => {
    const found = await analyze("kubernetes:core/v1:Pod", "web", {
      metadata: { namespace: unknownString },
      spec: {
        hostNetwork: true,
        automountServiceAccountToken: unknownString,
        securityContext: { runAsNonRoot: unknownString, seccompProfile: unknownString },
        containers: [{ image: unknownString, resources: unknownString, securityContext: unknownString }],
        volumes: unknownString,
      },
    });
    expect(found.map(([policy]) => policy)).toEqual(["kubernetes-no-host-namespaces"]);
  });

  it("keeps a policy with an exemption mandatory for other resources", async () => {
    const found = await analyze("aws:ec2/launchTemplate:LaunchTemplate", "group", { imageId: "ami-01234567" });
    expect(found.map(([policy, level]) => [policy, level])).toEqual([["aws-imdsv2", proto.EnforcementLevel.MANDATORY]]);
  });

  it("applies the exemption and the disabled policy of the stack configuration", async () => {
    const found = await analyze("aws:ec2/instance:Instance", "appliance", {
      ami: "ami-01234567",
      subnetId: "subnet-1",
      rootBlockDevice: { encrypted: true },
    });
    expect(found).toEqual([
      [
        "aws-imdsv2",
        proto.EnforcementLevel.ADVISORY,
        'exempted (cannot do better): appliance (aws:ec2/instance:Instance): metadataOptions.httpTokens is not set; allowed: "required". ' +
          'Fix: set metadataOptions.httpTokens to "required".',
      ],
    ]);
  });

  it("relates resources of a stack by the dependencies of their properties", async () => {
    const bucket = request(proto.AnalyzerResource, "aws:s3/bucket:Bucket", "store", { bucket: unknownString });
    const block = request(proto.AnalyzerResource, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", {
      bucket: unknownString,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: false,
    });
    const dependencies = new proto.AnalyzerPropertyDependencies();
    dependencies.setUrnsList([bucket.getUrn()]);
    block.getPropertydependenciesMap().set("bucket", dependencies);
    const stack = new proto.AnalyzeStackRequest();
    stack.setResourcesList([bucket, block]);
    const response = await call("analyzeStack", stack);
    const found = response.getDiagnosticsList().map((one) => [one.getPolicyname(), one.getUrn()]);
    expect(found).toEqual([
      ["aws-bucket-encryption", bucket.getUrn()],
      ["aws-bucket-public-access-block", block.getUrn()],
      ["aws-bucket-tls-only", bucket.getUrn()],
      ["aws-bucket-versioning", bucket.getUrn()],
    ]);
  });

  it("takes a property as unknown that is absent from a stack and depends on another resource", async () => {
    const groupType = "openstack:compute/serverGroup:ServerGroup";
    const group = request(proto.AnalyzerResource, groupType, "spread", { policies: ["anti-affinity"] });
    const member = (name: string, sources: string[]) => {
      const server = request(proto.AnalyzerResource, "openstack:compute/instance:Instance", name, {
        metadata: { Role: "galera" },
      });
      const dependencies = new proto.AnalyzerPropertyDependencies();
      dependencies.setUrnsList(sources);
      server.getPropertydependenciesMap().set("schedulerHints", dependencies);
      return server;
    };
    const found = async (...sources: string[][]) => {
      const stack = new proto.AnalyzeStackRequest();
      stack.setResourcesList([group, ...sources.map((urns, i) => member(`galera-${i}`, urns))]);
      const response = await call("analyzeStack", stack);
      return response.getDiagnosticsList().map((one) => one.getPolicyname());
    };
    const given = [group.getUrn()];
    expect(await found(given, given, given)).toEqual([]);
    expect(await found(given, given, [])).toEqual(["quorum-spread"]);
  });
});

it("does not start with an invalid configuration, and prints the reason", async () => {
  const { process: refused, port, errors } = await start({ "paasmas:policies": '{"aws-imdsv2": "off"}' });
  await new Promise((resolve) => (refused.exitCode === null ? refused.once("exit", resolve) : resolve(0)));
  expect(port).toBe("");
  expect(refused.exitCode).toBe(1);
  expect(errors).toBe(
    'paasmas:policies.aws-imdsv2: "off" is not allowed; allowed: one of advisory, mandatory, remediate, disabled\n',
  );
}, 60_000);
