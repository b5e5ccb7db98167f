import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { askEndpoints } from "../../../cli/engine/answers.ts";
import { causeOf } from "../../../cli/engine/diagnosis.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { DockerCloud, type DockerCloudArgs } from "../../../components/cloud/docker/index.ts";
import type { EtcdClusterArgs } from "../../../components/etcd-cluster/args.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import { config, file, render, unit } from "../../../ignition/index.ts";
import { haproxy } from "../../../ignition/roles/haproxy/role.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { readyScript } from "../../../ignition/roles/role.ts";
import { run } from "../builds.ts";
import { Engine } from "../engine.ts";
import { cache, imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import type { Result } from "../table.ts";
import { labRun } from "./lab-run.ts";

const readyTimeoutSeconds = 12;
const takenPort = 13399;
const withoutSystemd = "paasmas-lab/without-systemd";
const idle = config(file({ path: readyScript, text: "#!/bin/bash\nexit 0\n", mode: 0o755 }));

/** A reason why a machine does not become ready, and what the message of its gate must contain. */
interface Reason {
  name: string;
  program(): void;
  message: readonly RegExp[];
}

function cloud(args: Partial<DockerCloudArgs> = {}): DockerCloud {
  return new DockerCloud("reasons", {
    cidr: "10.84.0.0/24",
    imageStore,
    dropCapabilities: missingCapabilities(),
    ...args,
  });
}

function idleMachine(on: DockerCloud) {
  const firewall = on.firewall("idle", { description: "idle" });
  return on.machine("idle-0", { role: "idle", hostNumber: 20, firewall, readyTimeoutSeconds, config: () => idle });
}

function etcd(args: Partial<EtcdClusterArgs>, on = cloud()): void {
  new EtcdCluster("etcd", { cloud: on, readyTimeoutSeconds, ...args });
}

/** HAProxy whose etcd is at addresses that no machine has. */
function withoutPeers(): void {
  const on = cloud();
  const identity = new CertificateAuthority("ca", {}).issue("lb-0-etcd", { usage: "client" });
  const endpoints = ["https://10.84.0.97:2379", "https://10.84.0.98:2379"];
  on.machine("lb-0", {
    role: "haproxy",
    hostNumber: 30,
    firewall: on.firewall("lb", { description: "load balancers" }),
    readyTimeoutSeconds,
    config: ({ address }) =>
      identity.apply((tls) =>
        haproxy({
          host: { name: "lb-0", address, sshAuthorizedKeys: [] },
          cluster: "galera",
          image: images.haproxy,
          etcd: { ...tls, endpoints },
          peers: [{ name: "lb-0", address }],
          maxMembers: 9,
        }),
      ),
  });
}

function fullDisk(): void {
  const mount = "[Mount]\nWhat=tmpfs\nWhere=/var/lib/containers/storage\nType=tmpfs\nOptions=size=64k\n";
  const before = "[Unit]\nBefore=etcd.service\n";
  const install = "[Install]\nRequiredBy=etcd.service\n";
  const snippet = config(
    unit({ name: "var-lib-containers-storage.mount", text: `${before}${mount}${install}`, enabled: true }),
  );
  etcd({ snippets: [render(snippet)] });
}

function wrongKey(): void {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const text = privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  const key = file({ path: "/etc/paasmas/etcd/tls/key.pem", text, mode: 0o644 });
  etcd({ snippets: [render(config(key))] });
}

const reasons: readonly Reason[] = [
  {
    name: "an image without systemd",
    program: () => etcd({}, cloud({ image: withoutSystemd })),
    message: [
      /^machine etcd-0: its container keeps stopping(, with exit code 127)?$/m,
      /\/sbin\/init: No such file or directory/,
    ],
  },
  {
    name: "a full disk",
    program: fullDisk,
    message: [/^machine etcd-0: not ready after 12 s$/m, /^unit etcd\.service /m, /no space left on device/i],
  },
  {
    name: "a wrong secret",
    program: wrongKey,
    message: [/^machine etcd-0: not ready after 12 s$/m, /^unit etcd\.service /m, /private key does not match/],
  },
  {
    name: "a missing peer",
    program: withoutPeers,
    message: [/^machine lb-0: not ready after 12 s$/m, /etcd|503/],
  },
  {
    name: "no network to a registry",
    program: () => etcd({ image: "registry.invalid/etcd:v3" }),
    message: [
      /^machine etcd-0: not ready after 12 s$/m,
      /^unit image\.service does not finish its start; last lines of its journal:$/m,
      /cannot pull image=registry\.invalid\/etcd:v3/,
    ],
  },
];

/** The image of the nodes, without the first program of a machine. */
async function makeImage(): Promise<void> {
  const container = (await run("docker", ["create", images["fedora-coreos"], "rm", "/sbin/init"])).trim();
  try {
    await run("docker", ["start", "--attach", container]);
    await run("docker", ["commit", container, withoutSystemd]);
  } finally {
    await run("docker", ["rm", "--force", container]);
  }
}

async function removeImage(): Promise<void> {
  await run("docker", ["rmi", withoutSystemd]);
}

/** A load balancer on a port that another program holds. */
function onTakenPort(balanced: boolean): void {
  const on = cloud({ publishedPorts: { "80": takenPort } });
  const machine = idleMachine(on);
  if (!balanced) return;
  on.loadBalancer("front", {
    hostNumber: 40,
    targets: [machine],
    targetFirewall: on.firewall("targets", { description: "targets" }),
    ports: [{ port: 80, description: "nothing" }],
    health: { port: 9000, path: "/ready" },
  });
}

/** Boots machines that cannot become ready, one for each reason, and checks that the error names unit and reason. */
export async function runReadiness(report: (line: string) => void, keep = false): Promise<Result> {
  let program: () => void = () => {};
  const current = () => {
    program();
    return {};
  };
  const stack = { program: current, stack: "readiness" };
  return labRun({ name: "not ready", ...stack, report, keep }, async ({ engine, check }) => {
    await makeImage();
    for (const { name, program: broken, message } of reasons) {
      program = broken;
      const error = await failure(engine.up({}));
      const missing = message.filter((part) => !part.test(error));
      const ok = missing.length === 0 && !error.includes("#!/bin/sh") && error.length < 4000;
      check(ok, ok ? `the error names ${name}` : `the error names ${name} (${missing.join(", ")}):\n${error}`);
      await engine.purge();
    }
    await removeImage();

    program = () => onTakenPort(false);
    await engine.up({});
    program = () => onTakenPort(true);
    const holder = createServer().listen(takenPort, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const taken = `port ${takenPort} of 127.0.0.1 on the Docker host is taken by a program outside of Docker; `;
    const first = await failure(engine.up({}));
    check(first.includes(taken), `a taken port stops the first update (${first})`);
    const second = await failure(engine.up({}));
    check(
      second.includes(`load balancer front: its container cannot start: ${taken}`),
      `a taken port stops the next update, too (${second.split("\n").at(-1)})`,
    );
    await new Promise((resolve) => holder.close(resolve));
    const { steps } = await engine.up({});
    check(
      steps.map(({ action, name }) => `${action} ${name}`).join() === "create front-ready",
      "the update after the port is free starts the load balancer",
    );

    // HAProxy runs, and no service is behind it.
    const at = `127.0.0.1:${takenPort}`;
    const unanswered = await failure(
      askEndpoints("lab", { front: { url: `mysql://${at}`, at } }, { timeoutMs: 100, answerMs: 5_000 }),
    );
    check(
      unanswered.includes(`front: ${at} accepts the connection and closes it without an answer`),
      `up names a load balancer without a service behind it (${unanswered.split("\n")[1]?.trim()})`,
    );

    // Another checkout has another state, and the same names.
    const other = new Engine({ ...stack, stateFile: `${cache}/readiness-other.json` });
    const conflict = await failure(other.up({}));
    check(
      /the network paasmas-readiness-reasons exists already, made by stack readiness of project paasmas, /.test(
        conflict,
      ),
      `another checkout with this stack stops with the owner of the names (${conflict})`,
    );
  });
}

/** The error as the command line shows it. */
async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return causeOf((error as Error).message) ?? "";
  }
  return "no error";
}
