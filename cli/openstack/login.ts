import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { suggestName } from "../../components/internal/suggest-name.ts";
import { InputError } from "../../errors.ts";

/** How to log in to Keystone, and how to reach the APIs. */
export interface Login {
  /** Where the values come from, for messages: `OS_CLOUD=lab`. */
  source: string;
  authUrl: string;
  identity: Identity;
  /** Undefined for an application credential and for a token: they have a project. */
  scope?: { project: Named };
  region?: string;
  /** Interface of the APIs in the service catalog. */
  interface: string;
  /** File with a certificate authority. */
  cacert?: string;
  /** Whether certificates are not checked. */
  insecure: boolean;
}

/** An object of Keystone, by id or by name in a domain. */
type Named = { id: string } | { name: string; domain: { id: string } | { name: string } };

export type Identity =
  | { methods: ["password"]; password: { user: Named & { password: string } } }
  | { methods: ["token"]; token: { id: string } }
  | {
      methods: ["application_credential"];
      application_credential: { secret: string } & ({ id: string } | { name: string; user: Named });
    };

type Values = Readonly<Record<string, string | undefined>>;

/** Values of a login by their names in clouds.yaml, with the provider's variables. */
const authVariables: Record<string, readonly string[]> = {
  auth_url: ["OS_AUTH_URL"],
  username: ["OS_USERNAME", "OS_USER_NAME"],
  user_id: ["OS_USER_ID", "OS_USERID"],
  password: ["OS_PASSWORD"],
  token: ["OS_TOKEN", "OS_AUTH_TOKEN"],
  application_credential_id: ["OS_APPLICATION_CREDENTIAL_ID"],
  application_credential_name: ["OS_APPLICATION_CREDENTIAL_NAME"],
  application_credential_secret: ["OS_APPLICATION_CREDENTIAL_SECRET"],
  project_id: ["OS_PROJECT_ID", "OS_TENANT_ID"],
  project_name: ["OS_PROJECT_NAME", "OS_TENANT_NAME"],
  user_domain_id: ["OS_USER_DOMAIN_ID"],
  user_domain_name: ["OS_USER_DOMAIN_NAME"],
  project_domain_id: ["OS_PROJECT_DOMAIN_ID"],
  project_domain_name: ["OS_PROJECT_DOMAIN_NAME"],
  domain_id: ["OS_DOMAIN_ID"],
  domain_name: ["OS_DOMAIN_NAME"],
  default_domain: ["OS_DEFAULT_DOMAIN"],
};

/** Keys of the provider in a stack's file, `openstack:userName`, where they differ from those of clouds.yaml. */
const configKeys: Record<string, string> = { username: "userName", project_id: "tenantId", project_name: "tenantName" };

/**
 * The login of the OpenStack provider: `openstack:cloud` or `OS_CLOUD` with clouds.yaml, or the keys of the provider in
 * the stack's file, or `OS_*`.
 * @param config Fully qualified config of the stack, decrypted.
 * @throws InputError with what is missing
 */
