import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { deliveryToolParts } from "../../delivery/delivery-tool.ts";
import { run } from "../builds.ts";
import type { Machine } from "../machines.ts";
import { repository } from "../paths.ts";

const node = "docker.io/library/node:24-slim";

/** A machine that builds and deploys like a build agent of Jenkins, with `paasmas delivery`, podman and git. */
export class BuildMachine {
  readonly machine: Machine;
  readonly #registry: string;

  constructor(machine: Machine, registry: string) {
    this.machine = machine;
    this.#registry = registry;
  }

  /** Installs the tools from images, as on build agents. */
  async prepare(): Promise<void> {
    await this.machine.exec([
      "bash",
      "-euc",
      'podman create --name=tools "$1" >/dev/null; podman cp tools:/usr/local/bin/node /usr/local/bin/node; ' +
        "podman rm tools >/dev/null",
      "-",
      node,
    ]);
    // The image of the machine has no git. Use the image with which the hook fetches repositories.
    const git =
      "#!/bin/bash\nexec podman run --rm --interactive --network=none --volume=/root/work:/root/work " +
      `--workdir="$PWD" ${images.git} -c safe.directory='*' "$@"\n`;
    await this.machine.exec(
      [
        "bash",
        "-euc",
        "cat >/usr/local/bin/git; chmod 0755 /usr/local/bin/git; mkdir -p /root/work /opt/paasmas/delivery-tool",
      ],
      git,
    );
    const folder = mkdtempSync(join(tmpdir(), "samples-tool-"));
    try {
      for (const part of deliveryToolParts(repository))
        cpSync(join(repository, part), join(folder, part), { recursive: true, dereference: true });
      await run("docker", ["cp", `${folder}/.`, `${this.machine.container}:/opt/paasmas/delivery-tool`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** A clone of a sample, with the addresses of this lab in its delivery.yaml. */
  async clone(sample: string, hooks: Record<string, string>): Promise<Project> {
    const folder = mkdtempSync(join(tmpdir(), "samples-"));
    try {
      cpSync(join(repository, "examples", sample), folder, { recursive: true });
      const path = join(folder, "delivery.yaml");
      const text = readFileSync(path, "utf8").replaceAll("registry.example.com", this.#registry);
      writeFileSync(
        path,
        text.replaceAll(
          /^ {2}(\w+):\n {4}hook: .*$/gm,
          (line, environment: string) => `  ${environment}:\n    hook: ${hooks[environment] ?? line}`,
        ),
      );
      await run("docker", ["cp", folder, `${this.machine.container}:/root/work/${sample}`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const project = new Project(this.machine, `/root/work/${sample}`);
    await project.shell(
      "git init --quiet . && git add . && " +
        "git -c user.name=lab -c user.email=lab@example.com commit --quiet --message first",
    );
    return project;
  }
}

/** The clone of a sample on the machine that builds. */
export class Project {
  readonly #machine: Machine;
  readonly #folder: string;

  constructor(machine: Machine, folder: string) {
    this.#machine = machine;
    this.#folder = folder;
  }

  shell(script: string, ...parameters: string[]): Promise<string> {
    return this.#machine.exec([
      "bash",
      "-euo",
      "pipefail",
      "-c",
      `cd ${this.#folder}; ${script}`,
      "shell",
      ...parameters,
    ]);
  }

  /**
   * Runs `paasmas delivery` and returns its JSON output.
   * @throws Error with its output if it fails.
   */
  async delivery<T>(tokens: Record<string, string>, ...parameters: string[]): Promise<T> {
    const script =
      "DEPLOY_TOKENS=$(cat); export DEPLOY_TOKENS; " +
      'exec /opt/paasmas/delivery-tool/delivery/bin/paasmas delivery "$@" --json';
    return JSON.parse(
      await this.#machine.exec(
        ["bash", "-euc", `cd ${this.#folder}; ${script}`, "paasmas", ...parameters],
        JSON.stringify(tokens),
      ),
    ) as T;
  }

  /**
   * Builds and pushes the images.
   * @returns Digests by app, which are also in `images.json`.
   */
  async build(...parameters: string[]): Promise<Record<string, string>> {
    const built = await this.delivery<{ images: { app: string; digest: string }[] }>({}, "build", ...parameters);
    await this.#machine.exec(["bash", "-c", `cat >${this.#folder}/../images.json`], JSON.stringify(built));
    return Object.fromEntries(built.images.map(({ app, digest }) => [app, digest]));
  }
}
