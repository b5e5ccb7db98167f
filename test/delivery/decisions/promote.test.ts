import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Promotion, promote } from "../../../delivery/decisions/promote.ts";

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
  evidence: [...passed("api", "a"), ...passed("front", "f")],
  ...more,
});

describe("what is promoted", () => {
  test("the very digests that passed both", () => {
    expect(promote(given())).toEqual({ allowed: true, refusals: [] });
  });

  test("another digest is refused, and the one that passed is named", () => {
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
        "api: sha256:bbbbbbbbbbbb has not passed acceptance for tree 111111111111; what has is sha256:aaaaaaaaaaaa",
        "api: sha256:bbbbbbbbbbbb has not passed capacity for tree 111111111111; what has is sha256:aaaaaaaaaaaa",
      ],
    });
  });

  test("one that passed acceptance alone is refused", () => {
    const evidence = given().evidence.filter(({ app, stage }) => app !== "front" || stage === "acceptance");
    expect(promote(given({ evidence })).refusals).toEqual([
      "front: sha256:ffffffffffff has not passed capacity for tree 111111111111",
    ]);
  });

  test("what passed for other files does not count", () => {
    const evidence = [...passed("api", "a"), ...passed("front", "f", otherTree)];
    expect(promote(given({ evidence })).refusals).toEqual([
      "front: sha256:ffffffffffff has not passed acceptance for tree 111111111111",
      "front: sha256:ffffffffffff has not passed capacity for tree 111111111111",
    ]);
  });

  test("all apps of the project go together, once each, and no other", () => {
    expect(promote(given({ images: [{ app: "api", digest: digest("a") }] })).refusals).toEqual([
      "front: there is no image to release",
    ]);
    expect(promote(given({ images: [...given().images, { app: "api", digest: digest("a") }] })).refusals).toEqual([
      "api: there are 2 images to release; there can be one",
    ]);
    expect(promote(given({ images: [...given().images, { app: "db", digest: digest("a") }] })).refusals).toEqual([
      "db: is no app of the project",
    ]);
  });

  test("whatever is asked, a digest without both pieces of evidence never goes", () => {
    const letters = fc.constantFrom("a", "b", "c");
    const apps = fc.constantFrom("api", "front");
    const evidence = fc.array(
      fc.record({
        app: apps,
        stage: fc.constantFrom("acceptance" as const, "capacity" as const),
        tree: fc.constantFrom(tree, otherTree),
        digest: letters.map(digest),
      }),
    );
    const images = fc.array(fc.record({ app: apps, digest: letters.map(digest) }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(evidence, images, (evidence, images) => {
        const complete = ["api", "front"].every((app) => images.filter((image) => image.app === app).length === 1);
        const proven = images.every((image) =>
          ["acceptance", "capacity"].every((stage) =>
            evidence.some(
              (one) => one.stage === stage && one.app === image.app && one.tree === tree && one.digest === image.digest,
            ),
          ),
        );
        expect(promote(given({ evidence, images })).allowed).toBe(complete && proven);
      }),
    );
  });
});
