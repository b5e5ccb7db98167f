import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import { endWithEngine } from "./end-with-engine.ts";

// The engine's releases have a language host for Node.js, but it is not a Go module. This one does the same work with
// the parts of the SDK: it starts programs and policy packs.
const require = createRequire(import.meta.url);
const language = require("@pulumi/pulumi/proto/language_pb.js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");

const [engine] = process.argv.slice(2);
/** Exit code of the SDK for an error that it has reported to the engine itself. */
const reported = 32;

/** The SDK's programs belong to the version that the program uses. */
function sdk(part: string): string {
  return require.resolve(`@pulumi/pulumi/cmd/${part}`);
}

/** Runs a Node.js program until its end. @returns its exit code */
function node(
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; onStdout(text: string): void; onStderr(text: string): void },
): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.setEncoding("utf8").on("data", options.onStdout);
  child.stderr.setEncoding("utf8").on("data", options.onStderr);
  running.add(child);
  return new Promise((resolve, reject) =>
    child.on("error", reject).on("close", (code) => {
      running.delete(child);
      resolve(code ?? 1);
    }),
  );
}

const running = new Set<ReturnType<typeof spawn>>();

// biome-ignore lint/suspicious/noExplicitAny: the SDK exports no types of its messages
type Message = any;
type Call = { request: Message };
type Callback = (error: Error | null, response?: Message) => void;

async function run({ request }: Call, callback: Callback): Promise<void> {
  const info = request.getInfo();
  const options = [
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--root-directory=${info.getRootDirectory()}`,
    `--stack=${request.getStack()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
  ];
  const config = Object.fromEntries(request.getConfigMap().entries());
  const code = await node([sdk("run"), ...options, info.getEntryPoint()], {
    cwd: info.getProgramDirectory(),
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
    onStdout: (text) => process.stdout.write(text),
    onStderr: (text) => process.stderr.write(text),
  });
  const response = new language.RunResponse();
  if (code === reported) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with ${code}`);
  callback(null, response);
}

async function runPlugin(call: grpc.ServerWritableStream<Message, Message>): Promise<void> {
  const { request } = call;
  const info = request.getInfo();
  const say = (set: "setStdout" | "setStderr") => (text: string) => {
    const response = new language.RunPluginResponse();
    response[set](Buffer.from(text));
    call.write(response);
  };
  const program = info.getProgramDirectory();
  const [address, ...rest] = request.getArgsList();
  const isPack = request.getKind() === "analyzer";
  const args = isPack
    ? [sdk("run-policy-pack"), address, program, ...rest]
    : [sdk("run-plugin"), program, address, ...rest];
  const environment = request.getEnvList().map((entry: string) => {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(entry)!;
    return [key, value];
  });
  const code = await node(args, {
    // A policy pack reads its package.json from the working directory.
    cwd: isPack ? program : request.getPwd(),
    env: { ...process.env, ...Object.fromEntries(environment) },
    onStdout: say("setStdout"),
    onStderr: say("setStderr"),
  });
  const response = new language.RunPluginResponse();
  response.setExitcode(code);
  call.write(response);
  call.end();
}

endWithEngine();
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(LanguageRuntimeService, {
  handshake: (_: Call, callback: Callback) => callback(null, new language.LanguageHandshakeResponse()),
  getRequiredPackages: (_: Call, callback: Callback) => callback(null, new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_: Call, callback: Callback) => callback(null, new language.GetRequiredPluginsResponse()),
  getPluginInfo: (_: Call, callback: Callback) => {
    const info = new PluginInfo();
    info.setVersion("0.0.0");
    callback(null, info);
  },
  getProgramDependencies: (_: Call, callback: Callback) =>
    callback(null, new language.GetProgramDependenciesResponse()),
  about: (_: Call, callback: Callback) => callback(null, new language.AboutResponse()),
  run: (call: Call, callback: Callback) => run(call, callback).catch(callback),
  runPlugin: (call: grpc.ServerWritableStream<Message, Message>) =>
    runPlugin(call).catch((error: Error) => call.destroy(error)),
  cancel: (_: Call, callback: Callback) => {
    for (const child of running) child.kill();
    callback(null, new (require("google-protobuf/google/protobuf/empty_pb.js").Empty)());
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit();
  });
}
