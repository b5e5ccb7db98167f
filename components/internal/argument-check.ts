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

/** Collects everything that is wrong with a component's arguments, to report it in one go. */
export class ArgumentCheck {
  readonly #component: string;
  readonly #problems: string[] = [];

  /**
   * @param component Name of the component, the first word of every message.
   * @param args Arguments as given; refuses an argument under its former name.
   */
  constructor(component: string, args: object = {}) {
    this.#component = component;
    for (const [former, current] of Object.entries(renamedArguments)) {
      this.require(!(former in args), former, `is not an argument any more; use ${current}`);
    }
    // Machines are called after their component, and a machine's name is its host name.
    this.require(
      /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/.test(component),
      "name",
      `${JSON.stringify(component)} cannot start a host name; use up to 24 lower-case letters, digits and inner hyphens`,
    );
  }

  /** Notes `component.path: problem` unless the condition holds. */
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

  /** Requires a whole number within bounds, both included. */
  integer(path: string, value: number, allowed: Bounds): this {
    const fits = Number.isInteger(value) && value >= allowed.min && value <= allowed.max;
    return this.require(fits, path, `${value} is not allowed; use ${wholeNumber(allowed)}`);
  }

  /** Requires something that logs and metrics can be labelled with. */
  label(path: string, value: string): this {
    const fits = /^[A-Za-z0-9._-]{1,64}$/.test(value);
    return this.require(
      fits,
      path,
      `${JSON.stringify(value)} cannot be a label; use up to 64 letters, digits and . _ -`,
    );
  }

  /** Requires a host name with a domain, where one is given. */
  hostName(path: string, value: string | undefined, example: string): this {
    const fits = value === undefined || domainPattern.test(value);
    return this.require(
      fits,
      path,
      `${JSON.stringify(value)} is not a host name with a domain; use one like ${example}`,
    );
  }

  /** Requires that something works; what it throws otherwise says why. */
  doesNotThrow(path: string, attempt: () => void): this {
    try {
      attempt();
      return this;
    } catch (error) {
      return this.require(false, path, (error as Error).message);
    }
  }

  /** Notes problems that were found elsewhere. */
  add(problems: readonly { path: string; message: string }[]): this {
    for (const { path, message } of problems) this.require(false, path, message);
    return this;
  }

  /** @throws ArgumentError with all that was noted. */
  throwIfInvalid(): void {
    if (this.#problems.length > 0) throw new ArgumentError(this.#problems);
  }
}
