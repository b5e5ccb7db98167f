import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { front } from "../front/front.mjs";
import { call, start } from "./start.mjs";

/** A fake API with notes in memory. */
async function pages(context) {
  const notes = [];
  const stub = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const empty = request.method === "POST" && JSON.parse(text).text === "";
    if (request.method === "POST" && !empty) notes.unshift({ ...JSON.parse(text), at: "2026-11-21T15:00:00.000Z" });
    response.writeHead(empty ? 400 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(empty ? { error: "text: is missing" } : notes));
  });
  return start(context, front(await start(context, stub)));
}

test("escapes the text of notes", async (context) => {
  const url = await pages(context);
  const [status, page] = await call(url, {
    method: "POST",
    body: new URLSearchParams({ text: "<script>alert('x')</script>" }),
  });
  assert.equal(status, 200);
  assert.ok(page.includes("<li>&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62; <time"));
  assert.ok(!page.includes("<script"));
  assert.equal((await call(url))[1].match(/<li>/g).length, 1);
});

test("shows the error of an invalid note", async (context) => {
  const [status, page] = await call(await pages(context), { method: "POST", body: "text=" });
  assert.equal(status, 400);
  assert.ok(page.includes('<p role="alert">text: is missing</p>'));
});

test("is healthy only if the API is healthy, and has one page", async (context) => {
  const url = await pages(context);
  assert.deepEqual(await call(`${url}/healthz`), [200, { healthy: true }]);
  assert.equal((await call(`${url}/x`))[0], 404);
  assert.equal((await call(`${await start(context, front("http://127.0.0.1:9"))}/healthz`))[0], 503);
});