export function openstackLogin(
  config: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Login {
  const setting = (key: string) => {
    const value = config[`openstack:${key}`];
    return value === undefined || value === "" ? undefined : String(value);
  };
  const variable = (...names: string[]) => names.map((name) => env[name]).find(Boolean);
  const cloudName = setting("cloud") ?? variable("OS_CLOUD");
  const cloud = cloudName === undefined ? {} : cloudEntry(cloudName, env, setting("region") ?? env.OS_REGION_NAME);
  const entryAuth = (cloud.auth ?? {}) as Record<string, unknown>;
  const auth: Values = Object.fromEntries(
    Object.entries(authVariables).map(([key, variables]) => [
      key,
      (cloudName === undefined ? setting(configKeys[key] ?? camelCase(key)) : textOf(entryAuth[key])) ??
        variable(...variables),
    ]),
  );
  const source = cloudName === undefined ? "OS_* or openstack:*" : `cloud ${JSON.stringify(cloudName)} in clouds.yaml`;
  const insecure = setting("insecure") ?? variable("OS_INSECURE") ?? (cloud.verify === false ? "true" : "false");
  return {
    source,
    ...identityOf(auth, source),
    region: setting("region") ?? variable("OS_REGION_NAME") ?? textOf(cloud.region_name),
    interface: (
      setting("endpointType") ??
      variable("OS_ENDPOINT_TYPE", "OS_INTERFACE") ??
      textOf(cloud.interface) ??
      textOf(cloud.endpoint_type) ??
      "public"
    ).replace(/URL$/, ""),
    cacert: setting("cacertFile") ?? variable("OS_CACERT") ?? textOf(cloud.cacert),
    insecure: /^(true|1|t)$/i.test(insecure),
  };
}

function identityOf(auth: Values, source: string): Pick<Login, "authUrl" | "identity" | "scope"> {
  const missing = (what: string) => new InputError(`no login to OpenStack (${source}): ${what}`);
  const authUrl = auth.auth_url?.replace(/\/$/, "");
  if (authUrl === undefined) {
    throw missing(
      "the address of Keystone is missing; set OS_CLOUD, or OS_AUTH_URL with the variables of an openrc file",
    );
  }
  const named = (id: string | undefined, name: string | undefined, kind: "user" | "project"): Named | undefined => {
    if (id !== undefined) return { id };
    if (name === undefined) return undefined;
    const domainId = auth[`${kind}_domain_id`] ?? auth.domain_id;
    const domainName = auth[`${kind}_domain_name`] ?? auth.domain_name;
    const isId = domainId !== undefined || domainName === undefined;
    return { name, domain: isId ? { id: domainId ?? auth.default_domain ?? "default" } : { name: domainName } };
  };
  const user = named(auth.user_id, auth.username, "user");
  const project = named(auth.project_id, auth.project_name, "project");
  if (auth.token !== undefined) {
    const identity: Identity = { methods: ["token"], token: { id: auth.token } };
    return { authUrl, identity, scope: project && { project } };
  }
  const { application_credential_id: id, application_credential_name: name } = auth;
  if (id !== undefined || name !== undefined) {
    const secret = auth.application_credential_secret;
    if (secret === undefined) throw missing("the secret of the application credential is missing");
    if (id === undefined && user === undefined)
      throw missing("the user of the application credential is missing; set its id");
    const credential = id === undefined ? { name: name!, user: user!, secret } : { id, secret };
    return { authUrl, identity: { methods: ["application_credential"], application_credential: credential } };
  }
  if (user === undefined || auth.password === undefined) {
    throw missing("a user with a password, or an application credential, is missing");
  }
  if (project === undefined) throw missing("the project is missing; set OS_PROJECT_NAME, or project_name of the cloud");
  const identity: Identity = { methods: ["password"], password: { user: { ...user, password: auth.password } } };
  return { authUrl, identity, scope: { project } };
}

type CloudEntry = Record<string, unknown>;

/**
 * An entry of clouds.yaml, with the profile of clouds-public.yaml below it and secure.yaml above it.
 * @throws InputError with the known names
 */
function cloudEntry(name: string, env: Values, region: string | undefined): CloudEntry {
  const file = found("clouds", env.OS_CLIENT_CONFIG_FILE);
  if (file === undefined) {
    throw new InputError(
      `OS_CLOUD: ${JSON.stringify(name)} is given, and there is no clouds.yaml; ` +
        `put it into ${folders().join(", ")}, or set OS_CLIENT_CONFIG_FILE`,
    );
  }
  const clouds = cloudsIn(file, "clouds");
  const entry = clouds[name];
  if (entry === undefined) {
    const close = suggestName(name, Object.keys(clouds));
    const advice =
      close === undefined ? `use ${Object.keys(clouds).join(", ") || "another file"}` : `did you mean ${close}?`;
    throw new InputError(`OS_CLOUD: ${JSON.stringify(name)} is not in ${file}; ${advice}`);
  }
  const secure = found("secure", env.OS_CLIENT_SECURE_FILE);
  const shared = found("clouds-public", env.OS_CLIENT_VENDOR_FILE);
  const profile = textOf(entry.profile) ?? textOf(entry.cloud);
  const base = profile === undefined || shared === undefined ? {} : cloudsIn(shared, "public-clouds")[profile];
  const merged = over(over(base ?? {}, entry), secure === undefined ? {} : (cloudsIn(secure, "clouds")[name] ?? {}));
  const regions = Array.isArray(merged.regions) ? (merged.regions as { name?: string; values?: CloudEntry }[]) : [];
  const values = regions.find((each) => each.name === (region ?? merged.region_name))?.values;
  return over(merged, values ?? {});
}

function over(under: CloudEntry, above: CloudEntry): CloudEntry {
  return { ...under, ...above, auth: { ...(under.auth as object), ...(above.auth as object) } };
}

function cloudsIn(file: string, key: string): Record<string, CloudEntry> {
  try {
    return (parse(readFileSync(file, "utf8"), { logLevel: "error" })?.[key] ?? {}) as Record<string, CloudEntry>;
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
}

function folders(): string[] {
  return [process.cwd(), join(homedir(), ".config", "openstack"), "/etc/openstack"];
}

/** The file that a variable names, or the first one in the folders of the OpenStack client. */
function found(name: string, given: string | undefined): string | undefined {
  const candidates = folders().flatMap((dir) => [join(dir, `${name}.yaml`), join(dir, `${name}.yml`)]);
  return given || candidates.find((path) => existsSync(path));
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

function camelCase(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
