import * as pulumi from "@pulumi/pulumi";
import { type Bounds, quorumProblem, wholeNumber } from "./bounds.ts";
import { domainPattern } from "./name-patterns.ts";

/**
 * Error of an invalid argument. It is a `RunError`, so that the engine prints only the message, which contains the
 * path, the given value and the allowed values.
 */
export class ArgumentError extends pulumi.RunError {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ArgumentError";
  }
}

/** Former names of arguments and settings, with the names that replaced them. Remove with version 1.0. */
export const renamedArguments: Readonly<Record<string, string>> = {
  entrance: "publicEndpoint",
  firstHost: "firstHostNumber",
  frontHost: "loadBalancerHostNumber",
  frontImage: "proxyImage",
  urlForm: "urlTemplate",
};

/** Collects the problems of a component's arguments, to report them all at once. */
export class ArgumentCheck {
  readonly #component: string;
  readonly #problems: string[] = [];

  /**
   * @param component Name of the component, the first word of every message.
   * @param args Given arguments. An argument with a former name is a problem.
   */
  constructor(component: string, args: object = {}) {
    this.#component = component;
    for (const [former, current] of Object.entries(renamedArguments)) {
      this.require(!(former in args), former, `is not an argument any more; use ${current}`);
    }
    // The host names of machines start with the name of their component.
    const given = JSON.stringify(component);
    this.require(
      /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/.test(component),
      "name",
      `${given} cannot start a host name; use up to 24 lower-case letters, digits and inner hyphens`,
    );
  }

  /** Adds the problem `component.path: problem` if the condition is false. */
  require(condition: boolean, path: string, problem: string): this {
    if (!condition) this.#problems.push(`${this.#component}.${path}: ${problem}`);
    return this;
  }

  /** Requires a whole number within bounds, inclusive. */
  integer(path: string, value: number, allowed: Bounds): this {
    const fits = Number.isInteger(value) && value >= allowed.min && value <= allowed.max;
    return this.require(fits, path, `${value} is not allowed; use ${wholeNumber(allowed)}`);
  }

  /** Requires a number within bounds, inclusive. */
  decimal(path: string, value: number, { min, max, unit = "" }: Bounds): this {
    const fits = typeof value === "number" && value >= min && value <= max;
    return this.require(fits, path, `${value} is not allowed; use a number from ${min} to ${max} ${unit}`.trimEnd());
  }

  /** Requires a number of members that can form a quorum: 3 or 5. */
  quorum(path: string, value: number): this {
    const problem = quorumProblem(value);
    return this.require(problem === undefined, path, `${value} ${problem}; use 3 or 5`);
  }

  /** Requires a valid label for logs and metrics. */
  label(path: string, value: string): this {
    const fits = /^[A-Za-z0-9._-]{1,64}$/.test(value);
    return this.require(
      fits,
      path,
      `${JSON.stringify(value)} cannot be a label; use up to 64 letters, digits and . _ -`,
    );
  }

  /** Requires a host name with a domain, unless the value is undefined. */
  hostName(path: string, value: string | undefined, example: string): this {
    const fits = value === undefined || domainPattern.test(value);
    return this.require(
      fits,
      path,
      `${JSON.stringify(value)} is not a host name with a domain; use one like ${example}`,
    );
  }

  /** Requires that a function does not throw. The message of its error becomes the problem. */
  doesNotThrow(path: string, attempt: () => void): this {
    try {
      attempt();
      return this;
    } catch (error) {
      return this.require(false, path, (error as Error).message);
    }
  }

  /** Adds problems of other checks. */
  add(problems: readonly { path: string; message: string }[]): this {
    for (const { path, message } of problems) this.require(false, path, message);
    return this;
  }

  /** @throws ArgumentError with all problems, if there are any. */
  throwIfInvalid(): void {
    if (this.#problems.length > 0) throw new ArgumentError(this.#problems);
  }
}
