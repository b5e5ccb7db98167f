import { createHash } from "node:crypto";
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import references from "../../ignition/roles/images.json" with { type: "json" };
import { digest, locked, run } from "./builds.ts";
import { docker } from "./monitor/docker.ts";
import { cache, imageStore, repository } from "./paths.ts";

/** The default image of the node containers. The lab has a stand-in with the same name. */
const nodeImage = references["fedora-coreos"];
const lab = `${repository}test/lab`;
const ignition = `${repository}.cache/tools/ignition`;

/** Configuration of an image, besides its files. */
interface ImageConfig {
  /** Name of an image that no role runs. Default: the reference in images.json of the roles. */
  reference?: string;
  entrypoint?: string[];
  cmd?: string[];
  env?: Record<string, string>;
  user?: string;
  workdir?: string;
  volumes?: string[];
}

/** A folder of test/lab/images. Its build.sh builds the images of its images.json. */
export type StandIn =
  | "build-node"
  | "databases"
  | "etcd"
  | "fluent-bit"
  | "git"
  | "grafana"
  | "haproxy"
  | "jenkins"
  | "loki"
  | "nginx"
  | "prometheus"
  | "registry"
  | "restic"
  | "samples";

/** Stand-ins that the nodes of the dev stack need. */
export const databaseStandIns: readonly StandIn[] = ["databases", "etcd", "haproxy"];

/** A stand-in that was built. */
interface Image {
  /** Name of the image in production. */
  reference: string;
  archive: string;
  config: ImageConfig;
  /** Digest of its sources. */
  digest: string;
}

/** Builds the missing images of the nodes and of the services. Each is stored under the digest of its sources. */
export async function prepareImages(report: (line: string) => void, standIns: readonly StandIn[]): Promise<void> {
  const unlock = await locked(`${cache}/lock`, () => report("waiting for another run, which is building images"));
  try {
    await prepare(report, standIns);
  } finally {
    unlock();
  }
}

async function prepare(report: (line: string) => void, standIns: readonly StandIn[]): Promise<void> {
  if (!existsSync(ignition)) {
    report("building ignition");
    await run("bash", [`${repository}test/tools/build.sh`, "ignition"]);
  }
  await Promise.all([prepareNodeImage(report), prepareServiceImages(report, standIns)]);
}

async function prepareNodeImage(report: (line: string) => void): Promise<void> {
  const wanted = digest(`${lab}/node`, ignition);
  if ((await ownDigest(nodeImage)) === wanted) return;
  const baseDigest = digest(`${lab}/node/base.sh`, `${lab}/node/customize.sh`);
  const base = `paasmas-lab/node-base:${baseDigest}`;
  const archive = `${cache}/node-${baseDigest}.tar`;
  if (!existsSync(archive)) {
    report("building the nodes' root file system");
    await run("bash", [`${lab}/node/base.sh`, `${archive}.new`]);
    removeOlder("node-");
    renameSync(`${archive}.new`, archive);
  }
  if ((await ownDigest(base)) !== baseDigest) await importIntoDocker(base, archive, {}, baseDigest);
  report(`making ${nodeImage}`);
  await run("bash", [`${lab}/node/image.sh`, base, ignition, nodeImage, wanted]);
}

async function prepareServiceImages(report: (line: string) => void, standIns: readonly StandIn[]): Promise<void> {
  const images = (await Promise.all([...standIns].sort().map((name) => build(name, report)))).flat();
  await importIntoStore(images, report);
  for (const { reference, archive, config, digest: wanted } of images) {
    // The load balancer of the Docker cloud is the only service that runs beside the nodes.
    if (!reference.includes("haproxy") || (await ownDigest(reference)) === wanted) continue;
    report(`importing ${reference} into docker`);
    await importIntoDocker(reference, archive, config, wanted);
  }
}

/** Builds the images of one folder. */
async function build(name: StandIn, report: (line: string) => void): Promise<Image[]> {
  const configs: Record<string, ImageConfig> = JSON.parse(readFileSync(`${lab}/images/${name}/images.json`, "utf8"));
  // A stand-in does not have the digest of the image that it replaces.
  const nameOf = (key: string) =>
    configs[key]!.reference ?? (references as Record<string, string>)[key]!.split("@")[0]!;
  // Loki's program is built together with the other tools.
  const sources = name === "loki" ? [`${repository}test/tools/loki`] : [];
  const wanted = digest(`${lab}/images/lib.sh`, `${lab}/images/${name}`, ...sources);
  const built = `${cache}/image-${name}-${wanted}`;
  if (!existsSync(built)) {
    report(`building ${Object.keys(configs).map(nameOf).join(", ")}`);
    rmSync(`${built}.new`, { recursive: true, force: true });
    await run("bash", [`${lab}/images/${name}/build.sh`, `${built}.new`]);
    removeOlder(`image-${name}-`);
    renameSync(`${built}.new`, built);
  }
  return Object.entries(configs).map(([key, config]) => ({
    reference: nameOf(key),
    archive: `${built}/${key}.tar`,
    config,
    digest: wanted,
  }));
}

