/** Starts a server on a free port for one test. */
export async function start(context, server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${server.address().port}`;
}

/** Status and body of an answer. */
export async function call(url, options) {
  const response = await fetch(url, options);
  const text = await response.text();
  return [response.status, response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text];
}
