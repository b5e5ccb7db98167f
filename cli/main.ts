import { Command, CommanderError, Option } from "commander";
import { deliveryCommands } from "./commands/delivery.ts";
import { type ExitCode, messageOf, PaasmasError } from "../errors.ts";

type Run = (...args: never[]) => Promise<ExitCode>;

/**
 * Runs the command line. Prints one message when a command fails.
 * @param argv as in `process.argv`
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  // A command is imported when it runs: a plan must not wait for the Automation API.
  const action =
    (load: () => Promise<Run>) =>
    async (...args: unknown[]) => {
      exitCode = await (await load())(...(args as never[]));
    };
  const program = new Command("paasmas")
    .description("A team's delivery platform: plan it without a cloud, then deploy it with Pulumi.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`paasmas: ${text.replace(/^error: /, "")}`) })
    .helpCommand(false);

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

  for (const [name, description] of [
    ["preview", "show the changes of an update, as the engine plans it"],
    ["up", "create or update an environment"],
    ["destroy", "remove an environment"],
  ] as const) {
    const command = program.command(name).description(description).argument("<environment>");
    if (name !== "destroy") {
      command
        .option("--policy-pack <dir>", "a policy pack to check the changes with (default: policies)")
        .option("--no-policy-pack", "run no policy pack");
    }
    command.action(action(async () => (await import("./commands/deploy.ts"))[name]));
  }

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

  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`paasmas: ${messageOf(error)}\n`);
    return error instanceof PaasmasError ? error.exitCode : 2;
  }
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
