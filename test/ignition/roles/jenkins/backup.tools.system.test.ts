import { execFile, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call } from "../bash.ts";
import { missing, named, rootEnv } from "../requirements.ts";
import { roles } from "../role-folder.ts";

// The stand-in for podman runs the restic of this machine in a chroot. Without one of these programs jenkins-home would
// retry until the test times out.
const reason = missing({
  root: true,
  programs: ["restic", "unshare", "chroot", "mount", "jq", "flock"],
  commands: {
    "/usr/bin/restic is not installed": "test -x /usr/bin/restic",
    "mounts are not permitted here": "unshare --mount mount -t tmpfs tmpfs /mnt",
  },
});

/**
 * A fake podman that runs only restic: as the given user, with only the given volumes. Returns 10 if there is no
 * repository, as newer versions of restic do.
 */
const podman = `#!/bin/bash
set -euo pipefail
echo "$*" >>"$PODMAN_LOG"
case $1 in
pause | unpause) exit 0 ;;
container) exit 0 ;;
run) ;;
*) exit 1 ;;
esac
volumes=() environment=()
while [[ $1 != --entrypoint=restic ]]; do
  case $1 in
  --volume=*) volumes+=("\${1#--volume=}") ;;
  --env=*) environment+=("\${1#--env=}") ;;
  --user=1500:1500 | --read-only | --cap-drop=all | --security-opt=no-new-privileges) ;;
  esac
  shift
done
shift 2
export VOLUMES="\${volumes[*]}"
errors=$(mktemp)
status=0
unshare --mount bash -euo pipefail -c '
  root=$(mktemp -d)
  mount -t tmpfs tmpfs "$root"
  mkdir -p "$root"/{usr,etc,tmp,proc,dev,store}
  chmod 1777 "$root/tmp"
  ln -s usr/bin usr/lib usr/lib64 usr/sbin "$root"
  mount --bind /usr "$root/usr"
  mount --bind /dev "$root/dev"
  mount --bind "$STORE" "$root/store"
  for volume in $VOLUMES; do
    IFS=: read -r from to _ <<<"$volume"
    mkdir -p "$root$to"
    mount --bind "$from" "$root$to"
  done
  exec chroot --userspec=1500:1500 "$root" /usr/bin/env -i "$@"
' restic "\${environment[@]}" /usr/bin/restic "$@" 2>"$errors" || status=$?
cat "$errors" >&2
if ((status == 1)) && grep -q "config: no such file" "$errors"; then status=10; fi
rm -f "$errors"
exit "$status"
`;

