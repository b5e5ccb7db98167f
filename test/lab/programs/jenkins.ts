import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { JenkinsHost } from "../../../components/jenkins-host/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { pinnedPlugins } from "../../../ignition/roles/jenkins/plugins.ts";
import { seconds, sleep, until } from "../lab.ts";
import { type Machine, machinesOf } from "../machines.ts";
import { docker } from "../monitor/docker.ts";
import { imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import { prepareStoreImage } from "../store-image.ts";
import type { Result } from "../table.ts";
import { inVolumes } from "../volumes.ts";
import type { Check } from "./check.ts";
import { labRun } from "./lab-run.ts";

const cidr = "10.80.0.0/24";
/** Address of the Docker host in the network of its containers. */
const gateway = "10.80.0.1";
const domain = "ci.lab";
const ports = { https: 18443, http: 18081 };

const github = {
  organization: "example",
  appId: "4711",
  // An invented key: the stand-in for Jenkins reads it and never uses it.
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-hush-app-key\n-----END PRIVATE KEY-----\n",
};

/** Jenkins with a build agent, a proxy for all traffic, and a bucket for backups. */
function program(): Record<string, unknown> {
  const cloud = new DockerCloud("jenkins-lab", {
    cidr,
    imageStore,
    dropCapabilities: missingCapabilities(),
    publishedPorts: { 443: ports.https, 80: ports.http },
  });
  const store = cloud.objectStore("saved", { description: "Jenkins' home" });
  const jenkins = new JenkinsHost("jenkins", {
    cloud,
    domain,
    github,
    image: images.jenkins.split("@")[0]!,
    pipelines: [{ name: "sweep", script: { repository: "platform", path: "delivery/jenkins/sweep.jenkinsfile" } }],
    credentials: { "deploy-hook": "hush-hush-token" },
    backup: {
      bucket: { endpoint: store.endpoint, name: store.bucket, accessKey: store.accessKey, secretKey: store.secretKey },
    },
    machineSize: "small",
    agentSize: "medium",
    readyTimeoutSeconds: 300,
  });
  return { ca: jenkins.caCertificate, adminPassword: jenkins.adminPassword };
}

/** Boots Jenkins, uses it, removes its volume and checks the restored data. Builds images on the build agent. */
export async function runJenkins(report: (line: string) => void): Promise<Result> {
  return labRun({ name: "jenkins", program, stack: "jenkins", report }, async ({ engine, result, check, healthy }) => {
    await prepareStoreImage(report);
    const start = performance.now();
    const { resources, outputs } = await engine.up({});
    healthy(start);
    const machines = machinesOf(resources);
    const [jenkins, agent] = ["jenkins", "jenkins-agent-0"].map(
      (name) => machines.find((machine) => machine.name === name)!,
    ) as [Machine, Machine];
    const web = new Web(outputs.ca as string);

    await checkAccess(jenkins, outputs.adminPassword as string, check);
    await checkProxy(jenkins, web, check);
    await checkBackups(jenkins, web, result, check, report);
    result.figures = await checkImageBuilds(jenkins, agent, check, report);
  });
}

/** Checks access to secrets and ports on the machine of Jenkins. */
async function checkAccess(jenkins: Machine, adminPassword: string, check: Check): Promise<void> {
  const shell = (script: string) => jenkins.exec(["bash", "-c", script]);
  const listening = (await shell("ss -ltnH | awk '{print $4}'")).trim().split("\n");
  check(
    listening.includes("127.0.0.1:8080") && !listening.some((socket) => /:50000$/.test(socket)),
    "Jenkins listens only for its proxy, and not for agents",
  );
  const uid = (await shell("stat --format=%u /proc/$(pgrep -f '[j]enkins.py')")).trim();
  check(uid === "1500", `Jenkins runs as a separate user (${uid})`);
  const secrets = "/etc/paasmas/jenkins/secrets";
  check(
    !(await jenkins.succeeds("runuser", "--user", "core", "--", "cat", `${secrets}/admin-password`)),
    "other users of the machine cannot read its secrets",
  );
  const environment = await shell(
    "tr '\\0' '\\n' </proc/$(pgrep -f '[j]enkins.py')/environ; cat /etc/paasmas/*.env; systemctl cat jenkins.service",
  );
  check(
    ![adminPassword, "hush-hush-token", "hush-hush-app-key"].some((secret) => environment.includes(secret)),
    "no secret is in an environment or a unit",
  );
  const plugins = Number(await shell("ls /var/lib/paasmas/jenkins/plugins/*/ | grep -c jpi"));
  check(plugins === Object.keys(pinnedPlugins).length, `exactly the pinned plugins are installed (${plugins})`);
}

/** Checks the proxy, through the load balancer of the cloud. */
async function checkProxy(jenkins: Machine, web: Web, check: Check): Promise<void> {
  check((await web.get("jenkins", "/login")).status === 200, "Jenkins answers under its name");
  check((await web.get("nobody", "/")).status === 404, "an unknown name is a 404");
  const server = createServer((_, response) => response.end("wiki"));
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.on("data", (data) => socket.write(data)).on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
  try {
    const place = `${gateway}:${(server.address() as AddressInfo).port}`;
    await jenkins.exec(["/opt/paasmas/bin/proxy-services", "set", "wiki", place]);
    check((await web.get("wiki", "/")).body === "wiki", "an added service is served at once");
    const socket = await web.upgrade("wiki");
    const changes = performance.now();
    for (let round = 0; round < 5; round++)
      await jenkins.exec(["/opt/paasmas/bin/proxy-services", "set", `app-${round}`, place]);
    const each = seconds(changes) / 5;
    check(
      (await echo(socket, "still here")) === "still here",
      `a websocket stays open while the map changes five times (${each.toFixed(1)} s each)`,
    );
    socket.destroy();
    await jenkins.reboot();
    await until("Jenkins after a reboot", 120, () => jenkins.ready());
    await until("the proxy after a reboot", 30, () => web.answers("jenkins", "/login"));
    check((await web.get("wiki", "/")).body === "wiki", "the added service is served after a reboot");
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Checks backups during builds, a lost volume, and an object store that is not reachable. */
async function checkBackups(
  jenkins: Machine,
  web: Web,
  result: Result,
  check: Check,
  report: (line: string) => void,
): Promise<void> {
  const home = "/var/lib/paasmas/jenkins/home";
  const builds = async () => {
    const list = await jenkins.exec([
      "bash",
      "-c",
      `cd ${home}/jobs/app/builds &&
        for build in *; do [[ -s $build/log && -s $build/build.xml ]] && echo "$build"; done
        ls | wc -l; cat ../nextBuildNumber`,
    ]);
    const lines = list.trim().split("\n").map(Number);
    return { complete: lines.slice(0, -2), all: lines.at(-2)!, next: lines.at(-1)! };
  };
  const digest = (path: string) => jenkins.exec(["sha256sum", `${home}/${path}`]).then((text) => text.slice(0, 64));
  const save = async () => {
    const start = performance.now();
    await jenkins.exec(["systemctl", "start", "jenkins-backup.service"]);
    const log = await jenkins.exec(["journalctl", "--unit=jenkins-backup.service", "--output=cat", "--no-pager"]);
    const copied = Number([...log.matchAll(/copied ms=(\d+)/g)].at(-1)?.[1]);
    return { seconds: seconds(start), copied, paused: !log.includes("pause failed") };
  };
  const loseVolume = async () => {
    await jenkins.powerOff();
    await inVolumes({ "/data": jenkins.volumes.get("/var/lib/paasmas/jenkins")! }, "find /data -mindepth 1 -delete");
  };

  // Builds run through the proxy during the backup of the home.
  let busy = true;
  const acknowledged: number[] = [];
  const times: number[] = [];
  const client = async () => {
    while (busy) {
      const answer = await web.post("jenkins", "/job/app/build").catch(() => undefined);
      if (answer?.status !== 200) continue;
      acknowledged.push(Number(answer.body));
      times.push(performance.now());
    }
  };
  const clients = [client(), client()];
  await sleep(3);
  const before = acknowledged.length;
  const saved = await save();
  const during = acknowledged.length - before;
  busy = false;
  await Promise.all(clients);
  const gap = Math.max(...times.slice(1).map((time, index) => time - times[index]!)) / 1000;
  report(
    `  ${acknowledged.length} builds, ${during} of them during a backup of ${saved.seconds.toFixed(1)} s; ` +
      `copied in ${saved.copied} ms, longest time without a build ${gap.toFixed(2)} s`,
  );
  check(saved.paused, "Jenkins is paused while its files are copied");

  const identity = await digest("secrets/master.key");
  await loseVolume();
  const start = performance.now();
  await jenkins.powerOn();
  await until("Jenkins from its backup", 180, () => jenkins.ready());
  const comeback = seconds(start);
  await until("the proxy after the restore", 30, () => web.answers("jenkins", "/login"));
  const restored = await builds();
  const known = acknowledged.slice(0, before).filter((number) => !restored.complete.includes(number));
  check(
    known.length === 0,
    `a new volume gets the backup: all ${before} builds from before the backup (back after ${comeback.toFixed(1)} s)`,
  );
  check(
    restored.all - restored.complete.length <= 1 &&
      restored.next >= restored.complete.length &&
      Math.max(...restored.complete) <= restored.next,
    `the backup during ${during} builds is consistent ` +
      `(${restored.complete.length} complete of ${restored.all}, next ${restored.next})`,
  );
  check((await digest("secrets/master.key")) === identity, "it is the same Jenkins: it can decrypt its secrets");
  check(
    (await jenkins.exec(["cat", `${home}/.paasmas-home`])).startsWith("restored from backup "),
    "the home records its backup",
  );

  // No build runs now, so this backup is complete.
  const rest: number[] = [];
  for (let count = 0; count < 20; count++) rest.push(Number((await web.post("jenkins", "/job/app/build")).body));
  await save();
  const store = docker.getContainer("paasmas-jenkins-saved");
  await loseVolume();
  await store.stop({ t: 5 });
  await jenkins.powerOn();
  await until("the wait for the backup", 60, async () =>
    (
      await jenkins.exec(["journalctl", "--unit=jenkins-home.service", "--output=cat", "--no-pager"]).catch(() => "")
    ).includes("retry_seconds=4"),
  );
  check(
    !(await jenkins.succeeds("test", "-e", home)) && !(await jenkins.ready()),
    "while the store is not reachable, Jenkins waits and creates no new home",
  );
  await store.start();
  await until("Jenkins from its backup, after the return of the store", 180, () => jenkins.ready());
  const again = await builds();
  const lost = rest.filter((number) => !again.complete.includes(number));
  check(lost.length === 0, `Jenkins is restored completely without an operator (${rest.length} more builds)`);
  result.acknowledged = before + rest.length;
  result.lost = known.length + lost.length;
}

/** Checks the rights of Jenkins and of others on a build agent, and measures an image build. */
async function checkImageBuilds(
  jenkins: Machine,
  agent: Machine,
  check: Check,
  report: (line: string) => void,
): Promise<Result["figures"]> {
  const hostKey = /key: (ecdsa-sha2-nistp256 \S+)/.exec(
    await jenkins.exec(["cat", "/etc/paasmas/jenkins/casc/0.yaml"]),
  )![1]!;
  const known = "/var/jenkins_home/known_hosts";
  await jenkins.exec([
    "bash",
    "-c",
    `printf '[%s]:2222 %s\\n' ${agent.address} '${hostKey}' >/var/lib/paasmas/jenkins/home/known_hosts`,
  ]);
  const ssh = (user: string, key: string, command: string) =>
    jenkins.exec([
      "podman",
      "exec",
      "jenkins",
      "ssh",
      "-p",
      "2222",
      "-i",
      key,
      "-o",
      "BatchMode=yes",
      "-o",
      "StrictHostKeyChecking=yes",
      "-o",
      `UserKnownHostsFile=${known}`,
      `${user}@${agent.address}`,
      command,
    ]);
  const key = "/etc/paasmas/jenkins/secrets/agent-ssh-key";
  const refused = (attempt: Promise<string>) =>
    attempt.then(
      () => false,
      (error: Error) => /Permission denied|refused|forwarding/i.test(error.message),
    );
  const on = (command: string) => ssh("agent", key, command);

  check(
    (await on("id --user --name")).trim() === "agent",
    "Jenkins logs in to its agent with a key and verifies the agent's host key",
  );
  check(await refused(ssh("root", key, "true")), "the key does not log in as root");
  check(await refused(ssh("core", key, "true")), "the key does not log in as another user");
  check((await on("java -version 2>&1; node --version")).includes("openjdk"), "tools are on the PATH");
  check(
    !/(^|\n)(sudo|docker)/.test(
      await on("command -v sudo docker; ls /run/podman /var/run/docker.sock 2>/dev/null; true"),
    ),
    "builds cannot become root and find no socket of an engine",
  );

  // A base image with programs of the machine, because there is no registry here.
  await agent.exec([
    "bash",
    "-euo",
    "pipefail",
    "-c",
    `
    root=$(mktemp -d)
    for program in /bin/sh /usr/bin/sha256sum /usr/bin/seq /usr/bin/cat /usr/bin/id; do
      install -D "$(readlink -f $program)" "$root$program"
      for library in $(ldd "$program" | grep -o '/lib[^ ]*'); do install -D "$library" "$root$library"; done
    done
    mkdir -p "$root/tmp" && tar -C "$root" -cf /var/tmp/base.tar . && chmod 0644 /var/tmp/base.tar`,
  ]);
  await on("podman import --quiet /var/tmp/base.tar localhost/base >/dev/null");
  check(
    (await on("podman info --format '{{.Host.Security.Rootless}}'")).trim() === "true",
    "containers run without root",
  );
  const build = (name: string) =>
    `mkdir -p ${name} && cd ${name} && head -c 4000000 /dev/urandom >payload && ` +
    "printf '%s\\n' 'FROM localhost/base' 'COPY payload /payload' " +
    "'RUN for n in $(seq 60); do sha256sum /payload >/dev/null; done; id -u >/who' >Containerfile && " +
    `podman build --quiet --no-cache --tag localhost/${name} . >/dev/null`;
  const together = async (count: number) => {
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, (_, index) => on(build(`build-${count}-${index}`))));
    return seconds(start);
  };
  const one = await together(1);
  const two = await together(2);
  const four = await together(4);
  report(
    `  image builds without root on an agent: one ${one.toFixed(1)} s, ` +
      `two in parallel ${two.toFixed(1)} s, four in parallel ${four.toFixed(1)} s`,
  );
  const made = Number(await on("podman images --format '{{.Repository}}' | grep -c localhost/build"));
  check(made === 7, `all builds are complete, also those in parallel (${made})`);
  const owner = (
    await agent.exec([
      "bash",
      "-c",
      "stat --format=%u $(find /var/lib/paasmas/agent/data/containers/storage -name who | head -n 1)",
    ])
  ).trim();
  check(owner === "2000", `root in a build is the agent's user on the machine (${owner})`);
  await agent.exec(["systemctl", "start", "agent-prune.service"]);
  check(await agent.ready(), "the agent is healthy afterwards");
  return [
    ["one image build, the first on its agent", `${one.toFixed(1)} s`],
    ["two image builds in parallel", `${two.toFixed(1)} s`],
    ["four image builds in parallel", `${four.toFixed(1)} s`],
  ];
}

/** A client of the services behind the proxy. */
class Web {
  readonly #ca: string;

  constructor(ca: string) {
    this.#ca = ca;
  }

  get(name: string, path: string) {
    return this.#ask("GET", name, path);
  }

  /** Whether a service answers without an error. The load balancer needs a moment to notice that a machine is back. */
  answers(name: string, path: string): Promise<boolean> {
    return this.get(name, path).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  post(name: string, path: string) {
    return this.#ask("POST", name, path);
  }

  #ask(method: string, name: string, path: string): Promise<{ status: number; body: string }> {
    const host = `${name}.${domain}`;
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: ports.https,
        method,
        path,
        ca: this.#ca,
        servername: host,
        headers: { host },
        agent: false,
        timeout: 30_000,
      };
      const asking = request(options, async (response) => {
        let body = "";
        try {
          for await (const chunk of response) body += chunk;
        } catch (error) {
          return reject(error as Error);
        }
        resolve({ status: response.statusCode!, body });
      });
      asking
        .on("error", reject)
        .on("timeout", () => asking.destroy(new Error("no answer")))
        .end();
    });
  }

  /** A connection that has switched to another protocol. */
  upgrade(name: string): Promise<Socket> {
    const host = `${name}.${domain}`;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: ports.https, ca: this.#ca, servername: host });
      socket.on("error", reject);
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      socket.once("data", (data) =>
        String(data).startsWith("HTTP/1.1 101 ") ? resolve(socket) : reject(new Error(String(data))),
      );
    });
  }
}

function echo(socket: Socket, word: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (data) => resolve(String(data))).once("close", () => resolve("closed"));
    socket.write(word);
  });
}
