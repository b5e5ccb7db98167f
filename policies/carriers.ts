import { gunzipSync } from "node:zlib";
import { type Config, type UserDataCloud, userDataLimits } from "../ignition/index.ts";
import { fromJson, objects, text } from "./values.ts";

/** A text that reaches a machine, and the property it travels in. */
export interface Carrier {
  path: string;
  text: string;
  /** The Ignition config in it, if that is what it is. */
  ignition?: Config;
}

const awsInstance = "aws:ec2/instance:Instance";
const openstackInstance = "openstack:compute/instance:Instance";

/** Where user data travels, and by which cloud's rules. */
const userDataTypes: Record<string, UserDataCloud> = {
  [awsInstance]: "aws",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "aws",
  "aws:ec2/launchTemplate:LaunchTemplate": "aws",
  "aws:ec2/launchConfiguration:LaunchConfiguration": "aws",
  [openstackInstance]: "openstack",
};
const objectTypes = [
  "aws:s3/bucketObject:BucketObject",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "openstack:objectstorage/containerObject:ContainerObject",
];
const container = "docker:index/container:Container";

/** Types whose user data every process on the machine can read. */
export const typesWithUserData: readonly string[] = Object.keys(userDataTypes);
/** Types in which an Ignition config may travel. */
export const typesWithIgnition: readonly string[] = [...typesWithUserData, ...objectTypes, container];

/** How much user data a resource's cloud takes, in bytes. */
export function userDataLimit(type: string): number {
  return userDataLimits[userDataTypes[type] ?? "aws"];
}

/** A resource's user data as the machine reads it; nothing when it is absent or unknown. */
export function userDataOf(type: string, props: Record<string, unknown>): Carrier[] {
  // A launch template takes base64 only.
  const encoded = type === "aws:ec2/launchTemplate:LaunchTemplate" ? ["userData"] : ["userDataBase64"];
  return ["userData", "userDataBase64"].flatMap((property) => {
    const given = text(props[property]);
    if (given === undefined) return [];
    return [carrier(property, encoded.includes(property) ? fromBase64(given) : given)];
  });
}

const known = new WeakMap<object, Carrier[]>();

/** The Ignition configs in a resource: its user data, an object in a bucket, a file uploaded into a container. */
export function ignitionOf(type: string, props: Record<string, unknown>): (Carrier & { ignition: Config })[] {
  const carriers = known.get(props) ?? carriersOf(type, props);
  known.set(props, carriers);
  return carriers.filter((one): one is Carrier & { ignition: Config } => one.ignition !== undefined);
}

function carriersOf(type: string, props: Record<string, unknown>): Carrier[] {
  if (type in userDataTypes) return userDataOf(type, props);
  if (type === container)
    return objects(props.uploads).flatMap((upload, index) => contentOf(`uploads[${index}].`, upload));
  return contentOf("", props);
}

function contentOf(prefix: string, props: Record<string, unknown>): Carrier[] {
  const plainText = text(props.content);
  const encoded = text(props.contentBase64);
  return [
    ...(plainText === undefined ? [] : [carrier(`${prefix}content`, plainText)]),
    ...(encoded === undefined ? [] : [carrier(`${prefix}contentBase64`, fromBase64(encoded))]),
  ];
}

function carrier(path: string, content: string): Carrier {
  const ignition = ignitionIn(content);
  return { path, text: content, ...(ignition && { ignition }) };
}

function ignitionIn(content: string): Config | undefined {
  if (!/^\s*\{/.test(content)) return undefined;
  const value = fromJson(content) as Partial<Config> | undefined;
  return typeof value?.ignition === "object" && value.ignition !== null ? (value as Config) : undefined;
}

/** A text within an Ignition config: a file's or unit's contents, or a value as it stands. */
export interface Part {
  /** JSON path, and the file's path on the machine where it is one. */
  path: string;
  text: string;
}

/** Every text in a value, contents of files decoded; keys in `skip` and what is below them are left out. */
export function partsOf(value: unknown, skip: ReadonlySet<string>, path = "$"): Part[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => partsOf(item, skip, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return [];
  const decoded = decodedContents(value as { source?: unknown; compression?: unknown });
  if (decoded !== undefined) return [{ path, text: decoded }];
  return Object.entries(value).flatMap(([key, item]) => (skip.has(key) ? [] : partsOf(item, skip, `${path}.${key}`)));
}

/** The contents of an Ignition resource with a `data:` URL; undefined for others. */
export function decodedContents({
  source,
  compression,
}: {
  source?: unknown;
  compression?: unknown;
}): string | undefined {
  const url = /^data:([^,]*),(.*)$/s.exec(text(source) ?? "");
  if (!url) return undefined;
  const [, header = "", body = ""] = url;
  try {
    const bytes = header.endsWith(";base64")
      ? Buffer.from(decodeURIComponent(body), "base64")
      : Buffer.from(decodeURIComponent(body), "utf8");
    return (compression === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    return body;
  }
}

function fromBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return (gzipped ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    return bytes.toString("latin1");
  }
}
