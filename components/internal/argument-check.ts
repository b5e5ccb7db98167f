import { z } from "zod";
import { InputError } from "../../errors.ts";
import { type Bounds, wholeNumber } from "./bounds.ts";
import { domainPattern } from "./name-patterns.ts";
import { renamedArguments } from "./renamed-arguments.ts";
import { checked } from "./settings-check.ts";

/**
 * Arguments that a component cannot use; one line per problem. The engine prints the message without a stack trace.
 */
export class ArgumentError extends InputError {
  // What `pulumi.RunError.isInstance` checks, which the engine's language host uses.
  readonly __pulumiRunError = true;

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ArgumentError";
  }
}

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
    this.#rejectFormerNames("", args);
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

  /**
   * Requires that arguments fit their schemas. Arguments without a schema are ignored.
   * @param path Path of nested arguments.
   */
  schemas(shape: Readonly<Record<string, z.ZodType>>, args: object, path: readonly PropertyKey[] = []): this {
    const result = checked(z.object(shape), path, args);
    return "problems" in result ? this.add(result.problems) : this;
  }

  /** Requires a whole number within bounds, inclusive. */
  integer(path: string, value: number, allowed: Bounds): this {
    const fits = Number.isInteger(value) && value >= allowed.min && value <= allowed.max;
    return this.require(fits, path, `${value} is not allowed; use ${wholeNumber(allowed)}`);
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

  /** Former names in the arguments, in the items of lists and in `publicEndpoint`. Other groups have names of users. */
  #rejectFormerNames(path: string, args: object): void {
    for (const [name, value] of Object.entries(args)) {
      const current = renamedArguments[name];
      if (current !== undefined) this.require(false, path + name, `is not an argument any more; use ${current}`);
      if (name === "publicEndpoint" && isPlain(value)) this.#rejectFormerNames(`${path}${name}.`, value);
      if (!Array.isArray(value)) continue;
      value.forEach((item, index) => {
        if (isPlain(item)) this.#rejectFormerNames(`${path}${name}[${index}].`, item);
      });
    }
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
