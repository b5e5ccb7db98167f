import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { providerFile } from "./path.ts";

/** An emulator of AWS with any number of accounts: the account is that of the assumed role. */
export interface Moto {
  url: string;
  /** Environment for the provider. */
  env: Record<string, string>;
  /** Calls an API of moto itself, or one of AWS without a signature. */
  post(path: string, body: string, headers?: Record<string, string>): Promise<string>;
  close(): void;
}

export const motoPython = join("..", "moto", "bin", "python");

/** Starts the emulator that build.sh installs. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = join(import.meta.dirname, "moto", "server.py");
  const child = spawn(providerFile(motoPython), [server, "--port", String(port)], {
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-4000)));
  const post = async (path: string, body: string, headers = {}) => {
    const response = await fetch(`${url}${path}`, { method: "POST", body, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto: POST ${path}: ${response.status} ${text}`);
    return text;
  };
  for (let attempt = 1; ; attempt++) {
    try {
      // A call of a Lambda function is recorded, and not run in a container.
      await post("/moto-api/config", JSON.stringify({ lambda: { use_docker: false } }));
      break;
    } catch (error) {
      if (attempt === 120 || child.exitCode !== null) throw new Error(`moto does not start: ${log}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      // Its addresses begin with the account, as in 111111111111.localhost. Only these go through the proxy.
      AWS_ENDPOINT_URL_S3_CONTROL: `http://localhost:${port}`,
      HTTP_PROXY: url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "eu-central-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "3",
    },
    post,
    close: () => child.kill(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
