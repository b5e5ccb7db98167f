import { type Cloud, MachineRegistry } from "paasmas";
import { config, file } from "paasmas/ignition";

export function images(cloud: Cloud) {
  const registry = new MachineRegistry("registry", { cloud, repositories: ["shop/api", "shop/front"] });

  // Your machine that runs its images: it can connect, trusts the certificate, and is logged in.
  const apps = cloud.firewall("apps", { description: "applications" });
  registry.allowClients(apps);
  cloud.machine(
    "apps",
    {
      role: "apps",
      hostNumber: 60,
      firewall: apps,
      access: [registry.pull()],
      config: ({ address }) => config(file({ path: "/etc/motd", text: `applications on ${address}\n` })),
    },
    { dependsOn: registry.ready },
  );
  return { address: registry.address, api: registry.url("shop/api") };
}
