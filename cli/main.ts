import { Command, CommanderError, Option } from "commander";
import { deliveryCommands } from "./commands/delivery.ts";
import { engineCommands } from "./commands/engine.ts";
import { type ExitCode, messageOf, PaasmasError } from "../errors.ts";

type Run = (...args: never[]) => Promise<ExitCode>;
type Action = (load: () => Promise<Run>) => (...args: unknown[]) => Promise<void>;

/**
 * Runs the command line. Prints one message when a command fails.
 * @param argv as in `process.argv`
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  // A command is imported when it runs: a plan must not wait for the Automation API.
  const program = commandLine((load) => async (...args) => {
    exitCode = await (await load())(...(args as never[]));
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`paasmas: ${messageOf(error)}\n`);
    return error instanceof PaasmasError ? error.exitCode : 2;
  }
}

/** All commands with their arguments and options. */
export function commandLine(action: Action): Command {
  const program = new Command("paasmas")
    .description("A team's delivery platform: plan it without a cloud, then deploy it with Pulumi.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`paasmas: ${text.replace(/^error: /, "")}`) })
    .helpCommand(false)
    // Options behind `pulumi` belong to the engine.
    .enablePositionalOptions();

  const overlays = (command: Command) =>
    command
      .option("--set <path=value>", "a changed setting, as in --set galera.size=5; repeatable", collect, [])
      .option("--config <file>", "a YAML file with changed settings");

  overlays(program.command("plan"))
    .description("show the resources of environments, without cloud, credentials or engine")
    .argument("[environments...]", "default: all")
    .option("--against <plan.json>", "show the changes since a saved plan; writes nothing unless --out is given")
    .option("--out <dir>", "folder for index.html and <environment>.json (default: plan)")
    .option("--json", "print the plan as JSON; writes nothing unless --out is given")
    .option("--first-preview", "check a second time, as in the engine's first preview without computed values")
    .option("--verbose", "name every resource")
    .action(action(async () => (await import("./commands/plan.ts")).plan));

  engineCommands(program, action);

  overlays(program.command("ignition"))
    .description("print the Ignition config of one machine, as it is delivered; secrets are the plan's placeholders")
    .argument("<environment>")
    .argument("<machine>")
    .action(action(async () => (await import("./commands/ignition.ts")).ignition));

  program
    .command("images")
    .description("look up the current Fedora CoreOS images to pin")
    .option("--region <region>", "AWS region", "eu-central-1")
    .addOption(new Option("--arch <architecture>").choices(["x86_64", "aarch64"]).default("x86_64"))
    .option("--stream <file or url>", "stream metadata (default: Fedora's stable stream)")
    .action(action(async () => (await import("./commands/images.ts")).images));

  deliveryCommands(program, action);
  return program;
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
