import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";

class Box extends pulumi.ComponentResource {
  constructor(name: string, args: pulumi.Inputs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Box", name, args, opts);
    this.registerOutputs();
  }
}

class Custom extends pulumi.CustomResource {}

async function secretness(output: pulumi.Output<unknown>): Promise<boolean> {
  return pulumi.isSecret(output);
}

describe("secrets", () => {
  test("an output that the resource declares as secret is secret, and so are inputs that use it", async () => {
    const seen: Record<string, boolean> = {};
    const { resources } = await evaluate(
      async () => {
        const password = new random.RandomPassword("password", { length: 24 });
        seen.result = await secretness(password.result);
        seen.length = await secretness(password.length);
        new Box("box", {
          text: pulumi.interpolate`password=${password.result}`,
          list: [{ one: password.result }],
          length: password.length,
        });
      },
      { stack: "dev" },
    );
    expect(seen).toEqual({ result: true, length: false });
    const box = resources.find((r) => r.name === "box");
    expect(box?.secretPaths).toEqual(["$.list[0].one", "$.text"]);
    expect(box?.inputs.text).toMatch(/^password=[0-9a-f]{24}$/);
    expect(box?.inputs.length).toBe(24);
  });

  test("a secret input is also a secret output of the resource", async () => {
    const seen: Record<string, boolean> = {};
    await evaluate(
      async () => {
        const key = new tls.PrivateKey("key", { algorithm: "ECDSA" });
        const certificate = new tls.SelfSignedCert("cert", {
          privateKeyPem: key.privateKeyPem,
          allowedUses: ["cert_signing"],
          validityPeriodHours: 1,
        });
        seen.key = await secretness(certificate.privateKeyPem);
        seen.certificate = await secretness(certificate.certPem);
      },
      { stack: "dev" },
    );
    expect(seen).toEqual({ key: true, certificate: false });
  });

  test("secret config and secret stack outputs keep their marks", async () => {
    const { resources, outputs, secretOutputs } = await evaluate(
      () => {
        const config = new pulumi.Config();
        new Box("box", { token: config.requireSecret("token"), region: config.require("region") });
        return {
          token: config.requireSecret("token"),
          nested: { deep: [pulumi.secret(1)] },
          region: config.require("region"),
        };
      },
      { stack: "dev", config: { "paasmas:token": "t0ken", "paasmas:region": "here" }, secretKeys: ["paasmas:token"] },
    );
    expect(resources.find((r) => r.name === "box")?.secretPaths).toEqual(["$.token"]);
    expect(outputs).toEqual({ token: "t0ken", nested: { deep: [1] }, region: "here" });
    expect(secretOutputs).toEqual(["nested", "token"]);
  });
});

describe("registered resources", () => {
  test("have URNs with the types of their ancestors, as in the engine, and keep options and dependencies", async () => {
    const { resources } = await evaluate(
      () => {
        const outer = new Box("outer");
        const inner = new Box("inner", {}, { parent: outer });
        const first = new random.RandomId(
          "first",
          { byteLength: 4 },
          { parent: inner, protect: true, retainOnDelete: true },
        );
        new random.RandomId(
          "second",
          { byteLength: 4, keepers: { first: first.hex } },
          {
            dependsOn: inner,
            deleteBeforeReplace: true,
            replaceOnChanges: ["prefix"],
            ignoreChanges: ["byteLength"],
            aliases: [{ name: "old" }],
          },
        );
      },
      { stack: "prod", project: "shop" },
    );
    expect(resources.map((r) => r.urn)).toEqual([
      "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod",
      "urn:pulumi:prod::shop::test:index:Box::outer",
      "urn:pulumi:prod::shop::test:index:Box$test:index:Box::inner",
      "urn:pulumi:prod::shop::test:index:Box$test:index:Box$random:index/randomId:RandomId::first",
      "urn:pulumi:prod::shop::random:index/randomId:RandomId::second",
    ]);
    const [, , inner, first, second] = resources;
    expect([first?.protect, first?.retainOnDelete, first?.parent]).toEqual([true, true, inner?.urn]);
    expect(second?.propertyDependencies).toEqual({ keepers: [first?.urn] });
    // A dependency on a component is a dependency on its resources.
    expect(second?.dependencies).toEqual([first?.urn]);
    expect([second?.deleteBeforeReplace, second?.replaceOnChanges, second?.ignoreChanges]).toEqual([
      true,
      ["prefix"],
      ["byteLength"],
    ]);
    expect(second?.aliases.length).toBe(1);
  });

  test("are rejected if two have the same name, as in the engine", async () => {
    const program = () => {
      new random.RandomId("same", { byteLength: 4 });
      new random.RandomId("same", { byteLength: 4 });
    };
    await expect(evaluate(program, { stack: "dev" })).rejects.toThrow(
      "failed to register new resource same [random:index/randomId:RandomId]: " +
        'two resources of this type are called "same" under the same parent; names must be unique',
    );
  });

  test("are the same in two runs of a program", async () => {
    const program = () => {
      const password = new random.RandomPassword("password", { length: 40 });
      new Box("box", { password: password.result });
    };
    const first = await evaluate(program, { stack: "dev" });
    const second = await evaluate(program, { stack: "dev" });
    expect(second).toEqual(first);
    expect(first.resources.length).toBe(3);
  });
});

