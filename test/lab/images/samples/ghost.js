// biome-ignore lint/suspicious/noRedundantUseStrict: in the image this is a CommonJS module
"use strict";
// Stand-in for Ghost: a server with the same settings, database driver and storage adapters. A blog has only posts and
// images. An error at the start ends it, as it ends Ghost.
const { createServer } = require("node:http");
const { randomUUID } = require("node:crypto");
const { readFileSync, unlinkSync, writeFileSync } = require("node:fs");
const mysql = require("mysql2/promise");

/** Reads variables like nconf: `__` between the levels, and values as JSON if possible. */
const settings = {};
for (const [name, text] of Object.entries(process.env)) {
  if (!/^(url|server|database|storage|mail|logging)(__|$)/.test(name)) continue;
  let value = text;
  try {
    value = JSON.parse(text);
  } catch {
    // A text.
  }
  const levels = name.split("__");
  const last = levels.pop();
  let group = settings;
  for (const level of levels) group = group[level] ??= {};
  group[last] = value;
}

const url = new URL(settings.url);
const content = `${process.env.GHOST_CONTENT}/`;

function adapter(kind) {
  const { adapter: name = settings.storage.active, ...own } = settings.storage[kind] ?? {};
  const Adapter = require(`${content}adapters/storage/${name}`);
  return new Adapter({ ...settings.storage[name], ...own });
}

async function start() {
  JSON.parse(readFileSync(`${content}themes/source/package.json`, "utf8"));
  if (settings.database.client !== "mysql") throw new Error(`database.client is ${settings.database.client}`);
  const database = mysql.createPool({ ...settings.database.connection, connectionLimit: 5 });
  const query = async (...parameters) => (await database.execute(...parameters))[0];
  // Two releases may start at once.
  const connection = await database.getConnection();
  await connection.query("SELECT GET_LOCK('migrations', 60)");
  await connection.query(
    "CREATE TABLE IF NOT EXISTS posts " +
      "(id VARCHAR(36) PRIMARY KEY, title VARCHAR(255) NOT NULL, image VARCHAR(255)) CHARACTER SET utf8mb4",
  );
  await connection.query("SELECT RELEASE_LOCK('migrations')");
  connection.release();
  const images = adapter("images");

  const server = createServer(async (request, response) => {
    const answer = (status, body) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(body)}\n`);
    try {
      if (url.protocol === "https:" && request.headers["x-forwarded-proto"] !== "https") {
        return response.writeHead(301, { Location: new URL(request.url, url).href }).end();
      }
      const { pathname } = new URL(request.url, url);
      if (pathname === "/ghost/api/admin/site/") return answer(200, { site: { url: url.href, version: "stand-in" } });
      if (pathname === "/posts" && request.method === "POST") {
        const parts = [];
        for await (const part of request) parts.push(part);
        const { title, picture } = JSON.parse(Buffer.concat(parts).toString("utf8"));
        const upload = `/tmp/${randomUUID()}`;
        writeFileSync(upload, Buffer.from(picture, "base64"));
        const image = await images.save({ name: "picture.png", path: upload, type: "image/png" });
        unlinkSync(upload);
        await query("INSERT INTO posts VALUES (?, ?, ?)", [randomUUID(), title, image]);
        return answer(201, { image });
      }
      if (pathname === "/posts") {
        const [{ Value: cipher }] = await query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
        return answer(200, { posts: await query("SELECT title, image FROM posts ORDER BY title"), cipher });
      }
      if (pathname.startsWith("/content/images/")) {
        const served = {
          set: (headers) => {
            for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
          },
          send: (body) => response.end(body),
        };
        return await images.serve()(
          { method: request.method, path: pathname.slice("/content/images".length) },
          served,
          (error) => answer(error ? 500 : 404, { error: error?.message }),
        );
      }
      answer(404, { error: `there is no ${pathname}` });
    } catch (error) {
      console.error(error);
      answer(500, { error: error.message });
    }
  });
  server.listen(settings.server.port, settings.server.host, () => console.log(`Ghost's stand-in serves ${url.href}`));
  process.once("SIGTERM", () => server.close(() => process.exit(0)));
}

start().catch((error) => {
  console.error(error);
  process.exit(1);
});
