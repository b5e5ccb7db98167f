import { ask, HttpError, serve } from "../lib/http.mjs";

/** One page with all notes and a form. */
export function front(apiUrl) {
  return serve(
    async (request, url) => {
      if (url.pathname !== "/") throw new HttpError(404, `there is no ${url.pathname}`);
      if (request.method === "POST") {
        const text = new URLSearchParams(await bodyOf(request)).get("text") ?? "";
        const problem = await ask(`${apiUrl}/notes`, { method: "POST", body: JSON.stringify({ text }) }).then(
          () => undefined,
          (error) => error,
        );
        if (problem !== undefined && problem.status !== 400) throw problem;
        return {
          status: problem ? 400 : 200,
          type: "text/html; charset=utf-8",
          body: page(await ask(`${apiUrl}/notes`), problem?.message),
        };
      }
      return { type: "text/html; charset=utf-8", body: page(await ask(`${apiUrl}/notes`)) };
    },
    async () => void (await ask(`${apiUrl}/healthz`)),
  );
}

async function bodyOf(request) {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    text += part;
    if (text.length > 16 * 1024) throw new HttpError(413, "that is too long");
  }
  return text;
}

function page(notes, problem) {
  const items = notes
    .map(({ text, at }) => `<li>${escapeHtml(text)} <time datetime="${escapeHtml(at)}">${escapeHtml(at)}</time></li>`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes</title>
<h1>Notes</h1>
${problem === undefined ? "" : `<p role="alert">${escapeHtml(problem)}</p>\n`}<form method="post">
<input name="text" maxlength="280" required aria-label="Note"> <button>Add</button>
</form>
<ul>
${items}
</ul>
</html>
`;
}

function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
