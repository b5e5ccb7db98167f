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
    when: "it is privileged, even a node container",
    resources: [container({ privileged: true }), node({ privileged: true })],
    says: ["web: privileged is true; allowed: false", "galera-0-node: privileged is true; allowed: false"],
  },
  {
    policy: "docker-not-privileged",
    when: "it is not",
    resources: [container({}), container({ privileged: false })],
    says: [],
  },
  {
    policy: "docker-no-socket",
    when: "an engine's socket comes as a bind mount or a volume",
    resources: [
      container({ mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" }] }),
      node({
        volumes: [
          { volumeName: "data", containerPath: "/data" },
          { hostPath: "/run/podman/podman.sock", containerPath: "/x" },
        ],
      }),
    ],
    says: [
      'web: mounts[0].source is "/var/run/docker.sock"; allowed: no container engine socket',
      'galera-0-node: volumes[1].hostPath is "/run/podman/podman.sock"; allowed: no container engine socket',
    ],
  },
  {
    policy: "docker-no-socket",
    when: "volumes and dedicated directories",
    resources: [
      container({
        mounts: [{ type: "volume", source: "docker.sock" }],
        volumes: [{ hostPath: "/srv/images", containerPath: "/images" }],
      }),
    ],
    says: [],
  },
  {
    policy: "docker-no-host-directories",
    when: "the host's root and its /etc, with a slash too many",
    resources: [
      container({
        volumes: [{ hostPath: "/", containerPath: "/host" }],
        mounts: [{ type: "bind", source: "/etc/", target: "/e" }],
      }),
    ],
    says: [
      'web: mounts[0].source is "/etc/"; allowed: volumes and dedicated directories',
      'web: volumes[0].hostPath is "/"; allowed: volumes and dedicated directories',
    ],
  },
  {
    policy: "docker-no-host-directories",
    when: "a directory made for it",
    resources: [container({ volumes: [{ hostPath: "/srv/images", containerPath: "/images" }] })],
    says: [],
  },
  {
    policy: "docker-no-host-namespaces",
    when: "it shares the host's network and processes",
    resources: [container({ networkMode: "host", pidMode: "host" })],
    says: [
      'web: networkMode is "host"; allowed: a separate namespace',
      'web: pidMode is "host"; allowed: a separate namespace',
    ],
  },
  {
    policy: "docker-no-host-namespaces",
    when: "it has its own",
    resources: [container({ networkMode: "bridge" })],
    says: [],
  },
  {
    policy: "docker-confined",
    when: "capabilities, profiles and devices that amount to root",
    resources: [
      container({
        capabilities: { adds: ["NET_ADMIN", "CAP_SYS_ADMIN"] },
        securityOpts: ["no-new-privileges", "seccomp=unconfined", "apparmor:unconfined"],
        devices: [{ hostPath: "/dev/kvm" }],
      }),
    ],
    says: [
      "web: capabilities.adds has CAP_SYS_ADMIN; allowed: capabilities that are not equivalent to root",
      "web: securityOpts has seccomp=unconfined, apparmor:unconfined; allowed: Docker's default profiles",
      "web: devices has /dev/kvm; allowed: no host device",
    ],
  },
  {
    policy: "docker-confined",
    when: "a node container has them: the pack's one exemption, and printed",
    resources: [node({ capabilities: { adds: ["ALL"] }, securityOpts: ["seccomp=unconfined"] })],
    says: [
      `exempted (${nodeContainerReason}): galera-0-node: capabilities.adds has ALL; allowed: capabilities that are not equivalent to root`,
      `exempted (${nodeContainerReason}): galera-0-node: securityOpts has seccomp=unconfined; allowed: Docker's default profiles`,
    ],
  },
  {
    policy: "docker-confined",
    when: "a single capability, Docker's profiles",
    resources: [
      container({ capabilities: { adds: ["NET_BIND_SERVICE"], drops: ["ALL"] }, securityOpts: ["no-new-privileges"] }),
    ],
    says: [],
  },
  {
    policy: "docker-loopback-ports",
    when: "a port on every address, on one of the host's, or all ports",
    resources: [
      container({ ports: [{ internal: 80 }, { internal: 80, ip: "192.168.0.10" }] }),
      container({ publishAllPorts: true }),
    ],
    says: [
      'web: ports[0].ip is not set, which means every address; allowed: "127.0.0.1" or "::1"',
      'web: ports[1].ip is "192.168.0.10"; allowed: "127.0.0.1" or "::1"',
      "web: publishAllPorts is true; allowed: single ports",
    ],
  },
  {
    policy: "docker-loopback-ports",
    when: "loopback, or no port at all",
    resources: [
      container({
        ports: [
          { internal: 80, external: 8080, ip: "127.0.0.1" },
          { internal: 80, ip: "::1" },
        ],
      }),
      container({}),
    ],
    says: [],
  },
  {
    policy: "docker-fixed-image",
    when: "no tag, latest, or a stream that moves",
    resources: [
      container({ image: "nginx" }),
      container({ image: "registry:5000/nginx:latest" }),
      image("quay.io/fedora/fedora-coreos:stable"),
    ],
    says: [
      'web: image is "nginx", which means latest; allowed: a tag with a version, or a digest',
      'web: image is "registry:5000/nginx:latest"; allowed: a tag with a version, or a digest',
      'image: name is "quay.io/fedora/fedora-coreos:stable"; allowed: a tag with a version, or a digest',
    ],
  },
  {
    policy: "docker-fixed-image",
    when: "a version, a digest, an id",
    resources: [
      image("docker.io/library/haproxy:2.8"),
      image(`quay.io/fedora/fedora-coreos@sha256:${digest}`),
      container({ image: `sha256:${digest}` }),
      container({}),
    ],
    says: [],
  },
];
