import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../builds.ts";

/** A git repository over HTTP on this machine. */
export interface GitServer {
  url: string;
  /**
   * Commits another version of the app.
   * @returns The commit.
   */
  commit(version: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves a repository with a Dockerfile, like a git host.
 * @param base Base image of the Dockerfile.
 */
export async function serveGit(address: string, base: string): Promise<GitServer> {
  const folder = mkdtempSync(join(tmpdir(), "deploy-hook-git-"));
  const work = join(folder, "pages");
  const git = (...parameters: string[]) =>
    run("git", ["-C", work, "-c", "user.name=lab", "-c", "user.email=lab@example.com", ...parameters]);
  await run("git", ["init", "--quiet", work]);
  // Like a git host: allow clients to fetch a commit by its hash.
  await git("config", "uploadpack.allowAnySHA1InWant", "true");
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!, "http://x");
    const child = spawn("git", ["http-backend"], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method!,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      },
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () => {
      // Output of a CGI program: headers, an empty line, the body.
      const all = Buffer.concat(chunks);
      const end = all.indexOf("\r\n\r\n");
      for (const line of all.subarray(0, end).toString("latin1").split("\r\n")) {
        const [name = "", value = ""] = line.split(": ");
        if (name === "Status") response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(all.subarray(end + 4));
    });
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, address, () => resolve((server.address() as { port: number }).port)),
  );
  return {
    url: `http://${address}:${port}/pages/.git`,
    async commit(version) {
      // One step takes a while, like a real build. One step prints its user.
      writeFileSync(
        join(work, "Dockerfile"),
        `FROM ${base}\nUSER root\nCOPY app.cfg /app.cfg\nRUN sha256sum /usr/sbin/* >/dev/null; sleep 2; ` +
          `cat /proc/self/uid_map >/builder\nENTRYPOINT []\nCMD ["haproxy", "-W", "-db", "-f", "/app.cfg"]\n`,
      );
      writeFileSync(
        join(work, "app.cfg"),
        "defaults\n\tmode http\n\ttimeout client 9s\nfrontend app\n\tbind :8080\n" +
          "\thttp-request return status 200 content-type text/plain file /builder if { path /builder }\n" +
          `\thttp-request return status 200 content-type text/plain string "${version}\\n"\n`,
      );
      await git("add", ".");
      await git("commit", "--quiet", "--message", version);
      return (await git("rev-parse", "HEAD")).trim();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
