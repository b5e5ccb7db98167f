import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { leavingFile } from "../../../cli/engine/stack-file.ts";

const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, "Pulumi.dev.yaml");
const shared =
  "# Everything on one Docker host\nconfig:\n  paasmas:protect: true\n  paasmas:network: { cidr: 10.77.0.0/24 }\n";
const written =
  'config:\n  paasmas:network:\n    cidr: 10.77.0.0/24\n  paasmas:protect: "true"\nencryptionsalt: v1:abc\n';

/** What is in the file after the engine wrote to it. */
async function after(before: string, engineWrites: string, work = async () => "done"): Promise<string> {
  writeFileSync(path, before);
  await leavingFile(path, () => {
    writeFileSync(path, engineWrites);
    return work();
  }).catch(() => {});
  return readFileSync(path, "utf8");
}

describe("a stack's file after the engine worked with it", () => {
  it("is as it was, with its comments, when only a salt was added", async () => {
    expect(await after(shared, written)).toBe(shared);
  });

  it("is as it was after a failure, too", async () => {
    expect(await after(shared, written, () => Promise.reject(new Error("no")))).toBe(shared);
  });

  it("keeps a salt that was there before: something may be encrypted with it", async () => {
    const salted = `${shared}encryptionsalt: v1:abc\n`;
    expect(await after(salted, written)).toBe(written);
  });

  it("keeps what somebody changed meanwhile", async () => {
    const changed = written.replace("10.77", "10.78");
    expect(await after(shared, changed)).toBe(changed);
  });

  it("gives what the work gives", async () => {
    writeFileSync(path, shared);
    expect(await leavingFile(path, async () => 5)).toBe(5);
  });
});
