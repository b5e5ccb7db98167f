import { createHmac } from "node:crypto";

/**
 * A Swift temporary URL for another method, with the address and the expiry of a given one. The provider signs with
 * SHA-1, which newer Swifts refuse, and only for reading; this signs with SHA-256 and for writing too.
 * @param url temporary URL as the provider made it
 * @param key the container's `Temp-URL-Key`
 * @throws TypeError when the URL is no temporary URL of Swift.
 */
export function signedUrl(url: string, method: "GET" | "PUT", key: string): string {
  const { base, expires, path } = parts(url);
  return `${base}?temp_url_sig=${signature(key, method, expires, path)}&temp_url_expires=${expires}`;
}

/**
 * The same for all objects below a folder: the object's name goes between the address and the question mark.
 * @param url temporary URL of the folder's name, without a slash at its end
 * @param folder its name within the container
 * @throws TypeError when the URL is no temporary URL of Swift.
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
  // What is in front of the API's version, such as Ceph's "/swift", is not part of what is signed.
  return { base: `${origin}${pathname}`, expires, path: pathname.slice(start) };
}

function signature(key: string, method: string, expires: string, path: string): string {
  return createHmac("sha256", key).update(`${method}\n${expires}\n${path}`).digest("hex");
}
