import type { Port } from "../role.ts";

/** User of the builds: no root, no sudo, rootless containers only. */
export const agentUser = { name: "agent", uid: 2000 };

/** Folder of builds and of the images that they create. */
export const agentWorkPath = "/var/lib/paasmas/agent";

/** SSH port for Jenkins. The machine's own SSH server is for operators. */
export const agentPort: Port = { port: 2222, description: "SSH, Jenkins to its agent" };
