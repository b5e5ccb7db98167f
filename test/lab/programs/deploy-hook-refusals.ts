import { connect } from "node:net";
import { seconds } from "../lab.ts";
import type { Answer, HookLab } from "./deploy-hook.ts";
import type { HookResult } from "./deploy-hook-cases.ts";

/** Calls that the hook must reject, each with its status and its line in the journal. */
export async function refusals(lab: HookLab): Promise<HookResult> {
  const start = performance.now();
  const result: HookResult = { case: "calls that are refused", mayFail: false, seconds: 0, failures: [] };
  const digest = lab.digests.v4!;
  const call = { action: "deploy" as const, app: "shop", digest };
  const now = Math.floor(Date.now() / 1000);
  const nonce = "a-nonce-that-is-used-twice";
  const token = lab.token("shop");
  const raw = (body: string, more: object = {}) => lab.send(body, { token, ...more });
  const body = (more: object) => JSON.stringify({ ...call, timestamp: now, nonce: "0123456789abcdef", ...more });

  const before = await state(lab);
  const since = Date.now();
  // State of machines whose hook read calls as root: the files change their owner, and the calls do not count as used.
  await lab.machine.exec(["chown", "--recursive", "root:root", "/var/lib/paasmas/deploy-hook/nonces"]);
  // The rejected call uses its nonce. The app must not change.
  const first = await lab.call({ ...call, digest: `sha256:${"0".repeat(64)}` }, { nonce });
  if (first.status !== 422) result.failures.push(`the first use of a nonce is accepted (${first.status})`);

  const tries: [string, () => Promise<Pick<Answer, "status">>, number, RegExp][] = [
    ["a wrong signature", () => lab.call(call, { token: "x".repeat(48) }), 401, /"POST \/apps\/shop" 401/],
    ["another app's token", () => lab.call(call, { token: lab.token("blog") }), 401, /"POST \/apps\/shop" 401/],
    ["no signature", () => lab.call(call, { token: "" }), 401, /"POST \/apps\/shop" 401/],
    ["a missing app", () => lab.call({ ...call, app: "none" }, { token }), 401, /"POST \/apps\/none" 401/],
    ["a nonce that was used", () => lab.call(call, { nonce }), 403, /the nonce was used before/],
    ["a stale call", () => lab.call(call, { timestamp: now - 400 }), 403, /the call is 40\d s old/],
    ["a call from the future", () => lab.call(call, { timestamp: now + 400 }), 403, /the call is -\d+ s old/],
    ["a body that is too large", () => raw(body({ nonce: "x".repeat(5000) })), 413, /"POST \/apps\/shop" 413/],
    ["a megabyte", () => megabyte(lab), 413, /"POST \/apps\/shop" 413/],
    ["no JSON", () => raw("deploy it"), 400, /the body is not one JSON object/],
    ["an unknown key", () => raw(body({ image: "elsewhere/image" })), 400, /image is not a key of this call/],
    ["a tag instead of a digest", () => raw(body({ digest: "latest" })), 400, /digest is missing or malformed/],
    [
      "options after a digest",
      () => raw(body({ digest: `${digest} --privileged` })),
      400,
      /digest is missing or malformed/,
    ],
    ["a name with another path", () => raw(body({ name: "pr-1-../../shop" })), 400, /name is missing or malformed/],
    ["another app's name", () => raw(body({ app: "blog" })), 400, /app differs from the app in the path/],
    [
      "a build of an app without source",
      () =>
        raw(
          JSON.stringify({
            action: "build",
            app: "shop",
            commit: "0".repeat(40),
            timestamp: now,
            nonce: "build-of-no-source",
          }),
        ),
      404,
      /the app has no source to build/,
    ],
    [
      "removing the app itself",
      () => raw(JSON.stringify({ action: "remove", app: "shop", timestamp: now, nonce: "remove-of-the-app" })),
      400,
      /remove needs the name of a preview/,
    ],
    ["another path", () => raw(body({}), { path: "/hooks/shop" }), 404, /"POST \/hooks\/shop" 404/],
    ["another method", () => raw("", { method: "DELETE" }), 405, /"DELETE \/apps\/shop" 405/],
    ["a body without a length", () => chunked(lab), 411, /"POST \/apps\/shop" 411/],
    ["a call that never ends", () => half(lab), 408, /"POST \/apps\/shop" 408/],
  ];
  const refused = [];
  for (const [name, attempt, status] of tries) {
    const answer = await attempt().catch((error: Error) => ({ status: error.message }));
    refused.push(answer.status);
    if (answer.status !== status) result.failures.push(`${name}: ${status} was expected, it is ${answer.status}`);
  }
  const logged = (unit: string) => lab.machine.log(unit, since - 1000);
  const log = `${await logged("deploy-hook.service")}\n${await logged("deploy-call@*")}`;
  for (const [name, , , words] of tries) {
    if (!words.test(log)) result.failures.push(`${name}: not in the journal`);
  }
  if (log.includes(token)) result.failures.push("a token is in the journal");
  for (const [statement, holds] of await readerRights(lab)) {
    if (!holds) result.failures.push(`does not hold: ${statement}`);
  }
  const after = await state(lab);
  if (after !== before) result.failures.push(`something was started or changed: ${before} -> ${after}`);
  result.case = `${tries.length} calls that are refused`;
  result.seconds = seconds(start);
  return result;
}