/**
 * Imports images into a separate store for each set. {@link imageStore} is a link to the last store. Running nodes
 * still mount the store before it.
 */
async function importIntoStore(images: readonly Image[], report: (line: string) => void): Promise<void> {
  const set = createHash("sha256").update(JSON.stringify(images)).digest("hex").slice(0, 16);
  const store = `${cache}/store-${set}`;
  if (!existsSync(store)) {
    const fresh = `${store}.new`;
    const podman = (...parameters: string[]) =>
      run("podman", ["--root", fresh, "--runroot", `${cache}/run`, "--storage-driver", "overlay", ...parameters]);
    await removeStore(fresh);
    for (const { reference, archive, config } of images) {
      report(`importing ${reference} for the nodes`);
      await podman("import", ...changes(config).flatMap((change) => ["--change", change]), archive, reference);
    }
    await unmount(fresh);
    const used = existsSync(imageStore) ? realpathSync(imageStore) : undefined;
    const archives = new Set(readdirSync(cache).filter((name) => name.startsWith("image-")));
    for (const name of readdirSync(cache)) {
      const path = `${cache}/${name}`;
      if (name.startsWith("store-") && path !== fresh && path !== used && !isComplete(path, archives))
        await removeStore(path);
    }
    writeFileSync(`${fresh}/made-from.json`, JSON.stringify(images.map(({ archive }) => archive.split("/").at(-2))));
    renameSync(fresh, store);
  }
  rmSync(imageStore, { force: true });
  symlinkSync(store, imageStore);
}

/** Whether all archives of a store still exist, so that a run can use it again. */
function isComplete(store: string, archives: ReadonlySet<string>): boolean {
  const list = `${store}/made-from.json`;
  return existsSync(list) && (JSON.parse(readFileSync(list, "utf8")) as string[]).every((name) => archives.has(name));
}

async function removeStore(path: string): Promise<void> {
  await unmount(path);
  rmSync(path, { recursive: true, force: true });
}

/** Unmounts a store: Podman mounts it over itself, and such a folder cannot be moved or removed. */
async function unmount(path: string): Promise<void> {
  const mounted = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .filter((point) => point.startsWith(`${path}/`));
  for (const point of mounted.reverse()) await run("umount", [point]);
}

/** Removes images of earlier versions of the scripts. */
function removeOlder(prefix: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(prefix) && !name.endsWith(".new")) rmSync(`${cache}/${name}`, { recursive: true });
  }
}

/**
 * The digest under which a Docker image was built. Absent if there is no such image.
 * @throws Error if the lab did not build the image, because it must not be overwritten.
 */
async function ownDigest(reference: string): Promise<string | undefined> {
  const found = await docker
    .getImage(reference)
    .inspect()
    .catch(() => undefined);
  const own = found?.Config?.Labels?.["paasmas.lab.digest"];
  if (found && own === undefined) {
    throw new Error(
      `${reference} on this machine was not built by the lab, which would overwrite it; ` +
        `remove it first: docker rmi ${reference}`,
    );
  }
  return own;
}

async function importIntoDocker(
  reference: string,
  archive: string,
  config: ImageConfig,
  wanted: string,
): Promise<void> {
  await run("docker", [
    "import",
    ...[...changes(config), `LABEL paasmas.lab.digest=${wanted}`].flatMap((change) => ["--change", change]),
    archive,
    reference,
  ]);
}

function changes(config: ImageConfig): string[] {
  return [
    ...(config.entrypoint ? [`ENTRYPOINT ${JSON.stringify(config.entrypoint)}`] : []),
    ...(config.cmd ? [`CMD ${JSON.stringify(config.cmd)}`] : []),
    ...(config.user ? [`USER ${config.user}`] : []),
    ...(config.volumes ?? []).map((path) => `VOLUME ${path}`),
    ...(config.workdir ? [`WORKDIR ${config.workdir}`] : []),
    ...Object.entries(config.env ?? {}).map(([key, value]) => `ENV ${key}=${value}`),
  ];
}
