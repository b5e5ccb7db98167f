import { config, directory, file } from "../../index.ts";
import type { Fragment } from "../../index.ts";

/** How a machine logs in to an image registry. */
export interface RegistryLogin {
  /** What image references begin with: host, and port where it is not 443. */
  address: string;
  /** Certificate of the authority behind the registry's own (PEM). Absent: a public one. */
  ca?: string;
  /** A user with a password, a secret; or a credential helper on the machine, by the end of its name: `ecr-login`. */
  credentials: { user: string; password: string } | { helper: string };
}

export interface RegistryClientFiles {
  /** Where the credentials go. Default: where root's podman, buildah and docker look for them. */
  path?: string;
  /** Who may read them, by number. Default: root. */
  uid?: number;
}

/**
 * Logs a machine in to registries: root's podman, buildah, skopeo and docker find the credentials, and the
 * authority that the registry's certificate is from.
 */
export function registryClient(logins: readonly RegistryLogin[], files: RegistryClientFiles = {}): Fragment {
  const { path = "/root/.docker/config.json", uid = 0 } = files;
  const { storage } = config(
    directory({ path: path.slice(0, path.lastIndexOf("/")), mode: 0o700, user: uid }),
    file({ path, text: credentialsFile(logins), mode: 0o600, user: uid }),
    ...logins.flatMap(({ address, ca }) => (ca === undefined ? [] : [trust(address, ca)])),
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

/** `/etc/containers` is read by podman and its kin, `/etc/docker` by docker and podman both. */
function trust(address: string, ca: string): Fragment {
  return file({ path: `/etc/docker/certs.d/${address}/ca.crt`, text: ca });
}
