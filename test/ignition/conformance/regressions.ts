import * as values from "./values.ts";
import type { Values } from "./values.ts";

const ignition = { version: "3.4.0" };
const storage = (section: object) => ({ ignition, storage: section });
const unit = (fields: object) => ({ ignition, systemd: { units: [{ name: "a.service", ...fields }] } });
const partitions = (...list: object[]) => storage({ disks: [{ device: "/dev/vda", partitions: list }] });
const luks = (fields: object) => storage({ luks: [{ name: "data", device: "/dev/vda", ...fields }] });
const link = { path: "/link", target: "/t" };
const source = "data:,x";
const hash = `sha512-${"0".repeat(128)}`;

/** Each value of a list in its field, in a config that is otherwise valid. */
function each({ good, bad }: Values, config: (value: unknown) => unknown): unknown[] {
  return [...good, ...bad].map(config);
}

const fields: unknown[] = [
  each(values.versions, (version) => ({ ignition: { version } })),
  each(values.urls, (url) => ({ ignition: { ...ignition, config: { replace: { source: url } } } })),
  each(values.urls, (url) => ({ ignition: { ...ignition, config: { merge: [{ source: url }] } } })),
  each(values.urls, (url) => ({
    ignition: { ...ignition, security: { tls: { certificateAuthorities: [{ source: url }] } } },
  })),
  each(values.urls, (url) =>
    storage({ files: [{ path: "/a", contents: { source: url, httpHeaders: [{ name: "a", value: "b" }] } }] }),
  ),
  each(values.urls, (url) => luks({ keyFile: { source: url } })),
  each(values.proxies, (proxy) => ({ ignition: { ...ignition, proxy: { httpProxy: proxy } } })),
  each(values.proxies, (proxy) => ({ ignition: { ...ignition, proxy: { httpsProxy: proxy } } })),
  each(values.hashes, (value) =>
    storage({ files: [{ path: "/a", contents: { source, verification: { hash: value } } }] }),
  ),
  each(values.compressions, (compression) => storage({ files: [{ path: "/a", contents: { source, compression } }] })),
  ...["files", "directories"].flatMap((kind) => [
    each(values.paths, (path) => storage({ [kind]: [{ path }] })),
    each(values.modes, (mode) => storage({ [kind]: [{ path: "/a", mode }] })),
  ]),
  each(values.paths, (path) => storage({ links: [{ path, target: "x" }] })),
  each(values.paths, (target) => storage({ links: [{ ...link, target, hard: true }], directories: [{ path: "/a" }] })),
  each(values.devices, (device) => storage({ disks: [{ device }] })),
  each(values.devices, (device) => storage({ raid: [{ name: "r", level: "raid1", devices: [device] }] })),
  each(values.devices, (device) => luks({ device })),
  each(values.devices, (device) => storage({ filesystems: [{ device, format: "xfs" }] })),
  each(values.levels, (level) => storage({ raid: [{ name: "r", level, devices: ["/dev/vda"], spares: 1 }] })),
  each(values.partitionLabels, (label) => partitions({ label, number: 1 })),
  each(values.partitionLabels, (label) => partitions({ label })),
  each(values.guids, (guid) => partitions({ number: 1, guid })),
  each(values.guids, (typeGuid) => partitions({ number: 1, typeGuid, shouldExist: false })),
  ...values.formats.good.map((format) =>
    each(values.labels, (label) => storage({ filesystems: [{ device: "/dev/vda", format, label }] })),
  ),
  each(values.formats, (format) => storage({ filesystems: [{ device: "/dev/vda", format, path: "/a" }] })),
  each(values.paths, (path) => storage({ filesystems: [{ device: "/dev/vda", format: "xfs", path }] })),
  each(values.labels, (label) => luks({ label })),
  each(values.pins, (pin) => luks({ clevis: { custom: { pin, config: "{}" } } })),
  each(values.tangUrls, (url) => luks({ clevis: { tang: [{ url, thumbprint: "x" }] } })),
  each(values.advertisements, (advertisement) =>
    luks({ clevis: { tang: [{ url: "http://t", thumbprint: "x", advertisement }] } }),
  ),
  each(values.unitNames, (name) => unit({ name })),
  each(values.unitTexts, (contents) => unit({ contents, enabled: true })),
  each(values.dropinNames, (name) => unit({ dropins: [{ name }] })),
  each(values.unitTexts, (contents) => unit({ dropins: [{ name: "a.conf", contents }] })),
].flat();

