import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Promotion, promote } from "../../../delivery/rules/promote.ts";

const [tree, otherTree] = ["1".repeat(40), "2".repeat(40)];
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const passed = (app: string, letter: string, of = tree) =>
  (["acceptance", "capacity"] as const).map((stage) => ({ app, stage, tree: of, digest: digest(letter) }));
const given = (more: Partial<Promotion> = {}): Promotion => ({
  tree,
  apps: ["api", "front"],
  images: [
    { app: "api", digest: digest("a") },
    { app: "front", digest: digest("f") },
  ],
  testResults: [...passed("api", "a"), ...passed("front", "f")],
  ...more,
});

describe("a promotion", () => {
  test("is allowed for the digests that passed both tests", () => {
    expect(promote(given())).toEqual({ allowed: true, refusals: [] });
  });

  test("is refused for another digest, with the digests that passed", () => {
    expect(
      promote(
        given({
          images: [
            { app: "api", digest: digest("b") },
            { app: "front", digest: digest("f") },
          ],
        }),
      ),
    ).toEqual({
      allowed: false,
      refusals: [
        "api: sha256:bbbbbbbbbbbb has not passed acceptance for tree 111111111111; passed digests: sha256:aaaaaaaaaaaa",
        "api: sha256:bbbbbbbbbbbb has not passed capacity for tree 111111111111; passed digests: sha256:aaaaaaaaaaaa",
      ],
    });
  });

  test("is refused for a digest that passed only acceptance", () => {
    const testResults = given().testResults.filter(({ app, stage }) => app !== "front" || stage === "acceptance");
    expect(promote(given({ testResults })).refusals).toEqual([
      "front: sha256:ffffffffffff has not passed capacity for tree 111111111111",
    ]);
  });

  test("ignores test results of other files", () => {
    const testResults = [...passed("api", "a"), ...passed("front", "f", otherTree)];
    expect(promote(given({ testResults })).refusals).toEqual([
      "front: sha256:ffffffffffff has not passed acceptance for tree 111111111111",
      "front: sha256:ffffffffffff has not passed capacity for tree 111111111111",
    ]);
  });

  test("requires exactly one image for each app of the project", () => {
    expect(promote(given({ images: [{ app: "api", digest: digest("a") }] })).refusals).toEqual([
      "front: has no image to release",
    ]);
    expect(promote(given({ images: [...given().images, { app: "api", digest: digest("a") }] })).refusals).toEqual([
      "api: has 2 images to release; give one",
    ]);
    expect(promote(given({ images: [...given().images, { app: "db", digest: digest("a") }] })).refusals).toEqual([
      "db: is not an app of this project",
    ]);
  });

  test("is never allowed for a digest without the results of both tests", () => {
    const letters = fc.constantFrom("a", "b", "c");
    const apps = fc.constantFrom("api", "front");
    const testResults = fc.array(
      fc.record({
        app: apps,
        stage: fc.constantFrom("acceptance" as const, "capacity" as const),
        tree: fc.constantFrom(tree, otherTree),
        digest: letters.map(digest),
      }),
    );
    const images = fc.array(fc.record({ app: apps, digest: letters.map(digest) }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(testResults, images, (testResults, images) => {
        const complete = ["api", "front"].every((app) => images.filter((image) => image.app === app).length === 1);
        const proven = images.every((image) =>
          ["acceptance", "capacity"].every((stage) =>
            testResults.some(
              (one) => one.stage === stage && one.app === image.app && one.tree === tree && one.digest === image.digest,
            ),
          ),
        );
        expect(promote(given({ testResults, images })).allowed).toBe(complete && proven);
      }),
    );
  });
});
