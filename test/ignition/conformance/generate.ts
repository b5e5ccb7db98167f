import fc from "fast-check";
import * as values from "./values.ts";
import type { Values } from "./values.ts";

type Json = fc.Arbitrary<unknown>;

/** Mostly valid values: one bad value makes the whole config invalid. */
const from = ({ good, bad }: Values): Json =>
  fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

const some = (entry: Json, maxLength = 3): Json => fc.array(entry, { maxLength });

/** An object with some of its optional keys. */
const object = (required: Record<string, Json>, optional: Record<string, Json> = {}): Json =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });

const text = from(values.texts);
const number = from(values.numbers);
const flag = from(values.flags);

const resource = object(
  {},
  {
    source: from(values.urls),
    compression: from(values.compressions),
    verification: object({}, { hash: from(values.hashes) }),
    httpHeaders: fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: some(object({ name: text }, { value: text })) },
    ),
  },
);
/** Headers and hashes need a matching source, which random values rarely have. */
const plainResource = fc.oneof(
  { weight: 12, arbitrary: object({ source: from(values.urls) }, { compression: from(values.compressions) }) },
  {
    weight: 2,
    arbitrary: object({ source: from(values.urls), verification: object({}, { hash: from(values.hashes) }) }),
  },
  { weight: 1, arbitrary: resource },
);

const owner = fc.oneof(
  { weight: 10, arbitrary: object({}, { id: number }) },
  { weight: 10, arbitrary: object({}, { name: text }) },
  { weight: 1, arbitrary: object({}, { id: number, name: text }) },
);
const unique = (entry: Json, maxLength = 3): Json => fc.uniqueArray(entry, { maxLength });

const owned = { user: owner, group: owner };
const node = { ...owned, overwrite: fc.constantFrom(false, false, false, false, true) };
const mode = from(values.modes);
const path = from(values.paths);

/** Mostly unique paths, so that few configs are invalid only because of duplicates. */
const ownPath = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9999 }).map((index) => `/files/${index}`) },
  { weight: 1, arbitrary: path },
);

const files = some(
  object({ path: ownPath }, { ...node, mode, contents: plainResource, append: some(plainResource, 2) }),
);
const directories = some(object({ path: ownPath }, { ...node, mode }), 2);
const links = some(
  object(
    { path: fc.oneof(ownPath, fc.constant("/link")), target: fc.oneof(path, fc.constant("../x")) },
    { ...owned, hard: flag },
  ),
  2,
);

const partition = object(
  { number: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 100 }) }, { weight: 1, arbitrary: number }) },
  {
    label: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 999 }).map((index) => `part${index}`) },
      { weight: 1, arbitrary: from(values.partitionLabels) },
    ),
    sizeMiB: fc.integer({ min: 0, max: 20 }),
    startMiB: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 500 }) },
    ),
    typeGuid: from(values.guids),
    guid: from(values.guids),
    wipePartitionEntry: flag,
    shouldExist: fc.constantFrom(true, true, true, true, true, false),
    resize: flag,
  },
);
const disk = object({ device: from(values.devices) }, { wipeTable: flag, partitions: some(partition) });
const raid = object(
  { name: text, level: from(values.levels), devices: fc.array(from(values.devices), { minLength: 1, maxLength: 2 }) },
  { spares: fc.constantFrom(0, 0, 0, 1), options: some(text) },
);
const tang = object({ url: from(values.tangUrls), thumbprint: text }, { advertisement: from(values.advertisements) });
const clevis = fc.oneof(
  object({}, { tpm2: flag, tang: some(tang, 2), threshold: number }),
  object({}, { custom: object({ pin: from(values.pins), config: text }, { needsNetwork: flag }) }),
  object(
    {},
    {
      tpm2: flag,
      tang: some(tang, 1),
      custom: object({}, { pin: from(values.pins), config: text, needsNetwork: flag }),
    },
  ),
);
const luks = object(
  {
    name: fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: fc.constant("a/b") }),
    device: from(values.devices),
  },
  {
    clevis,
    keyFile: plainResource,
    label: from(values.labels),
    uuid: text,
    options: some(text),
    openOptions: unique(text, 2),
    discard: flag,
    wipeVolume: flag,
  },
);
const filesystem = object(
  { device: from(values.devices), format: from(values.formats) },
  { path, label: from(values.labels), uuid: text, options: some(text), mountOptions: some(text), wipeFilesystem: flag },
);

