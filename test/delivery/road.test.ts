import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await new World().start();
});
afterAll(() => world.stop());

const digestOf = (app: string, images: { images: { app: string; digest: string }[] }) =>
  images.images.find((one) => one.app === app)!.digest;

// One story: each test goes on where the one before it ended.
describe("from a commit to production", { timeout: 60_000 }, () => {
  let built: { commit: string; tree: string; images: { app: string; digest: string }[] };
  let api: string;
  let front: string;

  test("development goes to staging", async () => {
    world.write("push.json", JSON.stringify({ event: "push", branch: "development", primary: false }));
    expect(await world.json(["decide", "--input", "push.json", "--look-up"])).toEqual({
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      credentials: true,
      previews: [],
      because: "development goes to staging",
    });
  });

  test("images are built from what is committed, and nothing else", async () => {
    world.write("api/secret.txt", "not committed");
    built = await world.json(["build", "--build-arg", "BASE_IMAGE=debian"], "images.json");
    [api, front] = [digestOf("api", built), digestOf("front", built)];
    expect(built).toEqual({
      commit: world.git("rev-parse", "HEAD"),
      tree: world.git("rev-parse", "HEAD^{tree}"),
      images: [
        { app: "api", digest: world.tags.get(`shop/api:tree-${built.tree}`) },
        { app: "front", digest: world.tags.get(`shop/front:tree-${built.tree}`) },
      ],
    });
    const label = `--label org.opencontainers.image.revision=${built.commit} --label org.opencontainers.image.source=https://github.com/example/shop`;
    const of = (app: string) =>
      `build --file EXPORT/${app}/Dockerfile --build-arg BASE_IMAGE=debian ${label} --tag ${world.host}/shop/${app}:tree-${built.tree} EXPORT/${app}\n` +
      `./Dockerfile\npush --tls-verify=false ${world.host}/shop/${app}:tree-${built.tree}\n`;
    expect(world.read("builds.log")).toBe(of("api") + of("front"));
    world.git("clean", "--quiet", "--force", "api");
  });

  test("the same files are not built twice, whatever the commit", async () => {
    world.write("builds.log", "");
    world.git("checkout", "--quiet", "-b", "development");
    const second = world.commit("the same files", "2026-11-21T11:00:00Z");
    expect(await world.json(["build"], "images.json")).toEqual({ ...built, commit: second });
    expect(world.read("builds.log")).toBe("");
  });

  test("nothing has passed before it was tested: release is refused, and nothing is called", async () => {
    const ran = await world.run(["promote", "--images", "images.json", "--tokens", "tokens.json", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      allowed: false,
      refusals: ["api", "front"].flatMap((app) =>
        ["acceptance", "capacity"].map(
          (stage) =>
            `${app}: ${digestOf(app, built).slice(0, 19)} has not passed ${stage} for tree ${built.tree.slice(0, 12)}`,
        ),
      ),
      deployed: [],
    });
    expect(world.calls.production).toEqual([]);
  });

  test("evidence is only given to what runs on staging", async () => {
    const ran = await world.run(["pass", "acceptance", "--images", "images.json", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toEqual({
      passed: false,
      refusals: [
        `api: staging runs nothing, and what was to be tested is ${api}`,
        `front: staging runs nothing, and what was to be tested is ${front}`,
      ],
    });
    expect([...world.tags.keys()].filter((tag) => tag.includes("acceptance"))).toEqual([]);
  });

  test("staging gets each app by digest, in the project's order", async () => {
    expect(await world.json(["deploy", "staging", "--images", "images.json", "--tokens", "tokens.json"])).toEqual([
      { app: "api", name: "api", digest: api, url: "https://api.staging.example.com/" },
      { app: "front", name: "front", digest: front, url: "https://front.staging.example.com/" },
    ]);
    expect(world.calls.staging).toEqual([`deploy api ${api}`, `deploy front ${front}`]);
  });

  test("what passed is noted beside the images", async () => {
    expect(await world.json(["pass", "acceptance", "--images", "images.json"])).toEqual({ passed: true, refusals: [] });
    expect(await world.json(["pass", "capacity", "--images", "images.json"])).toEqual({ passed: true, refusals: [] });
    expect(await world.json(["pass", "capacity", "--images", "images.json"])).toEqual({ passed: true, refusals: [] });
    for (const stage of ["acceptance", "capacity"]) {
      expect(world.tags.get(`shop/api:${stage}-${built.tree}`)).toBe(api);
      expect(world.tags.get(`shop/front:${stage}-${built.tree}`)).toBe(front);
    }
  });

  test("merged to the default branch, the same files go straight to the release", async () => {
    world.git("checkout", "--quiet", "main");
    world.git("merge", "--quiet", "--no-ff", "--no-edit", "development");
    world.write("push.json", JSON.stringify({ event: "push", branch: "main", primary: true }));
    expect(await world.json(["decide", "--input", "push.json", "--look-up"])).toMatchObject({
      stages: ["manual", "release"],
      environment: "production",
    });
  });

  test("the very digests go to production", async () => {
    await world.json(["build"], "images.json");
    expect(
      await world.json(["promote", "--images", "images.json", "--tokens", "tokens.json"], "released.json"),
    ).toMatchObject({
      allowed: true,
      refusals: [],
      deployed: [
        { app: "api", name: "api", digest: api, url: "https://api.production.example.com/" },
        { app: "front", name: "front", digest: front, url: "https://front.production.example.com/" },
      ],
    });
    expect(world.calls.production).toEqual([`deploy api ${api}`, `deploy front ${front}`]);
    const released = [...world.tags]
      .filter(([tag]) => /^shop\/\w+:released-2\d{7}T\d{6}Z$/.test(tag))
      .map(([, digest]) => digest);
    expect(released).toEqual([api, front]);
  });

  test("how long that took is recorded, a line a release", async () => {
    const releasedAt = "2026-11-21T12:00:00.000Z";
    world.write("released.json", JSON.stringify({ ...JSON.parse(world.read("released.json")), releasedAt }));
    world.write("cycle-time.jsonl", "");
    const first = world.git("rev-parse", "development~1");
    world.git("reset", "--quiet", "--hard", "development");
    const record = await world.json([
      "cycle-time",
      "--released",
      "released.json",
      "--since",
      first,
      "--append",
      "cycle-time.jsonl",
    ]);
    expect(record).toEqual({
      repository: "example/shop",
      commit: world.git("rev-parse", "development"),
      commits: 1,
      committedAt: "2026-11-21T11:00:00.000Z",
      releasedAt,
      cycleSeconds: 3600,
      leadSeconds: 3600,
      images: [
        { app: "api", digest: api },
        { app: "front", digest: front },
      ],
    });
    expect(world.read("cycle-time.jsonl")).toBe(`${JSON.stringify(record)}\n`);
    expect(await world.json(["cycle-time", "--summary", "cycle-time.jsonl"])).toEqual({
      releases: 1,
      cycle: { median: 3600, p90: 3600 },
      lead: { median: 3600, p90: 3600 },
    });
  });

  test("a digest that somebody slipped in is refused", async () => {
    const other = `sha256:${"e".repeat(64)}`;
    world.write(
      "images.json",
      JSON.stringify({
        ...built,
        images: [
          { app: "api", digest: other },
          { app: "front", digest: front },
        ],
      }),
    );
    const calls = [...world.calls.production];
    const ran = await world.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({
      code: 1,
      stdout: `refused\n  api: sha256:eeeeeeeeeeee has not passed acceptance for tree ${built.tree.slice(0, 12)}; what has is ${api.slice(0, 19)}\n  api: sha256:eeeeeeeeeeee has not passed capacity for tree ${built.tree.slice(0, 12)}; what has is ${api.slice(0, 19)}\n`,
    });
    expect(world.calls.production).toEqual(calls);
  });

  test("what is not checked out is not released, whatever has passed for it", async () => {
    world.write("images.json", JSON.stringify(built));
    world.write("api/Dockerfile", "FROM scratch\n# another\n");
    world.commit("another", "2026-11-21T12:00:00Z");
    const ran = await world.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    const tree = world.git("rev-parse", "HEAD^{tree}");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(
      `refused\n  the images are of tree ${built.tree.slice(0, 12)}, and what is checked out is tree ${tree.slice(0, 12)}\n  api: `,
    );
    world.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("a release that fails half-way goes back: apps that were tested together run together", async () => {
    const before = world.calls.production.length;
    world.running.production[0]!.digest = "sha256:older";
    world.hookAnswers = [
      { status: 200, body: {}, act: true },
      { status: 422, body: { error: "health: 503 after 30 s" } },
    ];
    const tags = [...world.tags.keys()].length;
    const ran = await world.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(
      /^api runs sha256:\w+\napi is back at .*\npaasmas: deploy of front at .*: health: 503 after 30 s \(422\)\n$/,
    );
    expect(world.calls.production.slice(before)).toEqual([
      `deploy api ${api}`,
      `deploy front ${front}`,
      "rollback api",
    ]);
    expect([...world.tags.keys()]).toHaveLength(tags);
  });

  test("and back", async () => {
    expect(await world.json(["rollback", "production", "api", "--tokens", "tokens.json"])).toMatchObject({
      name: "api",
    });
    expect(world.calls.production.at(-1)).toBe("rollback api");
  });

  test("a deploy that fails says why, and the next app is left alone", async () => {
    world.write("images.json", JSON.stringify(built));
    world.hookAnswers = [{ status: 422, body: { error: "health: 503 after 30 s" } }];
    const before = world.calls.staging.length;
    const ran = await world.run(["deploy", "staging", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `paasmas: deploy of api at http://${world.host}/staging: health: 503 after 30 s (422)\n`,
    });
    expect(world.calls.staging.slice(before)).toEqual([`deploy api ${api}`]);
  });
});
