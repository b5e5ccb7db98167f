import type { HookedApp } from "../../../../ignition/roles/deploy-hook/role.ts";
import { hookedApp, hookNode } from "./nodes.ts";

export const secrets = {
  shop: "shop-token-secret",
  pages: "pages-token-secret",
  password: "password=secret with spaces",
  key: "-----BEGIN\nkey-secret\n-----END\n",
};

const app: HookedApp = {
  name: "shop",
  repository: "registry.example:5000/shop",
  token: secrets.shop,
  hosts: ["shop.example.com", "www.shop.example.com"],
  port: 8080,
  environment: { DATABASE_PASSWORD: secrets.password, DATABASE_CA: secrets.key },
  health: { path: "/healthz", timeoutSeconds: 60 },
  watchSeconds: 3,
  drainSeconds: 30,
  stopSeconds: 10,
  memoryMiB: 512,
  pids: 512,
  uses: ["pages"],
  writable: ["/var/cache/shop", "/var/log"],
  capabilities: ["SETUID", "SETGID"],
  user: "1000:1000",
  previews: { max: 2, domain: "preview.example.com" },
};

const { repository: _, ...plain } = hookedApp();
const pages: HookedApp = {
  ...plain,
  source: { url: "https://git.example.com/pages", dockerfile: "docker/Dockerfile" },
  token: secrets.pages,
};

/** A deploy hook with TLS and two apps: one from the registry, one that it builds. */
export const node = hookNode({
  tls: { ca: "authority\n", certificate: "certificate\n", privateKey: "tls-key-secret\n" },
  apps: [app, pages],
});
