import { connect, createServer } from "node:net";
import { locked } from "./builds.ts";
import { otherCheckout } from "./monitor/cleanup.ts";
import { checkoutLabel } from "./monitor/label.ts";
import { cache, repository } from "./paths.ts";

/**
 * Makes sure that no other lab runs on this machine for as long as this process lives: two would share names and
 * addresses, and each would remove the other's machines. Waits for one of the same checkout.
 * @throws Error naming another checkout whose lab runs, or has left something running.
 */
export async function lock(report: (line: string) => void): Promise<void> {
  await locked(`${cache}/running`, () => report("waiting for another run of the lab to end"));
  await claim("paasmas-lab", repository);
  const other = await otherCheckout();
  if (other !== undefined) {
    throw new Error(
      `the lab of ${other} has left machines or volumes, whose names this one needs; ` +
        `another run there removes them, or you what docker lists with the label ${checkoutLabel}=${other}`,
    );
  }
}

/**
 * Takes a name that all checkouts of a machine see, until this process ends, however it ends.
 * @param owner Told to whoever wants it meanwhile.
 * @throws Error naming who has it.
 */
export async function claim(name: string, owner: string): Promise<void> {
  // A socket without a file: the kernel lets one process have it, and takes it back when that is gone.
  const address = `\0${name}`;
  const server = createServer((socket) =>
    socket.on("error", () => {}).end(`${owner} is running (process ${process.pid})`),
  );
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once("listening", () => resolve(false));
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(true) : reject(error),
    );
    server.listen(address);
  });
  if (taken)
    throw new Error(
      `the lab of ${await holderOf(address)}; two would use the same names and addresses, so wait for its end`,
    );
  server.unref();
}

function holderOf(address: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const unknown = () => resolve("another checkout is running");
    connect(address)
      .setTimeout(5000, unknown)
      .on("data", (data) => (text += data))
      .on("end", () => resolve(text))
      .on("error", unknown);
  });
}
