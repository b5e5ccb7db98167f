import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { docker } from "../lab/monitor/docker.ts";
import { providerFile } from "./path.ts";

/** Environment of the engine: the Node of the tests is first on the PATH. */
export const engineEnv: Record<string, string> = {
  PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_CONFIG_PASSPHRASE: "not a secret: the state is gone with the test",
};

/**
 * The reason why the tests with an engine cannot run here. Absent if they can.
 * @param plugins Providers of the stack, such as `docker`.
 */
export function noEngine(plugins: readonly string[]): string | undefined {
  const version = spawnSync("pulumi", ["version"], { env: { ...process.env, ...engineEnv }, encoding: "utf8" });
  if (version.error !== undefined) return "no pulumi on the PATH; build it with test/providers/build.sh";
  if (version.status !== 0) return `the pulumi on the PATH does not run: ${version.stderr.trim().split("\n")[0]}`;
  const missing = plugins.filter((plugin) => !isOnPath(`pulumi-resource-${plugin}`) && !isInstalled(plugin));
  if (missing.length > 0) return `no plugin ${missing.join(", no ")}; build it with test/providers/build.sh`;
  return undefined;
}

/** The reason why tests with a file of build.sh cannot run. Absent if it is there. */
export function notBuilt(path: string): string | undefined {
  if (existsSync(providerFile(path))) return undefined;
  return `no ${providerFile(path)}; build it with test/providers/build.sh`;
}

/** The reason why Docker cannot be used here, which a preview needs too. Absent if it answers. */
export async function noDocker(): Promise<string | undefined> {
  try {
    await docker.ping();
    return undefined;
  } catch (error) {
    return `no docker: ${(error as Error).message}`;
  }
}

function isOnPath(program: string): boolean {
  return engineEnv.PATH!.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isInstalled(plugin: string): boolean {
  try {
    return readdirSync(join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins")).some((name) =>
      name.startsWith(`resource-${plugin}-v`),
    );
  } catch {
    return false;
  }
}
