import { gunzipSync } from "node:zlib";
import { type Config, type UserDataCloud, userDataLimits } from "../ignition/index.ts";
import { fromJson, objects, text } from "./values.ts";

/** A text that a machine receives, and the property with it. */
export interface MachinePayload {
  path: string;
  text: string;
  /** The parsed text, if it is an Ignition config. */
  ignition?: Config;
}

const awsInstance = "aws:ec2/instance:Instance";
const openstackInstance = "openstack:compute/instance:Instance";

/** Cloud of each type with user data. */
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
/** Types that can hold an Ignition config. */
export const typesWithIgnition: readonly string[] = [...typesWithUserData, ...objectTypes, container];

/** Maximum size of user data in the resource's cloud, in bytes. */
export function userDataLimit(type: string): number {
  return userDataLimits[userDataTypes[type] ?? "aws"];
}

/** User data as the machine reads it; empty if it is missing or unknown. */
export function userDataOf(type: string, props: Record<string, unknown>): MachinePayload[] {
  // A launch template accepts only base64.
  const encoded = type === "aws:ec2/launchTemplate:LaunchTemplate" ? ["userData"] : ["userDataBase64"];
  return ["userData", "userDataBase64"].flatMap((property) => {
    const given = text(props[property]);
    if (given === undefined) return [];
    return [payload(property, encoded.includes(property) ? fromBase64(given) : given)];
  });
}

const known = new WeakMap<object, MachinePayload[]>();

/** Ignition configs in a resource: user data, an object in a bucket, or a file uploaded into a container. */
export function ignitionOf(type: string, props: Record<string, unknown>): (MachinePayload & { ignition: Config })[] {
  const payloads = known.get(props) ?? payloadsOf(type, props);
  known.set(props, payloads);
  return payloads.filter((one): one is MachinePayload & { ignition: Config } => one.ignition !== undefined);
}

function payloadsOf(type: string, props: Record<string, unknown>): MachinePayload[] {
  if (type in userDataTypes) return userDataOf(type, props);
  if (type === container)
    return objects(props.uploads).flatMap((upload, index) => contentsOf(`uploads[${index}].`, upload));
  return contentsOf("", props);
}

function contentsOf(prefix: string, props: Record<string, unknown>): MachinePayload[] {
  const plainText = text(props.content);
  const encoded = text(props.contentBase64);
  return [
    ...(plainText === undefined ? [] : [payload(`${prefix}content`, plainText)]),
    ...(encoded === undefined ? [] : [payload(`${prefix}contentBase64`, fromBase64(encoded))]),
  ];
}

function payload(path: string, content: string): MachinePayload {
  const ignition = ignitionIn(content);
  return { path, text: content, ...(ignition && { ignition }) };
}

function ignitionIn(content: string): Config | undefined {
  if (!/^\s*\{/.test(content)) return undefined;
  const value = fromJson(content) as Partial<Config> | undefined;
  return typeof value?.ignition === "object" && value.ignition !== null ? (value as Config) : undefined;
}

/** A text in an Ignition config: the contents of a file or unit, or another value. */
export interface Part {
  /** JSON path. */
  path: string;
  text: string;
}

/** Every text in a value, with decoded contents of files. Keys in `skip` and their values are ignored. */
export function partsOf(value: unknown, skip: ReadonlySet<string>, path = "$"): Part[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => partsOf(item, skip, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return [];
  const decoded = decodedContents(value as { source?: unknown; compression?: unknown });
  if (decoded !== undefined) return [{ path, text: decoded }];
  return Object.entries(value).flatMap(([key, item]) => (skip.has(key) ? [] : partsOf(item, skip, `${path}.${key}`)));
}

/** Decoded contents of an Ignition resource with a `data:` URL; undefined for other URLs. */
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
