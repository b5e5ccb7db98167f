import { describe, expect, test } from "vitest";
import { type CommentState, comment, commentState, marker } from "../../../delivery/decisions/comment.ts";
import { checked } from "../../../delivery/decisions/problem.ts";

const given = (more: Partial<CommentState> = {}): CommentState => ({
  pullRequest: 12,
  state: "ready",
  commit: "abcdef0123456789",
  apps: [{ app: "api", url: "https://pr-12-api.preview.example.com/" }],
  self: "delivery[bot]",
  comments: [],
  ...more,
});

const ready = `${marker}
**This pull request runs**, as of \`abcdef012345\`.

| app | address |
|---|---|
| api | <https://pr-12-api.preview.example.com/> |
`;

describe("the one comment", () => {
  test("is written once", () => {
    expect(comment(given())).toEqual({ action: "create", body: ready, remove: [] });
  });

  test("is changed in place", () => {
    const comments = [{ id: 7, author: "delivery[bot]", body: `${marker}\nold` }];
    expect(comment(given({ comments }))).toEqual({ action: "update", id: 7, body: ready, remove: [] });
  });

  test("is left when it says it already", () => {
    const comments = [{ id: 7, author: "delivery[bot]", body: ready.trimEnd() }];
    expect(comment(given({ comments }))).toEqual({ action: "none", id: 7, remove: [] });
  });

  test("is not somebody else's with the same marker, nor another one of ours", () => {
    const comments = [
      { id: 1, author: "eve", body: ready },
      { id: 2, author: "delivery[bot]", body: `Plan:\n${marker}` },
    ];
    expect(comment(given({ comments }))).toEqual({ action: "create", body: ready, remove: [] });
  });

  test("stays one: the oldest is kept, its doubles go", () => {
    const comments = [9, 5, 7].map((id) => ({ id, author: "delivery[bot]", body: `${marker}\nold` }));
    expect(comment(given({ comments }))).toEqual({ action: "update", id: 5, body: ready, remove: [7, 9] });
  });

  test("says why it failed, and that what ran still runs", () => {
    const decision = comment(given({ state: "failed", detail: "the health check said\n503 to @everyone `x` <b>" }));
    expect(decision).toMatchObject({
      body: expect.stringContaining(
        "**`abcdef012345` could not be deployed.** What ran before still runs.\n\nthe health check said 503 to @\u200beveryone \\`x\\` \\<b\\>\n\n| app |",
      ),
    });
  });

  test("ends without addresses; nothing is said about apps that never were", () => {
    const comments = [{ id: 7, author: "delivery[bot]", body: ready }];
    expect(comment(given({ state: "removed", comments }))).toEqual({
      action: "update",
      id: 7,
      body: `${marker}\nThe apps of this pull request are removed.\n`,
      remove: [],
    });
    expect(comment(given({ state: "removed" }))).toEqual({ action: "none", remove: [] });
  });

  test.each([
    [{ state: "gone" }, "state: is not a state; use ready, failed, removed"],
    [{ apps: [{ app: "api", url: "javascript:alert(1)" }] }, "apps[0].url: is not a URL; use https://"],
    [{ commit: "HEAD" }, "commit: is not a commit; use hexadecimal digits"],
  ])("bad input %#", (more, message) => {
    expect(() => checked(commentState, { ...given(), ...more }, "--input")).toThrow(`--input: ${message}`);
  });
});
