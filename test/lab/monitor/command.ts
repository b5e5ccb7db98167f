import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { refuseUnknown, type Provider, type Values } from "./provider.ts";

const known = [
  "create",
  "update",
  "delete",
  "triggers",
  "environment",
  "dir",
  "interpreter",
  "stdin",
  "logging",
  "addPreviousOutputInEnv",
];

/** `command.local.Command`: runs the commands on this machine. */
export const localCommand: Provider = {
  updatable: "all",
  replacing: ["triggers"],
  async create(_, inputs) {
    refuseUnknown("command:local:Command", inputs, known);
    return { id: randomUUID(), outputs: await run(inputs.create, inputs, {}) };
  },
  async update(made, inputs) {
    refuseUnknown("command:local:Command", inputs, known);
    return run(inputs.update ?? inputs.create, inputs, made.outputs);
  },
  async delete(made, inputs) {
    await run(inputs.delete, inputs, made.outputs);
  },
};

async function run(command: unknown, inputs: Values, previous: Values): Promise<Values> {
  if (command === undefined) return { stdout: "", stderr: "" };
  const [program, ...parameters] = [
    ...((inputs.interpreter as string[] | undefined) ?? ["/bin/sh", "-c"]),
    String(command),
  ];
  const child = spawn(program!, parameters, {
    cwd: inputs.dir as string | undefined,
    env: {
      ...process.env,
      ...(inputs.addPreviousOutputInEnv === false
        ? {}
        : {
            PULUMI_COMMAND_STDOUT: String(previous.stdout ?? ""),
            PULUMI_COMMAND_STDERR: String(previous.stderr ?? ""),
          }),
      ...(inputs.environment as Record<string, string> | undefined),
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {}); // A command may end without reading its input.
  child.stdin.end(inputs.stdin === undefined ? "" : String(inputs.stdin));
  running.add(child);
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  running.delete(child);
  // The message of the real provider.
  if (code !== 0)
    throw new Error(`exit status ${code}: running ${JSON.stringify(String(command))}:\n${stdout}${stderr}`.trimEnd());
  return { stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") };
}

const running = new Set<ReturnType<typeof spawn>>();

/** Stops the running commands, for an interrupted lab. */
export function stopCommands(): void {
  for (const child of running) child.kill("SIGTERM");
}
