import { beforeEach, describe, expect, test } from "vitest";
import { call as run } from "../bash.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const now = 1_763_740_800;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const commit = "0123456789abcdef0123456789abcdef01234567";
const good = { action: "deploy", app: "shop", digest, timestamp: now, nonce: "0123456789abcdef" };

function call(body: unknown, path = "/apps/shop"): string {
  return run(
    "deploy-hook/call.sh",
    "call",
    [path, String(now)],
    typeof body === "string" ? body : JSON.stringify(body),
  );
}

describe("call", () => {
  test.each([
    [good, `deploy shop ${digest} 0123456789abcdef`],
    [{ ...good, name: "pr-12-shop" }, `deploy pr-12-shop ${digest} 0123456789abcdef`],
    [
      { action: "build", app: "shop", commit, timestamp: now, nonce: "a-UUID_like-nonce" },
      `build shop ${commit} a-UUID_like-nonce`,
    ],
    [{ action: "rollback", app: "shop", timestamp: now, nonce: good.nonce }, "rollback shop 0123456789abcdef"],
    [
      { action: "rollback", app: "shop", name: "pr-1-x", timestamp: now, nonce: good.nonce },
      "rollback pr-1-x 0123456789abcdef",
    ],
    [
      { action: "remove", app: "shop", name: "pr-1-x", timestamp: now, nonce: good.nonce },
      "remove pr-1-x 0123456789abcdef",
    ],
    [{ ...good, timestamp: now - 300 }, `deploy shop ${digest} 0123456789abcdef`],
    [{ ...good, timestamp: now + 300 }, `deploy shop ${digest} 0123456789abcdef`],
  ])("accepts %j", (body, asked) => {
    expect(call(body)).toBe(asked);
  });

  test.each<[string, unknown, string]>([
    ["nothing", "", "refuse 400 the body is not one JSON object"],
    ["half an object", '{"action":', "refuse 400 the body is not one JSON object"],
    ["two objects", "{} {}", "refuse 400 the body is not one JSON object"],
    ["a list", [good], "refuse 400 the body is not one JSON object"],
    ["an empty object", {}, "refuse 400 action is not allowed; use deploy, build, rollback or remove"],
    [
      "another action",
      { ...good, action: "exec" },
      "refuse 400 action is not allowed; use deploy, build, rollback or remove",
    ],
    [
      "an action that is not a string",
      { ...good, action: ["deploy"] },
      "refuse 400 action is not allowed; use deploy, build, rollback or remove",
    ],
    ["an unknown key", { ...good, image: "evil/image" }, "refuse 400 image is not a key of this call"],
    ["a digest with a rollback", { ...good, action: "rollback" }, "refuse 400 digest is not a key of this call"],
    ["an app that differs from the path", { ...good, app: "blog" }, "refuse 400 app differs from the app in the path"],
    ["a tag", { ...good, digest: "latest" }, "refuse 400 digest is missing or malformed"],
    [
      "a digest with more behind it",
      { ...good, digest: `${digest} --privileged` },
      "refuse 400 digest is missing or malformed",
    ],
    ["a digest with a line break", { ...good, digest: `${digest}\n` }, "refuse 400 digest is missing or malformed"],
    ["no digest", { ...good, digest: undefined }, "refuse 400 digest is missing or malformed"],
    [
      "a commit that is a branch",
      { action: "build", app: "shop", commit: "main", timestamp: now, nonce: good.nonce },
      "refuse 400 commit is missing or malformed",
    ],
    ["a name that is not a preview", { ...good, name: "blog" }, "refuse 400 name is missing or malformed"],
    ["a name that leads elsewhere", { ...good, name: "pr-1-../../x" }, "refuse 400 name is missing or malformed"],
    ["a name with a line break", { ...good, name: "pr-1-x\n" }, "refuse 400 name is missing or malformed"],
    [
      "a name that is too long",
      { ...good, name: `pr-1-${"x".repeat(59)}` },
      "refuse 400 name is longer than 63 characters",
    ],
    [
      "removing the app itself",
      { action: "remove", app: "shop", timestamp: now, nonce: good.nonce },
      "refuse 400 remove needs the name of a preview",
    ],
    [
      "a time in words",
      { ...good, timestamp: "now" },
      "refuse 400 timestamp is not a whole number of seconds since 1970",
    ],
    [
      "a time in milliseconds",
      { ...good, timestamp: now * 1000 },
      "refuse 400 timestamp is not a whole number of seconds since 1970",
    ],
    [
      "half seconds",
      { ...good, timestamp: now + 0.5 },
      "refuse 400 timestamp is not a whole number of seconds since 1970",
    ],
    ["no nonce", { ...good, nonce: undefined }, "refuse 400 nonce is missing or malformed"],
    ["a short nonce", { ...good, nonce: "0123456789abcde" }, "refuse 400 nonce is missing or malformed"],
    [
      "a nonce that leads elsewhere",
      { ...good, nonce: "../../../../etc/passwd" },
      "refuse 400 nonce is missing or malformed",
    ],
    ["a stale call", { ...good, timestamp: now - 301 }, "refuse 403 the call is 301 s old; at most 300 s are allowed"],
    [
      "a call from the future",
      { ...good, timestamp: now + 301 },
      "refuse 403 the call is -301 s old; at most 300 s are allowed",
    ],
  ])("rejects %s", (_, body, answer) => {
    expect(call(body)).toBe(answer);
  });

  test("rejects a path with a query", () => {
    expect(call(good, "/apps/shop?x=1")).toBe("refuse 400 app differs from the app in the path");
  });
});
