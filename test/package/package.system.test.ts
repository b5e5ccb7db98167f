import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledProject, installExample, root } from "./installed.ts";

let project: InstalledProject;

beforeAll(() => {
  project = installExample();
}, 300_000);

afterAll(() => {
  rmSync(dirname(project.dir), { recursive: true, force: true });
});

const manifest = (dir: string) => JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));

/**
 * Runs a program with plain Node, without support for TypeScript, in the project.
 * @returns Its JSON output.
 */
function run<T>(program: string): T {
  const file = join(project.dir, "probe.mjs");
  writeFileSync(file, program);
  return JSON.parse(
    execFileSync(process.execPath, ["--no-experimental-strip-types", file], { cwd: project.dir, encoding: "utf8" }),
  );
}

describe("the package", () => {
  it("contains every file that the code reads from disk", () => {
    const own = execFileSync(
      "git",
      ["ls-files", "--cached", "--others", "--exclude-standard", "ignition", "components", "policies"],
      { cwd: root, encoding: "utf8" },
    )
      .split("\n")
      .filter((path) => path !== "" && !path.endsWith(".ts") && existsSync(join(root, path)));
    expect(own).toEqual(
      expect.arrayContaining([
        "ignition/roles/galera/decide.sh",
        "components/cloud/docker/node-init.sh",
        "components/cloud/aws/gate/index.mjs",
      ]),
    );
    expect(project.files).toEqual(expect.arrayContaining(own));
  });

  it("contains JavaScript and types, and no sources, stacks, tests or commands", () => {
    expect(project.files.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))).toEqual([]);
    expect([...new Set(project.files.map((path) => path.split("/")[0]))].sort()).toEqual(
      [
        "LICENSE",
        ...(existsSync(join(root, "README.md")) ? ["README.md"] : []),
        "cli",
        "components",
        "errors.d.ts",
        "errors.js",
        "ignition",
        "package.json",
        "policies",
      ].sort(),
    );
    expect(project.files.filter((path) => path.startsWith("cli/") && !path.startsWith("cli/plan/"))).toEqual([]);
  });

  it("has the same import names as the sources of this repository, for files that exist", () => {
    const published = manifest(project.packageDir).exports;
    expect(Object.keys(published)).toEqual([...Object.keys(manifest(root).exports), "./package.json"]);
    const targets = Object.values(published).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target as object),
    );
    expect(targets.filter((target) => !existsSync(join(project.packageDir, target)))).toEqual([]);
  });

  it("states its Node version and licence, and depends only on the packages that it imports", () => {
    const { engines, license, private: secret, dependencies, devDependencies } = manifest(project.packageDir);
    expect({ engines, license, secret, devDependencies }).toEqual({
      engines: { node: ">=22.12" },
      license: "Apache-2.0",
      secret: undefined,
      devDependencies: undefined,
    });
    expect(Object.keys(dependencies)).toEqual([
      "@pulumi/aws",
      "@pulumi/command",
      "@pulumi/docker",
      "@pulumi/github",
      "@pulumi/kubernetes",
      "@pulumi/openstack",
      "@pulumi/policy",
      "@pulumi/pulumi",
      "@pulumi/random",
      "@pulumi/tls",
      "fflate",
      "ipaddr.js",
      "yaml",
      "zod",
    ]);
  });

  it("cannot be published by mistake from this folder, whose files are TypeScript", () => {
    expect(manifest(root).private).toBe(true);
  });
});

