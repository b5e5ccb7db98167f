import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { restoringFile } from "../../../cli/engine/stack-file.ts";

const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, "Pulumi.dev.yaml");
const shared =
  "# Everything on one Docker host\nconfig:\n  paasmas:protect: true\n  paasmas:network: { cidr: 10.77.0.0/24 }\n";
const written =
  'config:\n  paasmas:network:\n    cidr: 10.77.0.0/24\n  paasmas:protect: "true"\nencryptionsalt: v1:abc\n';

/** Content of the file after the engine wrote to it. */
async function fileAfter(before: string, engineWrites: string, work = async () => "done"): Promise<string> {
  writeFileSync(path, before);
  await restoringFile(path, () => {
    writeFileSync(path, engineWrites);
    return work();
  }).catch(() => {});
  return readFileSync(path, "utf8");
}

describe("a stack's file after the work of the engine", () => {
  it("keeps its comments when the engine adds only a salt", async () => {
    expect(await fileAfter(shared, written)).toBe(shared);
  });

  it("keeps its comments after a failure", async () => {
    expect(await fileAfter(shared, written, () => Promise.reject(new Error("no")))).toBe(shared);
  });

  it("keeps an existing salt, which can belong to encrypted settings", async () => {
    const salted = `${shared}encryptionsalt: v1:abc\n`;
    expect(await fileAfter(salted, written)).toBe(written);
  });

  it("keeps changes that a user made during the work", async () => {
    const changed = written.replace("10.77", "10.78");
    expect(await fileAfter(shared, changed)).toBe(changed);
  });

  it("returns the result of the work", async () => {
    writeFileSync(path, shared);
    expect(await restoringFile(path, async () => 5)).toBe(5);
  });
});
