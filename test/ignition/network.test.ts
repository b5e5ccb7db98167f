import { describe, expect, test } from "vitest";
import { dataVolume, staticNetwork } from "../../ignition/index.ts";

const args = {
  interface: "ens3",
  address: "10.0.0.10",
  prefix: 24,
  gateway: "10.0.0.1",
  dns: ["10.0.0.2", "10.0.0.3"],
};

describe("staticNetwork", () => {
  test("writes a keyfile for NetworkManager that only root can read", () => {
    const files = staticNetwork(args).storage?.files;
    expect(files).toHaveLength(1);
    expect(files?.[0]?.path).toBe("/etc/NetworkManager/system-connections/ens3.nmconnection");
    expect(files?.[0]?.mode).toBe(0o600);
    expect(decodeURIComponent(files?.[0]?.contents?.source ?? "")).toBe(
      "data:,[connection]\nid=ens3\ntype=ethernet\ninterface-name=ens3\n\n" +
        "[ipv4]\nmethod=manual\naddress1=10.0.0.10/24,10.0.0.1\ndns=10.0.0.2;10.0.0.3;\nmay-fail=false\n\n[ipv6]\nmethod=disabled\n",
    );
  });

  test.each<[object, string]>([
    [{ address: "10.0.0" }, 'staticNetwork.address: "10.0.0" is not an IPv4 address; use for example 10.0.0.10'],
    [{ gateway: "::1" }, 'staticNetwork.gateway: "::1" is not an IPv4 address; use for example 10.0.0.10'],
    [{ dns: ["10.0.0.2", "dns"] }, 'staticNetwork.dns.1: "dns" is not an IPv4 address; use for example 10.0.0.10'],
    [{ dns: [] }, "staticNetwork.dns: no name server is given; give at least one"],
    [{ prefix: 33 }, "staticNetwork.prefix: 33 is given; a whole number from 1 to 32 is allowed"],
    [
      { interface: "../x" },
      'staticNetwork.interface: "../x" is not the name of an interface; use at most 15 letters, digits, "_", "." and "-"',
    ],
  ])("rejects %j", (wrong, message) => {
    expect(() => staticNetwork({ ...args, ...wrong })).toThrow(`  ${message}`);
  });
});

test("dataVolume creates the mount point and the settings of the mount script, without formatting", () => {
  expect(dataVolume({ path: "/var/lib/galera" })).toEqual({
    storage: {
      directories: [{ path: "/var/lib/galera", mode: 0o755 }],
      files: [
        {
          path: "/etc/paasmas/data-volume.env",
          mode: 0o644,
          contents: { source: "data:,DATA_VOLUME_PATH=/var/lib/galera%0ADATA_VOLUME_LABEL=paasmas-data%0A" },
        },
      ],
    },
  });
});