describe("a project with the installed package", () => {
  it("plans the whole database tier on AWS", () => {
    const counted = run<{ count: Record<string, number>; files: number[] }>(`
      import { DatabaseLoadBalancer, EtcdCluster, GaleraCluster } from "paasmas";
      import { AwsCloud } from "paasmas/clouds/aws";
      import { evaluate } from "paasmas/plan";
      const { resources } = await evaluate(() => {
        const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
        const cloud = new AwsCloud("shop", { cidr: "10.40.0.0/16", zones, image: "ami-0123456789abcdef0" });
        const etcd = new EtcdCluster("etcd", { cloud });
        const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "shop" }] });
        new DatabaseLoadBalancer("lb", { cloud, galera });
      }, { stack: "prod" });
      const count = {};
      for (const { type } of resources) count[type] = (count[type] ?? 0) + 1;
      const gate = resources.find(({ type }) => type === "aws:lambda/function:Function");
      const files = resources
        .filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2")
        .map(({ inputs }) => JSON.parse(inputs.content).storage.files.length);
      console.log(JSON.stringify({ count, gate: JSON.stringify(gate.inputs.code), files }));
    `);
    expect(counted.count).toMatchObject({
      "paasmas:cloud:Machine": 8,
      "aws:ec2/instance:Instance": 8,
      "aws:ebs/volume:Volume": 6,
      "aws:lambda/invocation:Invocation": 11,
      "aws:lb/loadBalancer:LoadBalancer": 1,
      "aws:s3/bucketObjectv2:BucketObjectv2": 8,
    });
    expect(counted.files).toHaveLength(8);
    expect(Math.min(...counted.files)).toBeGreaterThan(10);
  });

  it("plans the same machines on OpenStack and Docker", () => {
    const machines = run(`
      import { EtcdCluster } from "paasmas";
      import { DockerCloud } from "paasmas/clouds/docker";
      import { OpenstackCloud } from "paasmas/clouds/openstack";
      import { evaluate } from "paasmas/plan";
      const clouds = [
        () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" }),
        () => new OpenstackCloud("cloud", {
          cidr: "10.9.0.0/24",
          flavors: { small: "m1.small" },
          imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
        }),
      ];
      const found = [];
      for (const cloud of clouds) {
        const { resources } = await evaluate(() => void new EtcdCluster("etcd", { cloud: cloud() }), { stack: "prod" });
        const machines = resources.filter(({ type }) => type === "paasmas:cloud:Machine");
        found.push(machines.map(({ name, inputs }) => name + " " + inputs.address).sort());
      }
      console.log(JSON.stringify(found));
    `);
    const expected = ["etcd-0 10.9.0.10", "etcd-1 10.9.0.11", "etcd-2 10.9.0.12"];
    expect(machines).toEqual([expected, expected]);
  });

  it("builds Ignition configs and finds their errors", () => {
    const said = run<{ text: string; errors: string[] }>(`
      import { config, file, render, validate } from "paasmas/ignition";
      const text = render(config(file({ path: "/etc/motd", text: "hello" })));
      const { errors } = validate({ ignition: { version: "3.4.0" }, storage: { files: [{ path: "motd" }] } });
      console.log(JSON.stringify({ text, errors: errors.map(({ path }) => path) }));
    `);
    expect(JSON.parse(said.text)).toMatchObject({
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/etc/motd" }] },
    });
    expect(said.errors).toEqual(["$.storage.files.0.path"]);
  });

  it("does not load the providers of clouds that it does not use", () => {
    const loaded = run(`
      import { createRequire } from "node:module";
      await import("paasmas");
      await import("paasmas/clouds/docker");
      const { cache } = createRequire(import.meta.url);
      const loaded = (name) => Object.keys(cache).some((path) => path.includes("/@pulumi/" + name + "/"));
      console.log(JSON.stringify(["aws", "openstack", "docker"].filter(loaded)));
    `);
    expect(loaded).toEqual(["docker"]);
  });

  it("passes the tests of the example, on its own plan and the policy pack", () => {
    const output = execFileSync(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd: project.dir,
      encoding: "utf8",
    });
    expect(/^# pass (\d+)$/m.exec(output)?.[1]).toBe("4");
    expect(/^# fail (\d+)$/m.exec(output)?.[1]).toBe("0");
  });

  it("type-checks the example against the package's types", () => {
    const compilerOptions = {
      target: "es2024",
      module: "nodenext",
      types: ["node"],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
    };
    writeFileSync(
      join(project.dir, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["index.ts", "infrastructure.test.ts"] }),
    );
    const compiler = join(root, "node_modules/@typescript/native/bin/tsc");
    const output = (() => {
      try {
        return execFileSync(process.execPath, [compiler, "-p", project.dir], { encoding: "utf8" });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    })();
    // Ignore errors in the types of other packages.
    expect(
      output.split("\n").filter((line) => line !== "" && !/^(\.\.\/)*[^ ]*node_modules\/(?!paasmas\/)/.test(line)),
    ).toEqual([]);
  }, 300_000);

  it("gives the engine a policy pack that starts", async () => {
    const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
    const folder = join(project.packageDir, "policies");
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
    const started = spawn(process.execPath, ["--no-experimental-strip-types", runner, "127.0.0.1:1", folder], {
      cwd: folder,
      env: { ...process.env, PULUMI_CONFIG: "{}", PULUMI_NODEJS_PROJECT: "shop", PULUMI_NODEJS_STACK: "prod" },
    });
    try {
      let errors = "";
      started.stderr.on("data", (chunk) => {
        errors += chunk;
      });
      const port = await new Promise<string>((done) => {
        started.stdout.once("data", (line) => done(`${line}`.trim()));
        started.once("exit", () => done(`ended: ${errors}`));
      });
      expect(port).toMatch(/^\d+$/);
    } finally {
      started.kill();
    }
  }, 60_000);
});
