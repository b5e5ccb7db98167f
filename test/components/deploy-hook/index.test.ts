import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { DeployHook } from "../../../components/deploy-hook/index.ts";
import type { DeployHookArgs } from "../../../components/deploy-hook/args.ts";
import type { DeployHookAppArgs } from "../../../components/deploy-hook/apps.ts";
import { MachineRegistry } from "../../../components/machine-registry/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { installedFiles } from "../../ignition/roles/contents.ts";
import { type Planned, plan } from "../planned.ts";

const shop: DeployHookAppArgs = { name: "shop", hosts: ["shop.example.com"], repository: "registry.example.com/shop" };

const hook = (args: Partial<DeployHookArgs> = {}, more: (cloud: Cloud) => Partial<DeployHookArgs> = () => ({})) =>
  plan((cloud) => {
    const made = new DeployHook("hook", { cloud, apps: [shop], callers: ["10.1.0.0/24"], ...args, ...more(cloud) });
    return { url: made.url, remoteUrl: made.remoteUrl, ca: made.caCertificate, tokens: made.tokens };
  });

/** A file of the machine. */
function file(planned: Planned, path: string): string {
  const found = installedFiles(JSON.parse(planned.config("hook-0").text)).find((one) => one.path === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found.text;
}

const settings = (planned: Planned, app: string) =>
  Object.fromEntries(
    file(planned, `/etc/paasmas/apps/${app}/app.env`)
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe("DeployHook", () => {
  test("creates one machine with a separate volume, and a token for each app", async () => {
    const planned = await hook({ apps: [shop, { ...shop, name: "blog", hosts: ["blog.example.com"] }] });
    expect(planned.machine("hook-0")).toMatchObject({
      role: "deploy-hook",
      hostNumber: 60,
      address: "10.9.0.60",
      size: "medium",
      firewall: "hook",
      dataVolumeGiB: 20,
      dataVolumePath: "/var/lib/paasmas/deploy-hook",
    });
    expect(planned.names(factTypes.machine)).toEqual(["hook-0"]);
    expect(planned.one("paasmas:index:DeployHook", "hook").inputs).toEqual({
      image: images.haproxy,
      apps: ["shop", "blog"],
      machines: ["hook-0"],
    });
    expect(planned.names("random:index/randomPassword:RandomPassword")).toEqual(["hook-blog-token", "hook-shop-token"]);
    expect(planned.outputs).toMatchObject({ url: "http://10.9.0.60:9010", remoteUrl: "https://10.9.0.60:9443" });
    expect(planned.secretOutputs).toEqual(["tokens"]);
    expect(planned.config("hook-0").secret).toBe(true);
  });

  test("opens the hook to its callers and the apps to their users only", async () => {
    const planned = await hook({}, (cloud) => ({
      callers: [cloud.firewall("ci", { description: "CI" }), "10.1.2.3/32"],
      users: ["10.2.0.0/16"],
    }));
    expect(planned.firewallRules()).toEqual([
      "10.1.2.3/32 -> hook: 9443",
      "10.2.0.0/16 -> hook: 8080",
      "ci -> hook: 9010",
    ]);
  });

  test("serves callers in another network over TLS, with a certificate for the machine's address", async () => {
    const planned = await hook({ callers: ["10.9.0.7/32", "10.9.1.0/24", "203.0.113.7/32"] });
    expect(planned.firewallRules().filter((opening) => !opening.endsWith(": 8080"))).toEqual([
      "10.9.0.7/32 -> hook: 9010",
      "10.9.1.0/24 -> hook: 9443",
      "203.0.113.7/32 -> hook: 9443",
    ]);
    expect(planned.one("tls:index/certRequest:CertRequest", "hook-0-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.60"],
    });
    expect(file(planned, "/etc/paasmas/deploy-hook/certificate.pem")).toMatch(/PRIVATE KEY/);
  });

  test("opens the apps to the private network by default, or to the given ranges", async () => {
    expect((await hook()).firewallRules()).toEqual(["10.1.0.0/24 -> hook: 9443", "10.9.0.0/24 -> hook: 8080"]);
    expect((await hook({ users: [] })).firewallRules()).toEqual(["10.1.0.0/24 -> hook: 9443"]);
  });

  test("applies the default settings of an app", async () => {
    expect(settings(await hook(), "shop")).toEqual({
      REPOSITORY: "registry.example.com/shop",
      SOURCE: "",
      DOCKERFILE: "",
      PORT: "8080",
      ADDRESSES: '"172.30.0.2 172.30.0.6"',
      HOST: "shop.example.com",
      USES: "",
      HEALTH_PATH: "/",
      HEALTH_SECONDS: "60",
      WATCH_SECONDS: "3",
      DRAIN_SECONDS: "30",
      STOP_SECONDS: "10",
      MEMORY_MIB: "512",
      PIDS: "512",
      CAPABILITIES: "",
      WRITABLE: "",
      RUN_AS: "",
      PREVIEWS: "0",
      PREVIEW_DOMAIN: "",
    });
  });

  test("applies every argument", async () => {
    const planned = await hook({
      apps: [
        {
          name: "pages",
          hosts: ["pages.example.com", "www.example.com"],
          source: { url: "https://git.example.com/pages", dockerfile: "docker/Dockerfile" },
          port: 3000,
          environment: { GREETING: "good day", CERTIFICATE: "two\nlines\n" },
          healthPath: "/healthz",
          healthTimeoutSeconds: 20,
          watchSeconds: 0,
          drainSeconds: 5,
          stopSeconds: 6,
          memoryMiB: 128,
          pids: 64,
          writable: ["/var/cache", "/data"],
          capabilities: ["SETUID", "NET_BIND_SERVICE"],
          user: "1000:1000",
          previews: { domain: "preview.example.com", max: 3 },
          token: "t".repeat(32),
        },
      ],
      builds: 4,
      buildMemoryMiB: 1024,
      image: "registry.example.com/haproxy:3.0",
      gitImage: "registry.example.com/git:1",
      urlTemplate: "https://%s",
      hostNumber: 90,
      machineSize: "large",
      volumeGiB: 50,
      readyTimeoutSeconds: 100,
      snippets: [
        JSON.stringify({
          ignition: { version: "3.4.0" },
          storage: { files: [{ path: "/etc/motd", contents: { source: "data:,hello" } }] },
        }),
      ],
    });
    expect(planned.machine("hook-0")).toMatchObject({ address: "10.9.0.90", size: "large", dataVolumeGiB: 50 });
    expect(settings(planned, "pages")).toMatchObject({
      REPOSITORY: "",
      SOURCE: "https://git.example.com/pages",
      DOCKERFILE: "docker/Dockerfile",
      PORT: "3000",
      HEALTH_PATH: "/healthz",
      HEALTH_SECONDS: "20",
      WATCH_SECONDS: "0",
      DRAIN_SECONDS: "5",
      STOP_SECONDS: "6",
      MEMORY_MIB: "128",
      PIDS: "64",
      CAPABILITIES: "SETUID,NET_BIND_SERVICE",
      WRITABLE: "/var/cache:/data",
      RUN_AS: "1000:1000",
      PREVIEWS: "3",
      PREVIEW_DOMAIN: "preview.example.com",
    });
    expect(file(planned, "/etc/paasmas/apps/pages/environment")).toBe("GREETING=good day\n");
    expect(file(planned, "/etc/paasmas/apps/pages/multiline/CERTIFICATE")).toBe("two\nlines\n");
    expect(file(planned, "/etc/paasmas/deploy-hook/tokens.map")).toBe(
      `pages ${Buffer.from("t".repeat(32)).toString("base64")}\n`,
    );
    expect(file(planned, "/etc/paasmas/proxy/hosts.map")).toBe("pages.example.com pages.0\nwww.example.com pages.0\n");
    expect(file(planned, "/etc/paasmas/deploy-hook.env")).toBe(
      'IMAGE=registry.example.com/haproxy:3.0\nGIT_IMAGE=registry.example.com/git:1\nURL_TEMPLATE="https://%s"\nAPPS_RANGE=172.30.0.0/16\nBUILDS=4\nBUILD_MEMORY_MIB=1024\nBUILDER_HOME=/var/lib/paasmas/deploy-hook/builder\n',
    );
    expect(file(planned, "/etc/motd")).toBe("hello");
    expect(planned.names("random:index/randomPassword:RandomPassword")).toEqual([]);
    expect(planned.one("command:local:Command", "hook-0-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "100",
    });
  });

  test("lets the machine and its builds pull from its registry", async () => {
    const planned = await hook({}, (cloud) => {
      const registry = new MachineRegistry("registry", { cloud, repositories: ["shop"] });
      return { registry, apps: [{ ...shop, repository: registry.url("shop") }] };
    });
    expect(settings(planned, "shop").REPOSITORY).toBe("10.9.0.50:5000/shop");
    expect(planned.firewallRules()).toContain("hook -> registry: 5000");
    for (const path of ["/root/.docker/config.json", "/etc/paasmas/builder/config.json"]) {
      expect(Object.keys(JSON.parse(file(planned, path)).auths)).toEqual(["10.9.0.50:5000"]);
    }
  });

  test("gives an app access to the host names of the apps that it uses, and to no others", async () => {
    const blog = { ...shop, name: "blog", hosts: ["blog.example.com", "www.example.com"] };
    const planned = await hook({
      apps: [{ ...shop, uses: ["blog"] }, blog, { ...shop, name: "wiki", hosts: ["wiki.example.com"] }],
    });
    expect(["shop", "blog", "wiki"].map((name) => settings(planned, name).USES)).toEqual([
      '"blog.example.com www.example.com"',
      "",
      "",
    ]);
    expect(file(planned, "/etc/paasmas/proxy/callers.map")).toBe(
      "172.30.0.0/24 shop\n172.30.1.0/24 blog\n172.30.2.0/24 wiki\n",
    );
    expect(file(planned, "/etc/paasmas/proxy/uses.map")).toBe("shop>blog.0 yes\n");
  });

  test("changes only its machine if the environment of an app changes", async () => {
    const [one, other] = [await hook(), await hook({ apps: [{ ...shop, environment: { A: "1" } }] })];
    expect(one.hashes()["hook-0"]).not.toBe(other.hashes()["hook-0"]);
  });

  const app = (changes: Partial<DeployHookAppArgs>): Partial<DeployHookArgs> => ({ apps: [{ ...shop, ...changes }] });
  test.each<[string, Partial<DeployHookArgs>, string[]]>([
    ["a missing cloud", { cloud: undefined as never }, ["hook.cloud: is missing; give the cloud the machine runs in"]],
    [
      "a caller that is not a range",
      { callers: ["ci"] },
      ['hook.callers[0]: "ci" is not an IPv4 range: write it like 10.0.0.0/16'],
    ],
    [
      "the whole internet as a caller",
      { callers: ["0.0.0.0/0"] },
      ["hook.callers[0]: 0.0.0.0/0 is far too wide; use the addresses that CI calls from"],
    ],
    [
      "half of the internet as a caller",
      { callers: ["10.9.0.0/24", "128.0.0.0/1"] },
      ["hook.callers[1]: 128.0.0.0/1 is far too wide; use the addresses that CI calls from"],
    ],
    [
      "a user that is not a range",
      { users: ["10.0.0.0/8", "all"] },
      ['hook.users[1]: "all" is not an IPv4 range: write it like 10.0.0.0/16'],
    ],
    ["an empty list of apps", { apps: [] }, ["hook.apps: 0 apps are given; use 1 to 256"]],
    [
      "a host number outside of the network",
      { hostNumber: 300 },
      ["hook.hostNumber: host number 300 does not fit into 10.9.0.0/24: it has room for 2 to 254"],
    ],
    ["too many builds", { builds: 17 }, ["hook.builds: 17 is not allowed; use a whole number from 1 to 16"]],
    [
      "a URL template without a placeholder",
      { urlTemplate: "https://example.com" },
      [
        'hook.urlTemplate: "https://example.com" is not allowed; use a URL with %s for the host name, such as https://%s',
      ],
    ],
    [
      "a name in the format of previews",
      app({ name: "pr-1-shop" }),
      [
        'hook.apps[0].name: "pr-1-shop" is not allowed; use up to 40 lower-case letters, digits and inner hyphens, starting with a letter; names that start with pr- and a number are for previews',
      ],
    ],
    [
      "a duplicate name",
      { apps: [shop, { ...shop, hosts: ["other.example.com"] }] },
      ['hook.apps[1].name: "shop" is used twice; use each name once'],
    ],
    [
      "a duplicate host name",
      { apps: [shop, { ...shop, name: "blog" }] },
      ['hook.apps[1].hosts[0]: "shop.example.com" is already used by app shop; use another host name'],
    ],
    [
      "an app without repository and source",
      app({ repository: undefined }),
      ["hook.apps[0].repository: is missing; give a repository, or a source to build from"],
    ],
    ["an app without host names", app({ hosts: [] }), ["hook.apps[0].hosts: is missing; give at least one host name"]],
    [
      "a host name in capitals",
      app({ hosts: ["Shop.example.com"] }),
      [
        'hook.apps[0].hosts[0]: "Shop.example.com" is not allowed; use lower-case labels of letters, digits and inner hyphens, joined by dots',
      ],
    ],
    [
      "a password in the source's URL",
      app({ source: { url: "https://user:password@git.example.com/shop" } }),
      [
        'hook.apps[0].source.url: "https://user:password@git.example.com/shop" is not allowed; use an https:// URL without a user or a password',
      ],
    ],
    [
      "a Dockerfile outside of the repository",
      app({ source: { url: "https://git.example.com/shop", dockerfile: "../Dockerfile" } }),
      ['hook.apps[0].source.dockerfile: "../Dockerfile" is not allowed; use a path within the repository'],
    ],
    ["port 0", app({ port: 0 }), ["hook.apps[0].port: 0 is not allowed; use a whole number from 1 to 65535"]],
    [
      "a drain time that is too long",
      app({ drainSeconds: 301 }),
      ["hook.apps[0].drainSeconds: 301 is not allowed; use a whole number from 0 to 300 seconds"],
    ],
    [
      "a relative health path",
      app({ healthPath: "health" }),
      ['hook.apps[0].healthPath: "health" is not allowed; use a path that starts with / and has no spaces'],
    ],
    [
      "an invalid variable name",
      app({ environment: { "A-B": "x" } }),
      ['hook.apps[0].environment: "A-B" is not allowed; use letters, digits and _, not starting with a digit'],
    ],
    [
      "a path with ..",
      app({ writable: ["/tmp/../etc"] }),
      ['hook.apps[0].writable[0]: "/tmp/../etc" is not allowed; use an absolute path'],
    ],
    [
      "a capability that is equivalent to root",
      app({ capabilities: ["SYS_ADMIN" as never] }),
      [
        'hook.apps[0].capabilities[0]: "SYS_ADMIN" is not allowed; use CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID, NET_BIND_SERVICE',
      ],
    ],
    [
      "an app that uses itself",
      app({ uses: ["shop"] }),
      ['hook.apps[0].uses[0]: "shop" is not allowed; use the name of another app'],
    ],
    [
      "an app that uses an unknown app",
      { apps: [shop, { ...shop, name: "blog", hosts: ["blog.example.com"], uses: ["shop", "wiki"] }] },
      ['hook.apps[1].uses[1]: "wiki" is not allowed; use another app: shop'],
    ],
    [
      "a user with options",
      app({ user: "1000 --privileged" }),
      ['hook.apps[0].user: "1000 --privileged" is not allowed; use a user, or a user and a group: 1000:1000'],
    ],
    [
      "too many previews",
      app({ previews: { domain: "x.example.com", max: 30 } }),
      ["hook.apps[0].previews.max: 30 is not allowed; use a whole number from 1 to 29"],
    ],
    [
      "several invalid values at once",
      { builds: 0, ...app({ port: -1, pids: 1 }) },
      [
        "hook.builds: 0 is not allowed; use a whole number from 1 to 16",
        "hook.apps[0].port: -1 is not allowed; use a whole number from 1 to 65535",
        "hook.apps[0].pids: 1 is not allowed; use a whole number from 8 to 65536",
      ],
    ],
  ])("rejects %s", async (_, args, messages) => {
    await expect(hook(args)).rejects.toThrow(new ArgumentError(messages));
  });

  test("allows no callers by default", async () => {
    const calls = (planned: Planned) => planned.firewallRules().filter((opening) => /: 9(010|443)$/.test(opening));
    expect(calls(await hook({ callers: undefined }))).toEqual([]);
    const opened = await plan((cloud) => {
      const made = new DeployHook("hook", { cloud, apps: [shop] });
      made.allowCallers("hook-from-ci", cloud.firewall("ci", { description: "builds" }));
      made.allowCallers("hook-from-office", "10.1.0.0/24");
    });
    expect(calls(opened)).toEqual(["10.1.0.0/24 -> hook: 9443", "ci -> hook: 9010"]);
    await expect(
      plan((cloud) => {
        new DeployHook("hook", { cloud, apps: [shop] }).allowCallers("hook-from-all", "0.0.0.0/0");
      }),
    ).rejects.toThrow("hook-from-all: 0.0.0.0/0 is far too wide");
  });

  test("rejects an invalid token and a repository with a tag, which are known only in the update", async () => {
    await expect(hook(app({ token: "short" }))).rejects.toThrow(
      "hook-shop-token: the given token is not allowed; use 32 to 128 printable ASCII characters without spaces",
    );
    await expect(hook(app({ repository: "registry.example.com/shop:latest" }))).rejects.toThrow(
      'hook.apps.shop.repository: "registry.example.com/shop:latest" is not allowed; use registry.example.com/name, without tag or digest',
    );
  });

  test("rejects a network that overlaps the network of its containers", async () => {
    const { DockerCloud } = await import("../../../components/cloud/docker/index.ts");
    const { planProgram } = await import("../planned.ts");
    await expect(
      planProgram(() => {
        new DeployHook("hook", {
          cloud: new DockerCloud("cloud", { cidr: "172.30.4.0/24" }),
          apps: [shop],
          callers: ["10.1.0.0/24"],
        });
      }),
    ).rejects.toThrow(
      new ArgumentError([
        "hook.cloud: its network 172.30.4.0/24 overlaps 172.30.0.0/16, the network of the containers; use another network",
      ]),
    );
  });
});
