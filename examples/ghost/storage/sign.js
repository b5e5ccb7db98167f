"use strict";
const { createHash, createHmac } = require("node:crypto");

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** The path for the signature: escapes all characters except unreserved ones and slashes. */
function encoded(path) {
  return encodeURIComponent(path)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%2F/g, "/");
}

/**
 * Signs a request to an S3 API (AWS Signature Version 4) and returns its headers.
 * @param {{method: string, url: URL, region: string, accessKeyId: string, secretAccessKey: string, headers?: object,
 *   body?: Buffer, now?: Date}} request
 */
function sign({
  method,
  url,
  region,
  accessKeyId,
  secretAccessKey,
  headers = {},
  body = Buffer.alloc(0),
  now = new Date(),
}) {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const all = { ...headers, host: url.host, "x-amz-content-sha256": sha256(body), "x-amz-date": time };
  const names = Object.keys(all)
    .map((name) => name.toLowerCase())
    .sort();
  const value = (name) => String(Object.entries(all).find(([key]) => key.toLowerCase() === name)[1]).trim();
  const canonical = [
    method,
    url.pathname,
    "",
    ...names.map((name) => `${name}:${value(name)}`),
    "",
    names.join(";"),
    all["x-amz-content-sha256"],
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce(hmac, `AWS4${secretAccessKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  return {
    ...all,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, ` +
      `Signature=${signature}`,
  };
}

module.exports = { encoded, sign };
