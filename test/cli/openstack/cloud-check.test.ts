import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { z } from "zod";
import { settings } from "../../../stacks/config/settings.ts";
import { InputError, OperationError } from "../../../errors.ts";

import { type Case, Checks, planned } from "./check.ts";
import { Status } from "./fake-openstack.ts";
import { flavor, healthy, image, imageId, networkId, zoneId } from "./healthy.ts";

let checks: Checks;
beforeEach(async () => {
  checks = await Checks.start();
});
afterEach(() => checks.end());

/** The problems of a refused check, without the title. */
async function problems(given: Case): Promise<string[]> {
  const error = await checks.refused(given);
  expect(error).toBeInstanceOf(InputError);
  const [title, ...lines] = error.message.split("\n");
  expect(title).toBe("OpenStack does not accept settings of staging:");
  return lines.map((line) => line.trim());
}

const images = healthy["GET /image/v2/images"];

/** What is wrong, the settings, the answers of the cloud, and the lines of the message. */
const cases: [string, Case, Record<string, unknown>, string[]][] = [
  [
    "an unknown image id",
    { openstack: { imageId: networkId } },
    {},
    [
      `openstack.imageId: "${networkId}" is not the id of an image that this project can use; ` +
        `there are: ${imageId} (fcos)`,
    ],
  ],
  [
    "an unknown image name",
    { openstack: { imageId: undefined, imageName: "fcso" } },
    {
      "GET /image/v2/images": (query: URLSearchParams) => (query.has("name") ? { images: [] } : images),
    },
    [
      'openstack.imageName: "fcso" is not the name of an image that this project can use; did you mean fcos? ' +
        "there are: fcos",
    ],
  ],
  [
    "two images of one name",
    { openstack: { imageId: undefined, imageName: "fcos" } },
    { "GET /image/v2/images": { images: [image(), image({ id: networkId })] } },
    [`openstack.imageName: "fcos" is the name of 2 images; set openstack.imageId instead: ${imageId}, ${networkId}`],
  ],
  [
    "an image that is not active",
    {},
    { [`GET /image/v2/images/${imageId}`]: image({ status: "deactivated" }) },
    ["openstack.imageId: the image is deactivated; use an image that is active"],
  ],
  [
    "a flavor of another cloud",
    { openstack: { flavors: { small: "m1.smal", medium: "m1.medium" } } },
    {},
    [
      'openstack.flavors.small: "m1.smal" is not a flavor of this project; did you mean m1.small? ' +
        "there are: m1.tiny, m1.small, m1.medium",
    ],
  ],
  [
    "a flavor without a disk",
    {},
    {
      "GET /compute/v2.1/flavors/detail": {
        flavors: [flavor("m1.small", 1, 2048, 0), flavor("m1.medium", 2, 4096, 40)],
      },
    },
    [
      'openstack.flavors.small: "m1.small" has no local disk; set openstack.bootVolume.sizeGiB, ' +
        "or use another flavor",
    ],
  ],
  [
    "flavors that are too small for the image",
    {},
    { [`GET /image/v2/images/${imageId}`]: image({ min_disk: 30, min_ram: 4096 }) },
    [
      'openstack.flavors.small: "m1.small" has a disk of 20 GiB; the image needs 30 GiB',
      'openstack.flavors.small: "m1.small" has 2048 MiB of memory; the image needs 4096 MiB',
    ],
  ],
  [
    "a boot volume that is too small for the image",
    { openstack: { bootVolume: { sizeGiB: 20 } } },
    { [`GET /image/v2/images/${imageId}`]: image({ min_disk: 30 }) },
    ["openstack.bootVolume.sizeGiB: 20 is smaller than the image's disk; use 30 or more"],
  ],
  [
    "an unknown network",
    { openstack: { externalNetworkId: imageId } },
    {},
    [
      `openstack.externalNetworkId: "${imageId}" is not the id of a network of this cloud; ` +
        `there are: ${networkId} (public)`,
    ],
  ],
  [
    "a network that is not external",
    {},
    {
      [`GET /network/v2.0/networks/${networkId}`]: { network: { name: "own", "router:external": false } },
      "GET /network/v2.0/networks": { networks: [] },
    },
    [`openstack.externalNetworkId: "${networkId}" is not an external network: it is own; there is none`],
  ],
  [
    "zones that Nova does not have",
    { more: { "paasmas:network": { cidr: "10.20.0.0/16", zones: ["nova", "az-2"] } } },
    {
      "GET /volume/v3/p1/os-availability-zone": {
        availabilityZoneInfo: [{ zoneName: "cinder", zoneState: { available: true } }],
      },
    },
    [
      'network.zones[1]: "az-2" is not an available zone of Nova; there are: nova',
      'network.zones: Cinder has no zone "nova", "az-2" for the volumes; set openstack.volumeZone to a zone of Cinder: cinder',
    ],
  ],
  [
    "a zone that Cinder does not have",
    { openstack: { volumeZone: "nvoa" } },
    {},
    ['openstack.volumeZone: "nvoa" is not an available zone of Cinder; did you mean nova? there are: nova'],
  ],
  [
    "volume types that Cinder does not have",
    { openstack: { volumeType: "luks", bootVolume: { sizeGiB: 20, volumeType: "labb" } } },
    {},
    [
      'openstack.volumeType: "luks" is not a volume type of this project; there are: lab',
      'openstack.bootVolume.volumeType: "labb" is not a volume type of this project; did you mean lab? there are: lab',
    ],
  ],
  [
    "an MTU that Neutron cannot set",
    { openstack: { mtu: 1400 } },
    {},
    ["openstack.mtu: 1400 is given, and Neutron has no extension net-mtu-writable; remove the setting"],
  ],
  [
    "a region of another cloud",
    { openstack: { region: "RegionTwo" } },
    {},
    ['openstack.region: "RegionTwo" is not a region of this cloud; did you mean RegionOne? there are: RegionOne'],
  ],
  [
    "a DNS zone of another project",
    { more: { "paasmas:paas": { domain: "apps.staging.example.com", dns: { zoneId: imageId } } } },
    {},
    [
      `paas.dns.zoneId: "${imageId}" is not the id of a zone of this project; there are: ${zoneId} (staging.example.com.)`,
    ],
  ],
  [
    "a DNS zone that cannot contain its names",
    {},
    { "GET /dns/v2/zones": { zones: [{ id: zoneId, name: "example.org." }] } },
    [`paas.dns.zoneId: "${zoneId}" is the zone example.org., which cannot contain ` + "*.apps.staging.example.com."],
  ],
  [
    "object versions that Swift does not keep",
    {},
    { "GET /swift/info": { tempurl: { methods: ["GET", "HEAD", "PUT"] } } },
    [
      "openstack.objectVersioning: is true by default, and the object store of this cloud keeps no versions " +
        "(kube-backups-container needs them); set it to false, and read what then is lost: " +
        "docs/components/openstack-cloud.md",
    ],
  ],
  [
    "temporary URLs that Swift does not sign",
    {},
    {
      "GET /swift/info": {
        object_versioning: {},
        tempurl: { methods: ["GET", "HEAD", "PUT"], allowed_digests: ["sha1"] },
      },
    },
    [
      "the object store of this cloud has no temporary URLs with sha256, which every machine needs; " +
        "ask its operator",
    ],
  ],
];

