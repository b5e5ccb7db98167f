import { cisDocker } from "./ids.ts";
import { type Checked, resourcePolicy } from "./policy.ts";
import { isUnknown, objects, shown, strings, text } from "./values.ts";

const container = "docker:index/container:Container";

interface ContainerProps {
  privileged?: unknown;
  mounts?: unknown;
  volumes?: unknown;
  networkMode?: unknown;
  pidMode?: unknown;
  ipcMode?: unknown;
  usernsMode?: unknown;
  capabilities?: { adds?: unknown };
  securityOpts?: unknown;
  devices?: unknown;
  ports?: unknown;
  publishAllPorts?: unknown;
}

export const dockerNotPrivileged = resourcePolicy<ContainerProps>({
  name: "docker-not-privileged",
  description: "No container is privileged.",
  severity: "critical",
  ids: [...cisDocker("5.5"), "CKV_K8S_16"],
  remediation: "remove privileged, and add only the required capability.",
  appliesTo: [container],
  check({ props }, report) {
    if (props.privileged === true) report({ given: "privileged is true", allowed: "false" });
  },
});

const sockets = /(^|\/)(docker|podman|containerd|crio)\.sock$/;
const hostDirectories = [
  ...[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
  ],
  ...["/var", "/var/lib/docker", "/var/run"],
];

export const dockerNoSocket = resourcePolicy<ContainerProps>({
  name: "docker-no-socket",
  description: "No container has access to the socket of a container engine, which means root on the host.",
  severity: "critical",
  ids: [...cisDocker("5.32"), "CKV_K8S_27"],
  remediation: "run the task on the host, or use a proxy that limits the requests.",
  appliesTo: [container],
  check({ props }, report) {
    for (const { path, source } of hostPaths(props)) {
      if (sockets.test(source)) report({ given: `${path} is "${source}"`, allowed: "no container engine socket" });
    }
  },
});

export const dockerNoHostDirectories = resourcePolicy<ContainerProps>({
  name: "docker-no-host-directories",
  description: "No container has access to system directories of the host.",
  severity: "high",
  ids: cisDocker("5.6"),
  remediation: "use a volume or a dedicated directory.",
  appliesTo: [container],
  check({ props }, report) {
    for (const { path, source } of hostPaths(props)) {
      const directory = source.length > 1 ? source.replace(/\/+$/, "") : source;
      if (!hostDirectories.includes(directory)) continue;
      report({ given: `${path} is "${source}"`, allowed: "volumes and dedicated directories" });
    }
  },
});

export const dockerNoHostNamespaces = resourcePolicy<ContainerProps>({
  name: "docker-no-host-namespaces",
  description: "Containers have separate network, process, IPC and user namespaces.",
  severity: "high",
  ids: cisDocker("5.10", "5.16", "5.17", "5.31"),
  remediation: "remove the mode, and publish the required ports.",
  appliesTo: [container],
  check({ props }, report) {
    for (const property of ["networkMode", "pidMode", "ipcMode", "usernsMode"] as const) {
      if (props[property] === "host") report({ given: `${property} is "host"`, allowed: "a separate namespace" });
    }
  },
});

/** Reason of the exemptions for node containers of the Docker cloud. */
export const nodeContainerReason =
  "a node container runs a complete operating system with nested containers, on a developer's machine";

const rootCapabilities = /^(CAP_)?(ALL|SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO|DAC_READ_SEARCH|BPF)$/i;
const unconfined = /^(seccomp|apparmor|systempaths)[=:]unconfined$|^label[=:]disable$/;

export const dockerConfined = resourcePolicy<ContainerProps>({
  name: "docker-confined",
  description:
    "Containers keep Docker's confinement: no capability equivalent to root, no unconfined profile, no host device.",
  severity: "high",
  ids: cisDocker("5.2", "5.3", "5.4", "5.18", "5.22"),
  remediation: "add only the required capability; remove securityOpts and devices.",
  appliesTo: [container],
  check(resource, report) {
    const { props } = resource;
    const exempted = isNodeContainer(resource) ? nodeContainerReason : undefined;
    const judge = (property: string, excessive: string[], allowed: string) => {
      if (excessive.length > 0) report({ given: `${property} has ${excessive.join(", ")}`, allowed, exempted });
    };
    const capabilities = strings(props.capabilities?.adds).filter((name) => rootCapabilities.test(name));
    judge("capabilities.adds", capabilities, "capabilities that are not equivalent to root");
    judge(
      "securityOpts",
      strings(props.securityOpts).filter((option) => unconfined.test(option)),
      "Docker's default profiles",
    );
    judge("devices", strings(objects(props.devices).map((device) => device.hostPath)), "no host device");
  },
});

export const dockerLoopbackPorts = resourcePolicy<ContainerProps>({
  name: "docker-loopback-ports",
  description: "Published ports listen on the loopback address, not on the host's network.",
  severity: "medium",
  ids: cisDocker("5.14"),
  remediation: 'set ip to "127.0.0.1" on the port.',
  appliesTo: [container],
  check({ props }, report) {
    if (props.publishAllPorts === true) report({ given: "publishAllPorts is true", allowed: "single ports" });
    for (const [index, port] of objects(props.ports).entries()) {
      if (isUnknown(port.ip) || ["127.0.0.1", "::1"].includes(text(port.ip) ?? "")) continue;
      const shownIp = port.ip === undefined ? "not set, which means every address" : shown(port.ip);
      report({ given: `ports[${index}].ip is ${shownIp}`, allowed: '"127.0.0.1" or "::1"' });
    }
  },
});

export const dockerFixedImage = resourcePolicy<{ image?: unknown; name?: unknown }>({
  name: "docker-fixed-image",
  description: "Images have a version or a digest, so that the same program always starts the same software.",
  severity: "medium",
  // Advisory: moving tags are acceptable on a developer's machine.
  enforcementLevel: "advisory",
  remediation: "use the tag of a release, or a digest.",
  appliesTo: [container, "docker:index/remoteImage:RemoteImage"],
  check({ type, props }, report) {
    const property = type === container ? "image" : "name";
    const image = text(props[property]);
    // Images of a RemoteImage or a build are ids, and are checked there.
    if (image === undefined || /^(sha256:)?[0-9a-f]{64}$|@sha256:[0-9a-f]{64}$/.test(image)) return;
    const [, tag] = /^(?:.*\/)?[^/:]+(?::(.+))?$/.exec(image) ?? [];
    if (tag !== undefined && /\d/.test(tag) && !/latest/i.test(tag)) return;
    const given = tag === undefined ? `${property} is "${image}", which means latest` : `${property} is "${image}"`;
    report({ given, allowed: "a tag with a version, or a digest" });
  },
});

/** Whether the Docker cloud created the container as a machine. */
function isNodeContainer({ urn, type }: Checked<unknown>): boolean {
  return urn.includes(`paasmas:cloud:Machine$${type}::`);
}

function hostPaths(props: ContainerProps): { path: string; source: string }[] {
  const mounts = objects(props.mounts).map((mount, index) => ({
    path: `mounts[${index}].source`,
    source: mount.type === "bind" || mount.type === undefined ? text(mount.source) : undefined,
  }));
  const volumes = objects(props.volumes).map((volume, index) => ({
    path: `volumes[${index}].hostPath`,
    source: text(volume.hostPath),
  }));
  return [...mounts, ...volumes].filter((one): one is { path: string; source: string } => one.source !== undefined);
}
