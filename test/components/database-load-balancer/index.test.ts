import { RandomPassword } from "@pulumi/random";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import type { DatabaseLoadBalancerArgs } from "../../../components/database-load-balancer/args.ts";
import { DatabaseLoadBalancer } from "../../../components/database-load-balancer/index.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import type { GaleraClusterArgs } from "../../../components/galera-cluster/args.ts";
import { GaleraCluster } from "../../../components/galera-cluster/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { plan } from "../planned.ts";

const tier = (
  args: Partial<DatabaseLoadBalancerArgs> = {},
  galeraArgs: Partial<GaleraClusterArgs> = {},
  use: (lb: DatabaseLoadBalancer) => Record<string, unknown> = () => ({}),
) =>
  plan((cloud) => {
    const etcd = new EtcdCluster("etcd", { cloud });
    const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "app" }], ...galeraArgs });
    return use(new DatabaseLoadBalancer("lb", { cloud, galera, ...args }));
  });

describe("DatabaseLoadBalancer", () => {
  test("creates two machines behind one address", async () => {
    const planned = await tier();
    expect(["lb-0", "lb-1"].map((name) => planned.machine(name))).toMatchObject(
      [30, 31].map((hostNumber) => ({
        role: "haproxy",
        hostNumber,
        address: `10.9.0.${hostNumber}`,
        size: "small",
        firewall: "lb",
        retained: false,
      })),
    );
    expect(planned.machine("lb-0")).not.toHaveProperty("dataVolumeGiB");
    expect(planned.one("paasmas:index:DatabaseLoadBalancer", "lb").inputs).toEqual({
      size: 2,
      image: images.haproxy,
      machines: ["lb-0", "lb-1"],
      galera: "galera",
    });
    expect(planned.one(factTypes.loadBalancer, "lb-front").inputs).toMatchObject({
      targets: ["lb-0", "lb-1"],
      ports: [
        { port: 3306, targetPort: 3306, description: "MySQL, the one writer" },
        { port: 3307, targetPort: 3307, description: "MySQL, all synced nodes" },
      ],
      allowFrom: ["10.9.0.0/24"],
      address: "10.9.0.40",
    });
  });

  test("opens only etcd and the database to its machines, its peer port, and its ports to the load balancer", async () => {
    const planned = await tier();
    expect(planned.firewallRules().filter((opening) => !/^(etcd|galera) ->/.test(opening))).toEqual([
      "10.9.0.40/32 -> lb: 3306",
      "10.9.0.40/32 -> lb: 3307",
      "10.9.0.40/32 -> lb: 8404",
      "lb -> etcd: 2379",
      "lb -> galera: 3306",
      "lb -> galera: 9200",
      "lb -> lb: 10000",
    ]);
    expect(planned.firewallRules()).toHaveLength(13);
  });

  test("opens no port for a second machine if it has a single machine", async () => {
    const planned = await tier({ size: 1 });
    expect(planned.names(factTypes.machine).filter((name) => name.startsWith("lb"))).toEqual(["lb-0"]);
    expect(planned.firewallRules()).not.toContain("lb -> lb: 10000");
    expect(planned.firewallRules()).toHaveLength(12);
  });

  test("starts its first machine after the whole cluster, and the second machine after the first", async () => {
    const planned = await tier();
    expect(planned.waitsFor("lb-0")).toEqual(["galera-0", "galera-1", "galera-2"]);
    expect(planned.waitsFor("lb-1")).toEqual(["lb-0"]);
  });

  test("applies dependsOn of the component to its machines", async () => {
    const planned = await plan((cloud) => {
      const first = new RandomPassword("first", { length: 8 });
      const opts = { dependsOn: [first] };
      const etcd = new EtcdCluster("etcd", { cloud }, opts);
      const galera = new GaleraCluster("galera", { cloud, etcd }, opts);
      new DatabaseLoadBalancer("lb", { cloud, galera }, opts);
    });
    const { urn } = planned.one("random:index/randomPassword:RandomPassword", "first");
    for (const name of ["etcd-0", "etcd-2", "galera-0", "galera-2", "lb-0", "lb-1"]) {
      expect(planned.one("docker:index/container:Container", `${name}-node`).dependencies).toContain(urn);
    }
    expect(planned.waitsFor("galera-1")).toEqual(["galera-0"]);
  });

  test("does not change its machines if the cluster grows", async () => {
    const [three, five] = [await tier(), await tier({}, { size: 5 })];
    for (const name of ["lb-0", "lb-1"]) expect(five.hashes()[name]).toBe(three.hashes()[name]);
  });

  test("applies every argument", async () => {
    const planned = await tier({
      size: 1,
      image: "registry.example.com/haproxy:3.0",
      firstHostNumber: 90,
      loadBalancerHostNumber: 99,
      machineSize: "medium",
      allowFrom: ["10.1.0.0/16"],
      readyTimeoutSeconds: 100,
      snippets: [
        JSON.stringify({
          ignition: { version: "3.4.0" },
          storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
        }),
      ],
    });
    expect(planned.machine("lb-0")).toMatchObject({ address: "10.9.0.90", size: "medium" });
    expect(planned.one(factTypes.loadBalancer, "lb-front").inputs).toMatchObject({
      address: "10.9.0.99",
      allowFrom: ["10.1.0.0/16"],
    });
    expect(planned.one("paasmas:index:DatabaseLoadBalancer", "lb").inputs.image).toBe(
      "registry.example.com/haproxy:3.0",
    );
    expect(planned.one("command:local:Command", "lb-0-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "100",
    });
    const files = JSON.parse(planned.config("lb-0").text).storage.files as {
      path: string;
      contents: { source: string };
    }[];
    expect(files.filter((file) => file.path === "/etc/motd")).toEqual([
      { path: "/etc/motd", contents: { source: "data:,hello" } },
    ]);
  });

  test("outputs the settings of a database as a secret environment for an app", async () => {
    const planned = await tier(
      {},
      { databases: [{ name: "app", user: "writer", password: "p@ss/word:12345" }] },
      (lb) => ({
        app: lb.connection("app"),
        address: lb.address,
        ca: lb.galera.caCertificate,
      }),
    );
    expect(planned.secretOutputs).toEqual(["app"]);
    expect(planned.outputs.address).toBe("10.9.0.40");
    expect(planned.outputs.app).toEqual({
      DATABASE_HOST: "10.9.0.40",
      DATABASE_PORT: "3306",
      DATABASE_READ_PORT: "3307",
      DATABASE_NAME: "app",
      DATABASE_USER: "writer",
      DATABASE_PASSWORD: "p@ss/word:12345",
      DATABASE_CA: planned.outputs.ca,
      DATABASE_URL: "mysql://writer:p%40ss%2Fword%3A12345@10.9.0.40:3306/app",
    });
  });

  test.each([
    [{}, 'galera.databases: has no "shop"; known databases: app'],
    [{ databases: [] }, 'galera.databases: has no "shop"; known databases: none'],
  ])("lists the known databases if an unknown database is requested", async (galeraArgs, message) => {
    await expect(tier({}, galeraArgs, (lb) => ({ shop: lb.connection("shop") }))).rejects.toThrow(
      new ArgumentError([message]),
    );
  });

  test.each<[Partial<DatabaseLoadBalancerArgs>, string]>([
    [{ size: 3 }, "lb.size: 3 is not allowed; use a whole number from 1 to 2"],
    [
      { loadBalancerHostNumber: 31 },
      "lb.loadBalancerHostNumber: 31 is the host number of a machine; use a number outside of 30 to 31",
    ],
    [
      { loadBalancerHostNumber: 255 },
      "lb.loadBalancerHostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254",
    ],
    [
      { allowFrom: ["10.0.0.0/8", "everyone"] },
      'lb.allowFrom[1]: "everyone" is not an IPv4 range: write it like 10.0.0.0/16',
    ],
    [{ galera: undefined as never }, "lb.galera: is missing; give the Galera cluster"],
  ])("rejects %j", async (args, message) => {
    await expect(tier(args)).rejects.toThrow(new ArgumentError([message]));
  });
});
