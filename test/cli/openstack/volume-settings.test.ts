import { expect, test } from "vitest";
import { sizeSetting } from "../../../cli/openstack/volumes.ts";
import { parseEnvironment, type StagingEnvironment } from "../../../stacks/environment.ts";
import { stackConfig, readProject } from "../../../cli/settings.ts";
import { evaluated } from "../../stacks/evaluated.ts";

/** Staging with every kind of machine that has a data volume. */
const base = [
  "registry={repositories: [shop]}",
  "deployHook={apps: [{name: shop, repository: shop, hosts: [a.example.com]}]}",
  "jenkins={domain: ci.example.com, github: {organization: example, appId: '1'}, agents: 2}",
  "kubernetes.pools=[{name: worker, size: 1}, {name: big-worker, size: 2}]",
];

async function plan(...set: string[]) {
  const config = stackConfig(readProject(process.cwd()), "staging", { set: [...base, ...set] });
  const environment = parseEnvironment("staging", config) as StagingEnvironment;
  const { resources } = await evaluated("staging", config);
  const volumes = resources.filter(({ type }) => type === "openstack:blockstorage/volume:Volume");
  return volumes.map((volume) => ({
    name: volume.name,
    setting: sizeSetting(volume, resources, environment),
    size: volume.inputs.size,
  }));
}

test("the named setting is the one that gives each data volume its size", async () => {
  const before = await plan();
  const names = [...new Set(before.map(({ setting }) => setting))].sort();
  expect(names).toEqual([
    "deployHook.volumeGiB",
    "etcd.volumeGiB",
    "galera.volumeGiB",
    "jenkins.agentVolumeGiB",
    "jenkins.volumeGiB",
    "kubernetes.pools[0].volumeGiB",
    "kubernetes.pools[1].volumeGiB",
    "kubernetes.volumeGiB",
    "logs.volumeGiB",
    "monitoring.volumeGiB",
    "registry.volumeGiB",
  ]);
  const sizes = new Map(names.map((setting, index) => [setting, 61 + index]));
  const after = await plan(...[...sizes].map(([setting, size]) => `${setting}=${size}`));
  expect(after).toEqual(before.map(({ name, setting }) => ({ name, setting, size: sizes.get(setting) })));
});
