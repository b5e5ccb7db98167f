import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { checkUserData, pointer, render, sha512, userDataLimits } from "../../../ignition/index.ts";
import { accessFacts, checkAccess, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import { renderConfig } from "../machine-config.ts";
import { OpenstackMachineGroup, securityGroup } from "./firewall.ts";
import { openstackGate } from "./gate.ts";
import type { IgnitionStore } from "./ignition-store.ts";
import type { PrivateNetwork } from "./network.ts";
import { cloudName, metadata, tags } from "./tags.ts";

/** What the cloud adds to a machine's own arguments. */
export interface OpenstackMachineSettings {
  address: string;
  sshAuthorizedKeys: readonly string[];
  /** Name of the flavor. */
  flavor: string;
  imageId: pulumi.Input<string>;
  network: PrivateNetwork;
  store: IgnitionStore;
  /** The failure domain, for the facts. */
  zone: string;
  /** Availability zone of Nova and Cinder; undefined: OpenStack's choice. */
  availabilityZone?: string;
  volumeType?: string;
  /** What runs beside its role. */
  agents: NodeAgents;
  /** Protect data volumes and keep them when the stack goes. */
  retainData: boolean;
}

const oneYear = 365 * 24 * 3600;

/**
 * A Nova instance on a port with a fixed address. Its user data is a pointer to the config in the {@link IgnitionStore},
 * with a hash: a bearer URL by design, and never the config's secrets. The URL is valid for a year from when the
 * config, image or flavor last changed, so replacing an older machine needs one of them changed (or its
 * `-config-url` replaced with it).
 *
 * Graceful stops are bounded by Nova's `shutdown_timeout` or the image's `os_shutdown_timeout`, 60 s by default;
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
    // The machine reports for as long as it lives, and its gate may look at any time.
    const report = store.urls(`${name}-report-url`, `${name}.ready`, 10 * oneYear);
    const rendered = renderConfig(
      name,
      machineConfig(name, args, { address, sshAuthorizedKeys, readyReportUrl: report.write }, settings.agents),
    );
    // Whatever makes a new machine makes a new object, and so a URL with all its time before it.
    const object = pulumi
      .all([rendered.sha512, imageId])
      .apply(([config, image]) => `${name}-${sha512(`${config} ${image} ${flavor}`).slice(0, 20)}.ign`);
    const configUrl = store.urls(`${name}-config-url`, object, oneYear, waits).read;
    const userData = pulumi.all([configUrl, rendered.sha512]).apply(([source, hash]) => {
      const data = render(pointer({ source, sha512: hash, httpTotalSeconds: 300 }));
      checkUserData("openstack", data);
      return data;
    });
    const facts: MachineFacts = {
      role: args.role,
      hostNumber: args.hostNumber,
      address,
      zone: settings.zone,
      size: args.size ?? "small",
      type: flavor,
      dataVolumeGiB: args.dataVolume?.sizeGiB,
      dataVolumePath: args.dataVolume?.path,
      retained: args.dataVolume !== undefined && settings.retainData,
      firewall: args.firewall.firewallName,
      ...accessFacts(args),
      delivery: "object-store",
      ignitionBytes: rendered.bytes,
      ignitionSha512: rendered.sha512,
      userDataBytes: pulumi.unsecret(userData.apply((data) => Buffer.byteLength(data))),
      userDataLimit: userDataLimits.openstack,
    };
    super(factTypes.machine, name, facts, opts);
    this.machineName = name;
    this.address = address;

    const port = new openstack.networking.Port(
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
        imageId,
        networks: [{ port: port.id }],
        blockDevices: [
          { uuid: imageId, sourceType: "image", destinationType: "local", bootIndex: 0, deleteOnTermination: true },
          ...(args.dataVolume ? [dataDevice(this.#dataVolume(name, args, settings))] : []),
        ],
        userData,
        // The user data arrives without DHCP or a metadata service, too.
        configDrive: true,
        availabilityZone: settings.availabilityZone,
        schedulerHints: args.group === undefined ? undefined : [{ group: serverGroup(args.group) }],
        // Systemd stops the role in order, instead of a power cut.
        stopBeforeDestroy: true,
        metadata: metadata(args.role),
      },
      {
        parent: this,
        ...pulumi.mergeOptions(waits, { dependsOn: [config, ...network.routes] }),
        // The port and the volume can only have one holder at a time.
        deleteBeforeReplace: true,
      },
    );
    this.gate = openstackGate(
      `${name}-ready`,
      {
        machine: name,
        readyUrl: report.read,
        triggers: [instance.id, object],
        timeoutSeconds: args.readyTimeoutSeconds ?? 900,
      },
      { parent: this, ...waits },
    );
    this.registerOutputs({ address });
  }

  #dataVolume(name: string, args: MachineArgs, settings: OpenstackMachineSettings): openstack.blockstorage.Volume {
    return new openstack.blockstorage.Volume(
      `${name}-data`,
      {
        name: cloudName(`${name}-data`),
        description: `Data of ${name}`,
        size: args.dataVolume!.sizeGiB,
        volumeType: settings.volumeType,
        availabilityZone: settings.availabilityZone,
        enableOnlineResize: true,
        metadata: metadata(args.role),
      },
      { parent: this, protect: settings.retainData, retainOnDelete: settings.retainData },
    );
  }
}

/**
 * The data volume comes and goes with the instance. A separate attachment would be replaced together with the
 * instance, and deleted first: the disk would be torn from a running database.
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
  if (!(group instanceof OpenstackMachineGroup)) throw new TypeError("the machine group is another cloud's");
  return group.groupId;
}
