import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing, named } from "../requirements.ts";
import { roles } from "../role-folder.ts";

const reason = missing({ root: true, programs: ["unzip", "python3", "jq"] });

/** A fake podman that runs the command on this machine, with a fake plugin installer and its own /plugins. */
const podman = `#!/bin/bash
set -euo pipefail
while [[ $1 != --entrypoint=/bin/bash ]]; do shift; done
shift 2
arguments=()
for argument in "$@"; do arguments+=("\${argument//\\/plugins\\//$PLUGINS/}"); done
exec bash "\${arguments[@]}"
`;
/** Downloads the plugins of FETCHES, by default the list. Fails once per line of FAILURES. */
const installer = `#!/bin/bash
set -euo pipefail
if [[ -s $FAILURES ]]; then sed -i 1d "$FAILURES"; exit 1; fi
while (($# > 0)); do
  case $1 in
  --plugin-file) list=$2; shift ;;
  --plugin-download-directory) target=$2; shift ;;
  --latest) [[ $2 == false ]]; shift ;;
  esac
  shift
done
mkdir "$target"
cat "\${FETCHES:-$list}" | while IFS=: read -r name version; do
  python3 - "$target/$name.jpi" "$version" <<'PYTHON'
import sys, zipfile
zipfile.ZipFile(sys.argv[1], "w").writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\\r\\nPlugin-Version: %s\\r\\n" % sys.argv[2])
PYTHON
done
`;

describe.skipIf(reason !== undefined)(named("the plugins", reason), () => {
  let machine: string;
  beforeEach(() => {
    machine = mkdtempSync(`${tmpdir()}/jenkins-plugins-`);
    mkdirSync(`${machine}/bin`);
    writeFileSync(`${machine}/bin/podman`, podman, { mode: 0o755 });
    writeFileSync(`${machine}/bin/jenkins-plugin-cli`, installer, { mode: 0o755 });
    writeFileSync(`${machine}/plugins.txt`, "git:5.10.1\nscm-api:728.v1\n");
    writeFileSync(`${machine}/failures`, "");
  });
  afterEach(() => rmSync(machine, { recursive: true, force: true }));

  const run = (id: string, more: Record<string, string> = {}) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...process.env,
        PATH: `${machine}/bin:${process.env.PATH}`,
        IMAGE: "jenkins",
        DATA_PATH: machine,
        PLUGINS: `${machine}/plugins/`,
        PLUGINS_ID: id,
        PLUGINS_LIST: `${machine}/plugins.txt`,
        FAILURES: `${machine}/failures`,
        ...more,
      };
      const child = execFile(`${roles}jenkins/jenkins-plugins`, [], { env }, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  const there = () => readdirSync(`${machine}/plugins`).sort();
  const fetches = (text: string) => {
    writeFileSync(`${machine}/fetches`, text);
    return { FETCHES: `${machine}/fetches` };
  };

  test("are downloaded once per list, and replace the old ones", async () => {
    expect(await run("one")).toEqual({ status: 0, stdout: "jenkins-plugins: installed count=2\n", stderr: "" });
    expect(readdirSync(`${machine}/plugins/one`).sort()).toEqual(["git.jpi", "scm-api.jpi"]);
    writeFileSync(`${machine}/failures`, "no update center\n");
    expect(await run("one")).toEqual({ status: 0, stdout: "", stderr: "" });
    writeFileSync(`${machine}/failures`, "");
    expect(await run("two")).toMatchObject({ status: 0 });
    expect(there()).toEqual(["two"]);
  });

  test("are downloaded again after a failure of the update center", async () => {
    writeFileSync(`${machine}/failures`, "one time\n");
    expect(await run("one")).toEqual({
      status: 0,
      stdout: "jenkins-plugins: installed count=2\n",
      stderr: "jenkins-plugins: download failed retry_seconds=5\n",
    });
    expect(there()).toEqual(["one"]);
  }, 20_000);

  test("are rejected in a version that is not pinned, and the old ones are kept", async () => {
    await run("one");
    expect(await run("two", fetches("git:5.11.0\nscm-api:728.v1\n"))).toEqual({
      status: 1,
      stdout: "",
      stderr: "jenkins-plugins: pinned versions are missing: git:5.10.1\n",
    });
    expect(there()).toEqual(["one", "two.new"]);
    expect(await run("two")).toMatchObject({ status: 0 });
    expect(there()).toEqual(["two"]);
  });

  test("that are not pinned are reported", async () => {
    expect(await run("one", fetches("git:5.10.1\nscm-api:728.v1\nstructs:362.v2\n"))).toEqual({
      status: 0,
      stdout: "jenkins-plugins: installed count=2\n",
      stderr: "jenkins-plugins: dependencies are not pinned, add them to plugins.txt: structs:362.v2\n",
    });
  });
});

describe.skipIf(reason !== undefined)(named("an agent's logins", reason), () => {
  let machine: string;
  beforeEach(() => {
    machine = mkdtempSync(`${tmpdir()}/agent-registries-`);
    writeFileSync(
      `${machine}/docker-credential-ecr-login`,
      `#!/bin/bash\n[[ $1 == get ]] && read -r registry && printf '{"ServerURL":"%s","Username":"AWS","Secret":"hush"}' "$registry"\n`,
      { mode: 0o755 },
    );
  });
  afterEach(() => rmSync(machine, { recursive: true, force: true }));

  const run = (logins?: unknown) => {
    if (logins !== undefined) writeFileSync(`${machine}/config.json`, JSON.stringify(logins));
    const env = {
      ...process.env,
      PATH: `${machine}:${process.env.PATH}`,
      AGENT_USER: "nobody",
      ROOT_LOGINS: `${machine}/config.json`,
      AGENT_LOGINS: `${machine}/agent/auth.json`,
    };
    const { status, stderr } = spawnSync(`${roles}jenkins-agent/agent-registries`, { env, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(existsSync(`${machine}/agent/auth.json.new`)).toBe(false);
    expect(spawnSync("stat", ["--format=%U %a", `${machine}/agent/auth.json`], { encoding: "utf8" }).stdout).toBe(
      "nobody 600\n",
    );
    return JSON.parse(readFileSync(`${machine}/agent/auth.json`, "utf8"));
  };

  test("are copied from root, with the answer of a credential helper", () => {
    const own = { "10.0.0.50:5000": { auth: "cHVzaDpodXNo" } };
    expect(run({ auths: own, credHelpers: { "1.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login" } })).toEqual({
      auths: { ...own, "1.dkr.ecr.eu-central-1.amazonaws.com": { auth: Buffer.from("AWS:hush").toString("base64") } },
    });
  });

  test("are an empty file without logins, because podman requires the file", () => {
    expect(run()).toEqual({ auths: {} });
  });
});
