import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeRepository } from "./fake-repository.ts";

let services: FakeRepository;
beforeAll(async () => {
  services = await new FakeRepository().start();
});
afterAll(() => services.stop());

const digestOf = (app: string, images: { images: { app: string; digest: string }[] }) =>
  images.images.find((one) => one.app === app)!.digest;

// One sequence: each test continues from the state of the previous test.
describe("from a commit to production", { timeout: 60_000 }, () => {
  let built: { commit: string; tree: string; images: { app: string; digest: string }[] };
  let api: string;
  let front: string;

  test("development goes to staging", async () => {
    services.write("push.json", JSON.stringify({ event: "push", branch: "development", primary: false }));
    expect(await services.json(["decide", "--input", "push.json", "--look-up"])).toEqual({
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      credentials: true,
      previews: [],
      reason: "development goes to staging",
    });
  });

  test("images are built from what is committed, and nothing else", async () => {
    services.write("api/secret.txt", "not committed");
    built = await services.json(["build", "--build-arg", "BASE_IMAGE=debian"], "images.json");
    [api, front] = [digestOf("api", built), digestOf("front", built)];
    expect(built).toEqual({
      commit: services.git("rev-parse", "HEAD"),
      tree: services.git("rev-parse", "HEAD^{tree}"),
      images: [
        { app: "api", digest: services.tags.get(`shop/api:tree-${built.tree}`) },
        { app: "front", digest: services.tags.get(`shop/front:tree-${built.tree}`) },
      ],
    });
    const label = `--label org.opencontainers.image.revision=${built.commit} --label org.opencontainers.image.source=https://github.com/example/shop`;
    const of = (app: string) =>
      `build --file EXPORT/${app}/Dockerfile --build-arg BASE_IMAGE=debian ${label} --tag ${services.host}/shop/${app}:tree-${built.tree} EXPORT/${app}\n` +
      `./Dockerfile\npush --tls-verify=false ${services.host}/shop/${app}:tree-${built.tree}\n`;
    expect(services.read("builds.log")).toBe(of("api") + of("front"));
    services.git("clean", "--quiet", "--force", "api");
  });

  test("the same files are not built twice, whatever the commit", async () => {
    services.write("builds.log", "");
    services.git("checkout", "--quiet", "-b", "development");
    const second = services.commit("the same files", "2026-11-21T11:00:00Z");
    expect(await services.json(["build"], "images.json")).toEqual({ ...built, commit: second });
    expect(services.read("builds.log")).toBe("");
  });

  test("nothing has passed before it was tested: release is refused, and nothing is called", async () => {
    const ran = await services.run(["promote", "--images", "images.json", "--tokens", "tokens.json", "--json"]);
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
    expect(services.calls.production).toEqual([]);
  });

  test("evidence is only given to what runs on staging", async () => {
    const ran = await services.run(["pass", "acceptance", "--images", "images.json", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toEqual({
      passed: false,
      refusals: [
        `api: staging runs no image, but the tested image is ${api}`,
        `front: staging runs no image, but the tested image is ${front}`,
      ],
    });
    expect([...services.tags.keys()].filter((tag) => tag.includes("acceptance"))).toEqual([]);
  });

  test("staging gets each app by digest, in the project's order", async () => {
    expect(await services.json(["deploy", "staging", "--images", "images.json", "--tokens", "tokens.json"])).toEqual([
      { app: "api", name: "api", digest: api, url: "https://api.staging.example.com/" },
      { app: "front", name: "front", digest: front, url: "https://front.staging.example.com/" },
    ]);
    expect(services.calls.staging).toEqual([`deploy api ${api}`, `deploy front ${front}`]);
  });

  test("what passed is noted beside the images", async () => {
    expect(await services.json(["pass", "acceptance", "--images", "images.json"])).toEqual({
      passed: true,
      refusals: [],
    });
    expect(await services.json(["pass", "capacity", "--images", "images.json"])).toEqual({
      passed: true,
      refusals: [],
    });
    expect(await services.json(["pass", "capacity", "--images", "images.json"])).toEqual({
      passed: true,
      refusals: [],
    });
    for (const stage of ["acceptance", "capacity"]) {
      expect(services.tags.get(`shop/api:${stage}-${built.tree}`)).toBe(api);
      expect(services.tags.get(`shop/front:${stage}-${built.tree}`)).toBe(front);
    }
  });

  test("merged to the default branch, the same files go straight to the release", async () => {
    services.git("checkout", "--quiet", "main");
    services.git("merge", "--quiet", "--no-ff", "--no-edit", "development");
    services.write("push.json", JSON.stringify({ event: "push", branch: "main", primary: true }));
    expect(await services.json(["decide", "--input", "push.json", "--look-up"])).toMatchObject({
      stages: ["manual", "release"],
      environment: "production",
    });
  });

  test("the very digests go to production", async () => {
    await services.json(["build"], "images.json");
    expect(
      await services.json(["promote", "--images", "images.json", "--tokens", "tokens.json"], "released.json"),
    ).toMatchObject({
      allowed: true,
      refusals: [],
      deployed: [
        { app: "api", name: "api", digest: api, url: "https://api.production.example.com/" },
        { app: "front", name: "front", digest: front, url: "https://front.production.example.com/" },
      ],
    });
    expect(services.calls.production).toEqual([`deploy api ${api}`, `deploy front ${front}`]);
    const released = [...services.tags]
      .filter(([tag]) => /^shop\/\w+:released-2\d{7}T\d{6}Z$/.test(tag))
      .map(([, digest]) => digest);
    expect(released).toEqual([api, front]);
  });

  test("records the cycle time, one line per release", async () => {
    const releasedAt = "2026-11-21T12:00:00.000Z";
    services.write("released.json", JSON.stringify({ ...JSON.parse(services.read("released.json")), releasedAt }));
    services.write("cycle-time.jsonl", "");
    const first = services.git("rev-parse", "development~1");
    services.git("reset", "--quiet", "--hard", "development");
    const record = await services.json([
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
      commit: services.git("rev-parse", "development"),
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
    expect(services.read("cycle-time.jsonl")).toBe(`${JSON.stringify(record)}\n`);
    expect(await services.json(["cycle-time", "--summary", "cycle-time.jsonl"])).toEqual({
      releases: 1,
      cycle: { median: 3600, p90: 3600 },
      lead: { median: 3600, p90: 3600 },
    });
  });

  test("refuses a digest that was not tested", async () => {
    const other = `sha256:${"e".repeat(64)}`;
    services.write(
      "images.json",
      JSON.stringify({
        ...built,
        images: [
          { app: "api", digest: other },
          { app: "front", digest: front },
        ],
      }),
    );
    const calls = [...services.calls.production];
    const ran = await services.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({
      code: 1,
      stdout: `refused\n  api: sha256:eeeeeeeeeeee has not passed acceptance for tree ${built.tree.slice(0, 12)}; passed digests: ${api.slice(0, 19)}\n  api: sha256:eeeeeeeeeeee has not passed capacity for tree ${built.tree.slice(0, 12)}; passed digests: ${api.slice(0, 19)}\n`,
    });
    expect(services.calls.production).toEqual(calls);
  });

  test("what is not checked out is not released, whatever has passed for it", async () => {
    services.write("images.json", JSON.stringify(built));
    services.write("api/Dockerfile", "FROM scratch\n# another\n");
    services.commit("another", "2026-11-21T12:00:00Z");
    const ran = await services.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    const tree = services.git("rev-parse", "HEAD^{tree}");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(
      `refused\n  the images are built from tree ${built.tree.slice(0, 12)}, but tree ${tree.slice(0, 12)} is checked out\n  api: `,
    );
    services.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("a release that fails half-way goes back: apps that were tested together run together", async () => {
    const before = services.calls.production.length;
    services.running.production[0]!.digest = "sha256:older";
    services.hookAnswers = [
      { status: 200, body: {}, act: true },
      { status: 422, body: { error: "health: 503 after 30 s" } },
    ];
    const tags = [...services.tags.keys()].length;
    const ran = await services.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(
      /^api runs sha256:\w+\napi is rolled back to .*\npaasmas: deploy of front at .*: health: 503 after 30 s \(422\)\n$/,
    );
    expect(services.calls.production.slice(before)).toEqual([
      `deploy api ${api}`,
      `deploy front ${front}`,
      "rollback api",
    ]);
    expect([...services.tags.keys()]).toHaveLength(tags);
  });

  test("and back", async () => {
    expect(await services.json(["rollback", "production", "api", "--tokens", "tokens.json"])).toMatchObject({
      name: "api",
    });
    expect(services.calls.production.at(-1)).toBe("rollback api");
  });

  test("a deploy that fails says why, and the next app is left alone", async () => {
    services.write("images.json", JSON.stringify(built));
    services.hookAnswers = [{ status: 422, body: { error: "health: 503 after 30 s" } }];
    const before = services.calls.staging.length;
    const ran = await services.run(["deploy", "staging", "--images", "images.json", "--tokens", "tokens.json"]);
    expect(ran).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `paasmas: deploy of api at http://${services.host}/staging: health: 503 after 30 s (422)\n`,
    });
    expect(services.calls.staging.slice(before)).toEqual([`deploy api ${api}`]);
  });
});