const unit = object(
  { name: from(values.unitNames) },
  {
    enabled: flag,
    mask: flag,
    contents: from(values.unitTexts),
    dropins: some(object({ name: from(values.dropinNames) }, { contents: from(values.unitTexts) }), 1),
  },
);
const account = { passwordHash: text, shouldExist: flag, system: flag };
const user = object(
  { name: text },
  {
    ...account,
    sshAuthorizedKeys: unique(text),
    uid: number,
    gecos: text,
    homeDir: text,
    noCreateHome: flag,
    primaryGroup: text,
    groups: unique(text, 2),
    noUserGroup: flag,
    noLogInit: flag,
    shell: text,
  },
);

const about = object(
  { version: from(values.versions) },
  {
    config: object({}, { merge: some(plainResource, 2), replace: plainResource }),
    proxy: object({}, { httpProxy: from(values.proxies), httpsProxy: from(values.proxies), noProxy: unique(text, 2) }),
    security: object({}, { tls: object({}, { certificateAuthorities: some(plainResource, 2) }) }),
    timeouts: object({}, { httpResponseHeaders: number, httpTotal: number }),
  },
);

/** One section of storage per config keeps configs small and their error visible. */
const storage = fc.oneof(
  { weight: 3, arbitrary: object({}, { files, directories, links }) },
  { weight: 1, arbitrary: object({}, { disks: some(disk, 2), filesystems: some(filesystem, 2) }) },
  { weight: 1, arbitrary: object({}, { raid: some(raid, 2), luks: some(luks, 2) }) },
);

/** Configs with all sections of the specification. About half of them are valid. */
export const configs = object(
  { ignition: about },
  {
    kernelArguments: object(
      {},
      { shouldExist: unique(text, 2), shouldNotExist: some(fc.constantFrom("quiet", "a"), 1) },
    ),
    passwd: object({}, { users: some(user, 1), groups: some(object({ name: text }, { ...account, gid: number }), 1) }),
    storage,
    systemd: object({}, { units: some(unit) }),
  },
);

/** Texts with up to two characters inserted, replaced or removed, to test parsers. */
function altered(texts: readonly string[], characters: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 2 }),
    put: fc.constantFrom("", ...characters),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 2 })).map(([given, edits]) =>
    edits.reduce((sum, { at, remove, put }) => {
      const place = Math.floor(at * (sum.length + 1));
      return sum.slice(0, place) + put + sum.slice(place + remove);
    }, given),
  );
}

const strings = (list: readonly unknown[]) => list.filter((value) => typeof value === "string");
const version = { version: "3.4.0" };

/** Configs with one URL each, for the rules of Go's net/url and of data URLs. */
export const urlConfigs = altered(
  [...strings(values.urls.good), ...strings(values.urls.good), ...strings(values.urls.bad)],
  '%20aA:/?#[]@;,="\\ ü&.+-_<>\u0001~{0x/:aaa00..--__',
).map((source) => ({
  ignition: version,
  storage: { files: [{ path: "/a", contents: { source } }] },
}));

/** Configs with one unit each. Some lines are long, because the look-ahead of the parser matters. */
export const unitConfigs = fc
  .oneof(
    altered([...strings(values.unitTexts.good), ...strings(values.unitTexts.bad)], "[]=\\\n\r#; \tAü\u00a0"),
    fc
      .array(fc.tuple(fc.constantFrom("#", "A=", "[S]", "", "A=\\\nb", "x"), fc.integer({ min: 0, max: 2300 })), {
        maxLength: 6,
      })
      .map((lines) =>
        lines.map(([start, length]) => (start === "[S]" ? start : start + "y ".repeat(length / 2))).join("\n"),
      ),
  )
  .map((contents) => ({ ignition: version, systemd: { units: [{ name: "a.service", enabled: true, contents }] } }));

/** Configs with one path each. */
export const pathConfigs = altered(strings(values.paths.good), "/.a \\").map((given) => ({
  ignition: version,
  storage: { directories: [{ path: given }] },
}));

/** Changes the structure of a config in one place, as a typing mistake or another program does. */
export function mutated(config: unknown, random: (limit: number) => number): unknown {
  const copy = structuredClone(config) as Record<string, unknown>;
  const places = containers(copy);
  const place = places[random(places.length)] as Record<string, unknown> | unknown[];
  const keys = Object.keys(place);
  const key = keys[random(keys.length)];
  const others = [null, "text", 7, true, [], {}, "", ["x"], [null], { a: 1 }];
  if (Array.isArray(place)) {
    if (key === undefined || random(2) === 0)
      place.push(key === undefined ? others[random(others.length)] : structuredClone(place[Number(key)]));
    else place[Number(key)] = others[random(others.length)];
  } else if (key === undefined || random(4) === 0) place.extra = 1;
  else if (random(3) === 0) delete place[key];
  else place[key] = others[random(others.length)];
  return copy;
}

function containers(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(containers)];
}
