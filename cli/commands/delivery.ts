import type { Command } from "commander";
import type { Outcome, Say } from "../../delivery/acts/index.ts";
import { type ExitCode, messageOf } from "../errors.ts";

type Acts = typeof import("../../delivery/acts/index.ts");
type Act = (acts: Acts, say: Say) => Promise<Outcome>;
type Action = (load: () => Promise<(...args: any[]) => Promise<ExitCode>>) => (...args: unknown[]) => Promise<void>;

/** Failures of what was asked for, and not of how: they end with 1. */
const failures = ["TargetError", "RegistryError", "GithubError", "BuildError", "NoticeError"];

/**
 * `paasmas delivery`: what Jenkins and GitHub Actions share. With `--input`, commands decide on what a JSON document says,
 * and do nothing else; without, they look up what they need, decide, and do it.
 */
export function deliveryCommands(program: Command, action: Action): void {
  const group = program
    .command("delivery")
    .description("carry a change from a pull request to production")
    .helpCommand(false);

  /** Declares a command; its act gets the arguments and the options. */
  const command = (usage: string, description: string, act: (...args: any[]) => Act) => {
    const declared = group
      .command(usage)
      .description(description)
      .option("--project <file>", "how the repository is delivered", "delivery.yaml")
      .option("--json", "print the result as JSON");
    return declared.action(
      action(
        async () =>
          (...args: any[]) =>
            run(act(...args.slice(0, -1)), args.at(-2)?.json === true),
      ),
    );
  };
  const input = "a JSON document to decide on; - for standard input";
  const images = "what build --json printed";
  const tokens = "JSON: the hook's token of each app (default: what is in DEPLOY_TOKENS)";
  const repository = "owner/name, as the CI knows it";

  command("decide", "which stages a change goes through, and why", (options) => (acts) => acts.decide(options))
    .option("--input <file>", input)
    .option("--look-up", "ask GitHub about the pull request, and the registry for what has passed")
    .option("--repository <owner/name>", repository);
  command(
    "build",
    "build and push the images of what is committed, or find them",
    (options) => (acts, say) => acts.buildImages(options, say),
  )
    .option("--builder <name>", "podman, buildah or docker", "podman")
    .option("--preview", "for a pull request: kept apart from what is released")
    .option("--build-arg <name=value>", "may be repeated", (value: string, all: string[]) => [...all, value], []);
  command(
    "deploy <environment>",
    "bring preview or staging to what was built",
    (environment, options) => (acts, say) => acts.deploy(environment, options, say),
  )
    .requiredOption("--images <file>", images)
    .option("--pull-request <number>", "for preview")
    .option("--tokens <file>", tokens);
  command(
    "pass <test>",
    "note that what runs on staging passed acceptance or capacity",
    (stage, options) => (acts) => acts.pass(stage, options),
  ).requiredOption("--images <file>", images);
  command(
    "promote",
    "bring to production the very digests that have passed, and refuse others",
    (options) => (acts, say) => acts.promoteImages(options, say),
  )
    .option("--input <file>", input)
    .option("--images <file>", images)
    .option("--tokens <file>", tokens);
  command(
    "rollback <environment> <app>",
    "back to the digest before",
    (environment, app, options) => (acts) => acts.rollback(environment, app, options),
  )
    .option("--pull-request <number>", "for preview")
    .option("--tokens <file>", tokens);
  command("remove", "remove the apps of a pull request", (options) => (acts, say) => acts.remove(options, say))
    .requiredOption("--pull-request <number>", "which one")
    .option("--tokens <file>", tokens);
  command(
    "sweep",
    "remove apps of closed pull requests, old ones and those above the quota; report orphans",
    (options) => (acts, say) => acts.sweepPreviews(options, say),
  )
    .option("--input <file>", input)
    .option("--dry-run", "remove nothing")
    .option("--repository <owner/name>", repository)
    .option("--tokens <file>", tokens);
  command("comment", "write the one comment of a pull request", (options) => (acts) => acts.commentPreviews(options))
    .option("--input <file>", input)
    .option("--pull-request <number>", "which one")
    .option("--state <state>", "ready, failed or removed")
    .option("--commit <sha>", "what runs, or was to")
    .option("--detail <text>", "why")
    .option("--repository <owner/name>", repository);
  command(
    "cycle-time",
    "record how long a release took, or sum up what releases took",
    (options) => (acts) => acts.cycleTimes(options),
  )
    .option("--input <file>", input)
    .option("--released <file>", "what promote --json printed")
    .option("--since <commit>", "the commit that was released before")
    .option("--append <file>", "add the record to this file, one JSON object a line")
    .option("--summary <file>", "sum up such a file");
  command("notify", "who is told what at the end of a run", (options) => (acts) => acts.notify(options))
    .option("--input <file>", input)
    .option("--slack", "tell it to the webhook in SLACK_WEBHOOK_URL");
}

async function run(act: Act, json: boolean): Promise<ExitCode> {
  const acts = await import("../../delivery/acts/index.ts");
  try {
    const { result, text, refused } = await act(acts, (note) => process.stderr.write(`${note}\n`));
    // People who read the log of a program that reads JSON see it as well.
    if (json) process.stderr.write(text);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : text);
    return refused ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Error) || !failures.includes(error.name)) throw error;
    process.stderr.write(`paasmas: ${messageOf(error)}\n`);
    return 1;
  }
}
