import { describe, expect, test } from "vitest";
import { merge } from "../../ignition/index.ts";
import type { Config } from "../../ignition/index.ts";

const ignition = { version: "3.4.0" } as const;
type Sections = Omit<Config, "ignition">;
const merged = (parent: Sections, child: Sections) => {
  const { ignition: _, ...sections } = merge({ ignition, ...parent }, { ignition, ...child });
  return sections;
};

describe("merge", () => {
  test("prefers values of the child and keeps the other values of the parent", () => {
    expect(
      merged(
        { passwd: { users: [{ name: "core", uid: 1000, shell: "/bin/sh" }] } },
        { passwd: { users: [{ name: "core", shell: "/bin/bash" }] } },
      ),
    ).toEqual({ passwd: { users: [{ name: "core", uid: 1000, shell: "/bin/bash" }] } });
  });

  test("keeps the parent's order and appends new entries of the child", () => {
    const files = (...paths: string[]) => ({ storage: { files: paths.map((path) => ({ path })) } });
    expect(merged(files("/c", "/a"), files("/b", "/a", "/d"))).toEqual(files("/c", "/a", "/b", "/d"));
  });

  test("replaces a file's contents field by field, and appends to append", () => {
    expect(
      merged(
        {
          storage: {
            files: [
              {
                path: "/a",
                mode: 0o600,
                contents: { source: "data:,old", compression: "gzip" },
                append: [{ source: "data:,1" }],
              },
            ],
          },
        },
        { storage: { files: [{ path: "/a", contents: { source: "data:,new" }, append: [{ source: "data:,1" }] }] } },
      ),
    ).toEqual({
      storage: {
        files: [
          {
            path: "/a",
            mode: 0o600,
            contents: { source: "data:,new", compression: "gzip" },
            append: [{ source: "data:,1" }, { source: "data:,1" }],
          },
        ],
      },
    });
  });

  test("replaces a file of the parent by a link of the child", () => {
    expect(
      merged(
        { storage: { files: [{ path: "/a" }, { path: "/b" }] } },
        { storage: { links: [{ path: "/a", target: "/c" }] } },
      ),
    ).toEqual({
      storage: { files: [{ path: "/b" }], links: [{ path: "/a", target: "/c" }] },
    });
  });

  test("removes a kernel argument that is in shouldNotExist of the child", () => {
    expect(
      merged({ kernelArguments: { shouldExist: ["quiet", "a"] } }, { kernelArguments: { shouldNotExist: ["quiet"] } }),
    ).toEqual({
      kernelArguments: { shouldExist: ["a"], shouldNotExist: ["quiet"] },
    });
  });

  test("removes a header that has no value in the child", () => {
    const source = "https://example.com/a";
    const withHeaders = (httpHeaders: { name: string; value?: string }[]) => ({
      storage: { files: [{ path: "/a", contents: { source, httpHeaders } }] },
    });
    expect(
      merged(
        withHeaders([
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ]),
        withHeaders([{ name: "A" }, { name: "B", value: "3" }, { name: "C", value: "4" }]),
      ),
    ).toEqual(
      withHeaders([
        { name: "B", value: "3" },
        { name: "C", value: "4" },
      ]),
    );
  });

  test("joins units by name and drop-ins by name within them", () => {
    expect(
      merged(
        {
          systemd: {
            units: [
              {
                name: "a.service",
                contents: "[Unit]",
                dropins: [{ name: "1.conf", contents: "old" }, { name: "2.conf" }],
              },
            ],
          },
        },
        {
          systemd: {
            units: [
              { name: "a.service", enabled: true, dropins: [{ name: "1.conf", contents: "new" }, { name: "3.conf" }] },
            ],
          },
        },
      ),
    ).toEqual({
      systemd: {
        units: [
          {
            name: "a.service",
            contents: "[Unit]",
            enabled: true,
            dropins: [{ name: "1.conf", contents: "new" }, { name: "2.conf" }, { name: "3.conf" }],
          },
        ],
      },
    });
  });

  test("identifies partitions by number or label, filesystems by device, and strings by value", () => {
    expect(
      merged(
        {
          storage: {
            disks: [
              {
                device: "/dev/a",
                partitions: [
                  { number: 1, label: "x" },
                  { number: 0, label: "y" },
                ],
              },
            ],
            filesystems: [{ device: "/dev/a", format: "xfs", options: ["-f"] }],
          },
          passwd: { users: [{ name: "core", groups: ["a", "b"] }] },
        },
        {
          storage: {
            disks: [
              {
                device: "/dev/a",
                partitions: [
                  { label: "y", sizeMiB: 5 },
                  { number: 1, label: "z" },
                ],
              },
            ],
            filesystems: [{ device: "/dev/a", format: "ext4", options: ["-f"] }],
          },
          passwd: { users: [{ name: "core", groups: ["b", "c"] }] },
        },
      ),
    ).toEqual({
      storage: {
        disks: [
          {
            device: "/dev/a",
            partitions: [
              { number: 1, label: "z" },
              { number: 0, label: "y", sizeMiB: 5 },
            ],
          },
        ],
        filesystems: [{ device: "/dev/a", format: "ext4", options: ["-f", "-f"] }],
      },
      passwd: { users: [{ name: "core", groups: ["a", "b", "c"] }] },
    });
  });

  test("merges the section ignition", () => {
    const parent: Config = {
      ignition: {
        ...ignition,
        timeouts: { httpTotal: 5, httpResponseHeaders: 1 },
        config: { merge: [{ source: "data:,a" }] },
      },
    };
    const child: Config = {
      ignition: { ...ignition, timeouts: { httpTotal: 0 }, config: { merge: [{ source: "data:,b" }] } },
    };
    expect(merge(parent, child)).toEqual({
      ignition: {
        ...ignition,
        timeouts: { httpTotal: 0, httpResponseHeaders: 1 },
        config: { merge: [{ source: "data:,a" }, { source: "data:,b" }] },
      },
    });
  });

  test("does not change its arguments", () => {
    const parent: Config = { ignition, storage: { files: [{ path: "/a", append: [{ source: "data:,1" }] }] } };
    const child: Config = { ignition, storage: { files: [{ path: "/a", mode: 1, append: [{ source: "data:,2" }] }] } };
    const before = structuredClone([parent, child]);
    merge(parent, child);
    expect([parent, child]).toEqual(before);
  });
});
