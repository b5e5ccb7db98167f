import type { DeployHookNode, HookedApp } from "../../../../ignition/roles/deploy-hook/role.ts";
import { sshKey } from "../nodes.ts";

/** An app with default settings. */
export function hookedApp(more: Partial<HookedApp> = {}): HookedApp {
  return {
    name: "pages",
    repository: "registry.example:5000/pages",
    token: "a-token-of-at-least-32-characters",
    hosts: ["pages.example.com"],
    port: 3000,
    environment: {},
    health: { path: "/", timeoutSeconds: 20 },
    watchSeconds: 0,
    drainSeconds: 5,
    stopSeconds: 5,
    memoryMiB: 128,
    pids: 64,
    uses: [],
    writable: [],
    capabilities: [],
    ...more,
  };
}

/** A machine with that app. */
export function hookNode(more: Partial<DeployHookNode> = {}): DeployHookNode {
  return {
    host: {
      name: "hook-0",
      address: "10.0.0.60",
      sshAuthorizedKeys: [sshKey],
      dataVolume: { path: "/var/lib/paasmas/deploy-hook" },
    },
    image: "docker.io/library/haproxy:2.8",
    gitImage: "docker.io/alpine/git:v2.52.0",
    tls: { ca: "authority\n", certificate: "certificate\n", privateKey: "key\n" },
    apps: [hookedApp()],
    urlTemplate: "https://%s",
    builds: 2,
    buildMemoryMiB: 2048,
    ...more,
  };
}
