import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** Standard input to its end, without a line break at the end. */
export async function readInput(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}

/** A line from the terminal that is not shown while the user types it. */
export async function readHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const line = await readLine(new Writable({ write: (_chunk, _encoding, done) => done() }), "");
  process.stderr.write("\n");
  return line ?? "";
}

/** Asks a question in the terminal until the answer is yes or no. The end of the input is a no. */
export async function confirm(question: string): Promise<boolean> {
  for (;;) {
    const answer = (await readLine(process.stderr, `${question} yes/no: `))?.trim().toLowerCase();
    if (answer === undefined || /^no?$/.test(answer)) return false;
    if (/^y(es)?$/.test(answer)) return true;
  }
}

/** @returns undefined at the end of the input, or for Ctrl-C */
function readLine(output: NodeJS.WritableStream, prompt: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(undefined));
    lines.once("SIGINT", () => lines.close());
    lines.question(prompt, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}
