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

  test("decides that development goes to staging", async () => {
    services.write("push.json", JSON.stringify({ event: "push", branch: "development", primary: false }));
    expect(await services.json(["decide", "--input", "push.json", "--look-up"])).toEqual({
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      credentials: true,
      previews: [],
      reason: "development goes to staging",
    });
  });

  test("builds images from committed files only", async () => {
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
    const label =
      `--label org.opencontainers.image.revision=${built.commit} ` +
      "--label org.opencontainers.image.source=https://github.com/example/shop";
    const of = (app: string) =>
      `build --file EXPORT/${app}/Dockerfile --build-arg BASE_IMAGE=debian ${label} ` +
      `--tag ${services.host}/shop/${app}:tree-${built.tree} EXPORT/${app}\n` +
      `./Dockerfile\npush --tls-verify=false ${services.host}/shop/${app}:tree-${built.tree}\n`;
    expect(services.read("builds.log")).toBe(of("api") + of("front"));
    services.git("clean", "--quiet", "--force", "api");
  });

  test("does not build the same files twice for another commit", async () => {
    services.write("builds.log", "");
    services.git("checkout", "--quiet", "-b", "development");
    const second = services.commit("the same files", "2026-11-21T11:00:00Z");
    expect(await services.json(["build"], "images.json")).toEqual({ ...built, commit: second });
    expect(services.read("builds.log")).toBe("");
  });

  test("refuses a release before the tests and calls no service", async () => {
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

  test("records test results only for images on staging", async () => {
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

  test("deploys to staging by digest, in the order of the project", async () => {
    expect(await services.json(["deploy", "staging", "--images", "images.json", "--tokens", "tokens.json"])).toEqual([
      { app: "api", name: "api", digest: api, url: "https://api.staging.example.com/" },
      { app: "front", name: "front", digest: front, url: "https://front.staging.example.com/" },
    ]);
    expect(services.calls.staging).toEqual([`deploy api ${api}`, `deploy front ${front}`]);
  });

  test("records passed tests as tags of the images", async () => {
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

  test("skips the tests after a merge that does not change the files", async () => {
    services.git("checkout", "--quiet", "main");
    services.git("merge", "--quiet", "--no-ff", "--no-edit", "development");
    services.write("push.json", JSON.stringify({ event: "push", branch: "main", primary: true }));
    expect(await services.json(["decide", "--input", "push.json", "--look-up"])).toMatchObject({
      stages: ["manual", "release"],
      environment: "production",
    });
  });

  test("deploys the tested digests to production", async () => {
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
    const refusal = (stage: string) =>
      `  api: sha256:eeeeeeeeeeee has not passed ${stage} for tree ${built.tree.slice(0, 12)}; ` +
      `passed digests: ${api.slice(0, 19)}\n`;
    expect(ran).toMatchObject({ code: 1, stdout: `refused\n${refusal("acceptance")}${refusal("capacity")}` });
    expect(services.calls.production).toEqual(calls);
  });

  test("refuses images of files that are not checked out", async () => {
    services.write("images.json", JSON.stringify(built));
    services.write("api/Dockerfile", "FROM scratch\n# another\n");
    services.commit("another", "2026-11-21T12:00:00Z");
    const ran = await services.run(["promote", "--images", "images.json", "--tokens", "tokens.json"]);
    const tree = services.git("rev-parse", "HEAD^{tree}");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(
      `refused\n  the images are built from tree ${built.tree.slice(0, 12)}, ` +
        `but tree ${tree.slice(0, 12)} is checked out\n  api: `,
    );
    services.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("rolls back the deployed apps if a release fails", async () => {
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

  test("rolls back one app", async () => {
    expect(await services.json(["rollback", "production", "api", "--tokens", "tokens.json"])).toMatchObject({
      name: "api",
    });
    expect(services.calls.production.at(-1)).toBe("rollback api");
  });

  test("reports the cause of a failed deployment and does not deploy the next app", async () => {
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