describe("settings", () => {
  test("that the cloud knows pass without a line", async () => {
    await expect(checks.run()).resolves.toMatchObject({ replace: [], refresh: false });
    expect(checks.lines).toEqual([]);
  });

  test.each(cases)("name %s, with the path and what the cloud has", async (_, given, answers, expected) => {
    Object.assign(checks.cloud.answers, answers);
    expect(await problems({ command: "preview", ...given })).toEqual(expected);
    expect(await problems(given)).toEqual(expected);
  });

  test("are all checked, or nothing in a cloud can confirm them", () => {
    // The flavors have one check; the others are no names.
    const unknowable = ["antiAffinity", "bootVolume.sizeGiB", "dnsServers", "flavors.large", "flavors.medium"];
    const found = cases.flatMap(([, , , expected]) => expected.map((line) => line.split(/[:[]/)[0]!));
    const checked = new Set([...found, ...unknowable.map((key) => `openstack.${key}`)]);
    const all = leaves(z.object({ openstack: settings.staging.openstack }));
    expect(all.filter((path) => !checked.has(path))).toEqual([]);
    expect([...checked]).toEqual(expect.arrayContaining(["network.zones", "paas.dns.zoneId"]));
  });
});

/** Paths of all settings in a group. */
function leaves(schema: unknown, at = ""): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return leaves(schema.unwrap(), at);
  if (!(schema instanceof z.ZodObject)) return [at];
  return Object.entries(schema.shape).flatMap(([key, inner]) => leaves(inner, at === "" ? key : `${at}.${key}`));
}

describe("a request that the cloud refuses", () => {
  test("is a line, and the other checks go on", async () => {
    checks.cloud.answers["GET /volume/v3/p1/types"] = new Status(403, {
      forbidden: { message: "not for members", code: 403 },
    });
    const given = { openstack: { flavors: { small: "m1.tiny", medium: "m1.larg" } } };
    expect(await problems(given)).toHaveLength(1);
    await checks.run();
    expect(checks.lines).toEqual([
      `OpenStack: not checked, because the cloud refuses it: GET ${checks.cloud.url}/volume/v3/p1/types: HTTP 403 not for members`,
    ]);
  });

  test("for quotas is no quota", async () => {
    for (const path of ["GET /compute/v2.1/limits", "GET /volume/v3/p1/limits"])
      checks.cloud.answers[path] = new Status(403);
    await checks.run();
    expect(checks.lines).toEqual([]);
  });
});