describe("a property of a resource", () => {
  const read = (output: pulumi.Output<unknown>) => new Promise((resolve) => output.apply(resolve));

  test("is the same if it is read before or after the registration of the resource", async () => {
    const seen: unknown[] = [];
    const { resources } = await evaluate(
      async () => {
        const early = new random.RandomPassword("early", { length: 20 });
        const late = new random.RandomPassword("late", { length: 20 });
        const readAtOnce = early.result;
        await read(late.urn);
        for (const output of [readAtOnce, late.result, late.length])
          seen.push([await secretness(output), `${await read(output)}`.length]);
        expect(late.result).toBe(late.result);
        new Box("box", { late: late.result });
      },
      { stack: "dev" },
    );
    expect(seen).toEqual([
      [true, 20],
      [true, 20],
      [false, 2],
    ]);
    const box = resources.find(({ name }) => name === "box");
    expect(box?.propertyDependencies).toEqual({
      late: ["urn:pulumi:dev::paasmas::random:index/randomPassword:RandomPassword::late"],
    });
  });

  test("can be listed, and overridden by the class", async () => {
    class Renamed extends Custom {
      constructor(name: string) {
        super("test:index:Renamed", name, { first: "1", second: "2" });
        Object.assign(this, { second: "mine" });
      }
    }
    const seen: unknown[] = [];
    await evaluate(
      async () => {
        const renamed = new Renamed("renamed") as Renamed & { first: pulumi.Output<string>; second: string };
        seen.push(
          Object.keys(renamed).filter((key) => ["first", "second"].includes(key)),
          await read(renamed.first),
          renamed.second,
        );
      },
      { stack: "dev" },
    );
    expect(seen).toEqual([["first", "second"], "1", "mine"]);
  });

  test("with a reserved name is rejected with the error of the SDK", async () => {
    const twice = () => void new Custom("test:index:Twice", "twice", { urn: "", __pulumiResource: "2" });
    await expect(evaluate(twice, { stack: "dev" })).rejects.toThrow(
      "Property '__pulumiResource' is already initialized on target 'resource:twice[test:index:Twice]",
    );
  });
});

describe("a Kubernetes object", () => {
  const planned = async (type: string, inputs: Record<string, unknown>) => {
    const program = () => void new Custom(`kubernetes:${type}`, "web", inputs);
    const { resources } = await evaluate(program, { stack: "dev" });
    return resources.find(({ name }) => name === "web")!.inputs.metadata;
  };

  test("gets a generated name, as from the provider, that is the same in every plan", async () => {
    expect(await planned("core/v1:Service", {})).toEqual({ name: "web-bad235e9" });
    expect(await planned("gateway.networking.k8s.io/v1:Gateway", { metadata: { namespace: "shop" } })).toEqual({
      namespace: "shop",
      name: "web-bad235e9",
    });
  });

  test("keeps a given name, secret metadata, and metadata of other types", async () => {
    expect(await planned("core/v1:Service", { metadata: { name: "shop" } })).toEqual({ name: "shop" });
    expect(await planned("batch/v1:Job", { metadata: { generateName: "run-" } })).toEqual({ generateName: "run-" });
    expect(await planned("core/v1:Service", { metadata: pulumi.secret({ namespace: "shop" }) })).toEqual({
      namespace: "shop",
    });
    expect(await planned("apps/v1:DeploymentPatch", {})).toBeUndefined();
    expect(await planned("helm.sh/v3:Release", { chart: "app" })).toBeUndefined();
  });
});

describe("failures", () => {
  class Refused extends Error {}

  test.each([
    [
      "thrown by the program",
      () => {
        throw new Refused("size: 4 is even");
      },
    ],
    [
      "a rejected async program",
      async () => {
        throw new Refused("size: 4 is even");
      },
    ],
    [
      "thrown in an apply without a consumer",
      () => {
        pulumi.output(1).apply(() => {
          throw new Refused("size: 4 is even");
        });
      },
    ],
    [
      "thrown in an apply that feeds a resource",
      () => {
        new Box("box", {
          a: {
            b: pulumi.output(1).apply(() => {
              throw new Refused("size: 4 is even");
            }),
          },
        });
      },
    ],
    [
      "thrown in an apply that feeds the stack's outputs",
      () => ({
        a: pulumi.output(1).apply(() => {
          throw new Refused("size: 4 is even");
        }),
      }),
    ],
  ] as const)("an error %s is the error of the plan", async (_, program) => {
    const error = await evaluate(program as () => void, { stack: "dev" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Error).message).toBe("size: 4 is even");
  });

  test("restore stack traces and listeners, and the next program runs", async () => {
    const limit = Error.stackTraceLimit;
    const listeners = process.listeners("unhandledRejection");
    await expect(
      evaluate(
        () => {
          new Box("a", { x: Promise.reject(new Refused("no")) });
        },
        { stack: "dev" },
      ),
    ).rejects.toThrow("no");
    expect(Error.stackTraceLimit).toBe(limit);
    expect(process.listeners("unhandledRejection")).toEqual(listeners);
    const { resources } = await evaluate(
      () => {
        new Box("b");
      },
      { stack: "prod" },
    );
    expect(resources.map((r) => r.name)).toEqual(["paasmas-prod", "b"]);
  });

  test("programs that start together run one at a time, each with separate config", async () => {
    const program = async () => {
      const size = new pulumi.Config().get("size");
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { stack: pulumi.getStack(), size: size ?? "none", again: new pulumi.Config().get("size") ?? "none" };
    };
    const results = await Promise.all(
      ["dev", "prod"].map((stack) =>
        evaluate(program, stack === "dev" ? { stack, config: { "paasmas:size": "1" } } : { stack }),
      ),
    );
    expect(results.map((r) => r.outputs)).toEqual([
      { stack: "dev", size: "1", again: "1" },
      { stack: "prod", size: "none", again: "none" },
    ]);
  });
});
