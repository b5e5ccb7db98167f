import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing, rootEnv } from "../requirements.ts";
import { Disks } from "./disks.ts";

const reason = missing({
  root: true,
  programs: ["losetup", "lsblk", "blkid", "wipefs", "mkfs.xfs", "mkfs.ext4", "jq", "unshare"],
  commands: {
    "loop devices are not available":
      'f=$(mktemp) && truncate --size 1M "$f" && d=$(losetup --find --show "$f"); s=$?; ' +
      '[[ -z $d ]] || losetup --detach "$d"; rm -f "$f"; exit $s',
    "mount namespaces are not available": "unshare --mount true",
    "the kernel does not support XFS": "grep -qw xfs /proc/filesystems || modprobe xfs",
  },
});

const make = (program: string, ...parameters: string[]) =>
  execFileSync(program, parameters, { env: rootEnv, stdio: "ignore" });

/** Contains one Linux partition, which starts at sector 2048. */
const masterBootRecord = Buffer.alloc(512);
masterBootRecord[450] = 0x83;
masterBootRecord.writeUInt32LE(2048, 454);
masterBootRecord.writeUInt32LE(100_000, 458);
masterBootRecord.writeUInt16LE(0xaa55, 510);

// Runs the real tools on loop devices; only the list of disks is a stub, see Disks.
describe("data-volume", { timeout: 60_000 }, () => {
  let disks: Disks;
  beforeEach(({ skip }) => {
    skip(reason !== undefined, reason);
    disks = new Disks();
  });
  afterEach(() => {
    if (reason === undefined) disks.remove();
  });
  const waiting = (more = "") => `data-volume: waiting for one blank disk or label=${disks.label}${more}\n`;

  test("creates a labelled file system on the only blank disk and mounts it", async () => {
    const disk = disks.attach();
    const before = disks.state(disk);
    const ran = await disks.run(
      "findmnt --noheadings --output SOURCE,FSTYPE,OPTIONS --target .; " +
        'blkid -o value -s LABEL "$(findmnt -n -o SOURCE -T .)"',
    );
    expect(ran).toMatchObject({ code: 0, stderr: `data-volume: creating a file system disk=${disk}\n` });
    const [mounted, label] = ran.stdout.trimEnd().split("\n");
    expect(mounted).toMatch(new RegExp(`^${disk} +xfs +rw,noatime,`));
    expect(label).toBe(disks.label);
    expect(disks.state(disk)).not.toBe(before);
  });

  test("mounts the same disk with its data again when a new blank disk is present", async () => {
    const disk = disks.attach();
    expect((await disks.run("echo acknowledged >row; mkdir -m 0700 member; chown 2379 member")).code).toBe(0);
    const blank = disks.attach();
    const before = disks.state(blank);
    const ran = await disks.run("cat row; stat --format '%a %u' member; findmnt -n -o SOURCE -T .");
    expect(ran).toEqual({ code: 0, stdout: `acknowledged\n700 2379\n${disk}\n`, stderr: "" });
    expect(disks.state(blank)).toBe(before);
  });

  test("waits for a disk and uses it as soon as it is attached", async () => {
    const running = disks.run("findmnt -n -o SOURCE -T .");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const disk = disks.attach();
    expect(await running).toEqual({
      code: 0,
      stdout: `${disk}\n`,
      stderr: `${waiting()}data-volume: creating a file system disk=${disk}\n`,
    });
  });

  test.each<[content: string, carries: string, sign: (disk: string) => void]>([
    ["another file system", "ext4", (disk) => make("mkfs.ext4", "-q", "-L", "other", disk)],
    ["XFS of another label", "xfs", (disk) => make("mkfs.xfs", "-q", "-L", "other", disk)],
    ["a partition table", "dos", (disk) => writeFileSync(disk, masterBootRecord)],
    ["swap", "swap", (disk) => make("mkswap", disk)],
  ])("does not change a disk with %s and logs its contents", async (_, carries, sign) => {
    const disk = disks.attach();
    sign(disk);
    const before = disks.state(disk);
    const ran = await disks.run("true", { seconds: 3 });
    expect(ran).toEqual({
      code: 124,
      stdout: "",
      stderr: waiting(`; in use: ${disk} has ${carries}`),
    });
    expect(disks.state(disk)).toBe(before);
  });

  test("uses the blank disk when the other disk is in use", async () => {
    const foreign = disks.attach();
    make("mkfs.ext4", "-q", foreign);
    const before = disks.state(foreign);
    const blank = disks.attach();
    expect(await disks.run("findmnt -n -o SOURCE -T .")).toMatchObject({ code: 0, stdout: `${blank}\n` });
    expect(disks.state(foreign)).toBe(before);
  });

  test("does not choose between two blank disks", async () => {
    const both = [disks.attach(), disks.attach()];
    const before = both.map((disk) => disks.state(disk));
    const ran = await disks.run("true", { seconds: 3 });
    expect(ran).toEqual({
      code: 124,
      stdout: "",
      stderr: `data-volume: several disks are blank disks=${both.join(" ")}\n`,
    });
    expect(both.map((disk) => disks.state(disk))).toEqual(before);
  });

  test("does not choose between two disks with the label, because one can be an older copy", async () => {
    const both = [disks.attach(), disks.attach()];
    for (const disk of both) make("mkfs.xfs", "-q", "-L", disks.label, disk);
    const ran = await disks.run("true", { seconds: 3 });
    expect(ran).toMatchObject({ code: 124, stdout: "" });
    expect(
      [both.join(" "), both.toReversed().join(" ")].map(
        (named) => `data-volume: several disks have label=${disks.label} disks=${named}\n`,
      ),
    ).toContain(ran.stderr);
  });

  test("changes neither an existing mount nor any disk", async () => {
    const blank = disks.attach();
    const before = disks.state(blank);
    const ran = await disks.run("findmnt -n -o SOURCE,FSTYPE -T .", {
      before: 'mount -t tmpfs container-volume "$DATA_VOLUME_PATH"',
    });
    expect(ran).toEqual({ code: 0, stdout: "container-volume tmpfs\n", stderr: "" });
    expect(disks.state(blank)).toBe(before);
  });

  test("retries and logs the reason when it cannot create a file system", async () => {
    const disk = disks.attach(8);
    const ran = await disks.run("true", { seconds: 3 });
    expect(ran.code).toBe(124);
    expect(ran.stderr).toContain(`data-volume: cannot create a file system disk=${disk}\n`);
  });
});
