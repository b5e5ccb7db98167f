import { type ExitCode, InputError } from "../../errors.ts";
import { backendOf } from "../engine/backend.ts";
import { runEngine, startSession } from "../engine/session.ts";
import { environmentsOf, readProject } from "../settings.ts";

/** `paasmas pulumi`: runs a command of the engine with the project's backend and passphrase. */
export async function pulumi(args: string[]): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const environments = environmentsOf(project);
  if (args[0] === "config")
    throw new InputError(
      "config: the engine works on a copy of the stack's file; " +
        `use npm run config -- ENVIRONMENT KEY VALUE, with ${environments.join(", ")}`,
    );
  const session = await startSession(project, backendOf(project), (message) => process.stderr.write(`${message}\n`));
  // Ctrl-C reaches the engine too: wait until it stops.
  const wait = () => {};
  process.on("SIGINT", wait);
  try {
    const { code } = await runEngine(session, args);
    return code === 0 ? 0 : 1;
  } finally {
    process.off("SIGINT", wait);
    // A new stack or another secrets provider changes the keys of the stack's file.
    for (const environment of environments) session.files.bringBack(environment);
  }
}
