import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { labLabel } from "./label.ts";
import { type Provider, refuseUnknown, Unfinished, type Values } from "./provider.ts";
import { tar } from "./tar.ts";

/** The Docker daemon of this machine. */
export const docker = new Docker();

/** `docker.Network`. */
export const network: Provider = {
  updatable: [],
  async create(logicalName, inputs) {
    refuseUnknown("docker.Network", inputs, [
      "name",
      "driver",
      "internal",
      "attachable",
      "ipamConfigs",
      "ipamDriver",
      "labels",
      "options",
    ]);
    const name = nameOf(logicalName, inputs);
    const made: Docker.Network = await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: String(inputs.driver ?? "bridge"),
      Internal: inputs.internal === true,
      Attachable: inputs.attachable === true,
      Options: (inputs.options ?? {}) as Record<string, string>,
      Labels: { ...labelsOf(inputs), ...labLabel },
      IPAM: {
        Driver: String(inputs.ipamDriver ?? "default"),
        Config: list<Values>(inputs.ipamConfigs).map((config) =>
          dropUndefined({
            Subnet: config.subnet as string,
            Gateway: config.gateway as string,
            IPRange: config.ipRange as string,
          }),
        ),
      },
    });
    return { id: made.id, outputs: { name, driver: inputs.driver ?? "bridge" } };
  },
  async delete(made) {
    await gone(docker.getNetwork(made.id).remove());
  },
  exists: (made) => found(docker.getNetwork(made.id).inspect()),
};

/** `docker.Volume`. */
export const volume: Provider = {
  updatable: [],
  async create(logicalName, inputs) {
    refuseUnknown("docker.Volume", inputs, ["name", "driver", "driverOpts", "labels"]);
    const name = nameOf(logicalName, inputs);
    await docker.createVolume({
      Name: name,
      Driver: String(inputs.driver ?? "local"),
      DriverOpts: (inputs.driverOpts ?? {}) as Record<string, string>,
      Labels: { ...labelsOf(inputs), ...labLabel },
    });
    return { id: name, outputs: { name } };
  },
  async delete(made) {
    await gone(docker.getVolume(made.id).remove());
  },
  exists: (made) => found(docker.getVolume(made.id).inspect()),
};

/** `docker.RemoteImage`: only checks that the image exists. There is no registry to pull from. */
export const remoteImage: Provider = {
  updatable: ["keepLocally", "forceRemove"],
  async create(_, inputs) {
    refuseUnknown("docker.RemoteImage", inputs, [
      "name",
      "keepLocally",
      "forceRemove",
      "platform",
      "pullTriggers",
      "triggers",
    ]);
    const { Id } = await docker
      .getImage(String(inputs.name))
      .inspect()
      .catch(() => Promise.reject(new Error(`image ${inputs.name} is not on this machine, and the lab pulls none`)));
    return { id: `${Id}${inputs.name}`, outputs: { imageId: Id, repoDigest: `${inputs.name}@${Id}` } };
  },
  async delete() {},
};

const containerInputs = [
  "name",
  "image",
  "hostname",
  "domainname",
  "entrypoints",
  "command",
  "envs",
  "labels",
  "user",
  "workingDir",
  "capabilities",
  "cgroupnsMode",
  "securityOpts",
  "tmpfs",
  "devices",
  "stopSignal",
  "stopTimeout",
  "uploads",
  "networksAdvanced",
  "volumes",
  "mounts",
  "ports",
  "restart",
  "ulimits",
  "sysctls",
  "dns",
  "hosts",
  "memory",
  "memorySwap",
  "cpuShares",
  "cpus",
  "destroyGraceSeconds",
  "healthcheck",
  "init",
  "logDriver",
  "logOpts",
  "mustRun",
  "privileged",
  "readOnly",
  "shmSize",
  "start",
  "wait",
  "waitTimeout",
  "removeVolumes",
  "rm",
  "attach",
  "logs",
  "ipcMode",
  "pidMode",
];

