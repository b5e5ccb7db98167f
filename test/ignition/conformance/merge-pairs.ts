import type { Config } from "../../../ignition/index.ts";

type Sections = Omit<Config, "ignition">;

const ignition = { version: "3.4.0" } as const;
const pair = (parent: Sections, child: Sections): [Config, Config] => [
  { ignition, ...parent },
  { ignition, ...child },
];
const about = (
  parent: Omit<Config["ignition"], "version">,
  child: Omit<Config["ignition"], "version">,
): [Config, Config] => [{ ignition: { ...ignition, ...parent } }, { ignition: { ...ignition, ...child } }];
const headers = (...httpHeaders: { name: string; value?: string }[]): Sections => ({
  storage: { files: [{ path: "/a", contents: { source: "https://example.com", httpHeaders } }] },
});
const clevis = (tang: { url: string; thumbprint: string; advertisement?: string }[]): Sections => ({
  storage: { luks: [{ name: "data", device: "/dev/vda", openOptions: ["a"], options: ["a"], clevis: { tang } }] },
});

/** Pairs of configs with common entries. */
export const mergePairs: readonly (readonly [parent: Config, child: Config])[] = [
  pair(
    headers({ name: "A", value: "1" }, { name: "B", value: "2" }),
    headers({ name: "A" }, { name: "B", value: "3" }, { name: "C" }),
  ),
  pair(headers({ name: "A", value: "1" }), { storage: { files: [{ path: "/a" }] } }),
  pair({ storage: { files: [{ path: "/a" }] } }, headers({ name: "A" })),
  pair(
    { storage: { files: [{ path: "/a" }, { path: "/b" }] } },
    { storage: { links: [{ path: "/a", target: "/c" }], directories: [{ path: "/b" }] } },
  ),
  pair(
    { storage: { links: [{ path: "/a", target: "/c", hard: true }] } },
    { storage: { links: [{ path: "/a", target: "/d" }] } },
  ),
  pair(
    { storage: { directories: [{ path: "/a", mode: 1, user: { id: 0 } }] } },
    { storage: { directories: [{ path: "/a", user: { name: "root" } }] } },
  ),
  pair(
    { kernelArguments: { shouldExist: ["a", "b"] } },
    { kernelArguments: { shouldNotExist: ["a"], shouldExist: ["c"] } },
  ),
  pair({ kernelArguments: { shouldNotExist: ["a"] } }, { kernelArguments: { shouldExist: ["a"] } }),
  pair(
    clevis([{ url: "http://a", thumbprint: "1", advertisement: "{}" }]),
    clevis([
      { url: "http://b", thumbprint: "2" },
      { url: "http://a", thumbprint: "3" },
    ]),
  ),
  pair(
    { storage: { raid: [{ name: "r", level: "raid1", devices: ["/dev/a"], options: ["x"] }] } },
    { storage: { raid: [{ name: "r", level: "raid5", devices: ["/dev/b", "/dev/a"], options: ["x"] }] } },
  ),
  pair(
    {
      storage: {
        disks: [
          {
            device: "/dev/a",
            wipeTable: true,
            partitions: [{ number: 1, label: "x" }, { number: 0, label: "y" }, { label: "z" }],
          },
        ],
      },
    },
    {
      storage: {
        disks: [
          {
            device: "/dev/a",
            partitions: [
              { label: "y", sizeMiB: 1 },
              { number: 1, guid: "" },
              { number: 2, label: "q" },
            ],
          },
        ],
      },
    },
  ),
  pair(
    { storage: { filesystems: [{ device: "/dev/a", format: "xfs", path: "/p", mountOptions: ["a"] }] } },
    { storage: { filesystems: [{ device: "/dev/a", format: "ext4", mountOptions: ["a"] }] } },
  ),
  pair(
    { passwd: { users: [{ name: "a", groups: ["x"], system: true }], groups: [{ name: "a", gid: 1 }] } },
    { passwd: { users: [{ name: "a", groups: ["y", "x"], system: false }], groups: [{ name: "b" }] } },
  ),
  pair(
    { systemd: { units: [{ name: "a.service", contents: "[Unit]", enabled: true }] } },
    { systemd: { units: [{ name: "a.service", contents: "", mask: true, dropins: [{ name: "a.conf" }] }] } },
  ),
  about(
    { config: { merge: [{ source: "data:,a" }], replace: { source: "data:,r" } } },
    {
      config: {
        merge: [{ source: "data:,b" }, { source: "data:,a", compression: "gzip" }],
        replace: { compression: "gzip" },
      },
    },
  ),
  about(
    { proxy: { httpProxy: "http://a", noProxy: ["a"] }, timeouts: { httpTotal: 1 } },
    { proxy: { httpsProxy: "https://b", noProxy: ["b", "a"] }, timeouts: { httpTotal: 0, httpResponseHeaders: 2 } },
  ),
  about(
    { security: { tls: { certificateAuthorities: [{ source: "data:,a" }] } } },
    { security: { tls: { certificateAuthorities: [{ source: "data:,b" }] } } },
  ),
];
