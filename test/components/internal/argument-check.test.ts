import { describe, expect, test } from "vitest";
import { ArgumentCheck, ArgumentError } from "../../../components/internal/argument-check.ts";
import { renamedArguments } from "../../../components/internal/renamed-arguments.ts";

describe("an argument under its former name", () => {
  const check = (args: object) => () => new ArgumentCheck("kube", args).throwIfInvalid();

  test.each(Object.entries(renamedArguments))("is rejected with the new name: %s", (former, current) => {
    const problem = (path: string) => new ArgumentError([`kube.${path}: is not an argument any more; use ${current}`]);
    expect(check({ [former]: 1 })).toThrow(problem(former));
    expect(check({ pools: [{}, { [former]: 1 }] })).toThrow(problem(`pools[1].${former}`));
    expect(check({ publicEndpoint: { [former]: 1 } })).toThrow(problem(`publicEndpoint.${former}`));
  });

  test("is accepted as a name that users choose", () => {
    expect(check({ services: { entrance: 8080 }, labels: { frontHost: "a" } })).not.toThrow();
  });
});
