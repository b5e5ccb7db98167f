import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

// Runs against staging at the users' address: FRONT_URL, set by the pipeline.
const url = process.env.FRONT_URL ?? "http://127.0.0.1:8080/";

test("shows an added note", async () => {
  const text = `acceptance ${randomUUID()}`;
  const added = await fetch(url, { method: "POST", body: new URLSearchParams({ text }) });
  assert.equal(added.status, 200);
  assert.ok((await (await fetch(url)).text()).includes(text));
});

test("refuses an empty note", async () => {
  const refused = await fetch(url, { method: "POST", body: new URLSearchParams({ text: " " }) });
  assert.equal(refused.status, 400);
  assert.ok((await refused.text()).includes("text: is missing"));
});
