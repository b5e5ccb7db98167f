import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import type { GaleraClusterArgs } from "../../../components/galera-cluster/args.ts";
import { GaleraCluster } from "../../../components/galera-cluster/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { type Planned, plan } from "../planned.ts";

const password = "random:index/randomPassword:RandomPassword";
const request = "tls:index/certRequest:CertRequest";

const cluster = (args: Partial<GaleraClusterArgs> = {}, name = "galera") =>
  plan((cloud) => {
    const etcd = new EtcdCluster("etcd", { cloud });
    const galera = new GaleraCluster(name, { cloud, etcd, ...args });
    return { databases: galera.databases.map((database) => ({ ...database })), ca: galera.caCertificate };
  });

/** Names of the machines whose config differs. */
function differing(before: Planned, after: Planned): string[] {
  const old = before.hashes();
  return Object.entries(after.hashes())
    .filter(([name, hash]) => old[name] !== hash)
    .map(([name]) => name)
    .sort();
}

describe("GaleraCluster", () => {
  test("creates three Percona nodes on different hosts, with separate volumes", async () => {
    const planned = await cluster();
    const names = ["galera-0", "galera-1", "galera-2"];
    expect(planned.names(factTypes.machine)).toEqual(["etcd-0", "etcd-1", "etcd-2", ...names]);
    expect(names.map((name) => planned.machine(name))).toMatchObject(
      [20, 21, 22].map((hostNumber) => ({
        role: "galera",
        hostNumber,
        address: `10.9.0.${hostNumber}`,
        size: "small",
        dataVolumeGiB: 20,
        dataVolumePath: "/var/lib/paasmas/galera",
        firewall: "galera",
      })),
    );
    expect(planned.one("paasmas:index:GaleraCluster", "galera").inputs).toEqual({
      size: 3,
      flavor: "percona",
      image: images.percona,
      machines: names,
      databases: [],
      antiAffinity: true,
    });
    expect(planned.names(factTypes.machineGroup)).toEqual(["etcd", "galera"]);
  });

  test("opens only the replication ports between its nodes, and etcd to them", async () => {
    expect((await cluster()).firewallRules()).toEqual([
      "etcd -> etcd: 2379",
      "etcd -> etcd: 2380",
      "galera -> etcd: 2379",
      "galera -> galera: 4444",
      "galera -> galera: 4567",
      "galera -> galera: 4568",
    ]);
  });

  test("opens the database only to given clients", async () => {
    const planned = await plan((cloud) => {
      const galera = new GaleraCluster("galera", { cloud, etcd: new EtcdCluster("etcd", { cloud }) });
      galera.allowClients(cloud.firewall("backup", { description: "backups" }));
    });
    expect(planned.firewallRules().filter((opening) => opening.startsWith("backup"))).toEqual([
      "backup -> galera: 3306",
      "backup -> galera: 9200",
    ]);
  });

  test("has a separate certificate authority, whose certificates etcd does not accept", async () => {
    const planned = await cluster();
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual(["etcd-ca", "galera-ca"]);
    expect(planned.names(request)).toEqual([
      "etcd-0-request",
      "etcd-1-request",
      "etcd-2-request",
      "galera-0-etcd-request",
      "galera-0-request",
      "galera-1-etcd-request",
      "galera-1-request",
      "galera-2-etcd-request",
      "galera-2-request",
    ]);
    const etcdAuthority = planned.one("tls:index/selfSignedCert:SelfSignedCert", "etcd-ca-certificate").outputs.certPem;
    const signed = "tls:index/locallySignedCert:LocallySignedCert";
    expect(planned.one(signed, "galera-0-etcd-certificate").inputs.caCertPem).toBe(etcdAuthority);
    expect(planned.one(signed, "galera-0-certificate").inputs.caCertPem).not.toBe(etcdAuthority);
  });

  describe("a rolling update", () => {
    test("starts the first node after etcd, and each other node after the previous one", async () => {
      const planned = await cluster({ size: 5 });
      expect([0, 1, 2, 3, 4].map((ordinal) => planned.waitsFor(`galera-${ordinal}`))).toEqual([
        ["etcd-0", "etcd-1", "etcd-2"],
        ["galera-0"],
        ["galera-1"],
        ["galera-2"],
        ["galera-3"],
      ]);
    });

    test("deletes a node before its replacement is created, and runs its gate again", async () => {
      const planned = await cluster();
      for (const name of ["galera-0", "galera-1", "galera-2"]) {
        const container = planned.one("docker:index/container:Container", `${name}-node`);
        const gate = planned.one("command:local:Command", `${name}-ready`);
        expect(container.deleteBeforeReplace).toBe(true);
        expect(gate.dependencies).toContain(container.urn);
        expect(gate.inputs.triggers).toContain(planned.machine(name).ignitionSha512);
      }
    });

    test("changes every node, and no etcd member, after a change of tuning", async () => {
      const before = await cluster();
      const after = await cluster({ tuning: { bufferPoolMiB: 300 } });
      expect(differing(before, after)).toEqual(["galera-0", "galera-1", "galera-2"]);
    });

    test.each<[string, Partial<GaleraClusterArgs>]>([
      ["image", { image: "registry.example.com/pxc:8.4.9" }],
      ["database", { databases: [{ name: "app" }] }],
      ["password", { passwords: { root: "correct-horse-battery" } }],
    ])("changes every node after a change of %s", async (_, args) => {
      expect(differing(await cluster(), await cluster(args))).toEqual(["galera-0", "galera-1", "galera-2"]);
    });
  });

  test("keeps every machine if the cluster grows from three to five members, or shrinks to three", async () => {
    const [three, five] = [await cluster({ size: 3 }), await cluster({ size: 5 })];
    const kept = ["etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2"];
    expect(Object.keys(three.hashes()).sort()).toEqual(kept);
    expect(Object.keys(five.hashes()).sort()).toEqual([...kept, "galera-3", "galera-4"]);
    expect(differing(three, five)).toEqual(["galera-3", "galera-4"]);
    // Not only configs: all keys, certificates, volumes and containers of the smaller cluster stay the same.
    for (const { urn, custom, inputs, dependencies } of three.resources.filter((resource) => resource.custom)) {
      const same = five.resources.find((resource) => resource.urn === urn);
      expect({ urn, custom, inputs: same?.inputs, dependencies: same?.dependencies }).toEqual({
        urn,
        custom,
        inputs,
        dependencies,
      });
    }
    expect(five.firewallRules()).toEqual(three.firewallRules());
  });

  describe("a password of the database", () => {
    test("is generated with only letters and digits", async () => {
      const planned = await cluster({ databases: [{ name: "app" }] });
      expect(planned.names(password)).toEqual([
        "galera-database-app-password",
        "galera-monitor-password",
        "galera-root-password",
        "galera-state-transfer-password",
      ]);
      for (const name of planned.names(password)) {
        expect(planned.one(password, name).inputs).toEqual({ length: 32, special: false });
      }
    });

    test("is not generated if it is given", async () => {
      const planned = await cluster({
        databases: [{ name: "app", password: "given-app-password" }],
        passwords: {
          root: "given-root-password",
          monitor: "given-monitor-password",
          stateTransfer: "given-sst-password",
        },
      });
      expect(planned.names(password)).toEqual([]);
      expect(planned.outputs.databases).toEqual([{ name: "app", user: "app", password: "given-app-password" }]);
      expect(planned.secretOutputs).toEqual(["databases"]);
    });

    test("makes the config of its machine a secret", async () => {
      const planned = await cluster({ passwords: { root: "given-root-password" } });
      expect([0, 1, 2].map((ordinal) => planned.config(`galera-${ordinal}`).secret)).toEqual([true, true, true]);
    });

    test("is in no fact", async () => {
      const planned = await cluster({ databases: [{ name: "app", password: "given-app-password" }] });
      const facts = planned.resources.filter((resource) => !resource.custom && resource.type !== "pulumi:pulumi:Stack");
      expect(facts.flatMap((resource) => resource.secretPaths)).toEqual([]);
      expect(JSON.stringify(facts.map((resource) => resource.inputs))).not.toContain("given-app-password");
    });
  });

  test("is created for a separate user of each database, with the database's name by default", async () => {
    const long = "a".repeat(40);
    const planned = await cluster({ databases: [{ name: "app" }, { name: "shop", user: "till" }, { name: long }] });
    const databases = planned.outputs.databases as { name: string; user: string; password: string }[];
    expect(databases.map(({ name, user }) => [name, user])).toEqual([
      ["app", "app"],
      ["shop", "till"],
      [long, "a".repeat(32)],
    ]);
    expect(new Set(databases.map((database) => database.password)).size).toBe(3);
    expect(planned.one("paasmas:index:GaleraCluster", "galera").inputs.databases).toEqual(["app", "shop", long]);
  });

  test("applies every other argument", async () => {
    const snippet = JSON.stringify({
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
    });
    const planned = await plan((cloud) => {
      const etcd = new EtcdCluster("etcd", { cloud });
      const ca = new CertificateAuthority("shared", {});
      new GaleraCluster("galera", {
        cloud,
        etcd,
        ca,
        flavor: "mariadb",
        firstHostNumber: 80,
        machineSize: "large",
        volumeGiB: 50,
        certificateNames: ["db.example.com"],
        readyTimeoutSeconds: 600,
        snippets: [snippet],
      });
    });
    expect(planned.one("paasmas:index:GaleraCluster", "galera").inputs).toMatchObject({
      flavor: "mariadb",
      image: images.mariadb,
    });
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual(["etcd-ca", "shared"]);
    expect(planned.machine("galera-1")).toMatchObject({ address: "10.9.0.81", size: "large", dataVolumeGiB: 50 });
    expect(planned.one(request, "galera-1-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.81", "127.0.0.1"],
      dnsNames: ["galera-1", "localhost", "db.example.com"],
    });
    expect(planned.one("command:local:Command", "galera-0-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "600",
    });
    expect(planned.one("docker:index/container:Container", "galera-0-node").inputs).toMatchObject({
      stopTimeout: 120,
      destroyGraceSeconds: 120,
    });
    const files = JSON.parse(planned.config("galera-2").text).storage.files as {
      path: string;
      contents: { source: string };
    }[];
    expect(files.filter((file) => file.path === "/etc/motd")).toEqual([
      { path: "/etc/motd", contents: { source: "data:,hello" } },
    ]);
  });

  describe("an invalid argument", () => {
    test.each<[Partial<GaleraClusterArgs>, string]>([
      [{ size: 4 }, "galera.size: 4 is even; use 3 or 5"],
      [{ size: 1 }, "galera.size: 1 is not a size that keeps a quorum; use 3 or 5"],
      [{ size: 7 }, "galera.size: 7 is not a size that keeps a quorum; use 3 or 5"],
      [{ flavor: "oracle" as never }, 'galera.flavor: "oracle" is not known; use percona or mariadb'],
      [
        { volumeGiB: 0.5 },
        "galera.volumeGiB: 0.5 is not allowed; use a whole number from 1 to 16384 GiB\ngalera.tuning.gcacheMiB: 512 MiB are more than half of the volume of 0.5 GiB; reduce it or increase volumeGiB",
      ],
      [
        { tuning: { gcacheMiB: 20480 } },
        "galera.tuning.gcacheMiB: 20480 MiB are more than half of the volume of 20 GiB; reduce it or increase volumeGiB",
      ],
      [
        { tuning: { suspectTimeoutSeconds: 0 } },
        "galera.tuning.suspectTimeoutSeconds: 0 is not allowed; use a number from 0.5 to 60 seconds",
      ],
      [
        { tuning: { maxConnections: 1 } },
        "galera.tuning.maxConnections: 1 is not allowed; use a whole number from 10 to 100000",
      ],
      [
        { readyTimeoutSeconds: 1 },
        "galera.readyTimeoutSeconds: 1 is not allowed; use a whole number from 60 to 86400 seconds",
      ],
      [{ etcd: undefined as never }, "galera.etcd: is missing; give the etcd cluster in which the nodes register"],
      [
        { databases: [{ name: "a" }, { name: "a" }] },
        'galera.databases[1].name: "a" is used twice; use each name once',
      ],
      [
        { size: 2, volumeGiB: 0, tuning: { gcacheMiB: 64 } },
        "galera.size: 2 is even; use 3 or 5\ngalera.volumeGiB: 0 is not allowed; use a whole number from 1 to 16384 GiB\ngalera.tuning.gcacheMiB: 64 MiB are more than half of the volume of 0 GiB; reduce it or increase volumeGiB",
      ],
    ])("is rejected: %j", async (args, message) => {
      await expect(cluster(args)).rejects.toThrow(new ArgumentError([message]));
    });

    test("is rejected: a name that is not valid in host names", async () => {
      await expect(cluster({}, "my_db")).rejects.toThrow(
        new ArgumentError([
          'my_db.name: "my_db" cannot start a host name; use up to 24 lower-case letters, digits and inner hyphens',
        ]),
      );
    });

    test("is rejected without its value in the message: a password with unsupported characters", async () => {
      const message =
        "galera-root-password: the given password is not allowed; use at least 12 printable ASCII characters without spaces, quotes, backslashes, $ and `";
      const failure = await cluster({ passwords: { root: 'with"quote-and-more' } }).catch((error: Error) => error);
      expect(failure).toMatchObject({ message, __pulumiRunError: true });
    });

    test("is rejected with the path of the error: a snippet that is not an Ignition config", async () => {
      const snippet = JSON.stringify({ ignition: { version: "3.4.0" }, systemd: { units: [{ name: "nonsense" }] } });
      const failure = await cluster({ snippets: ["{}", snippet, "{"] }).catch((error: Error) => error);
      expect(failure).toBeInstanceOf(ArgumentError);
      expect((failure as Error).message.split("\n")).toEqual([
        expect.stringMatching(/^galera\.snippets\[0\]: \$\.ignition/),
        expect.stringMatching(
          /^galera\.snippets\[1\]: \$\.systemd\.units\.0\.name: "nonsense" is not the name of a unit/,
        ),
        expect.stringMatching(/^galera\.snippets\[2\]: .*JSON/),
      ]);
    });

    test("is rejected: a snippet that is too large", async () => {
      const contents = { source: `data:,${"x".repeat(300_000)}` };
      const snippet = JSON.stringify({
        ignition: { version: "3.4.0" },
        storage: { files: [{ path: "/large", contents }] },
      });
      const message = `galera.snippets[0]: ${snippet.length} characters are too many; use at most 262144, and let the machine fetch larger files itself`;
      await expect(cluster({ snippets: [snippet] })).rejects.toThrow(new ArgumentError([message]));
    });

    test("is rejected: a host number outside of the network", async () => {
      const message = "galera.firstHostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254";
      await expect(cluster({ firstHostNumber: 253 })).rejects.toThrow(new ArgumentError([message]));
    });
  });
});
