import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { deliveryCommands } from "../../cli/commands/delivery.ts";
import { previewName } from "../../delivery/rules/names.ts";
import { notification } from "../../delivery/rules/notification.ts";
import { type Change, type Route, route, routeRules, stages } from "../../delivery/rules/route.ts";
import { projectOf } from "../../delivery/project.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/delivery.md"), "utf8");

/** The rows of the table below a heading that begins with these columns. */
function rows(...head: string[]): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${head.join(" | ")} |`));
  if (start < 0) throw new Error(`there is no table ${head.join(", ")}`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(2, -1)
      .split(" | ")
      .map((cell) => cell.replace(/ \|?$/, "").trim()),
  );
}

const facts = { author: "ann", permission: "write" as const, head: "a".repeat(40), approvals: [], labels: [] };
const pullRequest = (more: object, state: "open" | "closed" = "open"): Change => ({
  event: "pull-request",
  number: 12,
  state,
  pullRequest: { ...facts, ...more },
});
const push = (branch: string, passed = false): Change => ({
  event: "push",
  branch,
  primary: branch === "main",
  passed,
});
const rules = routeRules.parse({ apps: ["api"], previews: { domain: "preview.example.com" } });

describe("docs/delivery.md agrees with the code", () => {
  test("about changes", () => {
    const changes: [string, Change][] = [
      ["pull request, trusted", pullRequest({})],
      ["pull request, not trusted", pullRequest({ permission: "read" })],
      ["pull request, closed", pullRequest({}, "closed")],
      ["push to `development`", push("development")],
      ["push to the default branch", push("main")],
      ["push to the default branch, these files have passed", push("main", true)],
      ["push to any other branch", push("feature")],
    ];
    const line = ([name, change]: [string, Change]) => {
      const { stages, environment, credentials }: Route = route(change, rules);
      return [name, stages.join(", "), environment ?? "none", credentials ? "yes" : "no"];
    };
    expect(rows("change", "stages")).toEqual(changes.map(line));
    expect(rows("stage", "what happens").map(([stage]) => stage)).toEqual([...stages]);
  });

  test("about trust", () => {
    const approval = { by: "bob", permission: "write", commit: facts.head };
    const given: object[] = [
      {},
      { permission: "read", approvals: [approval] },
      { permission: "read", labels: ["run-it"] },
      {
        permission: "read",
        approvals: [
          { ...approval, commit: "b".repeat(40) },
          { ...approval, permission: "triage" },
        ],
      },
      { permission: "none", author: "renovate[bot]" },
    ];
    const trusted = given.map(
      (more) =>
        route(pullRequest(more), { ...rules, previews: { domain: "preview.example.com", label: "run-it" } })
          .credentials,
    );
    expect(rows("pull request", "trusted").map(([, answer]) => answer!.split(";")[0] === "yes")).toEqual(trusted);
  });

  test("about names", () => {
    const named = ["api", "a-long-name-for-an-app-that-needs-more-than-sixty-characters"].map(
      (app) => [app, previewName(12, app)] as const,
    );
    expect(rows("pull request", "app", "name")).toEqual(
      named.map(([app, name]) =>
        ["12", app, name, `https://${name}.preview.example.com/`].map((cell) => (cell === "12" ? cell : `\`${cell}\``)),
      ),
    );
    expect(named[1]![1]).toHaveLength(63);
  });

  test("about delivery.yaml: every setting, with its default", () => {
    const listed = rows("setting", "default").flatMap(([names = "", value = ""]) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, value] as const),
    );
    const place = { hook: "http://10.0.0.1:9010", domain: "example.com" };
    const full = projectOf(
      JSON.stringify({
        repository: "a/b",
        apps: { api: { image: "r.example.com/api" } },
        environments: { preview: place, staging: place, production: place },
      }),
    );
    const has = (path: string) => listed.find(([name]) => name === path)?.[1];
    expect([has("environments.preview.quota"), has("environments.preview.maxAgeHours")]).toEqual([
      String(full.environments.preview!.quota),
      String(full.environments.preview!.maxAgeHours),
    ]);
    expect([has("branches.staging"), has("release.manual"), has("apps.<name>.dockerfile")]).toEqual([
      full.branches.staging,
      String(full.release.manual),
      full.apps.api!.dockerfile,
    ]);
    expect(
      listed.map(([name]) => name).filter((name) => !name.startsWith("environments") && !name.startsWith(".")),
    ).toEqual([
      ...[
        "repository",
        "apps",
        "apps.<name>.image",
        "apps.<name>.context",
        "apps.<name>.dockerfile",
        "branches.staging",
        "release.manual",
        "plainHttp",
      ],
    ]);
    expect(Object.keys(full)).toEqual(["repository", "apps", "environments", "branches", "release", "plainHttp"]);
    expect(Object.keys(full.environments.preview!).toSorted()).toEqual(["domain", "hook", "maxAgeHours", "quota"]);
  });

  test("about commands", () => {
    const program = new Command();
    deliveryCommands(program, () => async () => {});
    const commands = program.commands[0]!.commands.map((command) => [
      [command.name(), ...command.registeredArguments.map((argument) => `<${argument.name()}>`)].join(" "),
      command.description(),
    ]);
    expect(rows("command", "description")).toEqual(commands.map(([usage, text]) => [`\`${usage}\``, text]));
  });

  test("about variables: every one that is read", () => {
    const sources = ["delivery/commands/common.ts", "delivery/commands/report.ts", "delivery/registry.ts"]
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("\n");
    const read = new Set(
      [...sources.matchAll(/process\.env\.(\w+)|needed\("(\w+)"/g)].map(([, direct, named]) => direct ?? named),
    );
    expect(
      new Set(
        rows("variable", "meaning").flatMap(([names = ""]) =>
          [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
        ),
      ),
    ).toEqual(read);
  });

  test("about tags: every one that is set", () => {
    const source = readFileSync(join(root, "delivery/image-records.ts"), "utf8");
    const [comment = ""] = /\/\*\*\n \* Stores facts[\s\S]*?\*\//.exec(source) ?? [];
    const named = [...comment.matchAll(/`(\w+-<[^>]+>)`/g)].map(([, tag]) => tag);
    expect(rows("tag", "meaning").map(([tag]) => tag!.replaceAll("`", ""))).toEqual(named);
  });

  test("about notifications", () => {
    const run = { repository: "a/b", branch: "main", previous: null, url: "https://ci.example.com/" } as const;
    const sent = [
      notification({ ...run, result: "failure", previous: "failure" }),
      notification({ ...run, result: "success", previous: "failure" }),
      notification({ ...run, result: "success", cycleSeconds: 5 }),
      notification({ ...run, result: "aborted" }),
    ].map(({ send }) => send);
    expect(rows("run", "notification").map(([, notification]) => notification !== "none")).toEqual(sent);
  });

  test("has only links to files and headings that exist", () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
