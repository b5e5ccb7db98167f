import { execFileSync, spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws/s3/index.js";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claim } from "./lab/lock.ts";
import { Engine, type Program } from "./lab/engine.ts";
import { labLabel } from "./lab/monitor/label.ts";
import { changeOf, type Provider } from "./lab/monitor/provider.ts";
import { passwordFrom } from "./lab/monitor/random.ts";
import { tar } from "./lab/monitor/tar.ts";
import { passed, type Result, table } from "./lab/table.ts";

// Parts of the lab that need neither Docker nor nodes.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the engine", () => {
  const log = () => readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
  const engineFor = (program: Program) => new Engine({ program, stack: "dev", stateFile: join(folder, "state.json") });
  const write = (text: string) => `printf '%s\\n' "${text}" >>'${folder}/log'`;
  const noted = (name: string, triggers: string[], environment: Record<string, string> = {}, opts = {}) =>
    new command.local.Command(
      name,
      { create: write(`create ${name} $SETTING`), delete: write(`delete ${name}`), triggers, environment },
      opts,
    );

  test("creates new resources, keeps unchanged ones, and removes all in the reverse order", async () => {
    const engine = engineFor(() => {
      const password = new random.RandomPassword("password", { length: 12, special: false });
      const first = noted("first", ["a"], { SETTING: password.result.apply((text) => String(text.length)) as never });
      noted("second", ["a"], {}, { dependsOn: first });
      return { password: password.result };
    });
    const up = await engine.up({});
    expect(up.steps.map(({ action, name }) => `${action} ${name}`)).toEqual([
      "create password",
      "create first",
      "create second",
    ]);
    expect(up.outputs.password).toMatch(/^[A-Za-z0-9]{12}$/);

    const again = await engine.up({});
    expect(again.steps).toEqual([]);
    expect(again.outputs).toEqual(up.outputs);

    await engine.destroy();
    expect(log()).toEqual(["create first 12", "create second ", "delete second", "delete first"]);
  });

  test("replaces resources whose changed input requires it, updates the others, and passes new values on", async () => {
    let trigger = "one";
    let setting = "x";
    const engine = engineFor(() => {
      const first = noted("first", [trigger]);
      noted("second", [first.id as never], { SETTING: setting }, { dependsOn: first });
      return {};
    });
    await engine.up({});
    setting = "y";
    expect((await engine.up({})).steps.map(({ action, name, properties }) => [action, name, properties])).toEqual([
      ["update", "second", ["environment"]],
    ]);
    trigger = "two";
    expect((await engine.up({})).steps.map(({ action, name, properties }) => [action, name, properties])).toEqual([
      ["replace", "first", ["triggers"]],
      ["replace", "second", ["triggers"]],
    ]);
    expect(log()).toEqual([
      "create first ",
      "create second x",
      "create second y",
      "delete first",
      "create first ",
      "delete second",
      "create second y",
    ]);
  });

  test("removes resources that are no longer in the program, the youngest first", async () => {
    let size = 3;
    const engine = engineFor(() => {
      let before: ReturnType<typeof noted> | undefined;
      for (let i = 0; i < size; i++) before = noted(`node-${i}`, [], {}, before && { dependsOn: before });
      return {};
    });
    await engine.up({});
    size = 1;
    expect((await engine.up({})).steps.map(({ action, name }) => `${action} ${name}`)).toEqual([
      "delete node-2",
      "delete node-1",
    ]);
  });

  test("fails with the message of the command, and continues from there the next time", async () => {
    let command_ = "echo no such luck >&2; exit 3";
    const engine = engineFor(() => {
      const first = noted("first", []);
      new command.local.Command("second", { create: command_ }, { dependsOn: first });
      return {};
    });
    await expect(engine.up({})).rejects.toThrow(
      'exit status 3: running "echo no such luck >&2; exit 3":\nno such luck',
    );
    command_ = "true";
    expect((await engine.up({})).steps.map(({ name }) => name)).toEqual(["second"]);
  });

  test("names a resource type that it cannot create", async () => {
    const bucket = engineFor(() => {
      new aws.Bucket("bucket");
      return {};
    });
    await expect(bucket.up({})).rejects.toThrow("the lab cannot make aws:s3/bucket:Bucket (bucket)");
    const swarm = engineFor(() => {
      new docker.Container("container", { image: "x", publishAllPorts: true });
      return {};
    });
    await expect(swarm.up({})).rejects.toThrow('the lab cannot make a docker.Container with "publishAllPorts"');
    const privileged = engineFor(() => {
      new docker.Container("container", { image: "x", privileged: true });
      return {};
    });
    await expect(privileged.up({})).rejects.toThrow("the lab makes no privileged containers");
  });

  test("keeps its state, which contains secrets, readable only by its owner", async () => {
    await engineFor(() => ({ password: new random.RandomPassword("password", { length: 12 }).result })).up({});
    expect(execFileSync("stat", ["-c", "%a", join(folder, "state.json")], { encoding: "utf8" }).trim()).toBe("600");
  });

  test("creates certificates with the requested fields", async () => {
    const { outputs } = await engineFor(() => {
      const caKey = new tls.PrivateKey("ca-key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
      const ca = new tls.SelfSignedCert("ca", {
        privateKeyPem: caKey.privateKeyPem,
        isCaCertificate: true,
        subject: { commonName: "the authority", organization: "paasmas" },
        validityPeriodHours: 48,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
        setSubjectKeyId: true,
      });
      const key = new tls.PrivateKey("key", { algorithm: "RSA", rsaBits: 2048 });
      const request = new tls.CertRequest("request", {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "galera-0" },
        dnsNames: ["galera-0", "localhost"],
        ipAddresses: ["10.77.0.20"],
      });
      const certificate = new tls.LocallySignedCert("certificate", {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: caKey.privateKeyPem,
        caCertPem: ca.certPem,
        validityPeriodHours: 24,
        allowedUses: ["digital_signature", "server_auth", "client_auth"],
      });
      return { ca: ca.certPem, caKey: caKey.privateKeyPem, key: key.privateKeyPem, certificate: certificate.certPem };
    }).up({});
    const ca = new X509Certificate(outputs.ca as string);
    const leaf = new X509Certificate(outputs.certificate as string);
    expect(outputs.caKey).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
    expect(outputs.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(ca.subject).toBe("O=paasmas\nCN=the authority");
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).toBe("CN=galera-0");
    expect(leaf.subjectAltName).toBe("DNS:galera-0, DNS:localhost, IP Address:10.77.0.20");
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(outputs.key as string))).toBe(true);
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(24 * 3_600_000);
  });
});

