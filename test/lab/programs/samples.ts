import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import type { DockerObjectStore } from "../../../components/cloud/docker/object-store.ts";
import { DeployHook } from "../../../components/deploy-hook/index.ts";
import type { DeployHookArgs } from "../../../components/deploy-hook/args.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import { blog, type Bucket } from "../../../examples/ghost/blog.ts";
import { config, file } from "../../../ignition/index.ts";
import { readyScript } from "../../../ignition/roles/role.ts";
import { machinesOf } from "../machines.ts";
import { docker } from "../monitor/docker.ts";
import { imageStore, repository } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import { prepareStoreImage } from "../store-image.ts";
import type { Result } from "../table.ts";
import { labRun } from "./lab-run.ts";
import { checkGhost } from "./samples-ghost.ts";
import { checkThreeServices } from "./samples-three-services.ts";
import { BuildMachine } from "./samples-build-machine.ts";
import type { Places } from "./samples-places.ts";

const cidr = "10.81.0.0/24";
const ci = "10.81.0.70/32";
const services = ["db", "api", "front"].map((name) => `three-services/${name}`);

/**
 * The machines of the samples: a registry, one that stands in for CI, and, when the bucket has an address, the others.
 */
function program(bucket: Partial<Bucket>): Record<string, unknown> {
  const cloud = new DockerCloud("samples-lab", {
    cidr,
    imageStore,
    dropCapabilities: missingCapabilities(),
    publishedPorts: { 3306: 13326, 3307: 13327 },
  });
  const registry = new MachineRegistry("registry", { cloud, repositories: [...services, "ghost"] });
  const firewall = cloud.firewall("ci", { description: "the machine that stands in for CI" });
  registry.allowClients(firewall);
  const idle = config(file({ path: readyScript, text: "#!/bin/bash\nexit 0\n", mode: 0o755 }));
  cloud.machine("ci", { role: "ci", hostNumber: 70, firewall, access: [registry.push("ci")], config: () => idle });
  const store = cloud.objectStore("images", { description: "the blog's images" }) as DockerObjectStore;
  if (bucket.endpoint === undefined) return { registry: registry.address, bucket: store.bucket };

  const keys = { bucket: store.bucket, accessKeyId: store.accessKey, secretAccessKey: store.secretKey };
  const hooks = {
    staging: new DeployHook("staging", {
      cloud,
      registry,
      callers: [ci],
      hostNumber: 61,
      apps: apps("staging", registry),
    }),
    production: new DeployHook("production", {
      cloud,
      registry,
      callers: [ci],
      hostNumber: 62,
      apps: apps("prod", registry),
    }),
    blog: blog(cloud, {
      ci,
      registry,
      repository: registry.url("ghost"),
      images: { ...keys, endpoint: bucket.endpoint },
    }),
  };
  return {
    registry: registry.address,
    hooks: Object.fromEntries(
      Object.entries(hooks).map(([name, { url, address, tokens }]) => [name, { url, address, tokens }]),
    ),
  };
}

/** The three services as in the config of a stack, without the database of one of them. */
function apps(stack: string, registry: MachineRegistry): DeployHookArgs["apps"] {
  const settings = parse(readFileSync(`${repository}stacks/Pulumi.${stack}.yaml`, "utf8")).config[
    "paasmas:deployHook"
  ] as { apps: (DeployHookArgs["apps"][number] & { database?: string })[] };
  return settings.apps.map(({ database: _, ...app }) => ({
    ...app,
    repository: registry.url(app.repository as string),
  }));
}

/** Builds both samples like CI, deploys them through the hook, and uses them. */
export async function runSamples(report: (line: string) => void, keep = false): Promise<Result> {
  let bucket: Partial<Bucket> = {};
  return labRun(
    { name: "samples", flavor: "percona", program: () => program(bucket), stack: "samples", report, keep },
    async ({ engine, check, healthy }) => {
      await prepareStoreImage(report);
      const start = performance.now();
      await engine.up({});
      const [network] = Object.values(
        (await docker.getContainer("paasmas-samples-images").inspect()).NetworkSettings.Networks,
      );
      // A container inside a machine cannot resolve the names of Docker's network.
      bucket = { endpoint: `http://${network!.IPAddress}:7070` };
      const { resources, outputs } = await engine.up({});
      healthy(start);
      const places = outputs as unknown as Places;
      const machines = new Map(machinesOf(resources).map((machine) => [machine.name, machine]));
      const buildMachine = new BuildMachine(machines.get("ci")!, places.registry);
      await buildMachine.prepare();
      await checkThreeServices({
        buildMachine,
        places,
        check,
        report,
        staging: machines.get("staging-0")!,
        production: machines.get("production-0")!,
      });
      await checkGhost({ buildMachine, places, check, report, host: machines.get("apps-0")! });
    },
  );
}
