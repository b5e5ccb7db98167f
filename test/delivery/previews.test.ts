import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { marker } from "../../delivery/decisions/comment.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await new World().start();
});
afterEach(() => world.stop());

const head = "d".repeat(40);
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const lookUp = ["decide", "--look-up", "--repository", "example/shop", "--input"];

describe("apps of pull requests", { timeout: 60_000 }, () => {
  test("whom it is from is GitHub's to say, and the rules are the target branch's", async () => {
    world.files.set("main", world.project("    label: run-it\n"));
    // What the pull request brings along says that it may do everything.
    world.write(
      "delivery.yaml",
      world
        .project("    label: bug\n")
        .replace("example/shop", "eve/shop")
        .replace("preview.example.com", "eve.example.com"),
    );
    world.permissions.set("eve", "read").set("ann", "write");
    world.pulls.set(12, { number: 12, state: "open", author: "eve", head, labels: ["bug"] });
    world.write("pr.json", JSON.stringify({ event: "pull-request", number: 12, commit: head }));
    expect(await world.json([...lookUp, "pr.json"])).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      because:
        "pull request 12: its author eve may not write to the repository, and nobody who may has approved this commit",
    });

    const reviews = [
      { user: "bob", state: "APPROVED", commit_id: head },
      { user: "ann", state: "APPROVED", commit_id: "a".repeat(40) },
      { user: "ann", state: "COMMENTED", commit_id: head },
      { user: "ann", state: "APPROVED", commit_id: head },
    ];
    world.pulls.set(12, { number: 12, state: "open", author: "eve", head, reviews });
    expect(await world.json([...lookUp, "pr.json"])).toMatchObject({
      stages: ["commit", "preview"],
      credentials: true,
      previews: [
        { app: "api", name: "pr-12-api", url: "https://pr-12-api.preview.example.com/" },
        { app: "front", name: "pr-12-front", url: "https://pr-12-front.preview.example.com/" },
      ],
      because: `pull request 12: ann approved ${head.slice(0, 12)}`,
    });

    world.pulls.set(12, {
      number: 12,
      state: "open",
      author: "eve",
      head,
      reviews: [...reviews, { user: "ann", state: "DISMISSED", commit_id: head }],
    });
    expect(await world.json([...lookUp, "pr.json"])).toMatchObject({ stages: ["tests"], credentials: false });

    // Approved, checked out another commit, and pushed back what was approved before anybody asked.
    world.pulls.set(12, { number: 12, state: "open", author: "eve", head, reviews });
    world.write("other.json", JSON.stringify({ event: "pull-request", number: 12, commit: "e".repeat(40) }));
    expect(await world.json([...lookUp, "other.json"])).toMatchObject({
      stages: ["tests"],
      credentials: false,
      because:
        "pull request 12: its author eve may not write to the repository, and what was approved is another commit",
    });

    world.pulls.set(12, { number: 12, state: "open", author: "eve", head, labels: ["run-it"] });
    expect(await world.json([...lookUp, "pr.json"])).toMatchObject({
      credentials: true,
      because: "pull request 12: it has the label run-it",
    });
  });

  test("an approval counts for the approved commit merged into the target branch, and for no other merge of it", async () => {
    world.files.set("main", world.project());
    world.permissions.set("ann", "write");
    const base = world.git("rev-parse", "main");
    world.onMain.add(base);
    world.git("checkout", "--quiet", "-b", "pull");
    world.write("api/new.txt", "approved\n");
    const approved = world.commit("approved", "2026-11-21T12:00:00Z");
    world.git("checkout", "--quiet", "main");
    world.write("front/other.txt", "meanwhile\n");
    const meanwhile = world.commit("meanwhile", "2026-11-21T12:01:00Z");
    world.onMain.add(meanwhile);
    const merge = (...options: string[]) => {
      world.git("checkout", "--quiet", "--detach", meanwhile);
      world.git("merge", "--quiet", "--no-ff", "--no-edit", ...options, approved);
      return world.git("rev-parse", "HEAD");
    };
    const merged = merge();
    merge("--no-commit");
    world.write("api/evil.txt", "slipped in\n");
    const slipped = world.commit("looks like the merge", "2026-11-21T12:02:00Z");
    expect(world.git("rev-list", "--parents", "-n", "1", slipped)).toBe(`${slipped} ${meanwhile} ${approved}`);
    world.git("checkout", "--quiet", "--detach", base);
    world.write("front/strange.txt", "not reviewed\n");
    const strange = world.commit("not on main", "2026-11-21T12:03:00Z");
    world.git("merge", "--quiet", "--no-ff", "--no-edit", approved);
    const mergedElsewhere = world.git("rev-parse", "HEAD");

    world.pulls.set(12, {
      number: 12,
      state: "open",
      author: "eve",
      head: approved,
      reviews: [{ user: "ann", state: "APPROVED", commit_id: approved }],
    });
    const trusted = async (commit: string) => {
      world.write("pr.json", JSON.stringify({ event: "pull-request", number: 12, commit }));
      return (await world.json([...lookUp, "pr.json"])).credentials;
    };
    expect(await trusted(approved)).toBe(true);
    expect(await trusted(merged)).toBe(true);
    expect(await trusted(slipped)).toBe(false);
    expect(await trusted(mergedElsewhere)).toBe(false);
    expect(await trusted(strange)).toBe(false);
    expect(await trusted("f".repeat(40))).toBe(false);
  });

  test("are built apart, created, updated and removed", async () => {
    const first = await world.json(["build", "--preview"], "images.json");
    const images = first.images.map((one: { digest: string }) => one.digest);
    expect([...world.tags.keys()]).toEqual([`shop/api:preview-${first.tree}`, `shop/front:preview-${first.tree}`]);
    const deploy = ["deploy", "preview", "--images", "images.json", "--pull-request", "12", "--tokens", "tokens.json"];
    expect(await world.json(deploy)).toEqual([
      { app: "api", name: "pr-12-api", digest: images[0], url: "https://pr-12-api.preview.example.com/" },
      { app: "front", name: "pr-12-front", digest: images[1], url: "https://pr-12-front.preview.example.com/" },
    ]);
    world.write("api/Dockerfile", "FROM scratch\n# another\n");
    world.commit("another", "2026-11-21T12:00:00Z");
    const second = await world.json(["build", "--preview"], "images.json");
    await world.json(deploy);
    expect(world.running.preview.map(({ name, digest }) => [name, digest])).toEqual([
      ["pr-12-api", second.images[0].digest],
      ["pr-12-front", second.images[1].digest],
    ]);
    expect(second.images[0].digest).not.toBe(images[0]);
    expect(await world.json(["remove", "--pull-request", "12", "--tokens", "tokens.json"])).toEqual([
      "pr-12-api",
      "pr-12-front",
    ]);
    expect(world.running.preview).toEqual([]);
    expect(world.calls.preview.slice(-2)).toEqual(["remove pr-12-api", "remove pr-12-front"]);
    // Once more, as after a webhook that came twice: there is nothing to do.
    await world.json(["remove", "--pull-request", "12", "--tokens", "tokens.json"]);
    expect(world.calls.preview).toHaveLength(6);
  });

  test("are swept: closed, old, above the quota; orphans are reported", async () => {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const app = (name: string, hours: number, owner = name.replace(/^pr-\d+-/, "")) => ({
      app: owner,
      name,
      digest: digest("a"),
      since: ago(hours),
    });
    world.running.preview.push(
      app("pr-1-api", 1),
      app("pr-2-api", 60),
      app("pr-3-api", 3),
      app("pr-4-api", 2),
      app("pr-5-api", 1),
      app("pr-77-api", 900),
      app("pr-1-blog", 900),
      app("api", 900),
    );
    world.pulls.set(1, { number: 1, state: "closed", author: "ann", head });
    for (const number of [2, 3, 4, 5]) world.pulls.set(number, { number, state: "open", author: "ann", head });
    const swept = {
      remove: [
        { name: "pr-1-api", pullRequest: 1, reason: "closed" },
        { name: "pr-2-api", pullRequest: 2, reason: "age" },
        { name: "pr-3-api", pullRequest: 3, reason: "quota" },
      ],
      orphans: [{ name: "pr-77-api", reason: "there is no pull request 77" }],
      keep: ["pr-4-api", "pr-5-api"],
    };
    expect(await world.json(["sweep", "--dry-run"])).toEqual(swept);
    expect(world.calls.preview).toEqual([]);
    expect(await world.json(["sweep", "--tokens", "tokens.json"])).toEqual(swept);
    expect(world.calls.preview).toEqual(["remove pr-1-api", "remove pr-2-api", "remove pr-3-api"]);
    const again = await world.run(["sweep", "--tokens", "tokens.json"]);
    expect(again).toMatchObject({
      code: 0,
      stdout: "orphan pr-77-api: there is no pull request 77\nkeep pr-4-api\nkeep pr-5-api\n",
    });
  });

  test("GitHub not answering sweeps nothing", async () => {
    world.running.preview.push({ app: "api", name: "pr-1-api", digest: digest("a"), since: "2026-01-01T00:00:00Z" });
    const ran = await world.run(["sweep", "--tokens", "tokens.json"], { GITHUB_TOKEN: "expired" });
    expect(ran).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `paasmas: http://${world.host}/github/repos/example/shop/pulls?state=open&per_page=100: Bad credentials (401)\n`,
    });
    expect(world.calls.preview).toEqual([]);
  });

  test("have one comment, found again among many", async () => {
    const foreign = [1, 2, 3].map((id) => ({ id, user: { login: "eve" }, body: `${marker}\nmine` }));
    world.comments = [...foreign];
    const say = (state: string, ...more: string[]) =>
      world.json(["comment", "--pull-request", "12", "--commit", head, "--state", state, ...more]);
    expect(await say("ready")).toMatchObject({ action: "create" });
    expect(await say("ready")).toMatchObject({ action: "none", id: 103 });
    expect(await say("failed", "--detail", "health: 503")).toMatchObject({ action: "update", id: 103 });
    expect(world.comments).toHaveLength(4);
    expect(world.comments[3]!.body).toBe(
      `${marker}\n**\`${head.slice(0, 12)}\` could not be deployed.** What ran before still runs.\n\nhealth: 503\n\n| app | address |\n|---|---|\n| api | <https://pr-12-api.preview.example.com/> |\n| front | <https://pr-12-front.preview.example.com/> |\n`,
    );
    expect(world.comments.slice(0, 3)).toEqual(foreign);
  });
});
