import * as pulumi from "@pulumi/pulumi";
import { accessFacts, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs, MachineSize } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import type { AddressPlan, Placement } from "./address-plan.ts";
import type { AwsVolumeArgs } from "./args.ts";
import { AwsFirewall } from "./firewall.ts";
import type { Gate } from "./gate.ts";
import { type IgnitionDelivery, userDataLimit } from "./ignition-delivery.ts";
import { AwsMachineGroup } from "./machine-group.ts";
import type { Network } from "./network.ts";
import type { AwsPermission } from "./permission.ts";
import * as ebs from "./sdk/ebs.ts";
import * as ec2 from "./sdk/ec2.ts";
import type { TagsOf } from "./tags.ts";

/** Values of the cloud for a machine. */
export interface MachineContext {
  plan: AddressPlan;
  network: Network;
  delivery: IgnitionDelivery;
  gate: Gate;
  /** AMI id. */
  image: string;
  instanceTypes: Record<MachineSize, string>;
  sshAuthorizedKeys: readonly string[];
  protect: boolean;
  /** Performance of the data volume. */
  volume: AwsVolumeArgs;
  /** Permissions of the machine's role, besides reading its config. */
  permissions: readonly AwsPermission[];
  /** Node agents of the cloud. */
  agents: NodeAgents;
  tags: TagsOf;
}

/** Size of the root disk in GiB: two versions of the system, for updates, and container images. */
const rootGiB = 24;

/**
 * EC2 instance without a public address, with a network interface with a fixed address, a data volume and a gate. A
 * replacement of the instance keeps interface and volume. Pulumi stops the instance before it detaches the volume: EC2
 * waits some minutes for the shutdown. `stopGraceSeconds` has no effect.
 */
export class AwsMachine extends pulumi.ComponentResource implements Machine {
  readonly machineName: string;
  readonly address: string;
  readonly gate: pulumi.Resource;

  constructor(name: string, args: MachineArgs, cloud: MachineContext, opts: pulumi.ComponentResourceOptions) {
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
    const networkInterface = this.#interface(place, firewall, cloud.network, tags);
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
      // One instance at a time can use the address and the volume, so Pulumi deletes the old one first. It waits for
      // the caller's dependencies, such as the gate of the previous machine, so that a quorum loses one member at a
      // time.
      pulumi.mergeOptions(
        { ...own, deleteBeforeReplace: true, dependsOn: [...ready, ...cloud.network.routes] },
        { dependsOn: opts.dependsOn },
      ),
    );
    const attached = dataVolume && this.#attach(dataVolume.sizeGiB, place.zone, instance, cloud, tags);

    this.gate = cloud.gate.check(
      name,
      {
        address: place.address,
        firewall,
        instanceId: instance.id,
        ignitionSha512: config.sha512,
        instanceType: instance.instanceType,
        volumeId: attached?.volumeId,
        timeoutSeconds: args.readyTimeoutSeconds ?? 900,
      },
      { ...own, dependsOn: attached ? [attached] : [] },
    );
    this.registerOutputs({ address: this.address });
  }

  #interface(
    place: Placement,
    firewall: AwsFirewall,
    network: Network,
    tags: Record<string, string>,
  ): ec2.NetworkInterface {
    return new ec2.NetworkInterface(
      `${this.machineName}-interface`,
      {
        description: `Fixed address of ${this.machineName}`,
        subnetId: network.machineSubnetIds[place.zoneIndex]!,
        privateIps: [place.address],
        securityGroups: [firewall.securityGroupId],
        tags,
      },
      { parent: this },
    );
  }

  #attach(
    sizeGiB: number,
    zone: string,
    instance: ec2.Instance,
    { protect, volume: { iops, throughputMiBps } }: MachineContext,
    tags: Record<string, string>,
  ): ec2.VolumeAttachment {
    const volume = new ebs.Volume(
      `${this.machineName}-data`,
      {
        availabilityZone: zone,
        size: sizeGiB,
        type: "gp3",
        ...(iops !== undefined && { iops }),
        ...(throughputMiBps !== undefined && { throughput: throughputMiBps }),
        encrypted: true,
        tags: { ...tags, Name: `${this.machineName}-data` },
      },
      { parent: this, protect, retainOnDelete: protect },
    );
    return new ec2.VolumeAttachment(
      `${this.machineName}-data`,
      // The role finds the disk by its label: the instance may show another device name.
      { volumeId: volume.id, instanceId: instance.id, deviceName: "/dev/sdf", stopInstanceBeforeDetaching: true },
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
