import { HttpError, readJson, serve } from "../lib/http.mjs";

const key = /^\/values\/([A-Za-z0-9-]{1,64})$/;

/** Serves `GET /values`, and `GET`, `PUT`, `DELETE /values/<key>`. */
export function db(journal) {
  return serve(
    async (request, url) => {
      if (url.pathname === "/values" && request.method === "GET") return { body: await journal.all() };
      const [, name] = key.exec(url.pathname) ?? [];
      if (name === undefined)
        throw new HttpError(404, `there is no ${url.pathname}; keys have up to 64 letters, digits and hyphens`);
      switch (request.method) {
        case "GET": {
          const value = await journal.get(name);
          if (value === undefined) throw new HttpError(404, `there is no value ${name}`);
          return { body: value };
        }
        case "PUT": {
          const value = await readJson(request);
          if (value === null) throw new HttpError(400, "null is not a value; use DELETE");
          await journal.put(name, value);
          return { body: value };
        }
        case "DELETE":
          await journal.put(name, null);
          return { body: {} };
        default:
          throw new HttpError(405, `${request.method} is not allowed; use GET, PUT or DELETE`);
      }
    },
    async () => void (await journal.all()),
  );
}