/** Rules that need more than one field. */
const together: unknown[] = [
  { ignition },
  {},
  [],
  "text",
  { ignition: {} },
  { ignition: [] },
  { ignition: null },
  { ignition, storage: null, passwd: null, systemd: { units: null } },
  { ignition, unknown: { a: 1 } },
  { ignition, kernelArguments: { shouldExist: ["a", "a"] } },
  { ignition, kernelArguments: { shouldExist: ["a"], shouldNotExist: ["a"] } },
  { ignition: { ...ignition, proxy: { noProxy: ["a", "a"] } } },
  { ignition: { ...ignition, timeouts: { httpTotal: -1 } } },
  { ignition: { ...ignition, timeouts: { httpTotal: 1.5 } } },
  { ignition: { ...ignition, config: { merge: [{}] } } },
  { ignition: { ...ignition, config: { merge: [{ source }, { source }] } } },
  { ignition: { ...ignition, security: { tls: { certificateAuthorities: [{ compression: "gzip" }] } } } },
  { ignition, passwd: { users: [{ name: "a" }, { name: "a" }], groups: [{ name: "a" }] } },
  { ignition, passwd: { users: [{ name: "a", groups: ["x", "x"] }] } },
  { ignition, passwd: { users: [{ name: "a", sshAuthorizedKeys: ["x", "x"] }] } },
  { ignition, passwd: { users: [{ name: "" }] } },
  storage({ files: [{ path: "/a" }], links: [{ path: "/a", target: "b" }] }),
  storage({ files: [{ path: "/a" }], directories: [{ path: "/a" }] }),
  storage({ files: [{ path: "/link/a" }], links: [link] }),
  storage({ files: [{ path: "/linked" }], links: [link] }),
  storage({ directories: [{ path: "/link/a" }], links: [link] }),
  storage({ links: [link, { path: "/link/b", target: "c" }] }),
  storage({ files: [{ path: "/a" }], links: [{ path: "/", target: "c" }] }),
  storage({ links: [{ path: "/l" }] }),
  storage({ links: [{ path: "/l", target: "" }] }),
  storage({ links: [{ path: "/l", target: "../d", hard: true }], directories: [{ path: "/d" }] }),
  storage({ links: [{ path: "/l", target: "../d", hard: false }], directories: [{ path: "/d" }] }),
  storage({ links: [{ path: "/l", target: "/d/", hard: true }], directories: [{ path: "/d" }] }),
  storage({ links: [{ path: "/l", target: "/f", hard: true, user: { id: 0 }, group: { name: "" } }] }),
  storage({ files: [{ path: "/a", overwrite: true }] }),
  storage({ files: [{ path: "/a", overwrite: true, contents: { source: "" } }] }),
  storage({ directories: [{ path: "/a", overwrite: true }] }),
  storage({ files: [{ path: "/a", contents: { verification: { hash } } }] }),
  storage({ files: [{ path: "/a", contents: { source: "", verification: { hash } } }] }),
  storage({ files: [{ path: "/a", contents: { httpHeaders: [{ name: "a" }] } }] }),
  storage({ files: [{ path: "/a", contents: { source: "http://a", httpHeaders: [{ name: "" }] } }] }),
  storage({ files: [{ path: "/a", contents: { source: "http://a", httpHeaders: [{ name: "a", value: "" }] } }] }),
  storage({ files: [{ path: "/a", contents: { source: "http://a", httpHeaders: [{ name: "a" }, { name: "a" }] } }] }),
  storage({ files: [{ path: "/a", append: [{ source }, { source }] }] }),
  storage({ files: [{ path: "/a", user: { id: 0, name: "root" } }] }),
  storage({ files: [{ path: "/a", user: { id: 0, name: "" } }] }),
  storage({ files: [null] }),
  storage({ files: {} }),
  storage({ disks: [{ device: "/dev/vda" }, { device: "/dev/vda" }] }),
  partitions({ number: 1 }, { number: 1 }),
  partitions({ number: 0, label: "a" }, { number: 0, label: "b" }),
  partitions({ label: "a" }, { label: "a", number: 2 }),
  partitions({}),
  partitions({ number: 0 }),
  partitions({ number: -1 }),
  partitions({ number: 1, shouldExist: false }, { label: "a" }),
  partitions({ number: 1, shouldExist: false, sizeMiB: 0 }),
  partitions({ number: 1, shouldExist: false, guid: "" }),
  partitions({ number: 1, startMiB: 1, sizeMiB: 10 }, { number: 2, startMiB: 10, sizeMiB: 10 }),
  partitions({ number: 1, startMiB: 1, sizeMiB: 10 }, { number: 2, startMiB: 11, sizeMiB: 10 }),
  partitions({ number: 1, startMiB: 1, sizeMiB: 0 }, { number: 2, startMiB: 1, sizeMiB: 0 }),
  partitions({ number: 1, startMiB: 1, sizeMiB: 100 }, { number: 2, startMiB: 5, sizeMiB: 0 }),
  partitions({ number: 1, startMiB: 0, sizeMiB: 100 }, { number: 2, startMiB: 5, sizeMiB: 10 }),
  partitions({ number: 1, startMiB: 5, sizeMiB: 1 }, { number: 2, startMiB: 1, sizeMiB: 100 }),
  storage({ raid: [{ name: "r", level: "raid1" }] }),
  storage({ raid: [{ name: "r", devices: ["/dev/vda"] }] }),
  storage({ raid: [{ name: "r", level: "raid1", devices: ["/dev/vda", "/dev/vda"] }] }),
  storage({ raid: [{ name: "r", level: "raid1", devices: ["/dev/vda"], options: ["a", "a"] }] }),
  luks({ name: "a/b" }),
  luks({ options: ["a", "a"] }),
  luks({ openOptions: ["a", "a"] }),
  luks({ clevis: { custom: { pin: "tpm2", config: "{}" }, tpm2: true } }),
  luks({ clevis: { custom: { pin: "tpm2", config: "{}" }, threshold: 0, tpm2: false, tang: [] } }),
  luks({ clevis: { custom: { pin: "tpm2", config: "{}" }, threshold: 1 } }),
  luks({ clevis: { custom: { config: "{}" }, tpm2: true } }),
  luks({ clevis: { custom: { needsNetwork: true } } }),
  luks({ clevis: { custom: { needsNetwork: false } } }),
  luks({ clevis: { custom: { pin: "sss" } } }),
  luks({ clevis: { tang: [{ url: "http://t" }] } }),
  luks({
    clevis: {
      tang: [
        { url: "http://t", thumbprint: "a" },
        { url: "http://t", thumbprint: "b" },
      ],
    },
  }),
  storage({ luks: [{ name: "a" }] }),
  storage({ filesystems: [{ device: "/dev/vda" }, { device: "/dev/vda" }] }),
  storage({ filesystems: [{ device: "/dev/vda" }], disks: [{ device: "/dev/vda", wipeTable: true }] }),
  storage({
    filesystems: [{ device: "/dev/vda", wipeFilesystem: true, format: "xfs" }],
    disks: [{ device: "/dev/vda", wipeTable: true }],
  }),
  storage({ filesystems: [{ device: "/dev/vda" }], disks: [{ device: "/dev/vda", partitions: [{ number: 1 }] }] }),
  storage({ filesystems: [{ device: "/dev/vda", label: "x" }] }),
  storage({ filesystems: [{ device: "/dev/vda", uuid: "x" }] }),
  storage({ filesystems: [{ device: "/dev/vda", wipeFilesystem: true }] }),
  storage({ filesystems: [{ device: "/dev/vda", wipeFilesystem: false, options: [], mountOptions: [] }] }),
  storage({ filesystems: [{ device: "/dev/vda", options: ["a"] }] }),
  storage({ filesystems: [{ device: "/dev/vda", mountOptions: ["a"] }] }),
  { ignition, systemd: { units: [{ name: "a.service" }, { name: "a.service" }] } },
  unit({ dropins: [{ name: "a.conf" }, { name: "a.conf" }] }),
  {
    ignition,
    systemd: {
      units: [
        { name: "a@.service", contents: "[Unit]\nA=b" },
        { name: "a@1.service", enabled: true },
      ],
    },
  },
  {
    ignition,
    systemd: {
      units: [
        { name: "a@.service", contents: "[Install]\nA=b" },
        { name: "a@1.service", enabled: true },
      ],
    },
  },
  {
    ignition,
    systemd: {
      units: [
        { name: "a@.service", contents: "[Unit" },
        { name: "a@1.service", enabled: true },
      ],
    },
  },
  { ...unit({ contents: "[Unit]" }), storage: { files: [{ path: "/etc/systemd/system/a.service" }] } },
  { ...unit({}), storage: { files: [{ path: "/etc/systemd/system/a.service" }] } },
  {
    ...unit({ dropins: [{ name: "a.conf", contents: "#" }] }),
    storage: { links: [{ path: "/etc/systemd/system/a.service.d/a.conf", target: "x" }] },
  },
  { ...unit({ contents: "#" }), storage: { directories: [{ path: "/etc/systemd/system/a.service" }] } },
  { ignition, systemd: { units: [{}] } },
  unit({ dropins: [{}] }),
];

/** Configs that were written by hand. */
export const regressions: readonly unknown[] = [...fields, ...together];
