import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import { checkAccess } from "../access.ts";
import { AddressRegister } from "../addresses.ts";
import { NodeAgents } from "../node-agents.ts";
import type {
  AllowArgs,
  Cloud,
  Firewall,
  FirewallArgs,
  LoadBalancerArgs,
  NodeAgent,
  MachineArgs,
  MachineSize,
  RegisteredMachine,
  ObjectStoreArgs,
} from "../cloud.ts";
import { type CloudFacts, factTypes } from "../facts.ts";
import { withCloudProviders } from "../resource-options.ts";
import { AddressPlan } from "./address-plan.ts";
import type { AwsCloudArgs } from "./args.ts";
import { ConnectEndpoint } from "./connect-endpoint.ts";
import { AwsFirewall, AwsFirewallRule } from "./firewall.ts";
import { Gate } from "./gate.ts";
import { IgnitionDelivery } from "./ignition-delivery.ts";
import { defaultInstanceTypes, instanceTypeProblems } from "./instance-types.ts";
import { AwsLoadBalancer } from "./load-balancer.ts";
import { AwsMachine } from "./machine.ts";
import { AwsMachineGroup } from "./machine-group.ts";
import { Network } from "./network.ts";
import { AwsObjectStore } from "./object-store.ts";
import { awsPermissions } from "./permission.ts";
import { awsCloudArguments, awsVolumeArguments } from "./settings-schema.ts";
import { mostTags, tagging, type TagsOf } from "./tags.ts";
import { volumeProblems } from "./volume.ts";

export { AwsAccount, type AwsAccountArgs } from "./account.ts";
export type { AwsAssumeRoleArgs, AwsWebIdentityArgs } from "./login.ts";
export type { AwsCloudArgs, AwsVolumeArgs } from "./args.ts";
export { bucketAccess, uploadAccess } from "./bucket-access.ts";
export { Route53Zone } from "./dns.ts";
export { VpcPeering, type VpcPeeringArgs } from "./peering.ts";

/** Cloud on AWS: a separate VPC with several availability zones, in the region of the provider. */
export class AwsCloud extends pulumi.ComponentResource implements Cloud {
  readonly kind = "aws";
  readonly cidr: string;
  /** Availability zones, in the order in which host numbers use them. */
  readonly zones: readonly string[];
  /** VPC, subnets and routes. */
  readonly network: Network;

  readonly #name: string;
  readonly #args: AwsCloudArgs;
  readonly #plan: AddressPlan;
  readonly #tags: TagsOf;
  readonly #hosts = new AddressRegister();
  readonly #agents: NodeAgents;
  readonly #protect: boolean;
  readonly #instanceTypes: Record<MachineSize, string>;
  readonly #connectEndpoint: ConnectEndpoint | undefined;
  #delivery: IgnitionDelivery | undefined;
  #gate: Gate | undefined;

  /** @throws ArgumentError or RangeError if an argument is invalid. */
  constructor(name: string, args: AwsCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    const tags = tagging(args.tags);
    const tagCount = Object.keys(tags("", "")).length;
    const check = new ArgumentCheck(name)
      .require(tagCount <= mostTags, "tags", `${tagCount} with the standard tags are too many; use at most ${mostTags}`)
      .require(
        /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(args.image),
        "image",
        `${JSON.stringify(args.image)} is not the id of an AMI; look one up with "npm run images"`,
      )
      .schemas(awsCloudArguments, args);
    for (const [role, volume] of Object.entries(args.volumes ?? {})) {
      check.schemas(awsVolumeArguments, volume, ["volumes", role]);
    }
    const { architecture = "x86_64", instanceTypes = {} } = args;
    check.add(instanceTypeProblems(architecture, instanceTypes)).throwIfInvalid();
    const plan = new AddressPlan(args.cidr, args.zones);
    const facts: CloudFacts = { kind: "aws", cidr: args.cidr, zones: args.zones };
    super(factTypes.cloud, name, facts, opts);
    this.cidr = args.cidr;
    this.zones = args.zones;
    this.#name = name;
    this.#args = args;
    this.#agents = new NodeAgents(name);
    this.#plan = plan;
    this.#tags = tags;
    this.#protect = args.protect ?? true;
    this.#instanceTypes = { ...defaultInstanceTypes[architecture], ...instanceTypes };
    this.network = new Network(
      name,
      {
        cidr: args.cidr,
        plan,
        egress: args.egress ?? "nat",
        natGateways: args.natGateways ?? "zonal",
        flowLogs: args.flowLogs ?? true,
        tags: this.#tags,
      },
      { parent: this },
    );
    if (args.connectEndpoint)
      this.#connectEndpoint = new ConnectEndpoint(
        `${name}-connect`,
        { network: this.network, tags: this.#tags },
        { parent: this },
      );
    this.registerOutputs({ vpcId: this.network.vpcId });
  }

