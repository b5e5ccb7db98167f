import { randomUUID } from "node:crypto";
import { ask, HttpError, readJson, serve } from "../lib/http.mjs";

const longest = 280;

/** Serves and validates notes: `GET /notes`, `POST /notes`, `DELETE /notes/<id>`. */
export function api(dbUrl, now = () => new Date()) {
  return serve(
    async (request, url) => {
      if (url.pathname === "/notes" && request.method === "GET") {
        const notes = (await ask(`${dbUrl}/values`)).map(({ key: id, value }) => ({ id, ...value }));
        return { body: notes.sort((a, b) => (a.at < b.at ? 1 : -1)) };
      }
      if (url.pathname === "/notes" && request.method === "POST") {
        const note = { text: textOf(await readJson(request)), at: now().toISOString() };
        const id = randomUUID();
        await ask(`${dbUrl}/values/${id}`, { method: "PUT", body: JSON.stringify(note) });
        return { status: 201, body: { id, ...note } };
      }
      const [, id] = /^\/notes\/([0-9a-f-]{36})$/.exec(url.pathname) ?? [];
      if (id !== undefined && request.method === "DELETE") {
        await ask(`${dbUrl}/values/${id}`);
        return { body: await ask(`${dbUrl}/values/${id}`, { method: "DELETE" }) };
      }
      throw new HttpError(404, `there is no ${request.method} ${url.pathname}`);
    },
    async () => void (await ask(`${dbUrl}/healthz`)),
  );
}

function textOf(given) {
  const text = typeof given?.text === "string" ? given.text.trim() : "";
  if (text === "") throw new HttpError(400, "text: is missing; say something");
  if (text.length > longest)
    throw new HttpError(400, `text: ${text.length} characters are too many; use at most ${longest}`);
  return text;
}
