import { spawn } from "node:child_process";

/** Runs the checks of `npm run check` at the same time, and prints the output of each when it has ended. */
const scripts = ["typecheck", "lint", "test:unit"];

const results = await Promise.all(scripts.map(run));
if (results.includes(false)) process.exitCode = 1;

function run(script: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", (error) => {
      output += `${error.message}\n`;
    });
    child.on("close", (code) => {
      process.stdout.write(`${output}check: ${script} ${code === 0 ? "passed" : "FAILED"}\n`);
      resolve(code === 0);
    });
  });
}
