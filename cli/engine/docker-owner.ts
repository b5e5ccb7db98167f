import { execFileSync } from "node:child_process";

/** An object on the Docker host: its name, and its labels if this library created it. */
export interface DockerObject {
  name: string;
  project?: string;
  stack?: string;
  /** Time of creation, `2026-12-01 06:30`. */
  created?: string;
}

/** Looks for objects on the Docker host, for messages. Undefined: there is none, or Docker does not answer. */
export interface DockerHost {
  object(kind: "network" | "container", name: string): DockerObject | undefined;
  /** Container that publishes a port. */
  onPort(port: number): DockerObject | undefined;
}

const separator = "\u001f";

/** The Docker host of the docker command: `DOCKER_HOST`, or the local one. */
export const dockerHost: DockerHost = {
  object(kind, name) {
    const labels = kind === "container" ? ".Config.Labels" : ".Labels";
    const fields = [".Name", `index ${labels} "Project"`, `index ${labels} "Environment"`, ".Created"];
    const format = fields.map((field) => `{{${field}}}`).join(separator);
    return parse(ask(["inspect", "--type", kind, "--format", format, name]));
  },
  onPort(port) {
    const fields = [".Names", '.Label "Project"', '.Label "Environment"', ".CreatedAt"];
    const format = fields.map((field) => `{{${field}}}`).join(separator);
    return parse(ask(["ps", "--filter", `publish=${port}`, "--format", format]));
  },
};

function ask(parameters: string[]): string {
  try {
    return execFileSync("docker", parameters, { encoding: "utf8", timeout: 5000, stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}

function parse(output: string): DockerObject | undefined {
  const [name = "", project, stack, created] = output.split("\n")[0]!.split(separator);
  if (name === "") return undefined;
  return {
    name: name.replace(/^\//, ""),
    ...(project && { project }),
    ...(stack && { stack }),
    ...(created && { created: created.slice(0, "2026-12-01T06:30".length).replace("T", " ") }),
  };
}
