import { isIPv6 } from "node:net";
import { dataUrlProblem } from "./data-url.ts";
import { shown } from "./report.ts";
import type { Report, Steps } from "./report.ts";

/** The parts of a URL that rules look at. */
export interface UrlParts {
  /** Lower case, without its colon; empty for a relative URL. */
  scheme: string;
  /** What follows the scheme when that is not a slash. */
  opaque: string;
  /** What follows the question mark. */
  query: string;
}

const badEscape = /%(?![0-9a-fA-F]{2})/;

/**
 * Takes a URL apart the way Go does, which is what reads it on the machine; undefined when Go would refuse it. Node's
 * `URL` follows another standard: it repairs what Go refuses and refuses what Go accepts.
 */
export function parseUrl(text: string): UrlParts | undefined {
  const hash = text.indexOf("#");
  const url = hash < 0 ? text : text.slice(0, hash);
  if (hash >= 0 && badEscape.test(text.slice(hash))) return undefined;
  if (/[\x00-\x1f\x7f]/.test(url) || url.startsWith(":")) return undefined;

  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? "";
  const afterScheme = scheme ? url.slice(scheme.length + 1) : url;
  const mark = afterScheme.indexOf("?");
  const rest = mark < 0 ? afterScheme : afterScheme.slice(0, mark);
  const parts = { scheme: scheme.toLowerCase(), opaque: "", query: mark < 0 ? "" : afterScheme.slice(mark + 1) };

  if (!rest.startsWith("/")) {
    if (scheme) return { ...parts, opaque: rest };
    return /^[^/]*:/.test(rest) || badEscape.test(rest) ? undefined : parts;
  }
  if (!rest.startsWith("//") || (!scheme && rest.startsWith("///"))) return badEscape.test(rest) ? undefined : parts;
  const slash = rest.indexOf("/", 2);
  const authority = rest.slice(2, slash < 0 ? undefined : slash);
  const path = slash < 0 ? "" : rest.slice(slash);
  return validAuthority(authority) && !badEscape.test(path) ? parts : undefined;
}

function validAuthority(authority: string): boolean {
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  return /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) && !badEscape.test(user) && validHost(authority.slice(at + 1));
}

/** Bytes that may stand in a host name as they are; escapes only stand for what is not ASCII. */
const hostName = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|[^\x00-\x7f]|%[89a-fA-F][0-9a-fA-F]|%25)*$/;
const optionalPort = /^(?::[0-9]*)?$/;

function validHost(host: string): boolean {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) return false;
  if (bracket === 0) {
    const end = host.lastIndexOf("]");
    return end > 0 && optionalPort.test(host.slice(end + 1)) && validAddress(host.slice(1, end));
  }
  const colon = host.lastIndexOf(":");
  return hostName.test(host) && (colon < 0 || optionalPort.test(host.slice(colon)));
}

function validAddress(address: string): boolean {
  const zone = address.indexOf("%25");
  if (zone < 0) return isIPv6(address);
  const name = address.slice(zone + 3);
  return (
    isIPv6(address.slice(0, zone)) &&
    name !== "" &&
    /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|[^\x00-\x7f]|%[0-9a-fA-F]{2})*$/.test(name)
  );
}

const schemes = "use http, https, tftp, s3, arn, gs or data";

/** Why Ignition would not fetch this URL; undefined when it would. */
export function urlProblem(text: string): string | undefined {
  // Most of a config's bytes: without parameters there is nothing that the rules for URLs in general could find.
  if (text.startsWith("data:,") || text.startsWith("data:;base64,")) return dataUrlProblem(text);
  const url = parseUrl(text);
  if (!url) return `${shown(text)} is not a URL; ${schemes}`;
  switch (url.scheme) {
    case "http":
    case "https":
    case "tftp":
    case "gs":
      return undefined;
    case "s3":
      return versionProblem(url.query);
    case "arn":
      return arnProblem(`arn:${url.opaque}`) ?? versionProblem(url.query);
    case "data":
      return dataUrlProblem(text);
    case "":
      return `${shown(text)} has no scheme; ${schemes}`;
    default:
      return `${shown(`${url.scheme}:`)} is not a scheme that Ignition fetches; ${schemes}`;
  }
}

/** Reports why Ignition would not fetch the URL at `steps`. */
export function checkUrl(text: string, steps: Steps, report: Report): void {
  const problem = urlProblem(text);
  if (problem) report.error(steps, problem);
}

/** An S3 object's version may be given, but not as nothing. Go skips pairs that contain a semicolon or a bad escape. */
function versionProblem(query: string): string | undefined {
  for (const pair of query.split("&")) {
    if (pair.includes(";") || badEscape.test(pair)) continue;
    const [key = "", ...value] = pair.split("=");
    if (decodeKey(key) === "versionId") {
      return value.join("=") === "" ? "versionId is empty; give the version of the object, or leave it out" : undefined;
    }
  }
  return undefined;
}

function decodeKey(key: string): string {
  return key
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function arnProblem(arn: string): string | undefined {
  const allowed = "write arn:aws:s3:::bucket/key, or the ARN of an access point with /object/key";
  const [, , service, , , ...resource] = arn.split(":");
  if (resource.length === 0) return `${shown(arn)} is not an ARN; ${allowed}`;
  if (service !== "s3") return `${shown(arn)} is not an ARN of S3; ${allowed}`;
  const slashes = arn.split("/").length - 1;
  if (slashes < (resource.join(":").startsWith("accesspoint/") ? 2 : 1))
    return `${shown(arn)} names no object; ${allowed}`;
  return undefined;
}
