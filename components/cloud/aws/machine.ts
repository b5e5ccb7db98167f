import * as pulumi from "@pulumi/pulumi";
import { accessFacts, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs, MachineSize } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import type { AddressPlan } from "./address-plan.ts";
import { AwsFirewall } from "./firewall.ts";
import type { Gate } from "./gate.ts";
import { type IgnitionDelivery, userDataLimit } from "./ignition-delivery.ts";
import { AwsMachineGroup } from "./machine-group.ts";
import type { Network } from "./network.ts";
import type { AwsPermission } from "./permission.ts";
import * as ebs from "./sdk/ebs.ts";
import * as ec2 from "./sdk/ec2.ts";
import type { TagsOf } from "./tags.ts";

/** What a machine needs of its cloud. */
export interface MachineSurroundings {
  plan: AddressPlan;
  network: Network;
  delivery: IgnitionDelivery;
  gate: Gate;
  /** AMI id. */
  image: string;
  instanceTypes: Record<MachineSize, string>;
  sshAuthorizedKeys: readonly string[];
  protect: boolean;
  /** What the machine's role may do beyond reading its own config. */
  permissions: readonly AwsPermission[];
  /** What runs beside its role. */
  agents: NodeAgents;
  tags: TagsOf;
}

/** Size of the root disk in GiB: the system twice over, for its updates, and container images. */
const rootGiB = 24;

/**
 * An EC2 instance without a public address, its network interface with a fixed address, its data volume and its gate.
 * Interface and volume stay when the instance is replaced. A detached volume means a stopped instance: EC2 lets the
 * guest shut down in order and does so for minutes, whatever `stopGraceSeconds` asks for.
 */
export class AwsMachine extends pulumi.ComponentResource implements Machine {
  readonly machineName: string;
  readonly address: string;
  readonly gate: pulumi.Resource;

  constructor(name: string, args: MachineArgs, cloud: MachineSurroundings, opts: pulumi.ComponentResourceOptions) {
    const { role, hostNumber, dataVolume, size = "small" } = args;
    const firewall = AwsFirewall.from(args.firewall);
    const group = args.group && AwsMachineGroup.from(args.group);
    const place = cloud.plan.locate(hostNumber);
    const type = cloud.instanceTypes[size];
    const config = cloud.delivery.prepare(
      name,
      machineConfig(name, args, { address: place.address, sshAuthorizedKeys: cloud.sshAuthorizedKeys }, cloud.agents),
    );
    const facts: MachineFacts = {
      role,
      hostNumber,
      address: place.address,
      zone: place.zone,
      size,
      type,
      ...(dataVolume && { dataVolumeGiB: dataVolume.sizeGiB, dataVolumePath: dataVolume.path }),
      retained: dataVolume !== undefined && cloud.protect,
      firewall: firewall.firewallName,
      ...(group && { group: group.groupName }),
      ...accessFacts(args),
      delivery: "object-store",
      ignitionBytes: config.bytes,
      ignitionSha512: config.sha512,
      userDataBytes: config.userDataBytes,
      userDataLimit,
    };
    super(factTypes.machine, name, facts, opts);
    this.machineName = name;
    this.address = place.address;
    const own = { parent: this };
    const tags = cloud.tags(role, name);

    const { userData, instanceProfile, ready } = cloud.delivery.deliver(name, role, config, cloud.permissions, own);
    const networkInterface = new ec2.NetworkInterface(
      `${name}-interface`,
      {
        description: `Fixed address of ${name}`,
        subnetId: cloud.network.machineSubnetIds[place.zoneIndex]!,
        privateIps: [place.address],
        securityGroups: [firewall.securityGroupId],
        tags,
      },
      own,
    );
    const instance = new ec2.Instance(
      `${name}-instance`,
      {
        ami: cloud.image,
        instanceType: type,
        primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
        iamInstanceProfile: instanceProfile,
        userData,
        userDataReplaceOnChange: true,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: rootGiB, deleteOnTermination: true, tags },
        ebsOptimized: true,
        ...(group && { placementGroup: group.placementGroup }),
        tags,
      },
      // The address and the volume can only belong to one instance at a time, and a quorum loses one member at a time:
      // the old one goes first, and not before what the caller waits for, the previous machine's gate, is there.
      pulumi.mergeOptions(
        { ...own, deleteBeforeReplace: true, dependsOn: [...ready, ...cloud.network.routes] },
        { dependsOn: opts.dependsOn },
      ),
    );
    const attached = dataVolume && this.#attach(dataVolume.sizeGiB, place.zone, instance, cloud.protect, tags);

    this.gate = cloud.gate.check(
      name,
      {
        address: place.address,
        firewall,
        instanceId: instance.id,
        ignitionSha512: config.sha512,
        timeoutSeconds: args.readyTimeoutSeconds ?? 900,
      },
      { ...own, dependsOn: attached ? [attached] : [] },
    );
    this.registerOutputs({ address: this.address });
  }

  #attach(
    sizeGiB: number,
    zone: string,
    instance: ec2.Instance,
    protect: boolean,
    tags: Record<string, string>,
  ): pulumi.Resource {
    const volume = new ebs.Volume(
      `${this.machineName}-data`,
      {
        availabilityZone: zone,
        size: sizeGiB,
        type: "gp3",
        encrypted: true,
        tags: { ...tags, Name: `${this.machineName}-data` },
      },
      { parent: this, protect, retainOnDelete: protect },
    );
    return new ec2.VolumeAttachment(
      `${this.machineName}-data`,
      // The role looks for the disk by label, so that the name, which the instance may change, does not matter.
      { volumeId: volume.id, instanceId: instance.id, deviceName: "/dev/sdf", stopInstanceBeforeDetaching: true },
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
