/**
 * Forwards connections from one address to another: `node forward.ts '{"path":"/tmp/api.sock"}'
 * '{"host":"10.9.0.70","port":6443}'`.
 */
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from "node:net";

/** Forwards connections. A socket file can connect two network namespaces. */
export function forward(from: ListenOptions, to: NetConnectOpts): Server {
  const server = createServer((near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  return server.listen(from);
}

if (import.meta.main) forward(JSON.parse(process.argv[2]!), JSON.parse(process.argv[3]!));
