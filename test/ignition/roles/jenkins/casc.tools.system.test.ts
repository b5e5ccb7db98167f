import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { jenkinsYaml } from "../../../../ignition/roles/jenkins/casc.ts";
import { missing } from "../requirements.ts";
import { jenkinsSettings } from "./nodes.ts";

const reason = missing({ programs: ["groovyc", "java"] });

/** Runs the compiler with the Java on the PATH: the script of Debian searches only in /usr/lib/jvm/default-java. */
function groovyc(...parameters: string[]) {
  const java = spawnSync("which", ["java"], { encoding: "utf8" }).stdout.trim();
  const home =
    process.env.JAVA_HOME ??
    (java === "" || existsSync("/usr/lib/jvm/default-java") ? undefined : dirname(dirname(realpathSync(java))));
  return spawnSync("groovyc", parameters, {
    encoding: "utf8",
    env: { ...process.env, ...(home !== undefined && { JAVA_HOME: home }) },
  });
}

test("the scripts of the jobs compile as Groovy", { timeout: 60_000 }, ({ skip }) => {
  skip(reason !== undefined, reason);
  const { jobs } = parse(jenkinsYaml(jenkinsSettings())) as { jobs: { script: string }[] };
  const folder = mkdtempSync(join(tmpdir(), "job-dsl-"));
  try {
    const files = jobs.map(({ script }, index) => {
      const path = join(folder, `script${index}.groovy`);
      // Job DSL gets the script without this mark: Jenkins removes it where it is not a reference.
      writeFileSync(path, script.replaceAll("^${", "${"));
      return path;
    });
    const { status, stderr } = groovyc("-d", folder, ...files);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
