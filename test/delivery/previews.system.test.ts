import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { marker } from "../../delivery/rules/comment.ts";
import { FakeRepository } from "./fake-repository.ts";

let services: FakeRepository;
beforeEach(async () => {
  services = await new FakeRepository().start();
});
afterEach(() => services.stop());

const head = "d".repeat(40);
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const lookUp = ["decide", "--look-up", "--repository", "example/shop", "--input"];

describe("preview apps", { timeout: 60_000 }, () => {
  test("use the author from GitHub and the rules of the target branch", async () => {
    services.files.set("main", services.project("    label: run-it\n"));
    // The delivery.yaml of the pull request allows everything.
    services.write(
      "delivery.yaml",
      services
        .project("    label: bug\n")
        .replace("example/shop", "eve/shop")
        .replace("preview.example.com", "eve.example.com"),
    );
    services.permissions.set("eve", "read").set("ann", "write");
    services.pulls.set(12, { number: 12, state: "open", author: "eve", head, labels: ["bug"] });
    services.write("pr.json", JSON.stringify({ event: "pull-request", number: 12, commit: head }));
    expect(await services.json([...lookUp, "pr.json"])).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      reason: "pull request 12: its author eve has no write access, and no user with write access approved this commit",
    });

    const reviews = [
      { user: "bob", state: "APPROVED", commit_id: head },
      { user: "ann", state: "APPROVED", commit_id: "a".repeat(40) },
      { user: "ann", state: "COMMENTED", commit_id: head },
      { user: "ann", state: "APPROVED", commit_id: head },
    ];
    services.pulls.set(12, { number: 12, state: "open", author: "eve", head, reviews });
    expect(await services.json([...lookUp, "pr.json"])).toMatchObject({
      stages: ["commit", "preview"],
      credentials: true,
      previews: [
        { app: "api", name: "pr-12-api", url: "https://pr-12-api.preview.example.com/" },
        { app: "front", name: "pr-12-front", url: "https://pr-12-front.preview.example.com/" },
      ],
      reason: `pull request 12: ann approved ${head.slice(0, 12)}`,
    });

    services.pulls.set(12, {
      number: 12,
      state: "open",
      author: "eve",
      head,
      reviews: [...reviews, { user: "ann", state: "DISMISSED", commit_id: head }],
    });
    expect(await services.json([...lookUp, "pr.json"])).toMatchObject({ stages: ["tests"], credentials: false });

    // The CI checked out another commit, then the author pushed the approved commit again.
    services.pulls.set(12, { number: 12, state: "open", author: "eve", head, reviews });
    services.write("other.json", JSON.stringify({ event: "pull-request", number: 12, commit: "e".repeat(40) }));
    expect(await services.json([...lookUp, "other.json"])).toMatchObject({
      stages: ["tests"],
      credentials: false,
      reason: "pull request 12: its author eve has no write access, and the approval is for another commit",
    });

    services.pulls.set(12, { number: 12, state: "open", author: "eve", head, labels: ["run-it"] });
    expect(await services.json([...lookUp, "pr.json"])).toMatchObject({
      credentials: true,
      reason: "pull request 12: it has the label run-it",
    });
  });

  test("accept an approval only for the approved commit and its merge into the target branch", async () => {
    services.files.set("main", services.project());
    services.permissions.set("ann", "write");
    const base = services.git("rev-parse", "main");
    services.onMain.add(base);
    services.git("checkout", "--quiet", "-b", "pull");
    services.write("api/new.txt", "approved\n");
    const approved = services.commit("approved", "2026-11-21T12:00:00Z");
    services.git("checkout", "--quiet", "main");
    services.write("front/other.txt", "meanwhile\n");
    const meanwhile = services.commit("meanwhile", "2026-11-21T12:01:00Z");
    services.onMain.add(meanwhile);
    const merge = (...options: string[]) => {
      services.git("checkout", "--quiet", "--detach", meanwhile);
      services.git("merge", "--quiet", "--no-ff", "--no-edit", ...options, approved);
      return services.git("rev-parse", "HEAD");
    };
    const merged = merge();
    merge("--no-commit");
    services.write("api/evil.txt", "slipped in\n");
    const slipped = services.commit("looks like the merge", "2026-11-21T12:02:00Z");
    expect(services.git("rev-list", "--parents", "-n", "1", slipped)).toBe(`${slipped} ${meanwhile} ${approved}`);
    services.git("checkout", "--quiet", "--detach", base);
    services.write("front/strange.txt", "not reviewed\n");
    const strange = services.commit("not on main", "2026-11-21T12:03:00Z");
    services.git("merge", "--quiet", "--no-ff", "--no-edit", approved);
    const mergedElsewhere = services.git("rev-parse", "HEAD");

    services.pulls.set(12, {
      number: 12,
      state: "open",
      author: "eve",
      head: approved,
      reviews: [{ user: "ann", state: "APPROVED", commit_id: approved }],
    });
    const trusted = async (commit: string) => {
      services.write("pr.json", JSON.stringify({ event: "pull-request", number: 12, commit }));
      return (await services.json([...lookUp, "pr.json"])).credentials;
    };
    expect(await trusted(approved)).toBe(true);
    expect(await trusted(merged)).toBe(true);
    expect(await trusted(slipped)).toBe(false);
    expect(await trusted(mergedElsewhere)).toBe(false);
    expect(await trusted(strange)).toBe(false);
    expect(await trusted("f".repeat(40))).toBe(false);
  });

  test("are built with separate tags, created, updated and removed", async () => {
    const first = await services.json(["build", "--preview"], "images.json");
    const images = first.images.map((one: { digest: string }) => one.digest);
    expect([...services.tags.keys()]).toEqual([`shop/api:preview-${first.tree}`, `shop/front:preview-${first.tree}`]);
    const deploy = ["deploy", "preview", "--images", "images.json", "--pull-request", "12", "--tokens", "tokens.json"];
    expect(await services.json(deploy)).toEqual([
      { app: "api", name: "pr-12-api", digest: images[0], url: "https://pr-12-api.preview.example.com/" },
      { app: "front", name: "pr-12-front", digest: images[1], url: "https://pr-12-front.preview.example.com/" },
    ]);
    services.write("api/Dockerfile", "FROM scratch\n# another\n");
    services.commit("another", "2026-11-21T12:00:00Z");
    const second = await services.json(["build", "--preview"], "images.json");
    await services.json(deploy);
    expect(services.running.preview.map(({ name, digest }) => [name, digest])).toEqual([
      ["pr-12-api", second.images[0].digest],
      ["pr-12-front", second.images[1].digest],
    ]);
    expect(second.images[0].digest).not.toBe(images[0]);
    expect(await services.json(["remove", "--pull-request", "12", "--tokens", "tokens.json"])).toEqual([
      "pr-12-api",
      "pr-12-front",
    ]);
    expect(services.running.preview).toEqual([]);
    expect(services.calls.preview.slice(-2)).toEqual(["remove pr-12-api", "remove pr-12-front"]);
    // A second call, as after a repeated webhook, does nothing.
    await services.json(["remove", "--pull-request", "12", "--tokens", "tokens.json"]);
    expect(services.calls.preview).toHaveLength(6);
  });

  test("are swept if closed, old or above the quota; orphans are reported", async () => {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const app = (name: string, hours: number, owner = name.replace(/^pr-\d+-/, "")) => ({
      app: owner,
      name,
      digest: digest("a"),
      since: ago(hours),
    });
    services.running.preview.push(
      app("pr-1-api", 1),
      app("pr-2-api", 60),
      app("pr-3-api", 3),
      app("pr-4-api", 2),
      app("pr-5-api", 1),
      app("pr-77-api", 900),
      app("pr-1-blog", 900),
      app("api", 900),
    );
    services.pulls.set(1, { number: 1, state: "closed", author: "ann", head });
    for (const number of [2, 3, 4, 5]) services.pulls.set(number, { number, state: "open", author: "ann", head });
    const swept = {
      remove: [
        { name: "pr-1-api", pullRequest: 1, reason: "closed" },
        { name: "pr-2-api", pullRequest: 2, reason: "age" },
        { name: "pr-3-api", pullRequest: 3, reason: "quota" },
      ],
      orphans: [{ name: "pr-77-api", reason: "pull request 77 does not exist" }],
      keep: ["pr-4-api", "pr-5-api"],
    };
    expect(await services.json(["sweep", "--dry-run"])).toEqual(swept);
    expect(services.calls.preview).toEqual([]);
    expect(await services.json(["sweep", "--tokens", "tokens.json"])).toEqual(swept);
    expect(services.calls.preview).toEqual(["remove pr-1-api", "remove pr-2-api", "remove pr-3-api"]);
    const again = await services.run(["sweep", "--tokens", "tokens.json"]);
    expect(again).toMatchObject({
      code: 0,
      stdout: "orphan pr-77-api: pull request 77 does not exist\nkeep pr-4-api\nkeep pr-5-api\n",
    });
  });

  test("are not swept if GitHub does not answer", async () => {
    services.running.preview.push({ app: "api", name: "pr-1-api", digest: digest("a"), since: "2026-01-01T00:00:00Z" });
    const ran = await services.run(["sweep", "--tokens", "tokens.json"], { GITHUB_TOKEN: "expired" });
    expect(ran).toMatchObject({
      code: 1,
      stdout: "",
      stderr:
        `paasmas: http://${services.host}/github/repos/example/shop/pulls?state=open&per_page=100: ` +
        "Bad credentials (401)\n",
    });
    expect(services.calls.preview).toEqual([]);
  });

  test("have one comment that is found among many", async () => {
    const foreign = [1, 2, 3].map((id) => ({ id, user: { login: "eve" }, body: `${marker}\nmine` }));
    services.comments = [...foreign];
    const write = (state: string, ...more: string[]) =>
      services.json(["comment", "--pull-request", "12", "--commit", head, "--state", state, ...more]);
    expect(await write("ready")).toMatchObject({ action: "create" });
    expect(await write("ready")).toMatchObject({ action: "none", id: 103 });
    expect(await write("failed", "--detail", "health: 503")).toMatchObject({ action: "update", id: 103 });
    expect(services.comments).toHaveLength(4);
    expect(services.comments[3]!.body).toBe(
      `${marker}\n**\`${head.slice(0, 12)}\` could not be deployed.** The previous version still runs.\n\n` +
        "health: 503\n\n| app | address |\n|---|---|\n| api | <https://pr-12-api.preview.example.com/> |\n" +
        "| front | <https://pr-12-front.preview.example.com/> |\n",
    );
    expect(services.comments.slice(0, 3)).toEqual(foreign);
  });
});
