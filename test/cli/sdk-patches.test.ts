import { readdirSync, readFileSync } from "node:fs";
import Module from "node:module";
import { dirname, join } from "node:path";
import { Resource } from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { applyPatches, patchedNames, patchLoading } from "../../cli/plan/sdk-patches/index.ts";
import { lazyModules } from "../../cli/plan/sdk-patches/lazy-modules.ts";
import { find, replace, requireOfSdk } from "../../cli/plan/sdk-patches/replace.ts";
import { patchState, sdkVersion, testedVersions } from "../../cli/plan/sdk-patches/version.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const loader = Module as unknown as { _load: unknown };
const values = () => [...patchedNames.map((name) => find(name).value), loader._load, Error.stackTraceLimit];

describe("names that the patches use", () => {
  it.each(patchedNames)("$module has the function $path", (name) => {
    expect(find(name).value).toBeTypeOf("function");
  });

  it("belong to the same class as an import of the SDK", () => {
    expect(find({ module: "./index.js", path: "Resource" }).value).toBe(Resource);
  });

  it("include the module loader of Node", () => {
    expect(loader._load).toBeTypeOf("function");
  });

  it.each([...lazyModules])("include %s, which the SDK loads with require", (name) => {
    const folder = dirname(requireOfSdk().resolve("./index.js"));
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".js") && !/(^|\/)(node_modules|tests?|proto)\//.test(file),
    );
    expect(sources.some((file) => readFileSync(join(folder, file), "utf8").includes(`require("${name}")`))).toBe(true);
  });

  it("stop the plan when the SDK does not have them", () => {
    const missing = { module: "./runtime/rpc.js", path: "transferProperty" };
    expect(() => replace(missing, (original) => original)).toThrow(
      "./runtime/rpc.js: transferProperty is not a function of the Pulumi SDK",
    );
    const below = { module: "./index.js", path: "Resources.callsites" };
    expect(() => replace(below, (original) => original)).toThrow(
      "./index.js: Resources.callsites does not exist in the installed Pulumi SDK",
    );
  });
});

describe("tested versions", () => {
  it("include the installed SDK", () => {
    expect(patchState(sdkVersion(), undefined)).toBe("on");
  });

  it.each([
    [testedVersions.from, "on"],
    ["3.270.12", "on"],
    [testedVersions.below, "untested version"],
    ["3.269.9", "untested version"],
    ["3.1000.0", "untested version"],
    ["4.270.0", "untested version"],
    ["3.270.1-alpha.2", "untested version"],
  ])("turn the patches for SDK %s %s", (version, state) => {
    expect(patchState(version, undefined)).toBe(state);
  });

  it("do not matter when PAASMAS_SDK_PATCHES is off", () => {
    expect(patchState(sdkVersion(), "off")).toBe("switched off");
    expect(patchState("3.271.0", "off")).toBe("switched off");
    expect(patchState(sdkVersion(), "on")).toBe("on");
  });
});

describe("applyPatches", () => {
  it("replaces every name, and restores all of them", () => {
    const before = values();
    const restore = applyPatches();
    const patched = values();
    restore();

    for (const index of patchedNames.keys()) expect(patched[index]).not.toBe(before[index]);
    expect(patched.at(-1)).toBe(0);
    expect(values()).toEqual(before);
  });

  it("changes nothing when PAASMAS_SDK_PATCHES is off, and prints nothing", () => {
    vi.stubEnv("PAASMAS_SDK_PATCHES", "off");
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const before = values();
    patchLoading();
    const restore = applyPatches();
    expect(values()).toEqual(before);
    restore();
    expect(write).not.toHaveBeenCalled();
  });

  it("changes nothing for an untested SDK, and prints one line once", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const before = values();
    for (let plan = 0; plan < 3; plan++) {
      const restore = applyPatches("3.271.0");
      expect(values()).toEqual(before);
      restore();
    }
    expect(write.mock.calls).toEqual([
      [
        "paasmas: SDK patches are off: @pulumi/pulumi 3.271.0 is not tested (3.270.0 to below 3.271.0 are); " +
          "plans take longer\n",
      ],
    ]);
  });
});
