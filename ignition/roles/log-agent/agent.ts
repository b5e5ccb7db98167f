import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config } from "../../index.ts";
import { imagePuller, scripts, serviceImage } from "../base/base-machine.ts";

/** Destination of logs. */
export interface LogTarget {
  /** Type of the server. */
  kind: "loki" | "opensearch";
  /** Address or DNS name of the server, as in its certificate. */
  host: string;
  port: number;
  /** Certificate of the server's authority (PEM). */
  ca: string;
  /** Name of a user that can write logs. */
  user: string;
  /** Password of the user. Secret. */
  password: string;
  /** Prefix of the index names in OpenSearch. Required for `opensearch`. */
  index?: string;
}

export interface LogAgentNode {
  /** Name of the machine. */
  machine: string;
  /** Role of the machine. */
  role: string;
  /** Name of the environment. */
  environment: string;
  target: LogTarget;
  /** Container image of fluent-bit, by tag or digest; 4.1 or later. */
  image: string;
}

/** User of the agent; it owns the password file. */
const uid = 5140;

const folder = "/etc/paasmas/log-agent";

/** Roles of machines with pods, whose logs are not in the journal. */
const runsPods = /^kubernetes-/;

/**
 * The Ignition config of the log agent: fluent-bit sends the journal and the logs of pods. It does not affect the
 * readiness of the machine.
 */
export function logAgent({ machine, role, environment, target, image }: LogAgentNode): Config {
  const { kind, host, port, user, index } = target;
  const pods = runsPods.test(role);
  const parameters = {
    LOG_HOST: host,
    LOG_PORT: port,
    LOG_USER: user,
    LOG_ENVIRONMENT: environment,
    LOG_MACHINE: machine,
    LOG_ROLE: role,
    LOG_PODS: pods ? "yes" : "no",
    ...(index !== undefined && { LOG_INDEX: index }),
  };
  return config(
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/log-agent.env", values: parameters, mode: 0o644 }),
    fileFromDisk({ path: `${folder}/fluent-bit.yaml`, from: local("fluent-bit.yaml") }),
    directory({ path: `${folder}/parts` }),
    ...(pods ? [fileFromDisk({ path: `${folder}/parts/pods.yaml`, from: local("pods.yaml") })] : []),
    fileFromDisk({ path: `${folder}/parts/output.yaml`, from: local(`${kind}.yaml`) }),
    file({ path: `${folder}/ca.pem`, text: target.ca }),
    file({ path: `${folder}/password`, text: target.password, mode: 0o400, user: uid }),
    imagePuller(),
    serviceImage("log-agent", image),
    fileFromDisk({ path: `${scripts}/log-agent`, from: local("log-agent"), mode: 0o755 }),
    unit({ name: "log-agent.service", from: local("log-agent.service"), enabled: true }),
  );
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
