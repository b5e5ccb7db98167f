import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { api } from "../api/api.mjs";
import { db } from "../db/db.mjs";
import { Journal } from "../db/journal.mjs";
import { call, start } from "./start.mjs";

async function services(context) {
  const folder = await mkdtemp(join(tmpdir(), "api-"));
  context.after(() => rm(folder, { recursive: true }));
  const dbUrl = await start(context, db(new Journal(join(folder, "values.jsonl"))));
  let minute = 0;
  return start(
    context,
    api(dbUrl, () => new Date(Date.UTC(2026, 10, 21, 15, minute++))),
  );
}

test("adds, lists (newest first) and removes notes", async (context) => {
  const url = await services(context);
  const [status, first] = await call(`${url}/notes`, { method: "POST", body: '{"text":" one "}' });
  assert.equal(status, 201);
  assert.equal(first.text, "one");
  await call(`${url}/notes`, { method: "POST", body: '{"text":"two"}' });
  assert.deepEqual(
    (await call(`${url}/notes`))[1].map(({ text, at }) => [text, at]),
    [
      ["two", "2026-11-21T15:01:00.000Z"],
      ["one", "2026-11-21T15:00:00.000Z"],
    ],
  );
  assert.deepEqual(await call(`${url}/notes/${first.id}`, { method: "DELETE" }), [200, {}]);
  assert.deepEqual(await call(`${url}/notes/${first.id}`, { method: "DELETE" }), [
    404,
    { error: `there is no value ${first.id}` },
  ]);
  assert.deepEqual(
    (await call(`${url}/notes`))[1].map(({ text }) => text),
    ["two"],
  );
});

test("refuses an invalid note", async (context) => {
  const url = await services(context);
  const post = (body) => call(`${url}/notes`, { method: "POST", body });
  assert.deepEqual(await post('{"text":"  "}'), [400, { error: "text: is missing; say something" }]);
  assert.deepEqual(await post('{"text":5}'), [400, { error: "text: is missing; say something" }]);
  assert.deepEqual(await post("null"), [400, { error: "text: is missing; say something" }]);
  assert.deepEqual(await post(JSON.stringify({ text: "x".repeat(281) })), [
    400,
    { error: "text: 281 characters are too many; use at most 280" },
  ]);
  assert.deepEqual(await call(`${url}/other`), [404, { error: "there is no GET /other" }]);
});

test("is as healthy as the database is", async (context) => {
  assert.deepEqual(await call(`${await services(context)}/healthz`), [200, { healthy: true }]);
  const alone = await start(context, api("http://127.0.0.1:9"));
  assert.equal((await call(`${alone}/healthz`))[0], 503);
  const [status, { error }] = await call(`${alone}/notes`);
  assert.equal(status, 502);
  assert.match(error, /^127\.0\.0\.1:9 does not answer: /);
});