test("classifies a change as none, update or replacement, by the changed properties", () => {
  const provider: Provider = { updatable: ["memory"], create: () => Promise.reject(), delete: () => Promise.reject() };
  expect(changeOf(provider, { a: { x: 1, y: [2] } }, { a: { y: [2], x: 1 }, b: undefined })).toEqual({ kind: "none" });
  expect(changeOf(provider, { memory: 1, image: "a" }, { memory: 2, image: "a" })).toEqual({
    kind: "update",
    properties: ["memory"],
  });
  expect(changeOf(provider, { memory: 1, image: "a" }, { memory: 2, image: "b" })).toEqual({
    kind: "replace",
    properties: ["image", "memory"],
  });
  expect(changeOf(provider, { memory: 1 }, { memory: 2 }, ["memory"])).toEqual({
    kind: "replace",
    properties: ["memory"],
  });
});

describe("one lab at a time", () => {
  const modules = new URL("./lab/", import.meta.url);
  /** A separate program with the modules of the lab. */
  const program = (text: string, env: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, ["--input-type=module", "--eval", text], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
  const line = (child: ReturnType<typeof program>) =>
    new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data).trim())));

  test("rejects another checkout, by its name, until its lab ends in any way", async () => {
    const name = `paasmas-lab-test-${process.pid}`;
    const holder = program(
      `const { claim } = await import("${modules}lock.ts"); await claim("${name}", "/home/one/paasmas/"); console.log("has it"); setInterval(() => {}, 1000);`,
    );
    expect(await line(holder)).toBe("has it");
    await expect(claim(name, "/home/two/paasmas/")).rejects.toThrow(
      new Error(
        `the lab of /home/one/paasmas/ is running (process ${holder.pid}); two would use the same names and addresses, so wait for its end`,
      ),
    );
    const ended = new Promise((resolve) => holder.once("exit", resolve));
    holder.kill("SIGKILL");
    await ended;
    await claim(name, "/home/two/paasmas/");
    await expect(claim(name, "/home/three/paasmas/")).rejects.toThrow(
      `the lab of /home/two/paasmas/ is running (process ${process.pid});`,
    );
  });

  test("keeps objects of another existing checkout, and removes those of a deleted one", async () => {
    const theirs = { "paasmas.lab": "true", "paasmas.lab.checkout": folder };
    const gone = { "paasmas.lab": "true", "paasmas.lab.checkout": join(folder, "gone") };
    const ours = { ...labLabel };
    const asked: string[] = [];
    const answers: Record<string, unknown> = {
      "/containers/json": [
        { Id: "c-theirs", Labels: theirs },
        { Id: "c-gone", Labels: gone },
        { Id: "c-ours", Labels: ours },
      ],
      "/networks": [
        { Id: "n-ours", Labels: ours },
        { Id: "n-theirs", Labels: theirs },
      ],
      "/volumes": {
        Volumes: [
          { Name: "v-theirs", Labels: theirs },
          { Name: "v-old", Labels: { "paasmas.lab": "true" } },
        ],
      },
    };
    const daemon = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, "http://docker");
      if (request.method === "GET")
        expect(JSON.parse(searchParams.get("filters")!)).toEqual({ label: ["paasmas.lab=true"] });
      else asked.push(`${request.method} ${pathname}`);
      response
        .writeHead(request.method === "GET" ? 200 : 204, { "Content-Type": "application/json" })
        .end(request.method === "GET" ? JSON.stringify(answers[pathname]) : undefined);
    });
    const socket = join(folder, "docker.sock");
    await new Promise<void>((resolve) => daemon.listen(socket, resolve));
    try {
      const child = program(
        `const { otherCheckout, removeLabelled } = await import("${modules}monitor/cleanup.ts"); const other = await otherCheckout(); await removeLabelled("${folder}/state.json"); console.log(other);`,
        { DOCKER_HOST: `unix://${socket}` },
      );
      expect(await line(child)).toBe(folder);
    } finally {
      daemon.close();
    }
    expect(asked).toEqual([
      "DELETE /containers/c-gone",
      "DELETE /containers/c-ours",
      "DELETE /networks/n-ours",
      "DELETE /volumes/v-old",
    ]);
  });
});

