import * as aws from "@pulumi/aws/provider.js";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { describe, expect, test } from "vitest";
import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import { DatabaseLoadBalancer } from "../../../components/database-load-balancer/index.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import { GaleraCluster } from "../../../components/galera-cluster/index.ts";
import { planProgram } from "../planned.ts";

/** A component of a user, without providers. */
class Platform extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Platform", "platform");
  }
}

type Options = pulumi.ComponentResourceOptions;

const clouds: Record<string, (opts: Options) => Cloud> = {
  aws: (opts) =>
    new AwsCloud(
      "cloud",
      { cidr: "10.9.0.0/16", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], image: "ami-0123456789abcdef0" },
      opts,
    ),
  openstack: (opts) =>
    new OpenstackCloud(
      "cloud",
      {
        cidr: "10.9.0.0/24",
        flavors: { small: "m1.small" },
        imageName: "fcos",
        externalNetworkId: "0d1c7c4c-0b0f-4c3e-9b3a-0c9a4b3f7e11",
      },
      opts,
    ),
  docker: (opts) => new DockerCloud("cloud", { cidr: "10.9.0.0/24" }, opts),
};

const makeProvider: Record<string, (name: string) => pulumi.ProviderResource> = {
  aws: (name) => new aws.Provider(name, { region: "eu-west-1" }),
  openstack: (name) => new openstack.Provider(name, { cloud: "staging" }),
  docker: (name) => new docker.Provider(name, { host: "ssh://builder" }),
  command: (name) => new command.Provider(name),
  random: (name) => new random.Provider(name),
};

/** All resources that the library can create in a cloud, below components without providers. */
function everything(cloud: Cloud): void {
  const parent = new Platform();
  const etcd = new EtcdCluster("etcd", { cloud }, { parent });
  const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "shop" }] }, { parent });
  new DatabaseLoadBalancer("lb", { cloud, galera }, { parent });
  cloud.objectStore("backups", { description: "backups" }, { parent });
}

const packageOf = ({ type }: PlannedResource) => type.split(":")[0]!;
/** Name of the explicit provider of a resource, or `default`. */
const providerOf = ({ provider }: PlannedResource) => /::([^:]+)::[^:]*$/.exec(provider ?? "")?.[1] ?? "default";

describe.each(Object.keys(clouds))("a %s cloud", (kind) => {
  const make = clouds[kind]!;
  const ofCloud = (resources: PlannedResource[]) => resources.filter((resource) => packageOf(resource) === kind);

  test.each(["provider", "providers"])("creates all resources with its provider, given as %s", async (option) => {
    const { resources } = await planProgram(() => {
      const provider = makeProvider[kind]!("ours");
      everything(make(option === "provider" ? { provider } : { providers: [provider] }));
    });
    const found = ofCloud(resources);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((resource) => providerOf(resource) !== "ours").map(({ urn }) => urn)).toEqual([]);
  });

  test("creates all resources with the default provider if none is given", async () => {
    const { resources } = await planProgram(() => {
      everything(make({}));
    });
    expect(new Set(ofCloud(resources).map(providerOf))).toEqual(new Set(["default"]));
  });

  test("prefers the provider of a single resource", async () => {
    const { resources } = await planProgram(() => {
      const cloud = make({ provider: makeProvider[kind]!("ours") });
      cloud.objectStore("here", { description: "here" });
      cloud.objectStore("there", { description: "there" }, { provider: makeProvider[kind]!("theirs") });
      cloud.objectStore(
        "elsewhere",
        { description: "elsewhere" },
        { providers: { [kind]: makeProvider[kind]!("others") } },
      );
    });
    const of = (name: string) =>
      new Set(
        ofCloud(resources)
          .filter(({ parent }) => parent?.endsWith(`:ObjectStore::${name}`))
          .map(providerOf),
      );
    expect([of("here"), of("there"), of("elsewhere")]).toEqual([
      new Set(["ours"]),
      new Set(["theirs"]),
      new Set(["others"]),
    ]);
  });
});

test.each(["openstack", "docker"])(
  "the gates and keys of %s use the cloud's providers, and passwords of a cluster use the cluster's",
  async (kind) => {
    const { resources } = await planProgram(() => {
      everything(
        clouds[kind]!({ providers: [kind, "command", "random"].map((name) => makeProvider[name]!(`our-${name}`)) }),
      );
    });
    const commands = resources.filter((resource) => resource.type === "command:local:Command");
    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(new Set(commands.map(providerOf))).toEqual(new Set(["our-command"]));
    const passwords = resources.filter((resource) => resource.type === "random:index/randomPassword:RandomPassword");
    const byCloud = passwords.filter(({ parent }) => parent?.includes(":cloud:ObjectStore::"));
    expect(byCloud.map(({ name }) => name)).toEqual(
      kind === "docker" ? ["backups-secret-key"] : ["backups-key", "cloud-ignition-key"],
    );
    expect(new Set(byCloud.map(providerOf))).toEqual(new Set(["our-random"]));
    expect(passwords.filter((resource) => !byCloud.includes(resource)).map(providerOf)).toEqual(
      Array(4).fill("default"),
    );
  },
);
