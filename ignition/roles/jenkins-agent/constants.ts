import type { Port } from "../role.ts";

/** The user that builds run as: no root, no sudo, and containers only in namespaces of its own. */
export const agentUser = { name: "agent", uid: 2000 };

/** Where builds, and the images they make, are kept. */
export const agentWorkPath = "/var/lib/paasmas/agent";

/** Where Jenkins logs in. Not the machine's own SSH server: that one is for people. */
export const agentPort: Port = { port: 2222, description: "SSH, Jenkins to its agent" };
