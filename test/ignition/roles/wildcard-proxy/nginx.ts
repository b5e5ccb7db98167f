import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request } from "node:https";
import { connect } from "node:tls";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { Config } from "../../../../ignition/index.ts";
import type { TlsIdentity } from "../../../../ignition/roles/role.ts";
import { wildcardProxy } from "../../../../ignition/roles/wildcard-proxy/proxy.ts";
import { roles } from "../role-folder.ts";
import { installedFiles } from "../contents.ts";
import { freePort } from "../local-servers.ts";
import { missing } from "../requirements.ts";
import { writeCertificate } from "../certificate.ts";

export const domain = "ci.example.com";

/** Reason why nginx cannot run here. Undefined if it can. */
export const noNginx = missing({ programs: ["nginx", "openssl"] });

interface Ports {
  https: number;
  http: number;
  health: number;
  public: number;
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** A real nginx with the role's files, in a folder of the test and on free ports. */
export class Nginx {
  readonly folder = mkdtempSync(`${tmpdir()}/proxy-`);
  readonly ports: Ports;
  readonly ca: string;
  #process: ChildProcess | undefined;

  private constructor(ports: Ports, ca: string) {
    this.ports = ports;
    this.ca = ca;
  }

  /**
   * @param services services of the machine's config.
   * @param more config of a machine with further files for the proxy.
   */
  static async start(services: Record<string, string>, more?: (tls: TlsIdentity) => Config): Promise<Nginx> {
    const { certificate, privateKey } = selfSigned();
    const [https, http, health, publicPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const nginx = new Nginx({ https, http, health, public: publicPort }, certificate);
    const tls = { ca: certificate, certificate, privateKey };
    const fragment = wildcardProxy({ image: "-", domain, services, dataPath: "-", tls });
    mkdirSync(`${nginx.folder}/run`);
    mkdirSync(`${nginx.folder}/data`);
    const given = [
      ...(more ? installedFiles(more(tls)) : []),
      ...installedFiles({ ignition: { version: "3.4.0" }, ...fragment }),
    ];
    for (const { path, text } of given) {
      const name = /^\/etc\/paasmas\/proxy\/(.+)$/.exec(path)?.[1];
      if (name === undefined) continue;
      mkdirSync(dirname(`${nginx.folder}/${name}`), { recursive: true });
      writeFileSync(`${nginx.folder}/${name}`, nginx.#moved(text, services));
    }
    writeFileSync(`${nginx.folder}/proxy.env`, `DATA_PATH=${nginx.folder}/data\n`);
    writeFileSync(
      `${nginx.folder}/reload`,
      `#!/bin/bash\n${nginx.#command("-t")} && kill -HUP "$(cat ${nginx.folder}/run/nginx.pid)"\n`,
      { mode: 0o755 },
    );
    execFileSync("bash", [
      "-euo",
      "pipefail",
      "-c",
      `. ${roles}wildcard-proxy/services.sh; nginx_map ${nginx.folder}/services >${nginx.folder}/run/services.map`,
    ]);
    nginx.#process = spawn("bash", ["-c", `exec ${nginx.#command('-g "daemon off;"')}`], { stdio: "ignore" });
    for (let tries = 0; tries < 100; tries++) {
      const health = await nginx.http("/healthz", "localhost", nginx.ports.health).catch(() => undefined);
      if (health?.status === 200) return nginx;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("nginx does not start");
  }

  /** Runs `proxy-services` as on a machine. */
  services(...parameters: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const env = {
      ...process.env,
      PROXY_ENV: `${this.folder}/proxy.env`,
      PROXY_FIXED: `${this.folder}/services`,
      PROXY_RUN: `${this.folder}/run`,
      PROXY_RELOAD: `${this.folder}/reload`,
      PROXY_HEALTH: `http://127.0.0.1:${this.ports.health}`,
    };
    return new Promise((resolve) => {
      const child = execFile(`${roles}wildcard-proxy/proxy-services`, parameters, { env }, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Sends an HTTPS request for a name in the domain, or for a full host name. */
  https(
    path: string,
    name: string,
    headers: Record<string, string> = {},
    { port = this.ports.https, method = "GET" } = {},
  ): Promise<Answer> {
    const host = name.includes(".") ? name : `${name}.${domain}`;
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port,
        method,
        path,
        ca: this.ca,
        ...(/^[\d.]+$/.test(host) ? {} : { servername: host }),
        agent: false,
        headers: { host, ...headers },
      };
      request({ ...options, checkServerIdentity: () => undefined }, (response) =>
        collect(response).then(resolve, reject),
      )
        .on("error", reject)
        .end();
    });
  }

  http(path: string, host: string, port = this.ports.http): Promise<Answer> {
    return new Promise((resolve, reject) => {
      httpRequest({ host: "127.0.0.1", port, path, agent: false, headers: { host } }, (response) =>
        collect(response).then(resolve, reject),
      )
        .on("error", reject)
        .end();
    });
  }

  /** Opens a connection to a service and switches the protocol. */
  upgrade(name: string): Promise<Socket> {
    const host = `${name}.${domain}`;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: this.ports.https, ca: this.ca, servername: host });
      socket.on("error", reject);
      socket.write(`GET /socket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      socket.once("data", (data) => {
        if (String(data).startsWith("HTTP/1.1 101 ")) resolve(socket);
        else reject(new Error(String(data)));
      });
    });
  }

  stop(): void {
    this.#process?.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  #command(parameters: string): string {
    return `env PATH="$PATH:/usr/sbin" nginx -q -p ${this.folder} -c ${this.folder}/nginx.conf ${parameters}`;
  }

  /** A file of the role with the paths and ports of this test. */
  #moved(text: string, services: Record<string, string>): string {
    return text
      .replaceAll("http://127.0.0.1:8080", `http://${services.jenkins}`)
      .replaceAll(/\blisten 8444\b/g, `listen 127.0.0.1:${this.ports.public}`)
      .replaceAll("/etc/paasmas/proxy", this.folder)
      .replaceAll("/run/paasmas/proxy", `${this.folder}/run`)
      .replaceAll(/\blisten 8443\b/g, `listen 127.0.0.1:${this.ports.https}`)
      .replaceAll(/\blisten 8081\b/g, `listen 127.0.0.1:${this.ports.http}`)
      .replaceAll(/\blisten 8404\b/g, `listen 127.0.0.1:${this.ports.health}`);
  }
}

function selfSigned(): { certificate: string; privateKey: string } {
  const folder = mkdtempSync(`${tmpdir()}/proxy-tls-`);
  writeCertificate({
    name: "test",
    days: 2,
    key: `${folder}/key.pem`,
    certificate: `${folder}/certificate.pem`,
    alternativeNames: `DNS:${domain},DNS:*.${domain}`,
  });
  const made = {
    certificate: readFileSync(`${folder}/certificate.pem`, "utf8"),
    privateKey: readFileSync(`${folder}/key.pem`, "utf8"),
  };
  rmSync(folder, { recursive: true });
  return made;
}

async function collect(
  response: NodeJS.ReadableStream & { statusCode?: number; headers: Record<string, unknown> },
): Promise<Answer> {
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode!, headers: response.headers, body };
}