/** `docker.Container`. */
export const container: Provider = {
  // The provider changes these inputs in place. Any other change replaces the container.
  updatable: [
    "cpuShares",
    "cpuSet",
    "destroyGraceSeconds",
    "logs",
    "maxRetryCount",
    "memory",
    "memorySwap",
    "mustRun",
    "removeVolumes",
    "restart",
    "rm",
    "start",
    "wait",
    "waitTimeout",
    "attach",
  ],
  async create(logicalName, inputs) {
    refuseUnknown("docker.Container", inputs, containerInputs);
    if (inputs.privileged === true) throw new Error("the lab makes no privileged containers");
    const name = nameOf(logicalName, inputs);
    const made = await docker.createContainer({ name, ...optionsOf(inputs) });
    try {
      for (const [index, net] of list<Values>(inputs.networksAdvanced).entries()) {
        if (index > 0)
          await docker.getNetwork(String(net.name)).connect({ Container: made.id, EndpointConfig: endpoint(net) });
      }
      const uploads = list<Values>(inputs.uploads);
      if (uploads.length > 0) await made.putArchive(tar(uploads.map(entryOf)), { path: "/" });
      if (inputs.start !== false) await made.start();
    } catch (error) {
      throw new Unfinished(error as Error, { id: made.id, outputs: { name } });
    }
    return { id: made.id, outputs: { name } };
  },
  async update(made, inputs) {
    if (inputs.restart !== undefined)
      await docker.getContainer(made.id).update({ RestartPolicy: { Name: inputs.restart } });
    return made.outputs;
  },
  async delete(made, inputs) {
    const doomed = docker.getContainer(made.id);
    const grace = Number(inputs.destroyGraceSeconds ?? 0);
    if (grace > 0)
      await gone(
        doomed.stop({ t: grace }).catch((error) => (error.statusCode === 304 ? undefined : Promise.reject(error))),
      );
    await gone(doomed.remove({ force: true, v: inputs.removeVolumes !== false }));
  },
  exists: (made) => found(docker.getContainer(made.id).inspect()),
};

function optionsOf(inputs: Values): Docker.ContainerCreateOptions {
  const ports = list<Values>(inputs.ports);
  const portKey = (port: Values) => `${port.internal}/${port.protocol ?? "tcp"}`;
  const [firstNetwork] = list<Values>(inputs.networksAdvanced);
  const capabilities = (inputs.capabilities ?? {}) as Values;
  const options: Docker.ContainerCreateOptions = {
    Image: String(inputs.image),
    Hostname: inputs.hostname as string | undefined,
    Domainname: inputs.domainname as string | undefined,
    Entrypoint: inputs.entrypoints as string[] | undefined,
    Cmd: inputs.command as string[] | undefined,
    Env: inputs.envs as string[] | undefined,
    Labels: { ...labelsOf(inputs), ...labLabel },
    User: inputs.user as string | undefined,
    WorkingDir: inputs.workingDir as string | undefined,
    StopSignal: inputs.stopSignal as string | undefined,
    StopTimeout: inputs.stopTimeout as number | undefined,
    Healthcheck: healthcheckOf(inputs.healthcheck as Values | undefined),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    HostConfig: dropUndefined({
      CapAdd: capabilities.adds,
      CapDrop: capabilities.drops,
      CgroupnsMode: inputs.cgroupnsMode,
      ...security(list<string>(inputs.securityOpts)),
      Tmpfs: inputs.tmpfs,
      Devices: list<Values>(inputs.devices).map((device) => ({
        PathOnHost: device.hostPath,
        PathInContainer: device.containerPath ?? device.hostPath,
        CgroupPermissions: device.permissions ?? "rwm",
      })),
      Binds: list<Values>(inputs.volumes).map(
        (each) => `${each.volumeName ?? each.hostPath}:${each.containerPath}:${each.readOnly === true ? "ro" : "rw"}`,
      ),
      Mounts: list<Values>(inputs.mounts).map((mount) =>
        dropUndefined({
          Type: mount.type,
          Source: mount.source,
          Target: mount.target,
          ReadOnly: mount.readOnly,
        }),
      ),
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          portKey(port),
          [{ HostIp: String(port.ip ?? "0.0.0.0"), HostPort: String(port.external ?? "") }],
        ]),
      ),
      RestartPolicy: inputs.restart === undefined ? undefined : { Name: inputs.restart },
      Ulimits: list<Values>(inputs.ulimits).map((limit) => ({ Name: limit.name, Soft: limit.soft, Hard: limit.hard })),
      Sysctls: inputs.sysctls,
      Dns: inputs.dns,
      ExtraHosts: list<Values>(inputs.hosts).map((each) => `${each.host}:${each.ip}`),
      Memory: inputs.memory === undefined ? undefined : Number(inputs.memory) * 2 ** 20,
      MemorySwap: inputs.memorySwap === undefined ? undefined : Number(inputs.memorySwap) * 2 ** 20,
      CpuShares: inputs.cpuShares,
      NanoCpus: inputs.cpus === undefined ? undefined : Math.round(Number(inputs.cpus) * 1e9),
      Init: inputs.init,
      LogConfig: inputs.logDriver === undefined ? undefined : { Type: inputs.logDriver, Config: inputs.logOpts ?? {} },
      ReadonlyRootfs: inputs.readOnly,
      ShmSize: inputs.shmSize === undefined ? undefined : Number(inputs.shmSize) * 2 ** 20,
      IpcMode: inputs.ipcMode,
      PidMode: inputs.pidMode,
      NetworkMode: firstNetwork?.name,
    }) as Docker.HostConfig,
    NetworkingConfig:
      firstNetwork === undefined
        ? undefined
        : { EndpointsConfig: { [String(firstNetwork.name)]: endpoint(firstNetwork) } },
  };
  return dropUndefined(options);
}

