"use strict";
const { readFile } = require("node:fs/promises");
const { posix } = require("node:path");
const { encoded, sign } = require("./sign.js");

// Ghost's base class, from Ghost's installation: Ghost starts in that folder.
const StorageBase = require(
  require.resolve("ghost-storage-base", { paths: [`${process.cwd()}/current`, process.cwd()] }),
);

/**
 * Stores Ghost's images, media and files in an object store with an S3 API. The container stores nothing, so several
 * containers can serve the same blog and one can replace another.
 */
class ObjectStorage extends StorageBase {
  /**
   * @param {{bucket: string, endpoint: string, region?: string, accessKeyId: string, secretAccessKey: string,
   *   staticFileURLPrefix?: string}} config from storage__s3__... and storage__media__...
   */
  constructor(config = {}) {
    super();
    for (const name of ["bucket", "endpoint", "accessKeyId", "secretAccessKey"]) {
      if (!config[name]) throw new Error(`storage__s3__${name} is not set`);
    }
    this.config = { region: "us-east-1", ...config, endpoint: config.endpoint.replace(/\/+$/, "") };
    // Path where Ghost serves the files, and their prefix in the bucket.
    this.prefix = (config.staticFileURLPrefix ?? "content/images").replace(/^\/+|\/+$/g, "");
  }

  async save(file, targetDir = this.getTargetDir()) {
    const name = await this.getUniqueFileName(file, targetDir);
    return this.#put(name, await readFile(file.path), file.type);
  }

  async saveRaw(buffer, targetPath) {
    return this.#put(targetPath, buffer);
  }

  async exists(fileName, targetDir = "") {
    const answer = await this.#call("HEAD", posix.join(targetDir, fileName));
    if (answer.status === 404) return false;
    if (answer.ok) return true;
    throw this.#failure("HEAD", fileName, answer);
  }

  async delete(fileName, targetDir = "") {
    const answer = await this.#call("DELETE", posix.join(targetDir, fileName));
    if (!answer.ok && answer.status !== 404) throw this.#failure("DELETE", fileName, answer);
  }

  async read({ path }) {
    const answer = await this.#call("GET", this.urlToPath(path));
    if (!answer.ok) throw this.#failure("GET", path, answer);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Path in the store for an address that save() returned. */
  urlToPath(url) {
    const path = url.replace(/^https?:\/\/[^/]+/, "").replace(/^\/+/, "");
    return path.startsWith(`${this.prefix}/`) ? path.slice(this.prefix.length + 1) : path;
  }

  /** Ghost mounts this at /content/images and similar paths, so the store can be private. */
  serve() {
    return async (request, response, next) => {
      try {
        const answer = await this.#call(
          request.method === "HEAD" ? "HEAD" : "GET",
          decodeURIComponent(request.path).replace(/^\/+/, ""),
        );
        if (!answer.ok) {
          await answer.body?.cancel();
          return answer.status === 404 ? next() : next(this.#failure("GET", request.path, answer));
        }
        // A name is used once, so its content never changes.
        response.set({
          "Content-Type": answer.headers.get("content-type") ?? "application/octet-stream",
          "Cache-Control": "public, max-age=31536000, immutable",
          "X-Content-Type-Options": "nosniff",
        });
        response.send(Buffer.from(await answer.arrayBuffer()));
      } catch (error) {
        next(error);
      }
    };
  }

  async #put(name, body, type = "application/octet-stream") {
    const answer = await this.#call("PUT", name, body, { "content-type": type });
    if (!answer.ok) throw this.#failure("PUT", name, answer);
    return posix.join("/", this.prefix, name.replace(/\\/g, "/"));
  }

  #call(method, name, body, headers = {}) {
    const { endpoint, bucket, ...keys } = this.config;
    const path = posix.normalize(`/${name.replace(/\\/g, "/")}`);
    const url = new URL(`${endpoint}/${bucket}/${encoded(`${this.prefix}${path}`)}`);
    return fetch(url, {
      method,
      body,
      headers: sign({ method, url, body, headers, ...keys }),
      signal: AbortSignal.timeout(60_000),
    });
  }

  #failure(method, name, answer) {
    return new Error(`${method} of ${name} in ${this.config.bucket}: the object store answers ${answer.status}`);
  }
}

module.exports = ObjectStorage;