/** Checks that the process that reads calls has almost no rights, for the case of an attack. */
async function readerRights({ machine }: HookLab): Promise<[string, boolean][]> {
  const as = (user: string, script: string) =>
    machine.exec(["runuser", "--user", user, "--", "bash", "-c", script]).catch((error: Error) => error.message);
  const asking = (line: string) => `echo '${line}' | socat -t 10 - UNIX-CONNECT:/run/paasmas/app-call.sock`;
  return [
    ["the reader of calls can request the list", /^0\n\{"apps":/.test(await as("deploy-call", asking("list")))],
    [
      "the reader of calls cannot request a command that no call contains",
      (await as("deploy-call", asking("reconcile shop"))) === "2\n",
    ],
    [
      "the reader of calls can read neither tokens nor environments of apps",
      /Permission denied/.test(
        await as("deploy-call", "cat /etc/paasmas/deploy-hook/tokens.map /etc/paasmas/apps/shop/environment"),
      ),
    ],
    ["other users cannot send requests there", /Permission denied/.test(await as("core", asking("list")))],
    [
      "the call proxy cannot send requests there: it only reaches deploy-call",
      /Permission denied/.test(await as("deploy-hook", asking("list"))),
    ],
    [
      "the reader's process has no capability, no way to new privileges, no network, and few system calls",
      (await machine.exec(["bash", "-c", underWay])) === "1502 CapEff:0000000000000000 NoNewPrivs:1 Seccomp:2 lo\n",
    ],
  ];
}

/** Opens a call without data, and prints user, capabilities, privileges and network of its reader. */
const underWay = `
  sleep 4 | runuser --user deploy-hook -- socat - UNIX-CONNECT:/run/paasmas/deploy-hook/call.sock >/dev/null &
  for try in {1..30}; do
    if pid=$(pgrep --oldest --uid deploy-call --full bin/deploy-call); then break; fi
    sleep 0.1
  done
  user=$(stat --format=%u "/proc/$pid")
  rights=$(grep --extended-regexp '^(CapEff|NoNewPrivs|Seccomp):' "/proc/$pid/status" |
    tr --delete '[:blank:]' | paste --serial --delimiters=' ')
  network=$(sed --quiet 's/^ *\\([a-z0-9]*\\):.*/\\1/p' "/proc/$pid/net/dev" | paste --serial --delimiters=,)
  echo "$user $rights $network"
  wait`;

/** All state that a call could change. */
async function state(lab: HookLab): Promise<string> {
  const rows = (await lab.list()).map(({ name, state, digest, previous }) => [name, state, digest, previous]);
  const containers = await lab.machine.exec(["podman", "ps", "--format", "{{.ID}}"]);
  return JSON.stringify([rows, containers.split("\n").sort()]);
}

/** Sends a body without its length, which `fetch` always adds. */
function chunked(lab: HookLab): Promise<{ status: number }> {
  return spoken(
    lab,
    "POST /apps/shop HTTP/1.1\r\nHost: hook\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  );
}

/** The answer comes before the body is complete. */
function megabyte(lab: HookLab): Promise<{ status: number }> {
  return spoken(
    lab,
    `POST /apps/shop HTTP/1.1\r\nHost: hook\r\nContent-Length: ${2 ** 20}\r\n\r\n${"x".repeat(2 ** 16)}`,
  );
}

function half(lab: HookLab): Promise<{ status: number }> {
  return spoken(lab, "POST /apps/shop HTTP/1.1\r\nHost: hook\r\nContent-Length: 100\r\n\r\n{");
}

function spoken(lab: HookLab, request: string): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(9010, lab.machine.address, () => socket.write(request));
    socket.setTimeout(15_000, () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
    socket.once("data", (data) => {
      resolve({ status: Number(data.toString("latin1").split(" ")[1]) });
      socket.destroy();
    });
  });
}
