import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { accessFacts, checkAccess, machineConfig } from "../access.ts";
import type { NodeAgents } from "../node-agents.ts";
import type { Machine, MachineArgs } from "../cloud.ts";
import { factTypes, type MachineFacts } from "../facts.ts";
import { renderConfig } from "../machine-config.ts";
import { dockerGate } from "./gate.ts";
import { hostName, labels } from "./labels.ts";

const nodeInit = readFileSync(new URL("node-init.sh", import.meta.url), "utf8");

/** What the cloud adds to a machine's own arguments. */
export interface DockerMachineSettings {
  address: string;
  sshAuthorizedKeys: readonly string[];
  /** Memory limit, MiB. */
  memoryMiB: number;
  /** Processors it may use; undefined: all. */
  cpus?: number;
  network: pulumi.Input<string>;
  /** Id of the node image. */
  image: pulumi.Input<string>;
  /** Folder of the Docker host with container images that the machines need not pull. */
  imageStore?: string;
  dropCapabilities: readonly string[];
  /** What runs beside its role. */
  agents: NodeAgents;
  /** Protect data volumes and keep them when the stack goes. */
  retainData: boolean;
}

/**
 * A container that runs systemd and the same Ignition config, applied by the same binary, as a virtual machine would.
 * It needs every capability for that, since it is a whole operating system with containers of its own; it is never
 * privileged, sees no host device but /dev/fuse, and never the Docker socket.
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
    const facts: MachineFacts = {
      role: args.role,
      hostNumber: args.hostNumber,
      address,
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
    super(factTypes.machine, name, facts, opts);
    this.machineName = name;
    this.address = address;

    // Image layers survive a replacement: a roll pulls nothing it has already.
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
        // Each of them forbids the mounts that systemd and podman make, where the Docker host has it.
        securityOpts: ["apparmor=unconfined", "label=disable", "seccomp=unconfined"],
        devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
        memory: settings.memoryMiB,
        // Docker would allow as much swap again, and the provider would report that as a change for ever.
        memorySwap: settings.memoryMiB,
        cpus: settings.cpus === undefined ? undefined : String(settings.cpus),
        restart: "unless-stopped",
        // Systemd's "halt": services stop in order, within the grace that the provider and Docker give it.
        stopSignal: "SIGRTMIN+3",
        stopTimeout: stopGraceSeconds,
        destroyGraceSeconds: stopGraceSeconds,
        labels: labels(args.role),
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        // Name, address and volumes can only have one holder at a time.
        deleteBeforeReplace: true,
      },
    );
    this.gate = dockerGate(
      `${name}-ready`,
      {
        machine: name,
        container: container.name,
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
