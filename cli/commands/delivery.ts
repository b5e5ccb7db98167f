import type { Command } from "commander";
import type { Log, Outcome } from "../../delivery/commands/index.ts";
import type { ExitCode } from "../../errors.ts";

type DeliveryCommands = typeof import("../../delivery/commands/index.ts");
type Execute = (...args: unknown[]) => Promise<Outcome>;
type Handler = (...args: unknown[]) => Promise<ExitCode>;
type Action = (load: () => Promise<Handler>) => (...args: unknown[]) => Promise<void>;
type Declare = (usage: string, description: string, name: keyof DeliveryCommands) => Command;

const inputOption = ["--input <file>", "decide only, on this JSON document; - for standard input"] as const;
const tokensOption = ["--tokens <file>", "JSON: the token of each app for the hook (default: DEPLOY_TOKENS)"] as const;
const repositoryOption = ["--repository <owner/name>", "repository on GitHub"] as const;
const imagesOption = ["--images <file>", "output of build --json"] as const;
const previewOption = ["--pull-request <number>", "pull request of the preview"] as const;

/**
 * Declares `paasmas delivery`, the commands that Jenkins and GitHub Actions share. With `--input`, a command only
 * decides on a JSON document. Without it, the command reads the facts, decides and acts.
 */
export function deliveryCommands(program: Command, action: Action): void {
  const group = program
    .command("delivery")
    .description("deliver a change from a pull request to production")
    .helpCommand(false);
  const declare: Declare = (usage, description, name) =>
    group
      .command(usage)
      .description(description)
      .option("--project <file>", "delivery settings of the repository", "delivery.yaml")
      .option("--json", "print the result as JSON")
      .action(
        action(
          async () =>
            (...args) =>
              run(name, args.slice(0, -1)),
        ),
      );
  declareStages(declare);
  declarePreviews(declare);
  declareReports(declare);
}

function declareStages(declare: Declare): void {
  declare("decide", "print the stages of a change, and the reason", "decide")
    .option(...inputOption)
    .option("--look-up", "read the pull request from GitHub, and test results from the registry")
    .option(...repositoryOption);
  declare("build", "build and push the images of the checked-out commit, or find existing ones", "buildImages")
    .option("--builder <name>", "podman, buildah or docker", "podman")
    .option("--preview", "build for a pull request, with separate tags")
    .option("--build-arg <name=value>", "can be repeated", (value: string, all: string[]) => [...all, value], []);
  declare("deploy <environment>", "deploy built images to preview or staging", "deploy")
    .requiredOption(...imagesOption)
    .option(...previewOption)
    .option(...tokensOption);
  declare("pass <test>", "record that the images on staging passed acceptance or capacity", "pass").requiredOption(
    ...imagesOption,
  );
  declare("promote", "deploy tested digests to production; refuse others", "promoteImages")
    .option(...inputOption)
    .option(...imagesOption)
    .option(...tokensOption);
  declare("rollback <environment> <app>", "return an app to its previous digest", "rollback")
    .option(...previewOption)
    .option(...tokensOption);
}

function declarePreviews(declare: Declare): void {
  declare("remove", "remove the apps of a pull request", "remove")
    .requiredOption("--pull-request <number>", "number of the pull request")
    .option(...tokensOption);
  declare(
    "sweep",
    "remove preview apps of closed pull requests, old ones and those above the quota; report orphans",
    "sweepPreviews",
  )
    .option(...inputOption)
    .option("--dry-run", "remove nothing")
    .option(...repositoryOption)
    .option(...tokensOption);
  declare("comment", "write the preview comment of a pull request", "commentPreviews")
    .option(...inputOption)
    .option("--pull-request <number>", "number of the pull request")
    .option("--state <state>", "ready, failed or removed")
    .option("--commit <sha>", "the deployed commit")
    .option("--detail <text>", "cause of a failure")
    .option(...repositoryOption);
}

function declareReports(declare: Declare): void {
  declare("cycle-time", "record the cycle time of a release, or summarise a record", "cycleTimes")
    .option(...inputOption)
    .option("--released <file>", "output of promote --json")
    .option("--since <commit>", "the previously released commit")
    .option("--append <file>", "append the record to this file, one JSON object per line")
    .option("--summary <file>", "summarise such a file");
  declare("notify", "decide on the notification at the end of a run", "notify")
    .option(...inputOption)
    .option("--slack", "send it to the webhook in SLACK_WEBHOOK_URL");
}

/** @param args The arguments of the command, and its options. */
async function run(name: keyof DeliveryCommands, args: unknown[]): Promise<ExitCode> {
  const commands = await import("../../delivery/commands/index.ts");
  const log: Log = (line) => process.stderr.write(`${line}\n`);
  const { json } = args.at(-1) as { json?: boolean };
  const { result, text, refused } = await (commands[name] as Execute)(...args, log);
  // With --json, stderr gets the text, for the readers of the log.
  if (json) process.stderr.write(text);
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : text);
  return refused ? 1 : 0;
}
