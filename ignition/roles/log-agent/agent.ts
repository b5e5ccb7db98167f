import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config } from "../../index.ts";
import { imagePuller, scripts, serviceImage } from "../base/base-machine.ts";

/** Where logs go, and as whom. */
export interface LogTarget {
  /** What takes them there. */
  kind: "loki" | "opensearch";
  /** Address or DNS name; the certificate there names it. */
  host: string;
  port: number;
  /** Certificate of the authority behind its certificate (PEM). */
  ca: string;
  /** A user that may add logs. */
  user: string;
  /** Secret. */
  password: string;
  /** What the names of its indices begin with, in OpenSearch. */
  index?: string;
}

export interface LogAgentNode {
  /** Name of the machine. */
  machine: string;
  /** Its role. */
  role: string;
  /** Which environment it is part of. */
  environment: string;
  target: LogTarget;
  /** Container image of fluent-bit, by tag or digest; 4.1 or later. */
  image: string;
}

/** The user that the agent runs as; it owns its password. */
const uid = 5140;

const folder = "/etc/paasmas/log-agent";

/** Roles of machines that run pods, whose logs are beside the journal. */
const runsPods = /^kubernetes-/;

/**
 * What sends a machine's logs away, whatever its role: fluent-bit, which reads the journal, and the logs of pods. The machine neither waits for it
 * nor is less healthy without.
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
