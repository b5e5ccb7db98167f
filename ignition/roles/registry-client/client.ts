import { config, directory, file } from "../../index.ts";
import type { Fragment } from "../../index.ts";

/** How a machine logs in to an image registry. */
export interface RegistryLogin {
  /** What image references begin with: host, and port where it is not 443. */
  address: string;
  /** Certificate of the authority behind the registry's own (PEM). Absent: a public one. */
  ca?: string;
  /** A user with a password, a secret; or a program on the machine that knows how. */
  credentials: { user: string; password: string } | CredentialHelper;
}

/** A program that gets credentials when they are needed, `docker-credential-<helper>`; the machine downloads it. */
export interface CredentialHelper {
  /** End of its name: `ecr-login`. */
  helper: string;
  /** Where it is downloaded from. */
  source: string;
  /** What it has to be: `sha512-` or `sha256-` and the sum in hexadecimal. */
  hash: string;
  /** Keys of a user of AWS that it logs in as; a secret. Absent: the machine's own role. */
  keys?: { accessKey: string; secretKey: string };
}

export interface RegistryClientFiles {
  /** Where the credentials go. Default: where root's podman, buildah, skopeo and docker look for them. */
  path?: string;
  /** Who may read them, by number. Default: root. */
  uid?: number;
}

/**
 * Logs a machine in to registries: root's podman, buildah, skopeo and docker find the credentials, and the
 * authority that the registry's certificate is from. Of two logins to one registry the last one counts, and of several
 * helpers' keys.
 */
export function registryClient(given: readonly RegistryLogin[], files: RegistryClientFiles = {}): Fragment {
  const { path = "/root/.docker/config.json", uid = 0 } = files;
  const logins = [...new Map(given.map((login) => [login.address, login])).values()];
  const helpers = new Map(
    logins.flatMap(({ credentials }) => ("helper" in credentials ? [[credentials.helper, credentials] as const] : [])),
  );
  const keys = logins
    .flatMap(({ credentials }) => ("helper" in credentials && credentials.keys ? [credentials.keys] : []))
    .at(-1);
  const { storage } = config(
    directory({ path: path.slice(0, path.lastIndexOf("/")), mode: 0o700, user: uid }),
    file({ path, text: credentialsFile(logins), mode: 0o600, user: uid }),
    ...logins.flatMap(({ address, ca }) => (ca === undefined ? [] : [trust(address, ca)])),
    ...[...helpers.values()].map(program),
    ...(keys ? helperKeys(keys) : []),
  );
  return { storage };
}

/** Docker's config.json, which all of them read. */
function credentialsFile(logins: readonly RegistryLogin[]): string {
  const auths: Record<string, { auth: string }> = {};
  const credHelpers: Record<string, string> = {};
  for (const { address, credentials } of logins) {
    if ("helper" in credentials) credHelpers[address] = credentials.helper;
    else auths[address] = { auth: Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64") };
  }
  return `${JSON.stringify({ auths, credHelpers }, null, 2)}\n`;
}

/** Podman and its kin read docker's folder as well as their own. */
function trust(address: string, ca: string): Fragment {
  return file({ path: `/etc/docker/certs.d/${address}/ca.crt`, text: ca });
}

/** On the PATH that systemd gives to services, and the only part of it that an image-based system lets be written. */
function program({ helper, source, hash }: CredentialHelper): Fragment {
  const path = `/usr/local/bin/docker-credential-${helper}`;
  return { storage: { files: [{ path, mode: 0o755, contents: { source, verification: { hash } } }] } };
}

/** Where AWS' own libraries look in root's home; helpers run as root. */
function helperKeys({ accessKey, secretKey }: NonNullable<CredentialHelper["keys"]>): Fragment[] {
  const text = `[default]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`;
  return [directory({ path: "/root/.aws", mode: 0o700 }), file({ path: "/root/.aws/credentials", text, mode: 0o600 })];
}
