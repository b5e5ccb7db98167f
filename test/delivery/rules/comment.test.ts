import { describe, expect, test } from "vitest";
import { type CommentState, comment, commentState, marker } from "../../../delivery/rules/comment.ts";
import { checked } from "../../../delivery/rules/validate.ts";

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
**This pull request is deployed** at commit \`abcdef012345\`.

| app | address |
|---|---|
| api | <https://pr-12-api.preview.example.com/> |
`;

describe("the preview comment", () => {
  test("is created if there is none", () => {
    expect(comment(given())).toEqual({ action: "create", body: ready, remove: [] });
  });

  test("is updated in place", () => {
    const comments = [{ id: 7, author: "delivery[bot]", body: `${marker}\nold` }];
    expect(comment(given({ comments }))).toEqual({ action: "update", id: 7, body: ready, remove: [] });
  });

  test("does not change if the text is the same", () => {
    const comments = [{ id: 7, author: "delivery[bot]", body: ready.trimEnd() }];
    expect(comment(given({ comments }))).toEqual({ action: "none", id: 7, remove: [] });
  });

  test("ignores comments of other accounts, and comments without the marker in the first line", () => {
    const comments = [
      { id: 1, author: "eve", body: ready },
      { id: 2, author: "delivery[bot]", body: `Plan:\n${marker}` },
    ];
    expect(comment(given({ comments }))).toEqual({ action: "create", body: ready, remove: [] });
  });

  test("keeps the oldest of several comments and removes the others", () => {
    const comments = [9, 5, 7].map((id) => ({ id, author: "delivery[bot]", body: `${marker}\nold` }));
    expect(comment(given({ comments }))).toEqual({ action: "update", id: 5, body: ready, remove: [7, 9] });
  });

  test("shows the escaped cause of a failure", () => {
    const decision = comment(given({ state: "failed", detail: "the health check said\n503 to @everyone `x` <b>" }));
    expect(decision).toMatchObject({
      body: expect.stringContaining(
        "**`abcdef012345` could not be deployed.** The previous version still runs.\n\n" +
          "the health check said 503 to @\u200beveryone \\`x\\` \\<b\\>\n\n| app |",
      ),
    });
  });

  test("has no addresses after a removal, and is not created for a removal", () => {
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
  ])("rejects bad input %#", (more, message) => {
    expect(() => checked(commentState, { ...given(), ...more }, "--input")).toThrow(`--input: ${message}`);
  });
});
