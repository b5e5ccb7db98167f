import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { readyPort } from "../../../ignition/roles/role.ts";
import { AwsFirewall, AwsFirewallRule } from "./firewall.ts";
import type { Network } from "./network.ts";
import * as cloudwatch from "./sdk/cloudwatch.ts";
import * as iam from "./sdk/iam.ts";
import * as lambda from "./sdk/lambda.ts";
import type { TagsOf } from "./tags.ts";

/** Time limit of a Lambda function, in seconds. */
const roundSeconds = 900;

/** Retention of the log of the gate, in days. */
const retentionInDays = 30;

export interface GateArgs {
  network: Network;
  tags: TagsOf;
}

/** Machine for which the gate waits. */
export interface GateCheckArgs {
  address: string;
  firewall: AwsFirewall;
  instanceId: pulumi.Input<string>;
  /** Hash of the config with which the instance started. */
  ignitionSha512: pulumi.Input<string>;
  /** Current instance type. For another type, the provider stops and starts the same instance. */
  instanceType: pulumi.Input<string>;
  /** Attached data volume. The provider stops the instance before it detaches another one. */
  volumeId?: pulumi.Input<string>;
  timeoutSeconds: number;
}

/**
 * Lambda function in the private network that polls the ready port of a machine. Pulumi calls it for each created or
 * replaced machine. Firewall rules allow it only this port. Its role uses the AWS policy for functions in a VPC,
 * because IAM cannot limit the network interface permissions to a resource.
 */
export class Gate extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #function: lambda.Function;
  readonly #firewall: AwsFirewall;
  readonly #opened = new Map<AwsFirewall, AwsFirewallRule>();

  constructor(name: string, args: GateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("paasmas:aws:Gate", name, {}, opts);
    const own = { parent: this };
    const { network } = args;
    const tags = args.tags("gate", name);
    this.#name = name;
    this.#firewall = new AwsFirewall(
      name,
      { description: "asks machines whether they are ready", vpcId: network.vpcId, tags: args.tags },
      own,
    );
    const role = new iam.Role(
      `${name}-role`,
      {
        description: `What the gate ${name} may do: run in the VPC and write its log`,
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
        tags,
      },
      own,
    );
    const permission = new iam.RolePolicyAttachment(
      `${name}-in-vpc`,
      { role: role.name, policyArn: iam.ManagedPolicy.AWSLambdaVPCAccessExecutionRole },
      own,
    );
    const log = new cloudwatch.LogGroup(`${name}-log`, { retentionInDays, tags }, own);
    this.#function = new lambda.Function(
      `${name}-function`,
      {
        description: "Waits until a machine answers that its role is healthy",
        runtime: lambda.Runtime.NodeJS24dX,
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({
          "index.mjs": new pulumi.asset.StringAsset(readFileSync(new URL("./gate/index.mjs", import.meta.url), "utf8")),
        }),
        role: role.arn,
        timeout: roundSeconds,
        memorySize: 128,
        vpcConfig: { subnetIds: network.serviceSubnetIds, securityGroupIds: [this.#firewall.securityGroupId] },
        // Lambda keeps the interfaces of a function for up to 20 minutes. Without this, a destroy waits for them.
        replaceSecurityGroupsOnDestroy: true,
        loggingConfig: { logFormat: "JSON", logGroup: log.name },
        tags,
      },
      { ...own, dependsOn: [permission] },
    );
    this.registerOutputs({});
  }

  /**
   * Returns a resource that is created when the machine is ready. It is replaced when the instance or the config
   * changes, or when the instance restarts in place. A longer wait than the time limit of Lambda uses several rounds;
   * only the last round can fail.
   */
  check(machine: string, args: GateCheckArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
    const { port } = readyPort;
    const rounds = Math.ceil(args.timeoutSeconds / roundSeconds);
    const call = (round: number, after: pulumi.Resource[]): pulumi.Resource => {
      const lastRound = round === rounds;
      const timeoutSeconds = lastRound ? args.timeoutSeconds - (rounds - 1) * roundSeconds : roundSeconds;
      const invocation = new lambda.Invocation(
        lastRound ? `${machine}-gate` : `${machine}-gate-round-${round}`,
        {
          functionName: this.#function.name,
          input: pulumi.jsonStringify({
            machine,
            instanceId: args.instanceId,
            address: args.address,
            port,
            path: "/ready",
            timeoutSeconds,
            lastRound,
          }),
          triggers: {
            instance: args.instanceId,
            ignition: args.ignitionSha512,
            type: args.instanceType,
            ...(args.volumeId !== undefined && { volume: args.volumeId }),
          },
        },
        pulumi.mergeOptions(opts, { deleteBeforeReplace: true, dependsOn: after }),
      );
      return lastRound ? invocation : call(round + 1, [...after, invocation]);
    };
    return call(1, [this.#openTo(args.firewall)]);
  }

  #openTo(firewall: AwsFirewall): AwsFirewallRule {
    const rule =
      this.#opened.get(firewall) ??
      new AwsFirewallRule(
        `${this.#name}-to-${firewall.firewallName}`,
        { to: firewall, from: this.#firewall, port: readyPort },
        { parent: this },
      );
    this.#opened.set(firewall, rule);
    return rule;
  }
}
