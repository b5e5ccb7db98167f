import { config, directory, file } from "../../index.ts";
import type { Fragment } from "../../index.ts";

/** Login of a machine to an image registry. */
export interface RegistryLogin {
  /** Start of image references: host, and the port if it is not 443. */
  address: string;
  /** Certificate of the registry's authority (PEM). Default: public authorities. */
  ca?: string;
  /** User and password (secret), or a program that gets credentials. */
  credentials: { user: string; password: string } | CredentialHelper;
}

/** The program `docker-credential-<helper>`, which gets credentials on demand. The machine downloads it. */
export interface CredentialHelper {
  /** Name without the prefix, such as `ecr-login`. */
  helper: string;
  /** URL of the download. */
  source: string;
  /** Checksum: `sha512-` or `sha256-`, then the sum in hexadecimal. */
  hash: string;
  /** Keys of an AWS user. Secret. Default: the IAM role of the machine. */
  keys?: { accessKey: string; secretKey: string };
}

export interface RegistryClientFiles {
  /** Path of the credentials. Default: the path that podman, buildah, skopeo and docker use for root. */
  path?: string;
  /** Number of the user that can read the credentials. Default: root. */
  uid?: number;
}

/**
 * Logs a machine in to registries: installs credentials and authorities for podman, buildah, skopeo and docker.
 * @param given If two logins have the same address, the last one is used; so are the last keys of helpers.
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

/** config.json of docker, which all of these programs read. */
function credentialsFile(logins: readonly RegistryLogin[]): string {
  const auths: Record<string, { auth: string }> = {};
  const credHelpers: Record<string, string> = {};
  for (const { address, credentials } of logins) {
    if ("helper" in credentials) credHelpers[address] = credentials.helper;
    else auths[address] = { auth: Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64") };
  }
  return `${JSON.stringify({ auths, credHelpers }, null, 2)}\n`;
}

/** Podman, buildah and skopeo read this folder too. */
function trust(address: string, ca: string): Fragment {
  return file({ path: `/etc/docker/certs.d/${address}/ca.crt`, text: ca });
}

/** The only folder on systemd's PATH for services that is writable on image-based systems. */
function program({ helper, source, hash }: CredentialHelper): Fragment {
  const path = `/usr/local/bin/docker-credential-${helper}`;
  return { storage: { files: [{ path, mode: 0o755, contents: { source, verification: { hash } } }] } };
}

/** Credentials file for AWS libraries in root's home; helpers run as root. */
function helperKeys({ accessKey, secretKey }: NonNullable<CredentialHelper["keys"]>): Fragment[] {
  const text = `[default]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`;
  return [directory({ path: "/root/.aws", mode: 0o700 }), file({ path: "/root/.aws/credentials", text, mode: 0o600 })];
}
