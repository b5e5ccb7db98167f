import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { RemoteEcrRegistry, type RemoteEcrRegistryArgs } from "../../../components/ecr-registry/index.ts";
import { config, parse } from "../../../ignition/index.ts";
import { plan } from "../planned.ts";

const host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const usual: RemoteEcrRegistryArgs = {
  host,
  repositories: ["app", "shop/api"],
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey,
};

/** A machine that pulls, and one without access. */
function two(cloud: Cloud, args: Partial<RemoteEcrRegistryArgs> = {}): RemoteEcrRegistry {
  const registry = new RemoteEcrRegistry("registry", { ...usual, ...args });
  ["apps", "mail"].forEach((name, index) => {
    const firewall = cloud.firewall(name, { description: name });
    registry.allowClients(firewall);
    cloud.machine(name, {
      role: name,
      hostNumber: 20 + index,
      firewall,
      ...(index === 0 && { access: [registry.pull()] }),
      config: () => config(),
    });
  });
  return registry;
}

describe("RemoteEcrRegistry", () => {
  test("has no resources, opens no ports and has this in its facts", async () => {
    const planned = await plan((cloud) => {
      const registry = two(cloud);
      return { address: registry.address, api: registry.url("shop/api"), ready: registry.ready.length };
    });
    const component = planned.one("paasmas:index:RemoteEcrRegistry", "registry");
    expect(component.inputs).toEqual({
      kind: "ecr",
      repositories: ["app", "shop/api"],
      push: ["no machine of this stack"],
      pull: ["machines of this stack that have its keys"],
    });
    expect(planned.resources.filter(({ parent }) => parent === component.urn)).toEqual([]);
    expect(planned.firewallRules()).toEqual([]);
    expect(planned.outputs).toEqual({ address: host, api: `${host}/shop/api`, ready: 0 });
  });

  test("logs a machine in as the user with the given keys, and no other machines", async () => {
    const planned = await plan((cloud) => void two(cloud));
    const { text, secret } = planned.config("apps");
    const paths = parse(JSON.parse(text)).storage?.files?.map(({ path, mode }) => [path, mode]);
    expect(secret).toBe(true);
    expect(paths).toEqual([
      ["/root/.docker/config.json", 0o600],
      ["/usr/local/bin/docker-credential-ecr-login", 0o755],
      ["/root/.aws/credentials", 0o600],
    ]);
    expect(parse(JSON.parse(planned.config("mail").text)).storage?.files).toBeUndefined();
    expect(planned.machine("apps").access).toEqual(["pull from registry"]);
  });

  test("accepts another helper, also for another processor", async () => {
    const source = async (args: Partial<RemoteEcrRegistryArgs>) => {
      const planned = await plan((cloud) => void two(cloud, args));
      return parse(JSON.parse(planned.config("apps").text)).storage?.files?.[1]?.contents?.source;
    };
    const helper = {
      helper: "ecr-login",
      source: "https://mirror.example.com/ecr-login",
      hash: `sha256-${"0".repeat(64)}`,
    };
    expect(await source({ credentialHelper: helper })).toBe(helper.source);
    expect(await source({ architecture: "aarch64" })).toContain("/0.12.0/linux-arm64/");
  });

  test("rejects other repositories, and pushes", async () => {
    await expect(plan((cloud) => void two(cloud).url("other"))).rejects.toThrow(
      new ArgumentError(['registry.repositories: has no "other"; known repositories: app, shop/api']),
    );
    await expect(plan((cloud) => void two(cloud).push("agent"))).rejects.toThrow(
      new ArgumentError([
        "registry: agent cannot push, because this stack may only pull; push from the account for builds",
      ]),
    );
  });
});

test.each<[Partial<Record<keyof RemoteEcrRegistryArgs, unknown>>, string[]]>([
  [
    { host: "registry.example.com" },
    [
      'registry.host: "registry.example.com" is not the host of an ECR; use one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com',
    ],
  ],
  [
    { host: undefined, accessKey: undefined, secretKey: undefined, repositories: [] },
    [
      "registry.host: undefined is not the host of an ECR; use one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com",
      "registry.accessKey: is missing; give the access key of a user that may pull",
      "registry.secretKey: is missing; give the secret key of the user",
      "registry.repositories: is empty; give the names of the repositories for images",
    ],
  ],
  [
    { accessKey: "two words are long enough" },
    ["registry.accessKey: the given key is not allowed; use 16 to 128 letters, digits and _"],
  ],
  [
    { secretKey: `${secretKey}\nregion = x` },
    ["registry.secretKey: the given key is not allowed; use 16 to 256 printable ASCII characters without spaces"],
  ],
])("rejects %j", async (args, messages) => {
  await expect(plan((cloud) => void two(cloud, args as Partial<RemoteEcrRegistryArgs>))).rejects.toThrow(
    new ArgumentError(messages),
  );
});

test.each(["us-gov-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"])("accepts a registry of %s", async (end) => {
  const planned = await plan((cloud) => ({ app: two(cloud, { host: `123456789012.dkr.ecr.${end}` }).url("app") }));
  expect(planned.outputs).toEqual({ app: `123456789012.dkr.ecr.${end}/app` });
});
