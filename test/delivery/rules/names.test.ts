import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appNameProblem, numberOfPreview, previewName } from "../../../delivery/rules/names.ts";

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const anyApp = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)
  .filter((name) => appNameProblem(name) === undefined);
const anyNumber = fc.integer({ min: 1, max: 999_999_999 });

describe("names of preview apps", () => {
  test("are pr-<number>-<app>", () => {
    expect(previewName(12, "api")).toBe("pr-12-api");
  });

  test("are cut to the length of a DNS label and end in a hash", () => {
    const app = `${"a".repeat(53)}-${"b".repeat(9)}`;
    expect(app).toHaveLength(63);
    expect(previewName(7, app)).toBe(`pr-7-${"a".repeat(49)}-1147a41e`);
    expect(previewName(7, app)).toHaveLength(63);
    expect(previewName(123, `${"a".repeat(46)}-${"b".repeat(16)}`)).toMatch(/^pr-123-a{46}-[0-9a-f]{8}$/);
  });

  test("are always DNS labels that contain the number", () => {
    fc.assert(
      fc.property(anyNumber, anyApp, (number, app) => {
        const name = previewName(number, app);
        expect(name).toMatch(label);
        expect(numberOfPreview(name)).toBe(number);
      }),
    );
  });

  test("differ if the number or the app differs", () => {
    fc.assert(
      fc.property(anyNumber, anyApp, anyNumber, anyApp, (one, first, other, second) => {
        fc.pre(one !== other || first !== second);
        expect(previewName(one, first)).not.toBe(previewName(other, second));
      }),
    );
  });

  test.each(["api", "pr-api", "pr", "pr-", "pr-0-api", "pr-x1-api", "pr-01-api", "xpr-1-api", "pr-1234567890-api", ""])(
    "do not include %j",
    (name) => {
      expect(numberOfPreview(name)).toBeUndefined();
    },
  );
});

describe("names of apps", () => {
  test.each(["a", "api", "front-2", "a".repeat(63), "pr-api", "preview"])("accept %s", (name) => {
    expect(appNameProblem(name)).toBeUndefined();
  });

  test.each([
    ["", '"" is not an app name; use lower-case letters, digits and inner hyphens, and start with a letter'],
    ["Api", '"Api" is not an app name'],
    ["2api", '"2api" is not an app name'],
    ["api-", '"api-" is not an app name'],
    ["a.b", '"a.b" is not an app name'],
    ["a\nb", '"a\\nb" is not an app name'],
    ["a".repeat(64), "has 64 characters; use at most 63"],
    ["pr-3-api", '"pr-3-api" looks like a preview app'],
  ])("reject %j", (name, problem) => {
    expect(appNameProblem(name)).toContain(problem);
  });
});
