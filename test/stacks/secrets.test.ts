import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluated, stacks } from "./evaluated.ts";
import { isIn, decode } from "./decode.ts";

const password = "random:index/randomPassword:RandomPassword";
const bytes = "random:index/randomBytes:RandomBytes";
const key = "tls:index/privateKey:PrivateKey";

/** Every generated secret of a plan, by the name of its generator. */
function generated(planned: Planned): Map<string, string> {
  const found = planned.resources.flatMap(({ type, name, outputs }) => {
    if (type === password) return [[name, String(outputs.result)] as const];
    if (type === bytes) return [[name, String(outputs.base64)] as const];
    return type === key ? [[name, String(outputs.privateKeyPem)] as const] : [];
  });
  return new Map(found);
}

/** All texts in the inputs of a resource, with their paths. */
function texts(value: unknown, path = "$"): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${path}[${index}]`));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, item]) => texts(item, `${path}.${name}`));
}

const isSecret = (secretPaths: string[], path: string) =>
  secretPaths.some((secret) => path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`));

/** `resource path: secret` for every secret in the selected inputs. */
function leaks(planned: Planned, passes: (path: string, secretPaths: string[]) => boolean): string[] {
  const secrets = [...generated(planned)];
  return planned.resources.flatMap(({ name, inputs, secretPaths }) =>
    texts(inputs)
      .filter(({ path }) => passes(path, secretPaths))
      .flatMap(({ path, text }) => {
        const read = decode(text);
        return secrets.filter(([, value]) => isIn(value, read)).map(([secret]) => `${name} ${path}: ${secret}`);
      }),
  );
}

const isUserData = (path: string) => /userData(Base64|ReplaceOnChange)?$/.test(path);

describe.each(stacks)("the plan of %s", (stack) => {
  test("generates one secret for each machine, authority, database, account and app", async () => {
    const secrets = generated(await evaluated(stack));
    expect({ stack, secrets: secrets.size }).toEqual({ stack, secrets: { dev: 16, staging: 50, prod: 55 }[stack] });
    expect(new Set(secrets.values()).size).toBe(secrets.size);
    for (const value of secrets.values()) expect(value.length).toBeGreaterThanOrEqual(32);
  });

  test("has no generated secret in user data", async () => {
    const planned = await evaluated(stack);
    const machines = planned.resources.flatMap(({ inputs }) => texts(inputs)).filter(({ path }) => isUserData(path));
    expect(machines).toHaveLength({ dev: 0, staging: 14, prod: 20 }[stack]);
    expect(leaks(planned, isUserData)).toEqual([]);
  });

  test("has no generated secret in an input without a secret mark", async () => {
    expect(leaks(await evaluated(stack), (path, secretPaths) => !isSecret(secretPaths, path))).toEqual([]);
  });

  test("has no configured secret in an input without a secret mark", async () => {
    const given = {
      root: "given-root-password",
      monitor: "given-monitor-password",
      stateTransfer: "given-transfer-password",
    };
    const database = { name: "app", password: "given-database-password" };
    const galera = { ...(committed(stack)["paasmas:galera"] as object), passwords: given, databases: [database] };
    const planned = await evaluated(stack, { "paasmas:galera": galera });
    for (const value of [...Object.values(given), database.password]) {
      const open = planned.resources.flatMap(({ name, inputs, secretPaths }) =>
        texts(inputs)
          .filter(({ path, text }) => !isSecret(secretPaths, path) && isIn(value, decode(text)))
          .map(({ path }) => `${name} ${path}`),
      );
      expect(open).toEqual([]);
    }
  });

  test("has the secrets in inputs with a secret mark", async () => {
    // Otherwise the tests above could pass because their search is wrong.
    const found = leaks(
      await evaluated(stack),
      (path, secretPaths) => isSecret(secretPaths, path) && /content/.test(path),
    );
    const reached = new Set(found.map((leak) => leak.split(": ")[1]));
    const machines = ["etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2"].map((name) => `${name}-key`);
    expect([...reached]).toEqual(
      expect.arrayContaining([
        ...machines,
        "galera-0-etcd-key",
        "lb-0-etcd-key",
        "galera-root-password",
        "galera-monitor-password",
        "galera-database-app-password",
      ]),
    );
    // Keys of authorities stay in the state, except the keys with which kubeadm signs on control planes.
    const kubeadm = stack === "dev" ? [] : ["kube-etcd-ca-key", "kube-front-proxy-ca-key", "kube-kubernetes-ca-key"];
    expect([...reached].filter((name) => name!.includes("-ca-")).sort()).toEqual(kubeadm);
  });
});

describe("the search for secrets", () => {
  const secret = "S3cretThatNobodyMayRead";

  test.each([
    ["as it is", `password=${secret}\n`],
    ["in JSON", JSON.stringify({ password: `a\n${secret}` })],
    ["in base64", Buffer.from(`password=${secret}`).toString("base64")],
    ["in a percent-encoded data URI", `data:,password%3D${encodeURIComponent(secret)}`],
    [
      "compressed within a config",
      JSON.stringify({ source: `data:;base64,${gzipSync(`password=${secret}`).toString("base64")}` }),
    ],
    [
      "in a config in a config",
      Buffer.from(JSON.stringify({ source: `data:;base64,${Buffer.from(`x ${secret}`).toString("base64")}` })).toString(
        "base64",
      ),
    ],
  ])("finds a secret %s", (_, text) => {
    expect(isIn(secret, decode(text))).toBe(true);
    expect(isIn("AnotherSecretThatIsNotThere", decode(text))).toBe(false);
  });

  test("finds one line of a private key", () => {
    const pem = `-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\nCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n`;
    expect(isIn(pem, decode(JSON.stringify({ key: pem })))).toBe(true);
    expect(isIn(pem, decode("-----BEGIN PRIVATE KEY-----"))).toBe(false);
  });
});
