import { isIPv6 } from "node:net";
import { dataUrlProblem } from "./data-url.ts";
import { shown } from "./report.ts";
import type { Report, Steps } from "./report.ts";

/** Parts of a URL that the rules need. */
export interface UrlParts {
  /** Scheme in lower case, without the colon. Empty for a relative URL. */
  scheme: string;
  /** Text after the scheme, if it does not start with a slash. */
  opaque: string;
  /** Text after the question mark. */
  query: string;
}

const badEscape = /%(?![0-9a-fA-F]{2})/;

/**
 * Parses a URL as Go does on the machine. Undefined if Go would reject it. Node's `URL` follows another standard, with
 * other results.
 */
export function parseUrl(text: string): UrlParts | undefined {
  const hash = text.indexOf("#");
  const url = hash < 0 ? text : text.slice(0, hash);
  if (hash >= 0 && badEscape.test(text.slice(hash))) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go rejects control characters in URLs
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

/** Characters of a host name. Percent-encoding is allowed for bytes outside of ASCII only. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: [^\x00-\x7f] is everything outside of ASCII
const hostName = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|[^\x00-\x7f]|%[89a-fA-F][0-9a-fA-F]|%25)*$/;
/** Name of an IPv6 zone, with any percent-encoding. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: [^\x00-\x7f] is everything outside of ASCII
const zoneName = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|[^\x00-\x7f]|%[0-9a-fA-F]{2})+$/;
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
  return isIPv6(address.slice(0, zone)) && zoneName.test(name);
}

const schemes = "use http, https, tftp, s3, arn, gs or data";

/** Why Ignition cannot fetch this URL, or undefined. */
export function urlProblem(text: string): string | undefined {
  // Shortcut for most of a config: without parameters, the general rules for URLs cannot find a problem.
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

/** Reports why Ignition cannot fetch the URL at `steps`. */
export function checkUrl(text: string, steps: Steps, report: Report): void {
  const problem = urlProblem(text);
  if (problem) report.error(steps, problem);
}

/** Rejects an empty `versionId`. Go ignores pairs with a semicolon or an invalid escape. */
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
    return `${shown(arn)} has no object; ${allowed}`;
  return undefined;
}
