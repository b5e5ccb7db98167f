import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { readyScript } from "../../../ignition/roles/role.ts";
import { accessFacts, checkAccess, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import { type RenderedConfig, renderConfig } from "../machine-config.ts";
import { dockerGate } from "./gate.ts";
import { hostName, labels } from "./labels.ts";

const nodeInit = readFileSync(new URL("node-init.sh", import.meta.url), "utf8");

/** Values of the cloud for a machine. */
export interface DockerMachineSettings {
  address: string;
  sshAuthorizedKeys: readonly string[];
  /** Memory limit, in MiB. */
  memoryMiB: number;
  /** Limit of processors; undefined: all processors. */
  cpus?: number;
  network: pulumi.Input<string>;
  /** Id of the node image. */
  image: pulumi.Input<string>;
  /** Folder of the Docker host with container images, which machines use before they pull. */
  imageStore?: string;
  dropCapabilities: readonly string[];
  /** Node agents of the cloud. */
  agents: NodeAgents;
  /** Protects data volumes, and keeps them when the stack is destroyed. */
  retainData: boolean;
}

/**
 * Container that runs systemd and applies an Ignition config, like a virtual machine. It needs all capabilities,
 * because it runs an operating system with containers. It is not privileged, and has no access to the Docker socket or
 * to host devices except /dev/fuse.
 */
export class DockerMachine extends pulumi.ComponentResource implements Machine {
  readonly machineName: string;
  readonly address: string;
  readonly gate: pulumi.Resource;

  constructor(
    name: string,
    args: MachineArgs,
    settings: DockerMachineSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    checkAccess(name, "docker", args);
    const { address, sshAuthorizedKeys } = settings;
    const config = renderConfig(name, machineConfig(name, args, { address, sshAuthorizedKeys }, settings.agents));
    super(factTypes.machine, name, machineFacts(args, settings, config), opts);
    this.machineName = name;
    this.address = address;

    // Keeps image layers during a replacement, so that a roll does not pull them again.
    const volumes = [
      { containerPath: "/var/lib/containers", volumeName: this.#volume(name, "containers", args.role).name },
    ];
    if (args.dataVolume) {
      const data = this.#volume(name, "data", args.role, {
        protect: settings.retainData,
        retainOnDelete: settings.retainData,
      });
      volumes.push({ containerPath: args.dataVolume.path, volumeName: data.name });
    }

    const stopGraceSeconds = args.stopGraceSeconds ?? 60;
    const container = new docker.Container(
      `${name}-node`,
      {
        name: hostName(name),
        hostname: name,
        image: settings.image,
        entrypoints: ["/ignition/node-init.sh"],
        uploads: [
          { file: "/ignition/config.ign", content: config.text, permissions: "0600" },
          { file: "/ignition/node-init.sh", content: nodeInit, permissions: "0755" },
        ],
        networksAdvanced: [{ name: settings.network, ipv4Address: address }],
        volumes: [
          ...volumes,
          ...(settings.imageStore
            ? [{ hostPath: settings.imageStore, containerPath: "/usr/lib/containers/storage", readOnly: true }]
            : []),
        ],
        tmpfs: { "/run": "exec,mode=755", "/run/lock": "", "/tmp": "exec,mode=1777" },
        cgroupnsMode: "private",
        capabilities: { adds: ["ALL"], drops: [...settings.dropCapabilities] },
        // On hosts with these modules, each would block the mounts of systemd and podman.
        securityOpts: ["apparmor=unconfined", "label=disable", "seccomp=unconfined"],
        devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
        memory: settings.memoryMiB,
        // Without it, Docker adds swap of the same size, and the provider always reports a change.
        memorySwap: settings.memoryMiB,
        cpus: settings.cpus === undefined ? undefined : String(settings.cpus),
        restart: "unless-stopped",
        // "halt" for systemd: services stop in order, within the time limits below.
        stopSignal: "SIGRTMIN+3",
        stopTimeout: stopGraceSeconds,
        destroyGraceSeconds: stopGraceSeconds,
        labels: labels(args.role),
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        // One container at a time can use the name, the address and the volumes.
        deleteBeforeReplace: true,
      },
    );
    this.gate = dockerGate(
      `${name}-ready`,
      {
        subject: `machine ${name}`,
        container: container.name,
        readyScript,
        triggers: [container.id, config.sha512],
        timeoutSeconds: args.readyTimeoutSeconds ?? 900,
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.registerOutputs({ address });
  }

  #volume(machine: string, purpose: string, role: string, opts: pulumi.CustomResourceOptions = {}): docker.Volume {
    return new docker.Volume(
      `${machine}-${purpose}`,
      { name: hostName(`${machine}-${purpose}`), labels: labels(role) },
      { parent: this, ...opts },
    );
  }
}

function machineFacts(args: MachineArgs, settings: DockerMachineSettings, config: RenderedConfig): MachineFacts {
  return {
    role: args.role,
    hostNumber: args.hostNumber,
    address: settings.address,
    zone: "local",
    size: args.size ?? "small",
    type: `${settings.memoryMiB} MiB`,
    dataVolumeGiB: args.dataVolume?.sizeGiB,
    dataVolumePath: args.dataVolume?.path,
    retained: args.dataVolume !== undefined && settings.retainData,
    firewall: args.firewall.firewallName,
    ...accessFacts(args),
    delivery: "upload",
    ignitionBytes: config.bytes,
    ignitionSha512: config.sha512,
  };
}
