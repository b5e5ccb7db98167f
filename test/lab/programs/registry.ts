import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import type { MachineAccess } from "../../../components/cloud/cloud.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import { config, file } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { readyScript } from "../../../ignition/roles/role.ts";
import { run } from "../builds.ts";
import { seconds, until } from "../lab.ts";
import { type Machine, machinesOf } from "../machines.ts";
import { imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import { prepareStoreImage } from "../store-image.ts";
import type { Result } from "../table.ts";
import { dataVolume, inVolumes } from "../volumes.ts";
import { labRun } from "./lab-run.ts";

/**
 * Two registries, the second one with its images in a bucket, and three machines: one builds, one runs the image, one
 * has no access.
 */
function program(repositories: string[]): Record<string, unknown> {
  const cloud = new DockerCloud("registry-lab", {
    cidr: "10.78.0.0/24",
    imageStore,
    dropCapabilities: missingCapabilities(),
  });
  const registry = new MachineRegistry("registry", { cloud, repositories });
  const { bucket: name, ...store } = cloud
    .objectStore("images", { description: "images of the second registry" })
    .keys("images-user");
  const stored = new MachineRegistry("stored", { cloud, hostNumber: 51, repositories, bucket: { name, ...store } });
  const clients: [string, MachineAccess[]][] = [
    ["builder", [registry.push("builder"), stored.push("builder")]],
    ["runner", [registry.pull(), stored.pull()]],
    ["stranger", []],
  ];
  clients.forEach(([name, access], index) => {
    const firewall = cloud.firewall(name, { description: name });
    for (const one of [registry, stored]) one.allowClients(firewall);
    // The minimum of a machine's config. The cloud adds the credentials.
    const idle = config(file({ path: readyScript, text: "#!/bin/bash\nexit 0\n", mode: 0o755 }));
    cloud.machine(name, { role: name, hostNumber: 60 + index, firewall, access, config: () => idle });
  });
  return {
    app: registry.url("app"),
    address: registry.address,
    ca: registry.caCertificate,
    inBucket: stored.url("app"),
  };
}

/** The base image, which every node has, and the new image, with 30 MB of random data that no node has. */
const base = images.haproxy;
const image = "localhost/built";

/** Boots a registry with its clients, and checks their rights. */
export async function runRegistry(report: (line: string) => void): Promise<Result> {
  let repositories = ["app", "shop/api"];
  return labRun(
    { name: "image registry", program: () => program(repositories), stack: "registry", report },
    async ({ engine, check, healthy }) => {
      await prepareStoreImage(report);
      const start = performance.now();
      const { resources, outputs } = await engine.up({});
      healthy(start);
      const { app, address, inBucket } = outputs as { app: string; address: string; inBucket: string };
      const [registry, stored, builder, runner, stranger] = ["registry", "stored", "builder", "runner", "stranger"].map(
        (name) => machinesOf(resources).find((machine) => machine.name === name)!,
      ) as [Machine, Machine, Machine, Machine, Machine];

      const payload = await build(builder);
      const pushing = performance.now();
      const digest = await push(builder, `${app}:v1`);
      check(
        /^sha256:[0-9a-f]{64}$/.test(digest),
        `a machine with push access can push (${seconds(pushing).toFixed(1)} s)`,
      );
      const pulling = performance.now();
      const id = await pull(runner, `${app}@${digest}`);
      check(
        /^[0-9a-f]{64}$/.test(id),
        `a machine with pull access can pull by digest (${seconds(pulling).toFixed(1)} s)`,
      );
      check(
        (await runner.exec(["podman", "run", "--rm", "--network=none", id, ...sum])) === payload,
        "the pulled image runs and has the built content",
      );

      const refusals: [string, Machine, string[], RegExp][] = [
        [
          "a machine with pull access cannot push",
          runner,
          ["podman", "push", base, `${app}:v2`],
          /may only pull|denied/,
        ],
        [
          "an unknown repository accepts no push",
          builder,
          ["podman", "push", image, `${address}/other:v1`],
          /no such repository|name unknown/,
        ],
        ["a tag keeps its image", builder, ["podman", "push", image, `${app}:v1`], /tags are immutable|tag invalid/],
        [
          "a machine without access cannot pull",
          stranger,
          ["podman", "pull", "--tls-verify=false", `${app}@${digest}`],
          /unauthorized|log in/,
        ],
        [
          "a machine without access does not trust the registry",
          stranger,
          ["podman", "pull", `${app}@${digest}`],
          /unknown authority/,
        ],
      ];
      for (const [statement, machine, command, reason] of refusals) {
        const error = await machine.exec(command).then(
          () => "nothing was refused",
          (failure: Error) => failure.message,
        );
        check(reason.test(error), reason.test(error) ? statement : `${statement} (${error.slice(-300)})`);
      }
      check((await status(builder, "DELETE", `/v2/app/manifests/${digest}`)) === "405", "an image cannot be deleted");
      check((await status(builder, "GET", "/v2/_catalog")) === "404", "repositories cannot be listed");
      check(
        (await status(runner, "PATCH", "/v2/app/blobs/uploads/x")) === "403",
        "a machine with pull access cannot write by other requests",
      );
      check((await status(stranger, "GET", "/v2/")) === "401", "requests without credentials are rejected");
      const past = "curl --silent --unix-socket /run/paasmas/registry/registry.sock http://registry/v2/";
      check(
        !(await registry.succeeds("runuser", "--user", "core", "--", "bash", "-c", past)),
        "other users of the registry's machine cannot bypass the proxy",
      );

      await registry.reboot();
      await ready(registry);
      await gone(runner, id);
      check((await pull(runner, `${app}@${digest}`)) === id, "the image is there after a reboot");

      const second = await build(builder);
      const half = push(builder, `${address}/shop/api:v1`).then(
        () => "done",
        () => "failed",
      );
      await registry.exec(["timeout", "60", "bash", "-c", underWay]);
      await registry.powerOff();
      check((await half) === "failed", "a push fails when its registry loses power");
      await registry.powerOn();
      await ready(registry);
      const again = await push(builder, `${address}/shop/api:v1`);
      const pulled = await pull(runner, `${address}/shop/api@${again}`);
      const found = await runner.exec(["podman", "run", "--rm", "--network=none", pulled, ...sum]);
      check(
        found === second,
        `a repeated push succeeds${found === second ? "" : ` (${found.trim()} instead of ${second.trim()})`}`,
      );

      check(
        (await push(builder, `${inBucket}:v1`)) === again,
        "a registry with a bucket takes the same image, by the same digest",
      );
      await gone(runner, pulled);
      check((await pull(runner, `${inBucket}@${again}`)) === pulled, "a machine with pull access can pull it");
      const { name: store } = resources.find(({ type, name }) => type === containerType && name === "images-server")!
        .inputs as { name: string };
      const inStore = (...command: string[]) => run("docker", ["exec", store, ...command]);
      const blob = (of: string) =>
        `/data/buckets/images/docker/registry/v2/blobs/sha256/${of.slice(7, 9)}/${of.slice(7)}/data`;
      const manifest = JSON.parse(await inStore("cat", blob(again))) as { config: Blob; layers: Blob[] };
      const parts = [manifest.config, ...manifest.layers];
      const sizes = (await inStore("stat", "--format=%s", ...parts.map((part) => blob(part.digest))))
        .trim()
        .split("\n")
        .map(Number);
      check(
        sizes.join() === parts.map(({ size }) => size).join() && Math.max(...sizes) > 29e6,
        `manifest, config and layers are in the bucket (${sizes.join(", ")} bytes)`,
      );
      const own = await stored.exec(["find", "/var/lib/paasmas/registry/images", "-type", "f"]);
      check(own === "", `no image data is on the machine's volume (${own.trim() || "no file"})`);
      const reads = (user: string) =>
        stored.succeeds(
          "setpriv",
          `--reuid=${user}`,
          "--regid=99",
          "--clear-groups",
          "cat",
          "/etc/paasmas/registry/config.yml",
        );
      const readers = await Promise.all(
        ["5000", "99", "core", "nobody"].map(async (user) => ((await reads(user)) ? [user] : [])),
      );
      check(
        readers.flat().join() === "5000",
        `only the registry's user can read the bucket's key (${readers.flat().join()})`,
      );
      check(
        (await stored.exec(["bash", "-c", shownKeys])) === "",
        "no environment or command line contains the bucket's key",
      );

      await stored.powerOff();
      await inVolumes({ "/data": dataVolume(stored) }, "rm -rf /data/*");
      repositories = [...repositories, "new"];
      const { steps } = await engine.up({});
      const machines = steps
        .filter(({ type }) => type === containerType)
        .map(({ action, name }) => `${action} ${name}`)
        .sort();
      check(
        machines.join() === "replace registry-node,replace stored-node",
        `one more repository replaces only the machines of the registries (${machines.join()})`,
      );
      await gone(runner, id);
      check((await pull(runner, `${app}@${digest}`)) === id, "the new machine has the images of the old one");
      check(/^sha256:/.test(await push(builder, `${address}/new:v1`)), "the new repository accepts images");
      await gone(runner, pulled);
      check(
        (await pull(runner, `${inBucket}@${again}`)) === pulled,
        "images in a bucket remain after the loss of machine and volume",
      );
    },
  );
}

const sum = ["sha256sum", "/payload"];

/** A layer of an image, as in its manifest. */
interface Blob {
  digest: string;
  size: number;
}

const containerType = "docker:index/container:Container";

/**
 * Lists processes with the secret key of the bucket in their environment or command line. The check itself keeps the
 * key out of command lines. Fails if there is no key.
 */
const shownKeys = `key=$(jq --raw-output '.storage.s3.secretkey // empty' /etc/paasmas/registry/config.yml) &&
  grep --files-with-matches --text --no-messages --fixed-strings --file=<(printf '%s' "$key") \\
    /proc/[0-9]*/environ /proc/[0-9]*/cmdline ||
  [[ -n $key ]]`;

/**
 * Builds the image.
 * @returns The checksum of its random data.
 */
async function build(machine: Machine): Promise<string> {
  const script = "head -c 30000000 /dev/urandom >/payload && sha256sum /payload";
  await machine.exec(["podman", "rm", "--force", "--ignore", "built"]);
  const payload = await machine.exec([
    "podman",
    "run",
    "--name=built",
    "--user=0",
    "--network=none",
    base,
    "sh",
    "-c",
    script,
  ]);
  await machine.exec(["podman", "commit", "--quiet", "built", image]);
  return payload;
}

async function push(machine: Machine, reference: string): Promise<string> {
  await machine.exec(["podman", "push", "--quiet", "--digestfile=/tmp/digest", image, reference]);
  return (await machine.exec(["cat", "/tmp/digest"])).trim();
}

/** Waits until a part of a layer has arrived. */
const underWay =
  "until find /var/lib/paasmas/registry/images -path '*/_uploads/*' -name data -size +1M | grep -q .; " +
  "do sleep 0.02; done";

/** @returns Id of the image. */
async function pull(machine: Machine, reference: string): Promise<string> {
  return (await machine.exec(["podman", "pull", "--quiet", reference])).trim();
}

async function gone(machine: Machine, id: string): Promise<void> {
  await machine.exec(["podman", "rmi", "--force", id]);
}

/** Status of a request with the credentials of the machine, if it has any. */
async function status(machine: Machine, method: string, path: string): Promise<string> {
  const script = `
    registry=10.78.0.50:5000
    filter='.auths[$registry].auth // empty'
    auth=$(jq -r --arg registry "$registry" "$filter" /root/.docker/config.json 2>/dev/null || true)
    curl --silent --insecure --output /dev/null --write-out '%{http_code}' --request "$1" \
      \${auth:+--header "Authorization: Basic $auth"} "https://$registry$2"`;
  return machine.exec(["bash", "-c", script, "ask", method, path]);
}

function ready(machine: Machine): Promise<void> {
  return until(machine.name, 60, () => machine.ready());
}
