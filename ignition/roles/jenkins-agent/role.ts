import { config, directory, envFile, file, fileFromDisk, unit, user } from "../../index.ts";
import type { Config } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import type { HostSettings } from "../role.ts";
import { agentUser, agentWorkPath } from "./constants.ts";

export interface JenkinsAgentNode {
  host: HostSettings;
  /** Container image of Jenkins, by tag or digest. The agent runs with the Java of this image. */
  image: string;
  /** Public key that Jenkins logs in with. */
  authorizedKey: string;
  /** SSH host key of the machine (PEM); secret. Jenkins verifies its public part. */
  hostKey: string;
  /** Further tools for builds, by name. */
  tools: Readonly<Record<string, AgentTool>>;
}

/** Source of a tool. */
export interface AgentTool {
  /** Container image, by tag or digest. */
  image: string;
  /** A program in the image, or a folder with a `bin` folder. The programs are added to the `PATH`. */
  path: string;
}

/** Validation errors of a list of tools. */
export function toolProblems(tools: Readonly<Record<string, AgentTool>>): { path: string; message: string }[] {
  return Object.entries(tools).flatMap(([name, { image, path }]) => [
    ...(/^[a-z][a-z0-9-]*$/.test(name) && name !== "java"
      ? []
      : [
          {
            path: `agentTools.${name}`,
            message: `${JSON.stringify(name)} is not allowed; use lower-case letters, digits and hyphens, but not java`,
          },
        ]),
    ...(/^\S+$/.test(image ?? "")
      ? []
      : [{ path: `agentTools.${name}.image`, message: `${JSON.stringify(image)} is not a container image` }]),
    ...(/^\/\S+$/.test(path ?? "")
      ? []
      : [
          {
            path: `agentTools.${name}.path`,
            message: `${JSON.stringify(path)} is not an absolute path without spaces`,
          },
        ]),
  ]);
}

const folder = "/etc/paasmas/agent";

const systemPath = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin"];

const home = `/home/${agentUser.name}`;

/** Subordinate user ids for the containers of builds. */
const containerUsers = { first: 2_000_000, count: 65_536 };

/** The Ignition config of a build agent. */
export function jenkinsAgent(node: JenkinsAgentNode): Config {
  const { host: settings, image, authorizedKey, hostKey } = node;
  const tools = { java: { image, path: "/opt/java/openjdk" }, ...node.tools };
  return config(
    host(settings, { image, ready: local("ready"), service: "agent-home.service" }),
    user({ name: agentUser.name, uid: agentUser.uid, shell: "/bin/bash" }),
    // The file replaces the image's: keep the range of core.
    ...["subuid", "subgid"].map((name) =>
      file({
        path: `/etc/${name}`,
        text: `core:524288:65536\n${agentUser.name}:${containerUsers.first}:${containerUsers.count}\n`,
        overwrite: true,
      }),
    ),
    // An SSH session has no systemd instance that could create cgroups for containers.
    ...[".config", ".config/containers"].map((path) =>
      directory({ path: `${home}/${path}`, user: agentUser.uid, group: agentUser.uid }),
    ),
    file({
      path: `${home}/.config/containers/containers.conf`,
      text: '[engine]\ncgroup_manager = "cgroupfs"\n',
      user: agentUser.uid,
    }),
    // The user's containers outlive the connection that started them.
    file({ path: `/var/lib/systemd/linger/${agentUser.name}`, text: "" }),
    directory({ path: folder }),
    envFile({
      path: "/etc/paasmas/agent.env",
      values: { AGENT_USER: agentUser.name, WORK_PATH: agentWorkPath },
      mode: 0o644,
    }),
    file({ path: `${folder}/sshd_config`, text: sshdConfig(Object.keys(tools)) }),
    file({
      path: `${folder}/tools`,
      text: Object.entries(tools)
        .map(([name, tool]) => `${name} ${tool.image} ${tool.path}\n`)
        .join(""),
    }),
    file({ path: `${folder}/host_key`, text: hostKey, mode: 0o600 }),
    file({ path: `${folder}/authorized_keys`, text: `${authorizedKey.trim()}\n` }),
    ...["agent-tools", "agent-registries", "agent-home", "agent-prune"].map((name) =>
      fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 }),
    ),
    ...[
      "agent-home.service",
      "agent-tools.service",
      "agent-registries.service",
      "agent-registries.timer",
      "agent-ssh.socket",
      "agent-prune.timer",
    ].map((name) => unit({ name, from: local(name), enabled: true })),
    ...["agent-ssh@.service", "agent-prune.service"].map((name) => unit({ name, from: local(name) })),
  );
}

/** Accepts only Jenkins' key, for commands and file copies. Tunnels into the private network are disabled. */
function sshdConfig(tools: readonly string[]): string {
  const environment = [
    `PATH=${[...tools.map((name) => `/opt/paasmas/tools/${name}/bin`), ...systemPath].join(":")}`,
    `XDG_DATA_HOME=${agentWorkPath}/data`,
    "REGISTRY_AUTH_FILE=/run/paasmas/agent/auth.json",
  ];
  return `HostKey ${folder}/host_key
AllowUsers ${agentUser.name}
AuthenticationMethods publickey
AuthorizedKeysFile ${folder}/authorized_keys
AuthorizedKeysCommand none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
PermitUserEnvironment no
DisableForwarding yes
PermitTTY no
PrintMotd no
# The session that rootless containers need.
UsePAM yes
SetEnv ${environment.join(" ")}
Subsystem sftp internal-sftp
`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
