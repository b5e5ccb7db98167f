/** Commands of the engine that its messages quote, in the form that works in a fresh clone. */
export function ownCommands(text: string, environment: string): string {
  return text.replaceAll(/(["'`])pulumi ([a-z]+)([^`\n]*?)\1/g, (_, quote: string, verb: string, rest: string) => {
    if (own.has(verb)) return `${quote}npm run ${verb} -- ${environment}${quote}`;
    const stack = ofStack.has(verb) && !rest.includes("--stack") ? ` --stack ${environment}` : "";
    return `${quote}npm run pulumi -- ${verb}${rest}${stack}${quote}`;
  });
}

/** Commands that are also commands of this program. */
const own = new Set(["up", "preview", "destroy"]);

/** Commands of the engine with the option `--stack`. */
const ofStack = new Set(["cancel", "import", "refresh", "stack", "state"]);
