import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CertificateAuthority } from "../../../../components/certificate-authority/index.ts";
import type { TlsIdentity } from "../../../../ignition/roles/role.ts";
import { Engine } from "../../../lab/engine.ts";
import { roles } from "../role-folder.ts";

export interface Ran {
  code: number;
  /** Output without the last line break. */
  stdout: string;
}

/** A real etcd with three members, with certificates of the components and the settings of the role. */
export class Etcd {
  readonly dir = mkdtempSync(join(tmpdir(), "paasmas-etcd-"));
  endpoints: string[] = [];
  #members: ChildProcess[] = [];

  async start(): Promise<void> {
    await this.#issue();
    const ports = await freePorts(6);
    const [client, peer] = [ports.slice(0, 3), ports.slice(3)].map((some) =>
      some.map((port) => `https://127.0.0.1:${port}`),
    ) as [string[], string[]];
    this.endpoints = client;
    const identity = (prefix: string) => ({
      [`${prefix}_CERT_FILE`]: join(this.identity("member"), "certificate.pem"),
      [`${prefix}_KEY_FILE`]: join(this.identity("member"), "key.pem"),
      [`${prefix}_TRUSTED_CA_FILE`]: join(this.identity("member"), "ca.pem"),
      [`${prefix}_CLIENT_CERT_AUTH`]: "true",
    });
    this.#members = client.map((url, index) =>
      spawn("etcd", [], {
        stdio: ["ignore", "ignore", process.env.DEBUG ? "inherit" : "ignore"],
        env: {
          PATH: process.env.PATH,
          ETCD_NAME: `etcd-${index}`,
          ETCD_DATA_DIR: join(this.dir, `data-${index}`),
          ETCD_LISTEN_CLIENT_URLS: url,
          ETCD_ADVERTISE_CLIENT_URLS: url,
          ETCD_LISTEN_PEER_URLS: peer[index],
          ETCD_INITIAL_ADVERTISE_PEER_URLS: peer[index],
          ETCD_INITIAL_CLUSTER: peer.map((peerUrl, other) => `etcd-${other}=${peerUrl}`).join(),
          ETCD_HEARTBEAT_INTERVAL: "200",
          ETCD_ELECTION_TIMEOUT: "2000",
          ETCD_LOGGER: "zap",
          ...identity("ETCD"),
          ...identity("ETCD_PEER"),
        },
      }),
    );
    const deadline = Date.now() + 30_000;
    while ((await this.bash('etcd_list "/"')).code !== 0) {
      if (Date.now() > deadline) throw new Error("etcd has no quorum after 30 s");
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Kills members by number. */
  async kill(...numbers: number[]): Promise<void> {
    await Promise.all(
      numbers.map((number) => {
        const member = this.#members[number]!;
        const ended = new Promise((resolve) => member.once("exit", resolve));
        return member.kill("SIGKILL") && ended;
      }),
    );
  }

  async stop(): Promise<void> {
    const running = this.#members.flatMap((member, number) =>
      member.exitCode === null && member.signalCode === null ? [number] : [],
    );
    await this.kill(...running);
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Folder of an identity: `member`, `client`, or `stranger` from another authority. */
  identity(name: string): string {
    return join(this.dir, name);
  }

  /** Runs a script that has sourced the shell library. */
  bash(script: string, options: { endpoints?: readonly string[]; identity?: string } = {}): Promise<Ran> {
    const { endpoints = this.endpoints, identity = this.identity("client") } = options;
    const env = { PATH: process.env.PATH, ETCD_ENDPOINTS: endpoints.join(), ETCD_IDENTITY: identity };
    return new Promise((resolve) => {
      const child = execFile(
        "bash",
        ["-euo", "pipefail", "-c", `. "${roles}etcd-client/etcd.sh"; ${script}`],
        { env },
        (_, stdout) => resolve({ code: child.exitCode ?? -1, stdout: stdout.trimEnd() }),
      );
    });
  }

  async #issue(): Promise<void> {
    const program = () => {
      const ca = new CertificateAuthority("etcd-ca");
      return {
        member: ca.issue("member", { usage: "peer", addresses: ["127.0.0.1"] }),
        client: ca.issue("galera-0", { usage: "client" }),
        stranger: new CertificateAuthority("other-ca").issue("stranger", { usage: "peer", addresses: ["127.0.0.1"] }),
      };
    };
    const engine = new Engine({ program, stack: "test", stateFile: join(this.dir, "certificates.json") });
    for (const [name, { ca, certificate, privateKey }] of Object.entries(
      (await engine.up({})).outputs as Record<string, TlsIdentity>,
    )) {
      mkdirSync(this.identity(name));
      for (const [file, text] of Object.entries({
        "ca.pem": ca,
        "certificate.pem": certificate,
        "key.pem": privateKey,
      })) {
        writeFileSync(join(this.identity(name), file), text, { mode: 0o600 });
      }
    }
  }
}

/** Ports without a listener; another process can take them later. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
