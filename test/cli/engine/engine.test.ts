import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { findEngine, NoEngineError } from "../../../cli/engine/engine.ts";

const engine = { command: "pulumi" } as PulumiCommand;
const notThere = () =>
  Promise.reject(
    new Error("code: -2\n stdout: \n stderr: Command failed with ENOENT: pulumi version\nspawn pulumi ENOENT\n"),
  );
const offline = () => Promise.reject(new Error("getaddrinfo ENOTFOUND get.pulumi.com"));

test("uses the engine on the PATH, without a message", async () => {
  const notes: string[] = [];
  expect(await findEngine((note) => notes.push(note), { get: async () => engine, install: offline })).toBe(engine);
  expect(notes).toEqual([]);
});

test("installs the version of the SDK if the PATH has no engine, with a message", async () => {
  const notes: string[] = [];
  expect(await findEngine((note) => notes.push(note), { get: notThere, install: async () => engine })).toBe(engine);
  expect(notes).toEqual(["There is no pulumi on the PATH; installing the one that matches the SDK."]);
});

test("reports both failures, and the command that works without an engine", async () => {
  const error = await findEngine(() => {}, { get: notThere, install: offline }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NoEngineError);
  expect((error as Error).message).toBe(
    "there is no Pulumi engine: no pulumi on the PATH, " +
      "and installing one failed (getaddrinfo ENOTFOUND get.pulumi.com). " +
      "Install it from https://www.pulumi.com/docs/install/ and try again; paasmas plan works without.",
  );
});

test("names an engine that is too old as the reason of an installation", async () => {
  const old = () =>
    Promise.reject(
      new Error(
        "Minimum version requirement failed. " +
          "The minimum CLI version requirement is 3.2.0, your current CLI version is 3.1.0.",
      ),
    );
  const notes: string[] = [];
  await findEngine((note) => notes.push(note), { get: old, install: async () => engine });
  expect(notes[0]).toMatch(
    /^The pulumi on the PATH cannot be used: Minimum version requirement failed\..*; installing the one that matches/,
  );
});