  address(host: number): string {
    return this.#plan.locate(host).address;
  }

  firewall(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions): AwsFirewall {
    const firewall = new AwsFirewall(
      name,
      { description: args.description, vpcId: this.network.vpcId, tags: this.#tags },
      this.#resourceOptions(opts),
    );
    if (this.#args.egress === "none") {
      firewall.allowHttpsOut({ prefixListId: this.network.s3PrefixListId }, "own Ignition config from S3");
    } else {
      firewall.allowHttpsOut({ cidrIpv4: "0.0.0.0/0" }, "container images, updates and the own Ignition config");
    }
    this.#connectEndpoint?.allowTo(firewall);
    return this.#agents.registerFirewall(firewall);
  }

  allow(name: string, args: AllowArgs, opts?: pulumi.ComponentResourceOptions): void {
    const to = AwsFirewall.from(args.to);
    const from = typeof args.from === "string" ? args.from : AwsFirewall.from(args.from);
    for (const port of args.ports) {
      new AwsFirewallRule(`${name}-${portName(port)}`, { to, from, port }, this.#resourceOptions(opts));
    }
  }

  /**
   * Allows machines to connect to an address range outside of this cloud, for example an external database. Without it,
   * only HTTPS is allowed. The destination must allow the connections too.
   * @throws RangeError if `to` is not an address range.
   */
  allowOut(name: string, args: { from: Firewall; to: string; ports: readonly Port[] }): void {
    const from = AwsFirewall.from(args.from);
    for (const port of args.ports) from.allowOut(`${name}-${portName(port)}`, args.to, port);
  }

  group(name: string, opts?: pulumi.ComponentResourceOptions): AwsMachineGroup {
    return new AwsMachineGroup(name, { tags: this.#tags }, this.#resourceOptions(opts));
  }

  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): AwsMachine {
    new ArgumentCheck(name)
      .integer("readyTimeoutSeconds", args.readyTimeoutSeconds ?? 900, { min: 1, max: 86400, unit: "seconds" })
      .throwIfInvalid();
    const volume = this.#args.volumes?.[args.role] ?? {};
    const problems = args.dataVolume ? volumeProblems(`the volume of ${name}`, args.dataVolume.sizeGiB, volume) : [];
    new ArgumentCheck(this.#name)
      .add(problems.map(({ path, message }) => ({ path: `volumes.${args.role}.${path}`, message })))
      .throwIfInvalid();
    checkAccess(name, "aws", args);
    const permissions = awsPermissions(name, args.access ?? [], this.getProvider("aws:index:Provider"));
    this.#hosts.claim(args.hostNumber, name);
    this.#delivery ??= new IgnitionDelivery(`${this.#name}-ignition`, { tags: this.#tags }, { parent: this });
    this.#gate ??= new Gate(`${this.#name}-gate`, { network: this.network, tags: this.#tags }, { parent: this });
    return this.#agents.registerMachine(
      new AwsMachine(
        name,
        args,
        {
          plan: this.#plan,
          network: this.network,
          delivery: this.#delivery,
          gate: this.#gate,
          image: this.#args.image,
          instanceTypes: this.#instanceTypes,
          sshAuthorizedKeys: this.#args.sshAuthorizedKeys ?? [],
          protect: this.#protect,
          volume,
          permissions,
          agents: this.#agents,
          tags: this.#tags,
        },
        this.#resourceOptions(opts),
      ),
    );
  }

  loadBalancer(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions): AwsLoadBalancer {
    this.#hosts.claim(args.hostNumber, name);
    return new AwsLoadBalancer(
      name,
      args,
      { cidr: this.cidr, plan: this.#plan, network: this.network, protect: this.#protect, tags: this.#tags },
      this.#resourceOptions(opts),
    );
  }

  addNodeAgent(agent: NodeAgent): void {
    this.#agents.add(agent);
  }

  get machines(): readonly RegisteredMachine[] {
    return this.#agents.machines;
  }

  objectStore(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions): AwsObjectStore {
    return new AwsObjectStore(
      name,
      {
        description: args.description,
        purpose: "objects",
        noncurrentDays: args.noncurrentDays ?? 30,
        expireDays: args.expireDays,
        protect: this.#protect,
        tags: this.#tags,
      },
      this.#resourceOptions(opts),
    );
  }

  #resourceOptions(opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return withCloudProviders(this, ["aws"], opts);
  }
}

function portName({ port, to, protocol = "tcp" }: Port): string {
  return [to === undefined ? `${port}` : `${port}-${to}`, ...(protocol === "tcp" ? [] : [protocol])].join("-");
}
