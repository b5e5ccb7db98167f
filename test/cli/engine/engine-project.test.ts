import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { EngineProject } from "../../../cli/engine/engine-project.ts";
import { readProject } from "../../../cli/settings.ts";
import { projectCopy } from "../project-copy.ts";

let dir: string;
let files: EngineProject;
beforeEach(() => {
  dir = projectCopy();
  files = new EngineProject(readProject(dir));
  files.write();
});
afterEach(() => rmSync(dir, { recursive: true }));

const committed = (name = "dev") => join(dir, "stacks", `Pulumi.${name}.yaml`);
const copy = (name = "dev") => join(files.dir, `Pulumi.${name}.yaml`);
const read = (path: string) => readFileSync(path, "utf8");

/** What the engine does when it saves a stack file: no comments, another form, `true` as text. */
function engineSaves(change: (content: Record<string, unknown>) => void): void {
  const content = parse(read(copy()));
  change(content);
  writeFileSync(copy(), JSON.stringify(content, null, 4).replaceAll(/: (true|false)\b/g, ': "$1"'));
}

test("has the program and the settings of the project, in the folder of the state", () => {
  expect(files.dir).toBe(join(dir, ".state", "engine"));
  expect(parse(read(join(files.dir, "Pulumi.yaml")))).toEqual({
    ...parse(read(join(dir, "Pulumi.yaml"))),
    main: join(dir, "stacks", "start.js"),
    stackConfigDir: undefined,
  });
  for (const name of ["dev", "staging", "prod"]) expect(read(copy(name))).toBe(read(committed(name)));
});

test("follows a changed file at the next run", () => {
  appendFileSync(committed(), "  paasmas:protect: true\n");
  files.write();
  expect(read(copy())).toBe(read(committed()));
});

describe("the committed file", () => {
  const content = () => read(committed());

  test("stays as it is when the engine only adds its salt", () => {
    appendFileSync(committed(), "  paasmas:protect: true\n");
    files.write();
    const text = content();
    engineSaves((content) => (content.encryptionsalt = "v1:abc"));
    files.bringBack("dev");
    expect(content()).toBe(text);
  });

  test("gets an encrypted setting with its salt, and keeps its comments", () => {
    const text = content();
    engineSaves((content) => {
      content.encryptionsalt = "v1:abc";
      (content.config as Record<string, unknown>)["paasmas:jenkins"] = { key: { secure: "v1:x:y" } };
    });
    files.bringBack("dev");
    expect(content()).toBe(`${text}  paasmas:jenkins:\n    key:\n      secure: v1:x:y\nencryptionsalt: v1:abc\n`);
  });

  test("gets another secrets provider", () => {
    const text = content();
    engineSaves((content) => Object.assign(content, { secretsprovider: "awskms://alias/x", encryptedkey: "AQ==" }));
    files.bringBack("dev");
    expect(content()).toBe(`${text}secretsprovider: awskms://alias/x\nencryptedkey: AQ==\n`);
  });

  test("keeps changes of the user during the run", () => {
    engineSaves((content) => (content.secretsprovider = "awskms://alias/x"));
    writeFileSync(committed(), content().replace("10.77", "10.78"));
    files.bringBack("dev");
    expect(content()).toContain("10.78.0.0/24");
    expect(content()).toContain("secretsprovider: awskms://alias/x\n");
  });
});
