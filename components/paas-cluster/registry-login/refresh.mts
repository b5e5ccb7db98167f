// Runs in the cluster without packages. Its settings are in environment variables and files.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

/** A login to ECR. */
export interface Login {
  username: string;
  password: string;
  /** End of its validity. */
  expiresAt: Date;
}

export interface AwsRequest {
  url: string;
  region: string;
  service: string;
  headers: Record<string, string>;
  body: string;
  accessKey: string;
  secretKey: string;
  now: Date;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Headers of a POST request with AWS Signature Version 4, which covers all given headers. */
export function signed({
  url,
  region,
  service,
  headers,
  body,
  accessKey,
  secretKey,
  now,
}: AwsRequest): Record<string, string> {
  const { host, pathname } = new URL(url);
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const all: Record<string, string> = { ...headers, host, "x-amz-date": time };
  const names = Object.keys(all)
    .map((name) => name.toLowerCase())
    .sort();
  const value = (name: string) => all[Object.keys(all).find((one) => one.toLowerCase() === name)!]!.trim();
  const request = [
    "POST",
    pathname,
    "",
    ...names.map((name) => `${name}:${value(name)}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const key = scope.reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${secretKey}`);
  const signature = createHmac("sha256", key)
    .update(["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(request)].join("\n"))
    .digest("hex");
  const authorization = [
    `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope.join("/")}`,
    `SignedHeaders=${names.join(";")}`,
    `Signature=${signature}`,
  ].join(", ");
  const { host: _, ...sent } = all;
  return { ...sent, authorization };
}

const apiName = "AmazonEC2ContainerRegistry";

/** @throws Error with the answer of ECR. */
export async function newLogin(
  endpoint: string,
  region: string,
  keys: { accessKey: string; secretKey: string },
): Promise<Login> {
  const body = "{}";
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `${apiName}_V20150921.GetAuthorizationToken`,
  };
  const response = await fetch(endpoint, {
    method: "POST",
    headers: signed({ url: endpoint, region, service: "ecr", headers, body, ...keys, now: new Date() }),
    body,
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${endpoint}: ${text.slice(0, 300)} (${response.status})`);
  const { authorizationData = [] } = JSON.parse(text) as {
    authorizationData?: { authorizationToken: string; expiresAt: number }[];
  };
  const [data] = authorizationData;
  const [username, password] = Buffer.from(data?.authorizationToken ?? "", "base64")
    .toString()
    .split(/:(.*)/s);
  if (data === undefined || !username || !password) throw new Error(`${endpoint}: answers without a login`);
  return { username, password, expiresAt: new Date(data.expiresAt * 1000) };
}

export interface Secret {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
}

/** Annotations with the hash and the end of the stored login. */
export const marks = { expires: "paasmas/login-expires", hash: "paasmas/login-sha256" };

/** Remaining hours below which a login is replaced. It is valid for twelve, so the job may fail for hours. */
export const hoursLeft = 8;

/** Fields of a login: secrets for pulls have a Docker config, those of the platform a user name and a password. */
const fields = { docker: ".dockerconfigjson", user: "registry-username", login: "registry-password" };

/** Current password of a secret; undefined without a readable one. */
function held({ data = {} }: Secret, host: string): string | undefined {
  const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString();
  if (data[fields.docker] === undefined) return text(fields.login) || undefined;
  try {
    const { auths } = JSON.parse(text(fields.docker)) as { auths?: Record<string, { auth?: string }> };
    return Buffer.from(auths?.[host]?.auth ?? "", "base64")
      .toString()
      .split(/:(.*)/s)[1];
  } catch {
    return undefined;
  }
}

/** Reason to replace the login of a secret: it ends soon, or another program changed it. Undefined without a reason. */
export function wants(secret: Secret, host: string, now: Date): string | undefined {
  const { [marks.expires]: expires, [marks.hash]: hash } = secret.metadata.annotations ?? {};
  const current = held(secret, host);
  if (expires === undefined || hash === undefined) return "has no login of this job";
  if (current === undefined || sha256(current) !== hash) return "was overwritten";
  const left = (Date.parse(expires) - now.getTime()) / 3_600_000;
  return left >= hoursLeft ? undefined : `ends in ${left.toFixed(1)} hours`;
}

/** Patch of a secret with a new login. */
export function patch(
  secret: Secret,
  host: string,
  { username, password, expiresAt }: Login,
): Omit<Secret, "metadata"> & { metadata: { annotations: Record<string, string> } } {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const auth = base64(`${username}:${password}`);
  const data: Record<string, string> =
    secret.data?.[fields.docker] === undefined
      ? { [fields.user]: base64(username), [fields.login]: base64(password) }
      : { [fields.docker]: base64(JSON.stringify({ auths: { [host]: { auth } } })) };
  return {
    metadata: { annotations: { [marks.expires]: expiresAt.toISOString(), [marks.hash]: sha256(password) } },
    data,
  };
}

/** Client of the Kubernetes API with the account of the pod. NODE_EXTRA_CA_CERTS has the authority of the API. */
class Kubernetes {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async ask<T>(method: "GET" | "PATCH", path: string, body?: unknown): Promise<T | undefined> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { "content-type": "application/merge-patch+json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${method} ${path}: ${text.slice(0, 300)} (${response.status})`);
    return JSON.parse(text) as T;
  }
}

export interface Environment {
  API_URL: string;
  TOKEN_FILE: string;
  /** Folder with `access-key` and `secret-key`. */
  KEYS: string;
  ECR_ENDPOINT: string;
  REGION: string;
  HOST: string;
  /** Namespace of the platform. */
  PLATFORM: string;
  /** Process types, separated by spaces. */
  PROCESS_TYPES: string;
}

/** Checks every secret with a login and replaces logins. After a failure it continues with the other secrets. */
export async function refresh(env: Environment, say: (text: string) => void): Promise<void> {
  const { HOST: host, PLATFORM: platform } = env;
  const api = new Kubernetes(env.API_URL, readFileSync(env.TOKEN_FILE, "utf8").trim());
  const spaces = await api.ask<{ items: { metadata: { name: string } }[] }>(
    "GET",
    "/api/v1/namespaces?labelSelector=heritage%3Ddrycc",
  );
  const pulls = env.PROCESS_TYPES.split(" ").map((type) => `private-registry-${type}-off-cluster`);
  const targets = [
    ...["controller-creds", "builder-secret"].map((name) => [platform, name] as const),
    ...(spaces?.items ?? []).flatMap(({ metadata }) => pulls.map((name) => [metadata.name, name] as const)),
  ];
  let login: Promise<Login> | undefined;
  const failures: string[] = [];
  for (const [namespace, name] of targets) {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    try {
      const secret = await api.ask<Secret>("GET", path);
      const why = secret && wants(secret, host, new Date());
      if (secret === undefined || why === undefined) continue;
      const keys = {
        accessKey: readFileSync(`${env.KEYS}/access-key`, "utf8").trim(),
        secretKey: readFileSync(`${env.KEYS}/secret-key`, "utf8").trim(),
      };
      login ??= newLogin(env.ECR_ENDPOINT, env.REGION, keys);
      const { expiresAt } = await login;
      await api.ask("PATCH", path, patch(secret, host, await login));
      say(`${namespace}/${name} ${why}: new login until ${expiresAt.toISOString()}`);
      if (name === "builder-secret") await restartBuilder(api, platform, expiresAt);
    } catch (error) {
      failures.push(`${namespace}/${name}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

/** Restarts the builder, which reads its login from environment variables. */
async function restartBuilder(api: Kubernetes, platform: string, expiresAt: Date): Promise<void> {
  const template = { metadata: { annotations: { [marks.expires]: expiresAt.toISOString() } } };
  await api.ask("PATCH", `/apis/apps/v1/namespaces/${platform}/deployments/drycc-builder`, { spec: { template } });
}

if (process.argv[1] === import.meta.filename) {
  refresh(process.env as unknown as Environment, (text) => process.stdout.write(`${text}\n`)).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
