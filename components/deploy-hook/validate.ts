import { maxApps, maxPreviewIndexes } from "../../ignition/roles/deploy-hook/networks.ts";
import { type Bounds, wholeNumber } from "../internal/bounds.ts";
import { appBounds, appCapabilities, appDefaults, type DeployHookAppArgs } from "./apps.ts";

/** Validates the apps of a hook. */
export function appProblems(apps: readonly DeployHookAppArgs[]): Problem[] {
  const problems: Problem[] = [];
  if (apps.length === 0 || apps.length > maxApps) {
    problems.push({ path: "apps", message: `${apps.length} apps are given; use 1 to ${maxApps}` });
  }
  const holders = new Map<string, string>();
  for (const [index, app] of apps.entries()) {
    const refuse = (field: string, message: string) => problems.push({ path: `apps[${index}].${field}`, message });
    const notes: Notes = {
      refuse,
      mustBe(holds, field, given, rule) {
        if (!holds) refuse(field, `${JSON.stringify(given)} is not allowed; use ${rule}`);
      },
    };
    checkName(app, apps.slice(0, index), notes);
    checkOrigin(app, notes);
    checkHosts(app, holders, notes);
    checkNumbers(app, notes);
    checkContainer(app, apps, notes);
    checkPreviews(app, notes);
  }
  return problems;
}

/** A validation error of the apps. */
interface Problem {
  path: string;
  message: string;
}

/** Adds the validation errors of one app. */
interface Notes {
  refuse(field: string, message: string): void;
  /** Adds an error with the rule of a field, if the rule does not hold. */
  mustBe(holds: boolean, field: string, given: unknown, rule: string): void;
}

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const hostPattern = new RegExp(`^${label}(\\.${label})*$`);
const hostRule = "lower-case labels of letters, digits and inner hyphens, joined by dots";

function checkName(
  { name }: DeployHookAppArgs,
  earlier: readonly DeployHookAppArgs[],
  { mustBe, refuse }: Notes,
): void {
  mustBe(
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name) && !/^pr-[0-9]+-/.test(name),
    "name",
    name,
    "up to 40 lower-case letters, digits and inner hyphens, starting with a letter; " +
      "names that start with pr- and a number are for previews",
  );
  if (earlier.some((app) => app.name === name)) refuse("name", `"${name}" is used twice; use each name once`);
}

function checkOrigin({ repository, source }: DeployHookAppArgs, { mustBe, refuse }: Notes): void {
  if (repository === undefined && source === undefined)
    refuse("repository", "is missing; give a repository, or a source to build from");
  if (source === undefined) return;
  const { url, dockerfile = "Dockerfile" } = source;
  mustBe(/^https?:\/\/[^\s"'@]+$/.test(url), "source.url", url, "an https:// URL without a user or a password");
  const isWithin = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(dockerfile) && !climbs(dockerfile);
  mustBe(isWithin, "source.dockerfile", dockerfile, "a path within the repository");
}

/** @param holders Names of the earlier apps by their host names. The function adds the host names of this app. */
function checkHosts({ name, hosts }: DeployHookAppArgs, holders: Map<string, string>, { mustBe, refuse }: Notes): void {
  if (!(hosts?.length > 0)) refuse("hosts", "is missing; give at least one host name");
  for (const [index, host] of hosts?.entries() ?? []) {
    mustBe(hostPattern.test(host) && host.length <= 253, `hosts[${index}]`, host, hostRule);
    const holder = holders.get(host);
    if (holder !== undefined)
      refuse(`hosts[${index}]`, `"${host}" is already used by app ${holder}; use another host name`);
    holders.set(host, name);
  }
}

function checkNumbers(app: DeployHookAppArgs, { refuse }: Notes): void {
  for (const [field, bounds] of Object.entries(appBounds) as [keyof typeof appBounds, Bounds][]) {
    const value = app[field] ?? appDefaults[field];
    if (!Number.isInteger(value) || value < bounds.min || value > bounds.max)
      refuse(field, `${value} is not allowed; use ${wholeNumber(bounds)}`);
  }
}

function checkContainer(app: DeployHookAppArgs, apps: readonly DeployHookAppArgs[], { mustBe }: Notes): void {
  const { healthPath = "/", environment = {}, uses = [], writable = [], capabilities = [], user } = app;
  mustBe(
    /^\/[\x21\x23-\x5b\x5d-\x7e]*$/.test(healthPath),
    "healthPath",
    healthPath,
    "a path that starts with / and has no spaces",
  );
  for (const variable of Object.keys(environment)) {
    mustBe(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(variable),
      "environment",
      variable,
      "letters, digits and _, not starting with a digit",
    );
  }
  const others = apps.map(({ name }) => name).filter((name) => name !== app.name);
  for (const [place, used] of uses.entries()) {
    mustBe(
      others.includes(used),
      `uses[${place}]`,
      used,
      others.length > 0 ? `another app: ${others.join(", ")}` : "the name of another app",
    );
  }
  for (const [place, path] of writable.entries()) {
    mustBe(/^(\/[A-Za-z0-9._-]+)+$/.test(path) && !climbs(path), `writable[${place}]`, path, "an absolute path");
  }
  for (const [place, capability] of capabilities.entries()) {
    mustBe(appCapabilities.includes(capability), `capabilities[${place}]`, capability, appCapabilities.join(", "));
  }
  if (user !== undefined)
    mustBe(/^[a-z0-9_-]+(:[a-z0-9_-]+)?$/.test(user), "user", user, "a user, or a user and a group: 1000:1000");
}

function checkPreviews({ previews }: DeployHookAppArgs, { mustBe, refuse }: Notes): void {
  if (previews === undefined) return;
  const { domain, max = 5 } = previews;
  mustBe(hostPattern.test(domain) && domain.length <= 189, "previews.domain", domain, hostRule);
  const most = maxPreviewIndexes - 1;
  if (!Number.isInteger(max) || max < 1 || max > most)
    refuse("previews.max", `${max} is not allowed; use a whole number from 1 to ${most}`);
}

function climbs(path: string): boolean {
  return path.split("/").includes("..");
}
