import { createHmac } from "node:crypto";

/**
 * A Swift temporary URL for another method, with the address and the expiry of a given one. The provider signs with
 * SHA-1, which newer Swifts refuse, and only for reading; this signs with SHA-256 and for writing too.
 * @param url temporary URL as the provider made it
 * @param key the container's `Temp-URL-Key`
 * @throws TypeError when the URL is no temporary URL of Swift.
 */
export function signedUrl(url: string, method: "GET" | "PUT", key: string): string {
  const { origin, pathname, searchParams } = new URL(url);
  const expires = searchParams.get("temp_url_expires");
  const start = pathname.indexOf("/v1/");
  if (expires === null || start < 0) throw new TypeError(`${origin}${pathname} is not a temporary URL of Swift`);
  // What is in front of the API's version, such as Ceph's "/swift", is not part of what is signed.
  const signature = createHmac("sha256", key).update(`${method}\n${expires}\n${pathname.slice(start)}`).digest("hex");
  return `${origin}${pathname}?temp_url_sig=${signature}&temp_url_expires=${expires}`;
}
