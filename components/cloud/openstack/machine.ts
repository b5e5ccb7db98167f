import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { checkUserData, pointer, render, sha512, userDataLimits } from "../../../ignition/index.ts";
import { accessFacts, checkAccess, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import { type RenderedConfig, renderConfig } from "../machine-config.ts";
import { OpenstackMachineGroup, securityGroup } from "./firewall.ts";
import type { OpenstackBootVolumeArgs } from "./args.ts";
import { openstackGate } from "./gate.ts";
import type { IgnitionStore } from "./ignition-store.ts";
import type { PrivateNetwork } from "./network.ts";
import { cloudName, metadata, tags } from "./tags.ts";

/** Values of the cloud for a machine. */
export interface OpenstackMachineSettings {
  address: string;
  sshAuthorizedKeys: readonly string[];
  /** Name of the flavor. */
  flavor: string;
  imageId: pulumi.Input<string>;
  network: PrivateNetwork;
  store: IgnitionStore;
  /** Failure domain, for the facts. */
  zone: string;
  /** Availability zone of Nova; undefined: OpenStack's choice. */
  availabilityZone?: string;
  /** Availability zone of Cinder; undefined: OpenStack's choice. */
  volumeZone?: string;
  volumeType?: string;
  /** Volume from which the machine boots. Undefined: the flavor's local disk. */
  bootVolume?: OpenstackBootVolumeArgs;
  /** Node agents of the cloud. */
  agents: NodeAgents;
  /** Protects data volumes, and keeps them when the stack is destroyed. */
  retainData: boolean;
}

const oneYear = 365 * 24 * 3600;

/**
 * Nova instance on a port with a fixed address. Its user data is a pointer to the config in the {@link IgnitionStore}:
 * a temporary URL with a hash, without the secrets of the config. The URL is valid for one year after the last change
 * of config, image or flavor. To replace an older machine, change one of them, or replace its `-config-url` too.
 *
 * The time limit of a stop is Nova's `shutdown_timeout` or the image's `os_shutdown_timeout`, by default 60 s.
 * {@link MachineArgs.stopGraceSeconds} has no effect.
 */
export class OpenstackMachine extends pulumi.ComponentResource implements Machine {
  readonly machineName: string;
  readonly address: string;
  readonly gate: pulumi.Resource;

  constructor(
    name: string,
    args: MachineArgs,
    settings: OpenstackMachineSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    checkAccess(name, "openstack", args);
    const { address, sshAuthorizedKeys, store, network, flavor, imageId } = settings;
    const waits = { dependsOn: opts?.dependsOn };
    // Reports continue for the lifetime of the machine, and its gate can read them at any time.
    const report = store.urls(`${name}-report-url`, `${name}.ready`, 10 * oneYear);
    const rendered = renderConfig(
      name,
      machineConfig(name, args, { address, sshAuthorizedKeys, readyReportUrl: report.write }, settings.agents),
    );
    // Each change that replaces the machine also creates a new object, with a URL that is valid for one year.
    const object = pulumi
      .all([rendered.sha512, imageId])
      .apply(([config, image]) => `${name}-${sha512(`${config} ${image} ${flavor}`).slice(0, 20)}.ign`);
    const configUrl = store.urls(`${name}-config-url`, object, oneYear, waits).read;
    const userData = pointerTo(configUrl, rendered.sha512);
    super(factTypes.machine, name, machineFacts(args, settings, rendered, userData), opts);
    this.machineName = name;
    this.address = address;

    const port = this.#port(name, args, settings);
    const config = new openstack.objectstorage.ContainerObject(
      `${name}-config`,
      {
        containerName: store.container,
        name: object,
        content: rendered.text,
        contentType: "application/vnd.coreos.ignition+json",
      },
      { parent: this, ...waits, additionalSecretOutputs: ["content"] },
    );
    const instance = new openstack.compute.Instance(
      `${name}-instance`,
      {
        name,
        flavorName: flavor,
        // With a boot volume, the provider reports another image id, and would replace the machine in each update.
        imageId: settings.bootVolume === undefined ? imageId : undefined,
        networks: [{ port: port.id }],
        blockDevices: [
          bootDevice(imageId, settings.bootVolume),
          ...(args.dataVolume ? [dataDevice(this.#dataVolume(name, args, settings))] : []),
        ],
        userData,
        // Delivers the user data also without DHCP and a metadata service.
        configDrive: true,
        availabilityZone: settings.availabilityZone,
        schedulerHints: args.group === undefined ? undefined : [{ group: serverGroup(args.group) }],
        // systemd stops the role in order. Without it, Nova powers the machine off.
        stopBeforeDestroy: true,
        metadata: metadata(args.role),
      },
      {
        parent: this,
        ...pulumi.mergeOptions(waits, { dependsOn: [config, ...network.routes] }),
        // One instance at a time can use the port and the volume.
        deleteBeforeReplace: true,
      },
    );
    this.gate = openstackGate(
      `${name}-ready`,
      {
        machine: name,
        serverId: instance.id,
        readyUrl: report.read,
        triggers: [instance.id, object],
        timeoutSeconds: args.readyTimeoutSeconds ?? 900,
      },
      { parent: this, ...waits },
    );
    this.registerOutputs({ address });
  }

  #port(name: string, args: MachineArgs, { address, network }: OpenstackMachineSettings): openstack.networking.Port {
    return new openstack.networking.Port(
      `${name}-port`,
      {
        name: cloudName(name),
        description: `Fixed address of ${name}`,
        networkId: network.networkId,
        fixedIps: [{ subnetId: network.subnetId, ipAddress: address }],
        securityGroupIds: [securityGroup(args.firewall)],
        tags: tags(args.role),
      },
      { parent: this },
    );
  }

  #dataVolume(name: string, args: MachineArgs, settings: OpenstackMachineSettings): openstack.blockstorage.Volume {
    return new openstack.blockstorage.Volume(
      `${name}-data`,
      {
        name: cloudName(`${name}-data`),
        description: `Data of ${name}`,
        size: args.dataVolume!.sizeGiB,
        volumeType: settings.volumeType,
        availabilityZone: settings.volumeZone,
        enableOnlineResize: true,
        metadata: metadata(args.role),
      },
      { parent: this, protect: settings.retainData, retainOnDelete: settings.retainData },
    );
  }
}

/** Disk with the image: the flavor's local disk, or a volume that Nova creates and deletes with the machine. */
function bootDevice(imageId: pulumi.Input<string>, volume: OpenstackBootVolumeArgs | undefined) {
  return {
    uuid: imageId,
    sourceType: "image",
    bootIndex: 0,
    deleteOnTermination: true,
    ...(volume === undefined
      ? { destinationType: "local" }
      : { destinationType: "volume", volumeSize: volume.sizeGiB, volumeType: volume.volumeType }),
  };
}

/**
 * Attaches the data volume as part of the instance. In a replacement, Pulumi would delete a separate attachment first,
 * and detach the disk from a running database.
 */
function dataDevice(volume: openstack.blockstorage.Volume) {
  return {
    uuid: volume.id,
    sourceType: "volume",
    destinationType: "volume",
    bootIndex: -1,
    deleteOnTermination: false,
  };
}

function serverGroup(group: unknown): pulumi.Output<pulumi.ID> {
  if (!(group instanceof OpenstackMachineGroup))
    throw new TypeError("group: it belongs to another cloud; create it with group() of this cloud");
  return group.groupId;
}

/** Returns user data that points to a config. Ignition retries the download for at most 300 seconds. */
function pointerTo(configUrl: pulumi.Output<string>, sha512OfConfig: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.all([configUrl, sha512OfConfig]).apply(([source, hash]) => {
    const data = render(pointer({ source, sha512: hash, httpTotalSeconds: 300 }));
    checkUserData("openstack", data);
    return data;
  });
}

function machineFacts(
  args: MachineArgs,
  settings: OpenstackMachineSettings,
  config: RenderedConfig,
  userData: pulumi.Output<string>,
): MachineFacts {
  return {
    role: args.role,
    hostNumber: args.hostNumber,
    address: settings.address,
    zone: settings.zone,
    size: args.size ?? "small",
    type: settings.flavor,
    dataVolumeGiB: args.dataVolume?.sizeGiB,
    dataVolumePath: args.dataVolume?.path,
    retained: args.dataVolume !== undefined && settings.retainData,
    firewall: args.firewall.firewallName,
    ...accessFacts(args),
    delivery: "object-store",
    ignitionBytes: config.bytes,
    ignitionSha512: config.sha512,
    userDataBytes: pulumi.unsecret(userData.apply((data) => Buffer.byteLength(data))),
    userDataLimit: userDataLimits.openstack,
  };
}
