import { createHmac } from "node:crypto";

/**
 * Signs a Swift temporary URL with SHA-256, with the address and the expiry of another one. The provider signs with
 * SHA-1, which newer Swift versions reject, and only for reading.
 * @param url Temporary URL of the provider.
 * @param key `Temp-URL-Key` of the container.
 * @throws TypeError if `url` is not a temporary URL of Swift.
 */
export function signedUrl(url: string, method: "GET" | "PUT", key: string): string {
  const { base, expires, path } = parts(url);
  return `${base}?temp_url_sig=${signature(key, method, expires, path)}&temp_url_expires=${expires}`;
}

/**
 * Signs a URL that allows PUT for all objects of a folder. Insert the name of the object before the question mark.
 * @param url Temporary URL of the folder's name, without a slash at the end.
 * @param folder Name of the folder in the container.
 * @throws TypeError if `url` is not a temporary URL of Swift.
 */
export function signedFolderUrl(url: string, folder: string, key: string): string {
  const { base, expires, path } = parts(url);
  const query = `temp_url_sig=${signature(key, "PUT", expires, `prefix:${path}/`)}&temp_url_expires=${expires}`;
  return `${base}/?${query}&temp_url_prefix=${encodeURIComponent(`${folder}/`)}`;
}

function parts(url: string): { base: string; expires: string; path: string } {
  const { origin, pathname, searchParams } = new URL(url);
  const expires = searchParams.get("temp_url_expires");
  const start = pathname.indexOf("/v1/");
  if (expires === null || start < 0) throw new TypeError(`${origin}${pathname} is not a temporary URL of Swift`);
  // The signature does not include a prefix before the API version, for example "/swift" of Ceph.
  return { base: `${origin}${pathname}`, expires, path: pathname.slice(start) };
}

function signature(key: string, method: string, expires: string, path: string): string {
  return createHmac("sha256", key).update(`${method}\n${expires}\n${path}`).digest("hex");
}
