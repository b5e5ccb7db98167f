import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { Ran } from "../cli/project-copy.ts";
import { paasmas } from "../cli/run.ts";
import { FakeServices } from "./fake-services.ts";

/** Fake podman. `build` logs its files, `push` puts a manifest with another digest each time. */
const builder = `#!/usr/bin/env node
const { appendFileSync, readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");
const args = process.argv.slice(2);
const last = args.at(-1);
const log = process.env.FAKE_SERVICES + "/builds.log";
const line = args.join(" ").replaceAll(/\\/[^ ]*paasmas-build-[^/ ]*/g, "EXPORT");
appendFileSync(log, line + "\\n");
if (args[0] === "build") {
  const names = readdirSync(last, { recursive: true }).filter((name) => statSync(join(last, name)).isFile());
  appendFileSync(log, names.map((name) => "./" + name + "\\n").sort().join(""));
} else {
  const [, host, name, tag] = /^([^/]+)\\/(.+):([^:]+)$/.exec(last);
  const headers = { "Content-Type": "application/vnd.oci.image.manifest.v1+json" };
  const body = JSON.stringify({ schemaVersion: 2, made: [name, tag, Math.random()].join(" ") });
  fetch("http://" + host + "/v2/" + name + "/manifests/" + tag, { method: "PUT", headers, body }).then((response) => {
    process.exitCode = response.ok ? 0 : 22;
  });
}
`;

const author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];

/** Fake services with a git repository and a builder of images. The command line runs as a process. */
export class FakeRepository extends FakeServices {
  override async start(): Promise<this> {
    await super.start();
    this.write(".gitignore", "tokens.json\nbin/\n*.json\n*.jsonl\nbuilds.log\n");
    this.write("bin/podman", builder);
    chmodSync(join(this.dir, "bin/podman"), 0o755);
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit("first", "2026-11-21T10:00:00Z");
    return this;
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-C", this.dir, ...author, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  }

  commit(message: string, at: string): string {
    this.git("add", "--all");
    execFileSync("git", ["-C", this.dir, ...author, "commit", "--quiet", "--allow-empty", "--message", message], {
      env: { ...process.env, GIT_COMMITTER_DATE: at, GIT_AUTHOR_DATE: at },
    });
    return this.git("rev-parse", "HEAD");
  }

  /** Runs `paasmas delivery` in the repository, as a separate process, because git and the builder block it. */
  override run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return paasmas(this.dir, ["delivery", ...args], { ...this.environment(), ...env });
  }

  protected override environment(): NodeJS.ProcessEnv {
    return {
      ...super.environment(),
      FAKE_SERVICES: this.dir,
      PATH: `${join(this.dir, "bin")}:${process.env.PATH}`,
    };
  }
}
