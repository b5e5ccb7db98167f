import { connect, createServer } from "node:net";
import { locked } from "./builds.ts";
import { otherCheckout } from "./monitor/cleanup.ts";
import { checkoutLabel } from "./monitor/label.ts";
import { cache, repository } from "./paths.ts";

/**
 * Takes the lock of this machine until this process ends. Two labs would use the same names and addresses, and each
 * would remove the machines of the other. Waits for a lab of the same checkout.
 * @throws Error that names another checkout if its lab runs or has left machines.
 */
export async function lock(report: (line: string) => void): Promise<void> {
  await locked(`${cache}/running`, () => report("waiting for another run of the lab to end"));
  await claim("paasmas-lab", repository);
  const other = await otherCheckout();
  if (other !== undefined) {
    throw new Error(
      `the lab of ${other} has left machines or volumes with the names that this one needs; run the lab there again, ` +
        `or remove the containers, volumes and networks with the label ${checkoutLabel}=${other}`,
    );
  }
}

/**
 * Takes a name that all checkouts on a machine share, until this process ends.
 * @param owner Named in the error of another process that wants the name.
 * @throws Error that names the owner if the name is taken.
 */
export async function claim(name: string, owner: string): Promise<void> {
  // A socket without a file: the kernel gives it to one process and frees it when that process ends.
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
