import { type Config, config, envFile, file, unit } from "paasmas/ignition";
import { host, type HostSettings } from "paasmas/ignition/roles";

export interface SessionsNode {
  host: HostSettings;
  /** Container image of Valkey, by tag or digest. */
  image: string;
  /** Password of the clients; letters and digits. */
  password: string;
}

export const sessionsPort = { port: 6379, description: "sessions of the shop" };

/** User of the container. */
const uid = 999;

/** Ignition config of the machine that keeps the shop's sessions in memory only. */
export function sessions({ host: settings, image, password }: SessionsNode): Config {
  return config(
    // Common part of all machines: pulls the image before the unit starts, and runs "ready" for the gate.
    host(settings, { image, ready: local("ready"), service: "sessions.service" }),
    envFile({ path: "/etc/shop/sessions.env", values: { ADDRESS: settings.address, IMAGE: image }, mode: 0o644 }),
    file({ path: "/etc/shop/sessions.conf", text: `requirepass ${password}\n`, mode: 0o400, user: uid }),
    unit({ name: "sessions.service", from: local("sessions.service"), enabled: true }),
  );
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
