import { execFile, execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { missing } from "../../ignition/roles/requirements.ts";

const reason = missing({ programs: ["git", "curl", "openssl"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const script = fileURLToPath(new URL("../../../components/deploy-hook/post-receive", import.meta.url));
const token = "a-token-of-thirty-two-characters";
const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1", RETRY_SECONDS: "0.2" };

/** A repository with the script as its hook, a clone of it, and a fake deploy hook. */
let folder: string;
let server: Server;
let calls: { path: string; signed: boolean; action: string; app: string; commit: string }[];
let answers: { status: number; body: string; before?: () => void }[];

const git = (...parameters: string[]) =>
  execFileSync(
    "git",
    ["-C", join(folder, "work"), "-c", "user.name=x", "-c", "user.email=x@example.com", ...parameters],
    { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] },
  ).trim();
const commit = (message: string) => {
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
};
// Asynchronous, because the server of the deploy hook is in this process.
const push = (...refs: string[]) =>
  new Promise<{ failed: boolean; said: string }>((resolve) => {
    execFile("git", ["-C", join(folder, "work"), "push", "origin", ...refs], { env }, (error, _, stderr) =>
      resolve({ failed: error !== null, said: stderr }),
    );
  });

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { action, app, commit: what } = JSON.parse(body);
    const signed =
      request.headers["x-paasmas-signature"] === `sha256=${createHmac("sha256", token).update(body).digest("hex")}`;
    calls.push({ path: `${request.method} ${request.url}`, signed, action, app, commit: what });
    const answer = answers.shift() ?? { status: 500, body: "{}" };
    answer.before?.();
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());

beforeEach(({ onTestFinished }) => {
  folder = mkdtempSync(join(tmpdir(), "post-receive-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  [calls, answers] = [[], []];
  const bare = join(folder, "pages.git");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env });
  symlinkSync(script, join(bare, "hooks", "post-receive"));
  writeFileSync(join(folder, "token"), `${token}\n`, { mode: 0o600 });
  const settings = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    app: "pages",
    tokenFile: join(folder, "token"),
  };
  for (const [name, value] of Object.entries(settings))
    execFileSync("git", ["-C", bare, "config", `paasmas.${name}`, value], { env });
  execFileSync("git", ["clone", "--quiet", bare, join(folder, "work")], { env, stdio: "ignore" });
  git("checkout", "--quiet", "-B", "main");
});

const built = (what: string) => ({
  path: "POST /apps/pages",
  signed: true,
  action: "build",
  app: "pages",
  commit: what,
});

test("builds a push to the branch with a signed call, and prints the result for the user", async () => {
  const first = commit("first");
  answers = [{ status: 200, body: '{"outcome":"deployed"}' }];
  const { failed, said } = await push("main");
  expect(calls).toEqual([built(first)]);
  expect([failed, said]).toEqual([false, expect.stringContaining(`remote: pages: building ${first.slice(0, 12)}`)]);
  expect(said).toContain('remote: {"outcome":"deployed"}');
});

test("ignores another branch and a deleted branch", async () => {
  commit("first");
  await push("main:refs/heads/other");
  await push(":refs/heads/other");
  expect(calls).toEqual([]);
});

test("waits during another call", async () => {
  const first = commit("first");
  answers = [
    { status: 409, body: '{"error":"another call is under way"}' },
    { status: 200, body: '{"outcome":"deployed"}' },
  ];
  await push("main");
  expect(calls).toEqual([built(first), built(first)]);
});

test("stops for a newer commit, which has a separate call", async () => {
  const first = commit("first");
  const second = commit("second");
  await push(`${second}:refs/heads/later`);
  const newer = () =>
    execFileSync("git", ["-C", join(folder, "pages.git"), "update-ref", "refs/heads/main", second], { env });
  answers = [{ status: 409, body: "{}", before: newer }];
  const { said } = await push(`${first}:refs/heads/main`);
  expect(calls).toEqual([built(first)]);
  expect(said).toContain(`pages: ${first.slice(0, 12)} is not built, a newer commit is`);
});

test("prints the error of a failed build, and keeps the push", async () => {
  const first = commit("first");
  answers = [{ status: 422, body: '{"error":"the build failed"}' }];
  const { said } = await push("main");
  expect([calls, said]).toEqual([[built(first)], expect.stringContaining('remote: {"error":"the build failed"}')]);
  expect(git("ls-remote", "origin", "refs/heads/main")).toContain(first);
});

test("calls no hook if a setting is missing, and prints the setting", async () => {
  execFileSync("git", ["-C", join(folder, "pages.git"), "config", "--unset", "paasmas.app"], { env });
  commit("first");
  expect((await push("main")).said).toContain(
    "post-receive: nothing is built; set paasmas.app in the repository's config",
  );
  expect(calls).toEqual([]);
});
