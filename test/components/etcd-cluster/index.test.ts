import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import type { EtcdClusterArgs } from "../../../components/etcd-cluster/args.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { plan } from "../planned.ts";

const request = "tls:index/certRequest:CertRequest";
const signed = "tls:index/locallySignedCert:LocallySignedCert";

const cluster = (args: Partial<EtcdClusterArgs> = {}) =>
  plan((cloud) => void new EtcdCluster("etcd", { cloud, ...args }));

describe("EtcdCluster", () => {
  test("creates three members with fixed addresses and separate volumes", async () => {
    const planned = await cluster();
    expect(planned.names(factTypes.machine)).toEqual(["etcd-0", "etcd-1", "etcd-2"]);
    expect(["etcd-0", "etcd-1", "etcd-2"].map((name) => planned.machine(name))).toMatchObject(
      [10, 11, 12].map((hostNumber) => ({
        role: "etcd",
        hostNumber,
        address: `10.9.0.${hostNumber}`,
        size: "small",
        dataVolumeGiB: 4,
        dataVolumePath: "/var/lib/paasmas/etcd",
        firewall: "etcd",
      })),
    );
    expect(planned.one("paasmas:index:EtcdCluster", "etcd").inputs).toEqual({
      size: 3,
      image: images.etcd,
      machines: ["etcd-0", "etcd-1", "etcd-2"],
    });
    expect(planned.names(factTypes.machineGroup)).toEqual(["etcd"]);
  });

  test("opens its ports only to its members", async () => {
    expect((await cluster()).firewallRules()).toEqual(["etcd -> etcd: 2379", "etcd -> etcd: 2380"]);
  });

  test("gives each member a certificate for its address, for peers and clients", async () => {
    const planned = await cluster();
    expect(planned.names(request)).toEqual(["etcd-0-request", "etcd-1-request", "etcd-2-request"]);
    expect(planned.one(request, "etcd-1-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.11", "127.0.0.1"],
      dnsNames: ["etcd-1", "localhost"],
    });
    expect(planned.one(signed, "etcd-1-certificate").inputs.allowedUses).toEqual([
      "digital_signature",
      "server_auth",
      "client_auth",
    ]);
  });

  test("replaces one member at a time: each waits for the previous one", async () => {
    const planned = await cluster();
    expect(["etcd-0", "etcd-1", "etcd-2"].map((name) => planned.waitsFor(name))).toEqual([[], ["etcd-0"], ["etcd-1"]]);
  });

  test("marks a config as secret, because it holds a private key", async () => {
    const planned = await cluster();
    expect(["etcd-0", "etcd-1", "etcd-2"].map((name) => planned.config(name).secret)).toEqual([true, true, true]);
  });

  test("outputs the endpoints and a client certificate as a secret", async () => {
    const planned = await plan((cloud) => {
      const etcd = new EtcdCluster("etcd", { cloud });
      const firewall = cloud.firewall("app", { description: "an application" });
      etcd.allowClients(firewall);
      return { client: etcd.client("app-0"), endpoints: etcd.endpoints };
    });
    expect(planned.firewallRules()).toEqual(["app -> etcd: 2379", "etcd -> etcd: 2379", "etcd -> etcd: 2380"]);
    expect(planned.one(signed, "app-0-etcd-certificate").inputs.allowedUses).toEqual([
      "digital_signature",
      "client_auth",
    ]);
    expect(planned.one(request, "app-0-etcd-request").inputs).toMatchObject({ ipAddresses: [], dnsNames: [] });
    expect(planned.secretOutputs).toEqual(["client"]);
    const { ca, certificate, privateKey, endpoints } = planned.outputs.client as Record<string, string>;
    expect(endpoints).toEqual(["https://10.9.0.10:2379", "https://10.9.0.11:2379", "https://10.9.0.12:2379"]);
    expect(planned.outputs.endpoints).toEqual(endpoints);
    expect([ca, certificate]).toEqual([
      expect.stringContaining("BEGIN CERTIFICATE"),
      expect.stringContaining("BEGIN CERTIFICATE"),
    ]);
    expect(privateKey).toContain("PRIVATE KEY");
  });

  test("applies every argument", async () => {
    const snippet = JSON.stringify({
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
    });
    const planned = await plan((cloud) => {
      const ca = new CertificateAuthority("shared", {});
      new EtcdCluster("etcd", {
        cloud,
        ca,
        firstHostNumber: 60,
        image: "registry.example.com/etcd:v3.6.0",
        machineSize: "medium",
        volumeGiB: 8,
        readyTimeoutSeconds: 120,
        snippets: [snippet],
      });
    });
    expect(planned.names("paasmas:index:CertificateAuthority")).toEqual(["shared"]);
    expect(planned.machine("etcd-2")).toMatchObject({
      hostNumber: 62,
      address: "10.9.0.62",
      size: "medium",
      dataVolumeGiB: 8,
    });
    expect(planned.one("command:local:Command", "etcd-0-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "120",
    });
    expect(planned.one("paasmas:index:EtcdCluster", "etcd").inputs.image).toBe("registry.example.com/etcd:v3.6.0");
    const files = JSON.parse(planned.config("etcd-0").text).storage.files as {
      path: string;
      contents: { source: string };
    }[];
    expect(files.filter((file) => file.path === "/etc/motd")).toEqual([
      { path: "/etc/motd", contents: { source: "data:,hello" } },
    ]);
  });

  test("changes every member, and no other machine, with another image", async () => {
    const [before, after] = [await cluster(), await cluster({ image: "registry.example.com/etcd:v3.6.0" })];
    const changed = Object.entries(after.hashes()).filter(([name, hash]) => before.hashes()[name] !== hash);
    expect(changed.map(([name]) => name)).toEqual(["etcd-0", "etcd-1", "etcd-2"]);
  });

  test.each<[string, Partial<EtcdClusterArgs>, string]>([
    ["etcd", { volumeGiB: 0 }, "etcd.volumeGiB: 0 is not allowed; use a whole number from 1 to 1024 GiB"],
    ["etcd", { cloud: undefined as never }, "etcd.cloud: is missing; give the cloud the members run in"],
    [
      "Etcd",
      {},
      'Etcd.name: "Etcd" cannot start a host name; use up to 24 lower-case letters, digits and inner hyphens',
    ],
  ])("rejects %s with %j", async (name, args, message) => {
    await expect(plan((cloud) => void new EtcdCluster(name, { cloud, ...args }))).rejects.toThrow(
      new ArgumentError([message]),
    );
  });

  test("rejects a host number outside of the network", async () => {
    await expect(cluster({ firstHostNumber: 253 })).rejects.toThrow(
      new ArgumentError([
        "etcd.firstHostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254",
      ]),
    );
  });
});
