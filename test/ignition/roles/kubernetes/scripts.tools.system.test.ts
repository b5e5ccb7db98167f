import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { joinToken, joinTokenId } from "../../../../ignition/roles/kubernetes/join-token.ts";
import { call } from "../bash.ts";
import { roles } from "../role-folder.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["jq", "openssl", "curl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubernetes-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A fake program on the PATH with a given answer. Its calls are in `calls`. */
function program(name: string, body: string): void {
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "bin", name), `#!/bin/bash\necho "${name} $*" >>"${folder}/calls"\n${body}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}

const calls = () =>
  existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n") : [];

function run(script: string, args: readonly string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(`${roles}kubernetes/${script}`, args, {
    env: { PATH: `${folder}/bin:${process.env.PATH}`, ...env },
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, output: stdout + stderr };
}

describe("versions", () => {
  const step = (from: string, to: string) => call("kubernetes/version-step.sh", "version_step", [from, to]);
  test.each([
    ["v1.36.3", "1.36.3", "same"],
    ["1.36.3", "1.36.4", "change"],
    ["1.36.4", "1.36.3", "change"],
    ["1.35.8", "1.36.3", "change"],
    ["1.34.2", "1.36.3", "refuse from 1.34.2 to 1.36.3 skips a minor version; go to 1.35 first"],
    [
      "1.36.3",
      "1.35.8",
      "refuse 1.35.8 is older than 1.36.3, which wrote the cluster's data; restore an older backup instead",
    ],
  ])("a change from %s to %s: %s", (from, to, verdict) => expect(step(from, to)).toBe(verdict));

  const worker = (api: string, own: string) => call("kubernetes/version-step.sh", "worker_step", [api, own]);
  test.each([
    ["v1.36.3", "1.36.4", "fits"],
    ["v1.36.3", "1.33.0", "fits"],
    [
      "v1.35.8",
      "1.36.3",
      "refuse kubelet 1.36.3 is newer than the API servers (1.35.8); upgrade the control planes first",
    ],
    [
      "v1.36.3",
      "1.32.9",
      "refuse kubelet 1.32.9 is more than three minor versions older than the API servers (1.36.3)",
    ],
  ])("an API server %s with a worker %s: %s", (api, own, verdict) => expect(worker(api, own)).toBe(verdict));
});

describe("join tokens", () => {
  const key = "0123456789abcdefghijABCDEFGHIJ0123456789";
  test("are equal in TypeScript and on the machine, in kubeadm's format", () => {
    writeFileSync(join(folder, "key"), key);
    for (const machine of ["kube-web-0", "kube-web-1", "other-build-12"]) {
      const id = call("kubernetes/join-token.sh", "token_id", [machine]);
      const secret = call("kubernetes/join-token.sh", "token_secret", [join(folder, "key"), machine]);
      expect(`${id}.${secret}`).toBe(joinToken(key, machine));
      expect(`${id}.${secret}`).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
      expect(id).toBe(joinTokenId(machine));
    }
  });

  test("do not reveal each other", () => {
    const secrets = [
      joinToken(key, "kube-web-0"),
      joinToken(key, "kube-web-1"),
      joinToken(`${key}1`, "kube-web-0"),
    ].map((token) => token.split(".")[1]);
    expect(new Set(secrets).size).toBe(3);
  });

  const node = (name: string, ready?: string) => ({
    metadata: { name },
    status: { conditions: ready === undefined ? [] : [{ type: "Ready", status: ready }] },
  });
  const planned = (pools: string, ...items: unknown[]) =>
    call("kubernetes/join-token.sh", "token_plan", ["kube", pools], JSON.stringify({ items }))
      .split("\n")
      .filter(Boolean);

  test("are planned for the first worker of each pool in an empty cluster", () => {
    expect(planned("web,build")).toEqual(["give kube-web-0", "give kube-build-0"]);
    expect(planned("")).toEqual([]);
  });

  test("are planned for nodes that are missing or not Ready, and for the next worker", () => {
    expect(
      planned(
        "web",
        node("kube-0", "True"),
        node("kube-web-0", "True"),
        node("kube-web-1", "Unknown"),
        node("kube-web-3", "True"),
        node("kube-web-x", "True"),
        node("kube-webs-9", "True"),
      ),
    ).toEqual(["take kube-web-0", "give kube-web-1", "give kube-web-2", "take kube-web-3", "give kube-web-4"]);
  });
});

describe("kubernetes-prepare", () => {
  test("unpacks each archive once, and again after a change", () => {
    const archives = join(folder, "archives");
    mkdirSync(join(folder, "in/bin"), { recursive: true });
    mkdirSync(archives);
    const pack = (name: string, text: string, path: string) => {
      writeFileSync(join(folder, "in", path), text);
      execFileSync("tar", ["-czf", join(archives, `${name}.tar.gz`), "-C", join(folder, "in"), path]);
    };
    pack("containerd", "one", "bin/containerd");
    pack("crictl", "crictl", "crictl");
    const prepare = () =>
      run("kubernetes-prepare", [], {
        PAASMAS_ARCHIVES: archives,
        PAASMAS_ROOT: join(folder, "root"),
        DATA_PATH: join(folder, "data"),
        KEEP: "",
      });
    expect(prepare()).toEqual({ status: 0, output: "" });
    const containerd = join(folder, "root/usr/local/bin/containerd");
    expect(readFileSync(containerd, "utf8")).toBe("one");
    expect(existsSync(join(folder, "root/usr/local/bin/crictl"))).toBe(true);

    writeFileSync(containerd, "changed on the machine");
    expect(prepare().status).toBe(0);
    expect(readFileSync(containerd, "utf8")).toBe("changed on the machine");
    pack("containerd", "two", "bin/containerd");
    expect(prepare().status).toBe(0);
    expect(readFileSync(containerd, "utf8")).toBe("two");
  });

  test("mounts folders from the data volume once", () => {
    program("mount", "");
    program("mountpoint", `[[ -e "${folder}/mounted" ]]`);
    const prepare = () =>
      run("kubernetes-prepare", [], {
        PAASMAS_ARCHIVES: folder,
        PAASMAS_ROOT: join(folder, "root"),
        DATA_PATH: join(folder, "data"),
        KEEP: "/var/lib/containerd",
      });
    expect(prepare().status).toBe(0);
    expect(calls()).toContain(`mount --bind ${folder}/data/containerd ${folder}/root/var/lib/containerd`);
    expect(statSync(join(folder, "data/containerd")).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, "mounted"), "");
    rmSync(join(folder, "calls"));
    expect(prepare().status).toBe(0);
    expect(calls().filter((line) => line.startsWith("mount "))).toEqual([]);
  });
});

describe("kubernetes-publish", () => {
  const nodes = (...versions: [string, string][]) =>
    JSON.stringify({
      items: versions.map(([name, kubeletVersion]) => ({
        metadata: { name },
        status: { nodeInfo: { kubeletVersion } },
      })),
    });
  const publish = (list: string) => {
    writeFileSync(join(folder, "nodes"), list);
    program("kubectl", `if [[ $1 == get ]]; then cat "${folder}/nodes"; fi`);
    program("kubeadm", "");
    return run("kubernetes-publish", [], {
      VERSION: "1.36.3",
      KUBECONFIG: "x",
      CONTROL_PLANES: "kube-0,kube-1",
      PAASMAS_SETTINGS: "/s",
      PAASMAS_RUN: "/r",
    });
  };

  test("waits until all control planes run the version", () => {
    const { status, output } = publish(nodes(["kube-0", "v1.36.3"], ["kube-1", "v1.35.8"]));
    expect([status, output]).toEqual([0, 'kubernetes-publish: skipped waiting_for="kube-1" version=1.36.3\n']);
    expect(calls()).toHaveLength(1);
  });

  test("does not wait for a former control plane", () => {
    expect(publish(nodes(["kube-0", "v1.36.3"], ["kube-2", "v1.35.8"])).status).toBe(0);
    expect(calls().slice(1)).toEqual([
      "kubectl apply --server-side --force-conflicts --field-manager=paasmas --filename /s/manifests",
      "kubeadm init phase addon all --config /r/kubeadm.yaml",
    ]);
  });
});

describe("kubernetes-drain", () => {
  const drain = (seconds: number) =>
    run("kubernetes-drain", ["away"], {
      NAME: "kube-web-0",
      DRAIN_SECONDS: String(seconds),
      HEALTH_SECONDS: "0",
      PAASMAS_RUN: join(folder, "run"),
      KUBECONFIG: "x",
    });

  test("stops at once if no API server answers", () => {
    program("kubectl", "exit 1");
    const { status, output } = drain(60);
    expect([status, output]).toEqual([0, "kubernetes-drain: no API server answers, stopping without a drain\n"]);
    expect(existsSync(join(folder, "run/draining"))).toBe(true);
  });

  test("stops at the time limit if pods cannot be evicted", () => {
    const pods = { items: [{ metadata: { namespace: "shop", name: "db-0" }, status: { phase: "Running" } }] };
    writeFileSync(join(folder, "pods"), JSON.stringify(pods));
    program("kubectl", `case "$*" in *"get pods"*) cat "${folder}/pods" ;; *create*) exit 1 ;; esac`);
    const start = Date.now();
    const { status, output } = drain(3);
    expect([status, output]).toEqual([0, 'kubernetes-drain: timed out remaining="shop db-0"\n']);
    expect(Date.now() - start).toBeLessThan(6_000);
  });
});

describe("kubernetes-backup", () => {
  const leader = (isLeader: boolean) =>
    JSON.stringify([{ Status: { leader: 7, header: { member_id: isLeader ? 7 : 8 } } }]);
  const backup = (isLeader: boolean, target = "", more: Record<string, string> = {}) => {
    program("etcdctl", `case "$*" in *status*) echo '${leader(isLeader)}' ;; *save*) echo snapshot >"$3" ;; esac`);
    program("etcdutl", "");
    writeFileSync(join(folder, "target"), target);
    const env = {
      NAME: "kube-0",
      CLUSTER: "kube",
      DATA_PATH: folder,
      BACKUPS_KEPT: "2",
      KEPT_DAYS: "30",
      PAASMAS_PKI: folder,
      PAASMAS_BACKUP: target === "" ? "/nowhere" : join(folder, "target"),
      ...more,
    };
    return new Promise<{ status: number; output: string }>((resolve) => {
      const child = spawn(`${roles}kubernetes/kubernetes-backup`, [], {
        env: { PATH: `${folder}/bin:${process.env.PATH}`, ...env },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.on("close", (status) => resolve({ status: status ?? -1, output }));
    });
  };
  const kept = () => readdirSync(join(folder, "backups")).sort();

  test("is made only by the leader", async () => {
    expect(await backup(false)).toEqual({
      status: 75,
      output: 'kubernetes-backup: skipped reason="another member is the leader"\n',
    });
    expect(existsSync(join(folder, "backups"))).toBe(false);
    expect(readFileSync(`${roles}kubernetes/kubernetes-backup.service`, "utf8")).toMatch(/^SuccessExitStatus=75$/m);
  });

  test("keeps the newest snapshots and removes incomplete ones", async () => {
    mkdirSync(join(folder, "backups"));
    for (const name of ["kube-20260101T000000Z.db", "kube-20260102T000000Z.db", "kube-20260103T000000Z.db.part"])
      writeFileSync(join(folder, "backups", name), "");
    expect((await backup(true)).status).toBe(0);
    const [older, newest] = kept();
    expect([older, kept().length]).toEqual(["kube-20260102T000000Z.db", 2]);
    expect(newest).toMatch(/^kube-\d{8}T\d{6}Z\.db$/);
    expect(statSync(join(folder, "backups")).mode & 0o777).toBe(0o700);
  });

  test("signs the upload to the bucket, without the key on a command line", async () => {
    const received: { method: string; url: string; authorization: string; sum: unknown; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        received.push({
          method: request.method!,
          url: request.url!,
          authorization: request.headers.authorization ?? "",
          sum: request.headers["x-amz-content-sha256"],
          body,
        });
        response.end();
      });
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    try {
      const target = `ENDPOINT=http://127.0.0.1:${port}\nBUCKET=backups\nREGION=eu-1\nACCESS_KEY=AKEXAMPLE\nSECRET_KEY=bucket-secret\n`;
      const { status, output } = await backup(true, target);
      expect([status, output.split("\n").length]).toEqual([0, 3]);
      const [name] = kept();
      expect(received).toHaveLength(1);
      expect(received[0]).toMatchObject({ method: "PUT", url: `/backups/etcd/kube/${name}`, body: "snapshot\n" });
      // S3 rejects uploads without this header.
      expect(received[0]!.sum).toBe(createHash("sha256").update("snapshot\n").digest("hex"));
      expect(received[0]!.authorization).toContain("x-amz-content-sha256");
      expect(received[0]!.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKEXAMPLE\/\d{8}\/eu-1\/s3\/aws4_request, /,
      );
      expect(calls().join("\n")).not.toContain("bucket-secret");
    } finally {
      server.close();
    }
  });

  test("uploads to a pre-signed URL with an expiry, without the URL on a command line", async () => {
    const received: { method: string; url: string; keptSeconds: unknown; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        received.push({
          method: request.method!,
          url: request.url!,
          keptSeconds: request.headers["x-delete-after"],
          body,
        });
        response.end();
      });
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    try {
      const query = "temp_url_sig=hush&temp_url_expires=1900000000&temp_url_prefix=etcd%2Fkube%2F";
      const { status, output } = await backup(
        true,
        `UPLOAD_URL="http://127.0.0.1:${port}/v1/AUTH_x/box/etcd/kube/?${query}"\n`,
      );
      const [name] = kept();
      expect([status, output]).toEqual([
        0,
        `kubernetes-backup: saved path=${folder}/backups/${name}\nkubernetes-backup: uploaded object=${name}\n`,
      ]);
      expect(received).toEqual([
        { method: "PUT", url: `/v1/AUTH_x/box/etcd/kube/${name}?${query}`, keptSeconds: "2592000", body: "snapshot\n" },
      ]);
      expect(calls().join("\n")).not.toContain("hush");
    } finally {
      server.close();
    }
  });

  test("signs with the machine's role on AWS", async () => {
    const asked: string[] = [];
    let stored: { authorization?: string; token?: unknown } = {};
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers["x-aws-ec2-metadata-token"] ?? ""}`.trimEnd());
      request.resume().on("end", () => {
        if (request.url === "/latest/api/token") response.end("session");
        else if (request.url?.endsWith("/security-credentials/")) response.end("kube-0");
        else if (request.url?.endsWith("/kube-0"))
          response.end(
            JSON.stringify({ AccessKeyId: "ASIAROLE", SecretAccessKey: "role-secret", Token: "role-token" }),
          );
        else {
          stored = { authorization: request.headers.authorization, token: request.headers["x-amz-security-token"] };
          response.end();
        }
      });
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    try {
      const { status } = await backup(true, `ENDPOINT=http://127.0.0.1:${port}\nBUCKET=backups\nREGION=eu-1\n`, {
        PAASMAS_METADATA: `http://127.0.0.1:${port}`,
      });
      expect(status).toBe(0);
      expect(asked.slice(0, 3)).toEqual([
        "PUT /latest/api/token",
        "GET /latest/meta-data/iam/security-credentials/ session",
        "GET /latest/meta-data/iam/security-credentials/kube-0 session",
      ]);
      expect(stored.token).toBe("role-token");
      expect(stored.authorization).toMatch(/Credential=ASIAROLE\/.*x-amz-security-token/);
    } finally {
      server.close();
    }
  });

  test("fails if the bucket rejects the upload", async () => {
    const { status, output } = await backup(
      true,
      "ENDPOINT=http://127.0.0.1:1\nBUCKET=backups\nREGION=eu-1\nACCESS_KEY=a\nSECRET_KEY=b\n",
    );
    expect(status).not.toBe(0);
    expect(output).toContain("curl");
  }, 30_000);
});