describe("a login", () => {
  test("that Keystone refuses names address, source, user and project, but not the password", async () => {
    vi.stubEnv("OS_PASSWORD", "wrong-password");
    const error = await checks.run({ command: "preview" }).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(
      `OpenStack refuses the login at ${checks.cloud.url}/v3 (OS_* or openstack:*, user demo, project demo): ` +
        "The request you have made requires authentication.; " +
        "check user, project, domains and password, or id and secret of the application credential",
    );
  });

  test("without an answer names the address", async () => {
    vi.stubEnv("OS_AUTH_URL", "http://127.0.0.1:1/v3");
    await expect(checks.run()).rejects.toThrow(OperationError);
    await expect(checks.run()).rejects.toThrow(
      "http://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test("at an address that is not Keystone says so", async () => {
    vi.stubEnv("OS_AUTH_URL", `${checks.cloud.url}/horizon`);
    await expect(checks.run()).rejects.toThrow(`the login at ${checks.cloud.url}/horizon/v3 (`);
    await expect(checks.run()).rejects.toThrow("fails: HTTP 404 not found; check OS_AUTH_URL");
  });
});

test("the certificate authority of clouds.yaml is also that of the gates, which read OS_CACERT", async () => {
  const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
  try {
    const auth = { auth_url: checks.cloud.url, username: "demo", password: "right", project_name: "demo" };
    writeFileSync(join(dir, "clouds.yaml"), JSON.stringify({ clouds: { lab: { auth, cacert: "lab.pem" } } }));
    vi.stubEnv("OS_CLIENT_CONFIG_FILE", join(dir, "clouds.yaml"));
    vi.stubEnv("OS_CLOUD", "lab");
    await checks.run();
    expect(checks.engineVariables).toEqual({ OS_CACERT: resolve("lab.pem") });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each([
  ["load-balancer", "Octavia (load-balancer)", "lb-front-balancer"],
  ["object-store", "Swift (object-store)", "paasmas-ignition-container"],
  ["block-storage", "Cinder (block-storage or volumev3)", "etcd-0-data"],
  ["dns", "Designate (dns)", "paas-domain"],
])("a cloud without %s names the first resource that needs it", async (type, name, resource) => {
  checks.cloud.services = checks.cloud.services.filter((each) => each !== type);
  expect(await problems({ command: "preview" })).toEqual([
    `this cloud has no ${name} in its service catalog, and the plan needs it for ${resource}`,
  ]);
});

describe("quotas", () => {
  const nova = (more: object) => ({ limits: { absolute: { maxTotalInstances: -1, maxTotalRAMSize: -1, ...more } } });

  test("that are too small for the new resources stop `up` with one line each", async () => {
    checks.cloud.answers["GET /compute/v2.1/limits"] = nova({ maxTotalCores: 20, totalCoresUsed: 4 });
    checks.cloud.answers["GET /volume/v3/p1/limits"] = {
      limits: {
        absolute: { maxTotalVolumes: 13, totalVolumesUsed: 2, maxTotalVolumeGigabytes: 1000, totalGigabytesUsed: 0 },
      },
    };
    checks.cloud.answers["GET /network/v2.0/quotas/p1/details.json"] = {
      quota: { floatingip: { limit: 1, used: 1, reserved: 0 }, port: { limit: 500, used: 3, reserved: 0 } },
    };
    const error = await checks.run().catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(OperationError);
    expect((error as Error).message.split("\n")).toEqual([
      "staging cannot be updated:",
      "  quota of cores: 20, of which 4 are in use; the new resources need 22: ask the operator of the cloud for 26, or plan less",
      "  quota of volumes: 13, of which 2 are in use; the new resources need 12: " +
        "ask the operator of the cloud for 14, or plan less",
    ]);
  });

  test("count only what is not in the state, and are lines of a preview", async () => {
    const { resources } = await planned();
    checks.cloud.answers["GET /compute/v2.1/limits"] = nova({ maxTotalInstances: 14, totalInstancesUsed: 14 });
    const state = resources
      .filter(({ type }) => type !== "openstack:compute/instance:Instance")
      .map(({ urn, type }) => ({ urn, type }));
    await checks.run({ command: "preview", state });
    expect(checks.lines).toEqual([
      "OpenStack: up would stop: quota of instances: 14, of which 14 are in use; the new resources need 14: " +
        "ask the operator of the cloud for 28, or plan less",
    ]);
    checks.lines = [];
    await checks.run({ state: resources.map(({ urn, type }) => ({ urn, type })) });
    expect(checks.lines).toEqual([]);
  });
});
