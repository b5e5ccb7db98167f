import { describe, expect, test } from "vitest";
import { render, validate } from "../../../../ignition/index.ts";
import { appAddresses, maxApps, maxPreviewIndexes } from "../../../../ignition/roles/deploy-hook/networks.ts";
import { type DeployHookNode, deployHook } from "../../../../ignition/roles/deploy-hook/role.ts";
import { installedFiles, readable } from "../contents.ts";
import { node, secrets } from "./sample-node.ts";

const config = deployHook(node);
const files = installedFiles(config);
const unit = (name: string) => config.systemd?.units?.find((one) => one.name === name);
const text = (path: string) => files.find((file) => file.path === path)!.text;

describe("deploy-hook", () => {
  test("matches the snapshot", async () => {
    await expect(readable(config)).toMatchFileSnapshot("../snapshots/deploy-hook.txt");
  });

  test("is valid and renders to the same bytes each time", () => {
    expect(validate(config)).toEqual({ errors: [], warnings: [] });
    expect(render(config)).toBe(render(deployHook(node)));
  });

  test("restricts tokens to the call proxy and environments to root", () => {
    const holders = (secret: string) =>
      files.filter((file) => file.text.includes(secret)).map(({ path, mode, uid }) => [path, mode.toString(8), uid]);
    const base64 = Buffer.from(secrets.shop).toString("base64");
    expect(holders(secrets.shop)).toEqual([]);
    expect(holders(base64)).toEqual([["/etc/paasmas/deploy-hook/tokens.map", "400", 1501]]);
    expect(holders(secrets.password)).toEqual([["/etc/paasmas/apps/shop/environment", "600", 0]]);
    expect(holders(secrets.key)).toEqual([["/etc/paasmas/apps/shop/multiline/DATABASE_CA", "600", 0]]);
    expect(holders("tls-key-secret")).toEqual([["/etc/paasmas/deploy-hook/certificate.pem", "400", 1501]]);
    expect(JSON.stringify(config.systemd)).not.toMatch(/secret/);
  });

  test.each([
    ["deploy-hook.service", 1501, "deploy-hook"],
    ["proxy.service", 99, "proxy"],
  ])(
    "%s runs without root, capabilities or new privileges, with access to its own folders only",
    (name, uid, folder) => {
      const contents = unit(name)!.contents!;
      expect(contents).toContain(`--user=${uid}:${uid} `);
      for (const option of ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"])
        expect(contents).toContain(option);
      expect(contents).not.toMatch(/privileged(?!=)|docker\.sock|--cap-add/);
      const volumes = [...contents.matchAll(/--volume=([^: ]+)/g)].map(([, path]) => path);
      expect(volumes).toEqual([`/etc/paasmas/${folder}`, `/run/paasmas/${folder}`]);
    },
  );

  test("gives the call proxy one socket that only it can open", () => {
    expect(text("/etc/paasmas/deploy-hook/call-proxy.cfg").match(/^\tserver .*$/gm)).toEqual(
      Array(2).fill("\tserver call unix@/run/paasmas/deploy-hook/call.sock"),
    );
    const socket = unit("deploy-call.socket")!.contents!;
    for (const line of [
      "ListenStream=/run/paasmas/deploy-hook/call.sock",
      "SocketUser=deploy-hook",
      "SocketMode=0600",
      "Accept=yes",
    ])
      expect(socket).toContain(`${line}\n`);
    expect(socket).not.toContain("Service=");
    expect(unit("deploy-call@.service")!.contents).toContain("ExecStart=/opt/paasmas/bin/deploy-call\n");
  });

  test("gives deploy-call no privileges except the socket of app-call", () => {
    const reads = unit("deploy-call@.service")!.contents!;
    for (const line of [
      "User=deploy-call",
      "CapabilityBoundingSet=",
      "NoNewPrivileges=yes",
      "ProtectSystem=strict",
      "PrivateNetwork=yes",
      "RestrictAddressFamilies=AF_UNIX",
      "SystemCallFilter=@system-service",
    ])
      expect(reads).toContain(`${line}\n`);
    expect(reads).not.toMatch(/^Exec\w+=[+!]|ReadWritePaths|AmbientCapabilities/m);
    expect(reads.match(/^StateDirectory=.*$/gm)).toEqual(["StateDirectory=paasmas/deploy-hook/nonces"]);
    expect(config.passwd?.users?.filter(({ name }) => name === "deploy-call")).toEqual([
      { name: "deploy-call", uid: 1502, noCreateHome: true, shell: "/usr/sbin/nologin" },
    ]);
    const socket = unit("app-call.socket")!.contents!;
    for (const line of [
      "ListenStream=/run/paasmas/app-call.sock",
      "SocketUser=deploy-call",
      "SocketMode=0600",
      "Accept=yes",
    ])
      expect(socket).toContain(`${line}\n`);
    expect(unit("app-call@.service")!.contents).toContain("ExecStart=/opt/paasmas/bin/app-call\n");
    // It cannot read the tokens of the call proxy and the environments of apps.
    const open = config.storage!.files!.filter(({ user, mode }) => user?.id === 1502 || ((mode ?? 0) & 0o007) !== 0);
    expect(open.filter(({ path }) => /tokens|environment|multiline|certificate\.pem/.test(path))).toEqual([]);
  });

  test("runs apps with a read-only file system and without privileges", () => {
    const run = text("/opt/paasmas/bin/app-run");
    for (const option of [
      "--read-only",
      "--cap-drop=all",
      "--security-opt=no-new-privileges",
      "--pids-limit=",
      "--memory=",
      "--pull=never",
    ]) {
      expect(run).toContain(option);
    }
    expect(run).not.toMatch(/--network=host|--privileged|--volume|docker\.sock/);
  });

  test("gives each slot a separate network of four addresses", () => {
    expect(appAddresses(0, 1)).toEqual(["172.30.0.2", "172.30.0.6"]);
    expect(appAddresses(5, 2)).toEqual(["172.30.5.2", "172.30.5.6", "172.30.5.10", "172.30.5.14"]);
    const all = Array.from({ length: maxApps }, (_, index) => appAddresses(index, maxPreviewIndexes)).flat();
    expect([new Set(all).size, all.at(-1)]).toEqual([maxApps * maxPreviewIndexes * 2, "172.30.255.238"]);
    // app-run derives the network from an address that is 2 above a multiple of 4.
    expect(all.every((address) => Number(address.split(".")[3]) % 4 === 2)).toBe(true);
  });

  test("creates a backend with two disabled slots for each preview index", () => {
    expect(text("/etc/paasmas/proxy/apps.cfg").match(/^backend .*$/gm)).toEqual([
      "backend shop.0",
      "backend shop.1",
      "backend shop.2",
      "backend pages.0",
    ]);
    const servers = text("/etc/paasmas/proxy/apps.cfg").match(/^\tserver .*$/gm)!;
    expect(servers).toHaveLength(8);
    expect(servers.every((line) => line.endsWith(" disabled"))).toBe(true);
  });

  test("lets an app call only the apps that it uses, through the proxy", () => {
    expect(text("/etc/paasmas/apps/shop/app.env")).toMatch(/^USES=pages\.example\.com$/m);
    expect(text("/etc/paasmas/apps/pages/app.env")).toMatch(/^USES=$/m);
    expect(text("/etc/paasmas/proxy/callers.map")).toBe("172.30.0.0/24 shop\n172.30.1.0/24 pages\n");
    expect(text("/etc/paasmas/proxy/uses.map")).toBe("shop>pages.0 yes\n");
    expect(appAddresses(1, maxPreviewIndexes).every((address) => address.startsWith("172.30.1."))).toBe(true);
  });

  test("gives builds the registry password, but no credential helper", () => {
    const builder = (login: DeployHookNode["login"]) =>
      installedFiles(deployHook({ ...node, login })).find(({ path }) => path === "/etc/paasmas/builder/config.json");
    const password = { user: "pull", password: "pull-secret" };
    expect(builder({ address: "registry.example:5000", credentials: password })).toMatchObject({
      mode: 0o600,
      uid: 1500,
    });
    expect(JSON.parse(builder({ address: "registry.example:5000", credentials: password })!.text)).toEqual({
      auths: { "registry.example:5000": { auth: Buffer.from("pull:pull-secret").toString("base64") } },
      credHelpers: {},
    });
    const helper = { helper: "ecr-login", source: "https://example.com/helper", hash: `sha512-${"a".repeat(128)}` };
    expect(JSON.parse(builder({ address: "ecr.example", credentials: helper })!.text)).toEqual({
      auths: {},
      credHelpers: {},
    });
    expect(JSON.parse(builder(undefined)!.text)).toEqual({ auths: {}, credHelpers: {} });
  });
});
