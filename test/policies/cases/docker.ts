import { nodeContainerReason } from "../../../policies/docker.ts";
import { planned } from "../planned.ts";
import type { Case } from "./case.ts";

const type = "docker:index/container:Container";
const container = (inputs: Record<string, unknown>) => planned(type, "web", inputs);
const node = (inputs: Record<string, unknown>) =>
  planned(type, "galera-0-node", inputs, {
    urn: `urn:pulumi:dev::paasmas::paasmas:cloud:Machine$${type}::galera-0-node`,
  });
const image = (name: string) => planned("docker:index/remoteImage:RemoteImage", "image", { name });
const digest = "a".repeat(64);

export const cases: Case[] = [
  {
    policy: "docker-not-privileged",
    given: "a privileged container, including a node container",
    resources: [container({ privileged: true }), node({ privileged: true })],
    expected: ["web: privileged is true; allowed: false", "galera-0-node: privileged is true; allowed: false"],
  },
  {
    policy: "docker-not-privileged",
    given: "a container that is not privileged",
    resources: [container({}), container({ privileged: false })],
    expected: [],
  },
  {
    policy: "docker-no-socket",
    given: "a container engine's socket as a bind mount or a volume",
    resources: [
      container({ mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" }] }),
      node({
        volumes: [
          { volumeName: "data", containerPath: "/data" },
          { hostPath: "/run/podman/podman.sock", containerPath: "/x" },
        ],
      }),
    ],
    expected: [
      'web: mounts[0].source is "/var/run/docker.sock"; allowed: no container engine socket',
      'galera-0-node: volumes[1].hostPath is "/run/podman/podman.sock"; allowed: no container engine socket',
    ],
  },
  {
    policy: "docker-no-socket",
    given: "volumes and dedicated directories",
    resources: [
      container({
        mounts: [{ type: "volume", source: "docker.sock" }],
        volumes: [{ hostPath: "/srv/images", containerPath: "/images" }],
      }),
    ],
    expected: [],
  },
  {
    policy: "docker-no-host-directories",
    given: "the root directory and /etc of the host, also with a trailing slash",
    resources: [
      container({
        volumes: [{ hostPath: "/", containerPath: "/host" }],
        mounts: [{ type: "bind", source: "/etc/", target: "/e" }],
      }),
    ],
    expected: [
      'web: mounts[0].source is "/etc/"; allowed: volumes and dedicated directories',
      'web: volumes[0].hostPath is "/"; allowed: volumes and dedicated directories',
    ],
  },
  {
    policy: "docker-no-host-directories",
    given: "a dedicated directory of the host",
    resources: [container({ volumes: [{ hostPath: "/srv/images", containerPath: "/images" }] })],
    expected: [],
  },
  {
    policy: "docker-no-host-namespaces",
    given: "the network and process namespaces of the host",
    resources: [container({ networkMode: "host", pidMode: "host" })],
    expected: [
      'web: networkMode is "host"; allowed: a separate namespace',
      'web: pidMode is "host"; allowed: a separate namespace',
    ],
  },
  {
    policy: "docker-no-host-namespaces",
    given: "separate namespaces",
    resources: [container({ networkMode: "bridge" })],
    expected: [],
  },
  {
    policy: "docker-confined",
    given: "capabilities, profiles and devices that are equivalent to root",
    resources: [
      container({
        capabilities: { adds: ["NET_ADMIN", "CAP_SYS_ADMIN"] },
        securityOpts: ["no-new-privileges", "seccomp=unconfined", "apparmor:unconfined"],
        devices: [{ hostPath: "/dev/kvm" }],
      }),
    ],
    expected: [
      "web: capabilities.adds has CAP_SYS_ADMIN; allowed: capabilities that are not equivalent to root",
      "web: securityOpts has seccomp=unconfined, apparmor:unconfined; allowed: Docker's default profiles",
      "web: devices has /dev/kvm; allowed: no host device",
    ],
  },
  {
    policy: "docker-confined",
    given: "a node container, with a printed reason",
    resources: [node({ capabilities: { adds: ["ALL"] }, securityOpts: ["seccomp=unconfined"] })],
    expected: [
      `exempted (${nodeContainerReason}): galera-0-node: capabilities.adds has ALL; allowed: capabilities that are not equivalent to root`,
      `exempted (${nodeContainerReason}): galera-0-node: securityOpts has seccomp=unconfined; allowed: Docker's default profiles`,
    ],
  },
  {
    policy: "docker-confined",
    given: "a single capability and Docker's default profiles",
    resources: [
      container({ capabilities: { adds: ["NET_BIND_SERVICE"], drops: ["ALL"] }, securityOpts: ["no-new-privileges"] }),
    ],
    expected: [],
  },
  {
    policy: "docker-loopback-ports",
    given: "a port on every address, a port on an address of the host, and all ports",
    resources: [
      container({ ports: [{ internal: 80 }, { internal: 80, ip: "192.168.0.10" }] }),
      container({ publishAllPorts: true }),
    ],
    expected: [
      'web: ports[0].ip is not set, which means every address; allowed: "127.0.0.1" or "::1"',
      'web: ports[1].ip is "192.168.0.10"; allowed: "127.0.0.1" or "::1"',
      "web: publishAllPorts is true; allowed: single ports",
    ],
  },
  {
    policy: "docker-loopback-ports",
    given: "a port on the loopback address, and no port",
    resources: [
      container({
        ports: [
          { internal: 80, external: 8080, ip: "127.0.0.1" },
          { internal: 80, ip: "::1" },
        ],
      }),
      container({}),
    ],
    expected: [],
  },
  {
    policy: "docker-fixed-image",
    given: "an image without a tag, with the tag latest, and with the tag of a stream",
    resources: [
      container({ image: "nginx" }),
      container({ image: "registry:5000/nginx:latest" }),
      image("quay.io/fedora/fedora-coreos:stable"),
    ],
    expected: [
      'web: image is "nginx", which means latest; allowed: a tag with a version, or a digest',
      'web: image is "registry:5000/nginx:latest"; allowed: a tag with a version, or a digest',
      'image: name is "quay.io/fedora/fedora-coreos:stable"; allowed: a tag with a version, or a digest',
    ],
  },
  {
    policy: "docker-fixed-image",
    given: "a version, a digest and an id",
    resources: [
      image("docker.io/library/haproxy:2.8"),
      image(`quay.io/fedora/fedora-coreos@sha256:${digest}`),
      container({ image: `sha256:${digest}` }),
      container({}),
    ],
    expected: [],
  },
];