describe.skipIf(reason !== undefined)(named("Jenkins' home", reason), () => {
  let machine: string;
  let store: string;
  beforeEach(() => {
    machine = mkdtempSync(`${tmpdir()}/jenkins-machine-`);
    store = mkdtempSync(`${tmpdir()}/jenkins-store-`);
    chmodSync(machine, 0o755);
    chownSync(store, 1500, 1500);
    mkdirSync(`${machine}/bin`);
    mkdirSync(`${machine}/etc`);
    mkdirSync(`${machine}/data`);
    writeFileSync(`${machine}/bin/podman`, podman, { mode: 0o755 });
    for (const [name, text] of [
      ["password", "hush-hush"],
      ["credentials", "[default]\n"],
    ] as const) {
      writeFileSync(`${machine}/etc/${name}`, text, { mode: 0o400 });
      chownSync(`${machine}/etc/${name}`, 1500, 1500);
    }
    writeFileSync(
      `${machine}/backup.env`,
      "IMAGE=restic\nREPOSITORY=/store/jenkins\nREGION=us-east-1\nBACKUP_NAME=jenkins\n",
    );
  });
  afterEach(() => {
    rmSync(machine, { recursive: true, force: true });
    rmSync(store, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}) => ({
    ...rootEnv,
    PATH: `${machine}/bin:${rootEnv.PATH}`,
    PODMAN_LOG: `${machine}/podman.log`,
    STORE: store,
    DATA_PATH: `${machine}/data`,
    RESTIC_RUN: `${machine}/run`,
    RESTIC_ETC: `${machine}/etc`,
    BACKUP_ENV: `${machine}/backup.env`,
    IMAGE: "restic",
    REPOSITORY: "/store/jenkins",
    REGION: "us-east-1",
    BACKUP_NAME: "jenkins",
    ...more,
  });
  const run = (script: string, more: Record<string, string> = {}) =>
    new Promise<{ status: number | null; output: string }>((resolve) => {
      const child = execFile(`${roles}jenkins/${script}`, [], { env: environment(more) }, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, output: stdout + stderr }),
      );
    });
  const home = (path = "") => `${machine}/data/home${path}`;
  const write = (path: string, text: string) => {
    mkdirSync(home(path).replace(/\/[^/]*$/, ""), { recursive: true });
    writeFileSync(home(path), text, { mode: 0o640 });
    execFileSync("chown", ["-R", "1500:1500", home()]);
  };
  const freshVolume = () => {
    rmSync(`${machine}/data`, { recursive: true });
    mkdirSync(`${machine}/data`);
  };

  test("is new without a home and a backup, and is kept after that", async () => {
    expect(await run("jenkins-home")).toMatchObject({
      status: 0,
      output: expect.stringContaining("jenkins-home: new, no backup exists\n"),
    });
    expect(readdirSync(home())).toEqual([".paasmas-home"]);
    write("/config.xml", "<hudson/>");
    expect(await run("jenkins-home")).toEqual({ status: 0, output: "" });
    expect(readFileSync(home("/config.xml"), "utf8")).toBe("<hudson/>");
    expect(readdirSync(`${machine}/data`).sort()).toEqual(["home", "restic"]);
  });

  test("is restored from its backup to a new volume, with owners and modes, without caches", async () => {
    await run("jenkins-home");
    const kept = {
      "/config.xml": "<hudson/>",
      "/secrets/master.key": "key",
      "/jobs/a/builds/1/log": "log of 1",
      "/users/users.xml": "<users/>",
    };
    for (const [path, text] of Object.entries(kept)) write(path, text);
    for (const folder of ["war", "plugins", "workspace", "caches", "logs", ".cache"]) write(`/${folder}/some`, "large");
    chmodSync(home("/secrets/master.key"), 0o600);
    const backup = await run("jenkins-backup");
    expect(backup).toMatchObject({ status: 0, output: expect.stringContaining("no errors were found") });
    expect(backup.output).toMatch(/jenkins-backup: copied ms=\d+/);
    expect(readFileSync(`${machine}/data/restic/last-backup`, "utf8")).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(existsSync(`${machine}/data/copy`)).toBe(false);
    expect(existsSync(`${machine}/run/credentials`)).toBe(false);

    freshVolume();
    expect(await run("jenkins-home")).toMatchObject({
      status: 0,
      output: expect.stringMatching(/jenkins-home: restored from backup [0-9a-f]{8}\n/),
    });
    for (const [path, text] of Object.entries(kept))
      expect([path, readFileSync(home(path), "utf8")]).toEqual([path, text]);
    expect(readdirSync(home()).sort()).toEqual([".paasmas-home", "config.xml", "jobs", "secrets", "users"]);
    expect(execFileSync("stat", ["--format=%u %g %a", home("/secrets/master.key")], { encoding: "utf8" })).toBe(
      "1500 1500 600\n",
    );
    expect(readdirSync(`${machine}/data`).sort()).toEqual(["home", "restic"]);
  }, 60_000);

  test("is saved while Jenkins is paused, and Jenkins resumes even if the backup fails", async () => {
    await run("jenkins-home");
    write("/config.xml", "<hudson/>");
    rmSync(`${machine}/podman.log`);
    const { status } = await run("jenkins-backup", { REPOSITORY: "/nowhere/jenkins" });
    expect(status).not.toBe(0);
    const log = readFileSync(`${machine}/podman.log`, "utf8")
      .split("\n")
      .map((line) => line.split(" ").slice(0, 2).join(" "));
    expect(log.slice(0, 2)).toEqual(["pause jenkins", "unpause jenkins"]);
    expect(existsSync(`${machine}/data/copy`)).toBe(false);
    expect(existsSync(`${machine}/data/restic/last-backup`)).toBe(false);
  }, 60_000);

  test("waits while the backups cannot be listed", async () => {
    // The repository exists but cannot be read.
    mkdirSync(`${store}/jenkins`);
    writeFileSync(`${store}/jenkins/config`, "not one");
    chownSync(`${store}/jenkins`, 1500, 1500);
    chownSync(`${store}/jenkins/config`, 1500, 1500);
    const child = spawn(`${roles}jenkins/jenkins-home`, [], {
      env: environment(),
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    for (let tries = 0; tries < 200 && !said.includes("retry_seconds=4"); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(-child.pid!, "SIGKILL");
    expect(said).toContain("jenkins-home: backups not available, Jenkins waits retry_seconds=2\n");
    expect(said).toContain("retry_seconds=4");
    expect(existsSync(home())).toBe(false);
  }, 60_000);

  test("is restored from the newest backup of the same machine", async () => {
    await run("jenkins-home");
    write("/config.xml", "first");
    await run("jenkins-backup");
    write("/config.xml", "second");
    await run("jenkins-backup");
    write("/config.xml", "another machine's");
    await run("jenkins-backup", { BACKUP_NAME: "other" });
    freshVolume();
    await run("jenkins-home");
    expect(readFileSync(home("/config.xml"), "utf8")).toBe("second");
  }, 90_000);

  test("is not saved before it is complete", async () => {
    mkdirSync(home());
    mkdirSync(`${machine}/data/restic`);
    expect(await run("jenkins-backup")).toEqual({ status: 1, output: "jenkins-backup: no complete home\n" });
  });

  test("is new at once if no backups are configured", async () => {
    expect(await run("jenkins-home", { BACKUP_ENV: "/nowhere" })).toEqual({
      status: 0,
      output: "jenkins-home: new, no backups are configured\n",
    });
  });
});

const noJq = missing({ programs: ["jq"] });
describe.skipIf(noJq !== undefined)(named("keys for the bucket", noJq), () => {
  const folder = mkdtempSync(`${tmpdir()}/jenkins-keys-`);
  mkdirSync(`${folder}/bin`);
  // The metadata service answers with a token, then the role's name, then its keys.
  writeFileSync(
    `${folder}/bin/curl`,
    `#!/bin/bash
case "$*" in
*"--request PUT"*latest/api/token) echo the-token ;;
*"X-aws-ec2-metadata-token: the-token"*security-credentials/) echo jenkins-role ;;
*"X-aws-ec2-metadata-token: the-token"*security-credentials/jenkins-role) echo '{"AccessKeyId": "AKIA", "SecretAccessKey": "hush", "Token": "session"}' ;;
*) echo "unexpected: $*" >&2; exit 22 ;;
esac
`,
    { mode: 0o755 },
  );

  test("of the machine's role are read from the metadata service and written for restic", () => {
    const before = process.env.PATH;
    process.env.PATH = `${folder}/bin:${before}`;
    try {
      expect(call("jenkins/restic.sh", "role_credentials", [])).toBe(
        "[default]\naws_access_key_id = AKIA\naws_secret_access_key = hush\naws_session_token = session",
      );
    } finally {
      process.env.PATH = before;
    }
  });
});