test("creates passwords that follow their settings", () => {
  for (let i = 0; i < 50; i++) {
    expect(passwordFrom({ length: 20, special: false })).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(passwordFrom({ length: 8, overrideSpecial: "-", upper: false, minSpecial: 2, minNumeric: 2 })).toMatch(
      /^(?=(.*-){2})(?=(.*\d){2})[a-z\d-]{8}$/,
    );
  }
});

test("creates an archive that tar can read", () => {
  const archive = join(folder, "upload.tar");
  writeFileSync(
    archive,
    tar([
      { path: "ignition/config.ign", content: Buffer.from("é{}"), mode: 0o600 },
      { path: "empty", content: Buffer.alloc(0), mode: 0o755, uid: 7, gid: 8 },
    ]),
  );
  const listed = execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--file", archive], {
    encoding: "utf8",
  });
  expect(listed.split("\n").map((line) => line.replace(/ +/g, " ").replace(/\d{4}-\S+ \S+ /, ""))).toEqual([
    "-rw------- 0/0 4 ignition/config.ign",
    "-rwxr-xr-x 7/8 0 empty",
    "",
  ]);
  expect(
    execFileSync("tar", ["--extract", "--to-stdout", "--file", archive, "ignition/config.ign"], { encoding: "utf8" }),
  ).toBe("é{}");
  expect(() => tar([{ path: "x".repeat(101), content: Buffer.alloc(0), mode: 0o644 }])).toThrow(
    `path too long for an upload: ${"x".repeat(101)}`,
  );
});

test("prints every case with its figures and failures in the table", () => {
  const fine: Result = {
    case: "kill -9",
    flavor: "percona",
    acknowledged: 12345,
    lost: 0,
    longestGapSeconds: 2.345,
    gapGoalSeconds: 3,
    healthySeconds: 16.04,
    missed: [],
    failures: [],
  };
  const cold: Result = {
    case: "cold start",
    flavor: "mariadb",
    acknowledged: 0,
    lost: 0,
    missed: [],
    failures: ["no quorum"],
  };
  const slow: Result = {
    ...fine,
    case: "reboot",
    longestGapSeconds: 0.7,
    gapGoalSeconds: 0.5,
    missed: ["0.70 s at 2.0 s"],
  };
  expect(passed(fine)).toBe(true);
  expect(passed(slow)).toBe(true);
  expect(passed(cold)).toBe(false);
  expect(table([fine, slow, cold])).toBe(
    [
      "case        flavour  acknowledged  lost  longest gap      goal  healthy after  verdict",
      "----------  -------  ------------  ----  -----------  --------  -------------  ---------",
      "kill -9     percona        12,345     0       2.35 s    <= 3 s         16.0 s  ok",
      "reboot      percona        12,345     0       0.70 s  <= 0.5 s         16.0 s  over goal",
      "cold start  mariadb             0     0            -         -              -  FAILED",
      "",
      "reboot (percona): 0.70 s at 2.0 s",
      "cold start (mariadb): no quorum",
    ].join("\n"),
  );
});
