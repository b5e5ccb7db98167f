import { type Cloud, DeployHook } from "paasmas";

export function apps(cloud: Cloud) {
  const hook = new DeployHook("hook", {
    cloud,
    apps: [
      {
        name: "shop",
        hosts: ["shop.example.com"],
        repository: "registry.example.com/shop",
        healthPath: "/healthz",
        environment: { GREETING: "good day" },
        previews: { domain: "preview.example.com" },
      },
      { name: "pages", hosts: ["pages.example.com"], source: { url: "https://git.example.com/pages.git" } },
    ],
    callers: ["10.30.40.0/24"],
    urlTemplate: "https://%s",
  });

  return { url: hook.url, token: hook.tokens.shop };
}