test("refresh-versions rejects an invalid release", () => {
  expect(run("refresh-versions", ["latest"], {})).toEqual({
    status: 2,
    output: "refresh-versions: latest is not a release; use for example 1.36.5\n",
  });
});

test("refresh-versions reads a single sum or a line of a list, and fails otherwise", () => {
  const copy = join(folder, "roles");
  mkdirSync(copy);
  for (const name of ["refresh-versions", "versions.json"])
    writeFileSync(join(copy, name), readFileSync(`${roles}kubernetes/${name}`), { mode: 0o755 });
  const sum = "ab".repeat(32);
  // A list names the file; a single sum does not.
  program(
    "curl",
    `case "\${@: -1}" in *runc.sha256sum) printf '%s  runc.amd64\\n%s  runc.arm64\\n' ${sum} ${"cd".repeat(32)} ;; *SHA256SUMS) for a in amd64 arm64; do echo "${sum}  etcd-v3.6.14-linux-$a.tar.gz"; done ;; *) echo ${sum} ;; esac`,
  );
  const { status, stderr } = spawnSync(join(copy, "refresh-versions"), ["1.36.5"], {
    env: { PATH: `${folder}/bin:${process.env.PATH}` },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  const table = JSON.parse(readFileSync(join(copy, "versions.json"), "utf8"));
  expect(Object.keys(table.releases)).toEqual(["1.36.5", "1.36.4", "1.36.3", "1.35.8"]);
  expect(table.files.kubeadm.sha256["1.36.5"]).toEqual({ amd64: sum, arm64: sum });
  expect(table.files.runc.sha256["1.4.3"]).toEqual({ amd64: sum, arm64: "cd".repeat(32) });

  program("curl", "echo '<html>not found</html>'");
  const failed = spawnSync(join(copy, "refresh-versions"), [], {
    env: { PATH: `${folder}/bin:${process.env.PATH}` },
    encoding: "utf8",
  });
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("no SHA-256 of cni-plugins-linux-amd64-v1.9.1.tgz in its checksum file");
});
