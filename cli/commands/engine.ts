import type { Command } from "commander";
import type { ExitCode } from "../../errors.ts";

type Action = (load: () => Promise<(...args: never[]) => Promise<ExitCode>>) => (...args: unknown[]) => Promise<void>;

/** Adds the commands that work with an environment in a cloud: preview, up, destroy, drift, config, pulumi. */
export function engineCommands(program: Command, action: Action): void {
  for (const [name, description] of [
    ["preview", "show the changes of an update, as the engine plans it"],
    ["up", "create or update an environment"],
    ["destroy", "remove an environment"],
  ] as const) {
    const command = program.command(name).description(description).argument("<environment>");
    if (name === "up") command.option("--replace <name...>", "replace these resources, such as galera-2-instance");
    if (name !== "preview") {
      command
        .option("-y, --yes", "do not ask before the change; required without a terminal")
        .option("--unlock", "remove the lock of a command that does not run any more on this machine");
    }
    command
      .option("--refresh", "read the current state of the cloud first (default: only if the variable CI is set)")
      .option("--no-refresh", "compare with the recorded state");
    if (name !== "destroy") {
      command
        .option("--policy-pack <dir>", "a policy pack to check the changes with (default: policies)")
        .option("--no-policy-pack", "run no policy pack");
    }
    command.action(action(async () => (await import("./deploy.ts"))[name]));
  }

  program
    .command("drift")
    .description("list the differences between the recorded state and the cloud; changes nothing")
    .argument("<environment>")
    .addHelpText("after", "\nExit codes: 0 no drift, 1 the comparison failed, 2 bad input, 3 drift.")
    .action(action(async () => (await import("./drift.ts")).drift));

  program
    .command("config")
    .description("show or change settings in the file of an environment; comments and form of the file are kept")
    .argument("<environment>")
    .argument("[key]", "path of a setting, such as galera.size or galera.databases[0].name (default: all)")
    .argument("[value]", "the new value in YAML, or - for the text of standard input")
    .option("--secret", "encrypt the value; without one, it comes from the terminal or standard input")
    .option("--remove", "remove the setting")
    .action(action(async () => (await import("./config.ts")).config));

  program
    .command("pulumi")
    .description("run a command of the Pulumi engine with the project's state and passphrase")
    .argument("[arguments...]", "as for pulumi, such as: stack --stack dev --show-urns")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(action(async () => (await import("./pulumi.ts")).pulumi));
}
