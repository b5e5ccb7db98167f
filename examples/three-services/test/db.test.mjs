import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { db } from "../db/db.mjs";
import { Journal } from "../db/journal.mjs";
import { call, start } from "./start.mjs";

async function file(context) {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, "data", "values.jsonl");
}

test("keeps values over a restart", async (context) => {
  const path = await file(context);
  const journal = new Journal(path);
  assert.deepEqual(await journal.all(), []);
  await journal.put("a", { text: "ä" });
  await journal.put("b", 1);
  await journal.put("a", { text: "c" });
  await journal.put("b", null);
  assert.deepEqual(await journal.all(), [{ key: "a", value: { text: "c" } }]);
  assert.deepEqual(await new Journal(path).all(), [{ key: "a", value: { text: "c" } }]);
});

test("shows the writes of two processes on one file to both", async (context) => {
  const path = await file(context);
  const [old, fresh] = [new Journal(path), new Journal(path)];
  await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 2 ? old : fresh).put(`k${i}`, i)));
  assert.equal((await old.all()).length, 200);
  assert.deepEqual((await old.all()).map(({ key }) => key).sort(), (await fresh.all()).map(({ key }) => key).sort());
});

test("loses only the incomplete line after a crash", async (context) => {
  const path = await file(context);
  await new Journal(path).put("a", 1);
  await appendFile(path, '{"key":"b","val');
  await new Journal(path).put("c", 3);
  assert.deepEqual(await new Journal(path).all(), [
    { key: "a", value: 1 },
    { key: "c", value: 3 },
  ]);
});

test("serves values over HTTP", async (context) => {
  const url = await start(context, db(new Journal(await file(context))));
  assert.deepEqual(await call(`${url}/healthz`), [200, { healthy: true }]);
  assert.deepEqual(await call(`${url}/values/a`), [404, { error: "there is no value a" }]);
  assert.deepEqual(await call(`${url}/values/a`, { method: "PUT", body: '{"n":1}' }), [200, { n: 1 }]);
  assert.deepEqual(await call(`${url}/values/a`), [200, { n: 1 }]);
  assert.deepEqual(await call(`${url}/values`), [200, [{ key: "a", value: { n: 1 } }]]);
  assert.deepEqual(await call(`${url}/values/a`, { method: "DELETE" }), [200, {}]);
  assert.deepEqual(await call(`${url}/values/a`), [404, { error: "there is no value a" }]);
});

test("refuses invalid values", async (context) => {
  const url = await start(context, db(new Journal(await file(context))));
  assert.deepEqual(await call(`${url}/values/a`, { method: "PUT", body: "{" }), [
    400,
    { error: "the body is not JSON" },
  ]);
  assert.deepEqual(await call(`${url}/values/a`, { method: "PUT", body: "null" }), [
    400,
    { error: "null is not a value; use DELETE" },
  ]);
  assert.deepEqual(await call(`${url}/values/a`, { method: "POST", body: "1" }), [
    405,
    { error: "POST is not allowed; use GET, PUT or DELETE" },
  ]);
  assert.deepEqual(await call(`${url}/values/a`, { method: "PUT", body: `"${"x".repeat(20_000)}"` }), [
    413,
    { error: "a body may have 16384 characters" },
  ]);
  assert.equal((await call(`${url}/values/${"x".repeat(65)}`))[0], 404);
});
