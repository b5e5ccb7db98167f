import { RunError } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { NoEngineError } from "../cli/engine/engine.ts";
import { ArgumentError } from "../components/internal/argument-check.ts";
import { BuildError } from "../delivery/build.ts";
import { GithubError } from "../delivery/github.ts";
import { RegistryError } from "../delivery/registry.ts";
import { DeliveryError } from "../delivery/rules/validate.ts";
import { TargetError } from "../delivery/targets/target.ts";
import { InputError, messageOf, OperationError, PaasmasError } from "../errors.ts";
import { IgnitionError } from "../ignition/error.ts";
import { PolicyConfigError } from "../policies/config.ts";
import { ConfigError } from "../stacks/config/error.ts";

const inputErrors = [
  new InputError("a"),
  new ArgumentError(["a"]),
  new ConfigError("dev", []),
  new DeliveryError("a"),
  new IgnitionError([]),
  new PolicyConfigError("a"),
];
const operationErrors = [
  new OperationError("a"),
  new BuildError("a"),
  new GithubError("a"),
  new NoEngineError("a"),
  new RegistryError("a"),
  new TargetError("a"),
];

describe("errors", () => {
  it.each(inputErrors)("$name ends a command with 2", (error) => {
    expect(error).toBeInstanceOf(PaasmasError);
    expect(error.exitCode).toBe(2);
  });

  it.each(operationErrors)("$name ends a command with 1", (error) => {
    expect(error).toBeInstanceOf(PaasmasError);
    expect(error.exitCode).toBe(1);
  });

  it.each([new ArgumentError(["a"]), new ConfigError("dev", [])])("$name is a RunError to the engine", (error) => {
    expect(RunError.isInstance(error)).toBe(true);
  });

  it("have their message as text, or their name without one", () => {
    expect(messageOf(new InputError("galera.size: 4 is even; use 3 or 5"))).toBe("galera.size: 4 is even; use 3 or 5");
    expect(messageOf(new TypeError())).toBe("TypeError");
    expect(messageOf("a text")).toBe("a text");
  });
});