/** One option belongs to Docker's clients, not to the daemon: hidden and read-only paths of /proc and /sys. */
function security(options: readonly string[]): Partial<Docker.HostConfig> {
  const unconfined = "systempaths=unconfined";
  return {
    SecurityOpt: options.filter((option) => option !== unconfined),
    ...(options.includes(unconfined) ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  };
}

function endpoint(net: Values): Docker.EndpointSettings {
  return dropUndefined({
    Aliases: net.aliases,
    IPAMConfig: net.ipv4Address === undefined ? undefined : { IPv4Address: net.ipv4Address },
  }) as unknown as Docker.EndpointSettings;
}

function healthcheckOf(check: Values | undefined): Docker.HealthConfig | undefined {
  if (check === undefined) return undefined;
  const nanoseconds = (duration: unknown) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(String(duration ?? "0s"));
    if (!match) throw new Error(`the lab cannot read the duration ${duration}`);
    return Number(match[1]) * { ms: 1e6, s: 1e9, m: 60e9 }[match[2] as "ms" | "s" | "m"];
  };
  return {
    Test: check.tests as string[],
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.startPeriod),
    Retries: Number(check.retries ?? 0),
  };
}

function entryOf(upload: Values) {
  refuseUnknown("upload", upload, ["file", "content", "contentBase64", "executable", "permissions", "owner", "group"]);
  const content =
    upload.contentBase64 === undefined
      ? Buffer.from(String(upload.content ?? ""))
      : Buffer.from(String(upload.contentBase64), "base64");
  const mode =
    upload.permissions === undefined
      ? upload.executable === true
        ? 0o744
        : 0o644
      : Number.parseInt(String(upload.permissions), 8);
  return {
    path: String(upload.file).replace(/^\//, ""),
    content,
    mode,
    uid: Number(upload.owner ?? 0),
    gid: Number(upload.group ?? 0),
  };
}

function labelsOf(inputs: Values): Record<string, string> {
  return Object.fromEntries(
    list<{ label: string; value: string }>(inputs.labels).map(({ label, value }) => [label, value]),
  );
}

/** Automatic names of the engine: the logical name and seven random hexadecimal digits. */
function nameOf(logicalName: string, inputs: Values): string {
  return String(inputs.name ?? `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}`);
}

function list<T>(value: unknown): T[] {
  return (value ?? []) as T[];
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/** False if Docker does not have the object. */
async function found(inspection: Promise<unknown>): Promise<boolean> {
  try {
    await inspection;
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Treats an object that does not exist as removed. */
async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}
