import { z } from "zod";
import { byteLength, checkPath } from "./paths.ts";
import { shown, withRules } from "./report.ts";
import type { Report, Steps } from "./report.ts";

const partitionLabelLimit = 36;

const partition = withRules(
  z.object({
    /** Name of the partition, at most 36 bytes. Its device is `/dev/disk/by-partlabel/<label>`. */
    label: z.string().optional(),
    /** Number of the partition. Absent or 0: the next free one. */
    number: z.int().optional(),
    /** Size in MiB; 0: as large as possible. */
    sizeMiB: z.int().optional(),
    /** Start in MiB; 0: at the start of the largest free block. */
    startMiB: z.int().optional(),
    typeGuid: z.string().optional(),
    guid: z.string().optional(),
    /** Whether Ignition may delete and recreate a partition that does not match. */
    wipePartitionEntry: z.boolean().optional(),
    /** `false` deletes the partition. */
    shouldExist: z.boolean().optional(),
    resize: z.boolean().optional(),
  }),
  (given, report) => {
    const { label, number, sizeMiB, startMiB, typeGuid, guid } = given;
    if (
      given.shouldExist === false &&
      (label !== undefined || typeGuid || guid || startMiB !== undefined || sizeMiB !== undefined)
    ) {
      report.error(
        [],
        "shouldExist is false, so only the number may be given; leave label, guid, typeGuid, startMiB and sizeMiB out",
      );
    }
    if (!number && label === undefined)
      report.error([], "number and label are missing; give a number of at least 1, or a label");
    if (label !== undefined) checkLabel(label, report);
    checkGuid(guid, ["guid"], report);
    checkGuid(typeGuid, ["typeGuid"], report);
  },
);

type Partition = z.infer<typeof partition>;

function checkLabel(label: string, report: Report): void {
  const size = byteLength(label);
  if (size > partitionLabelLimit) {
    report.error(["label"], `${shown(label)} has ${size} bytes; a partition label has at most ${partitionLabelLimit}`);
  } else if (label.includes(":")) {
    report.error(["label"], `${shown(label)} contains a colon; remove it from the partition label`);
  }
}

function checkGuid(guid: string | undefined, steps: Steps, report: Report): void {
  if (guid && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) {
    report.error(steps, `${shown(guid)} is not a GUID; write 01234567-89AB-CDEF-EDCB-A98765432101`);
  }
}

export const disk = withRules(
  z.object({
    device: z.string(),
    wipeTable: z.boolean().optional(),
    partitions: z.array(partition).optional(),
  }),
  (given, report) => {
    checkPath(given.device, ["device"], report);
    if (given.device !== "") checkPartitions(given.partitions ?? [], report);
  },
);

function checkPartitions(partitions: readonly Partition[], report: Report): void {
  const collision = repeated(partitions.map(({ number }) => number || undefined));
  if (collision !== undefined) {
    report.error(
      ["partitions", collision],
      `number ${partitions[collision]?.number} is given twice; partition numbers are unique on a disk`,
    );
  }
  const sharedLabel = repeated(partitions.map(({ label }) => label));
  if (sharedLabel !== undefined) {
    report.error(
      ["partitions", sharedLabel],
      `label ${shown(partitions[sharedLabel]?.label)} is given twice; labels are unique on a disk`,
    );
  }
  const overlap = overlapping(partitions);
  if (overlap !== undefined)
    report.error(["partitions", overlap], "overlaps another partition; change startMiB or sizeMiB");
  if (partitions.some(({ number }) => !number) && partitions.some(({ shouldExist }) => shouldExist === false)) {
    report.error(
      ["partitions"],
      "some partitions have no number while others are deleted (shouldExist false); give each of them a number",
    );
  }
}

/** Index of the first value that occurred before. */
function repeated<T>(values: readonly (T | undefined)[]): number | undefined {
  const seen = new Set<T>();
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (seen.has(value)) return index;
    seen.add(value);
  }
  return undefined;
}

interface Extent {
  index: number;
  start: number;
  end: number;
}

/**
 * Index of a partition that overlaps another one. Only partitions with start and size count: a start of 0 is chosen
 * later, and a size of 0 may become as small as 1 MiB.
 */
function overlapping(partitions: readonly Partition[]): number | undefined {
  const extents = partitions.flatMap(({ startMiB, sizeMiB }, index): Extent[] =>
    startMiB === undefined || sizeMiB === undefined || startMiB === 0
      ? []
      : [{ index, start: startMiB, end: sizeMiB === 0 ? startMiB : startMiB + sizeMiB - 1 }],
  );
  const within = (place: number, extent: Extent) => place >= extent.start && place <= extent.end;
  for (const one of extents) {
    const hit = extents.find(
      (other) =>
        other !== one &&
        (within(one.start, other) || within(one.end, other) || (one.start < other.start && one.end > other.end)),
    );
    if (hit) return hit.index;
  }
  return undefined;
}
