import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Drycc } from "../../delivery/paas/drycc.ts";
import { projectOf } from "../../delivery/project.ts";
import { PaasTarget } from "../../delivery/targets/paas.ts";
import { TargetError } from "../../delivery/targets/target.ts";
import { DryccController } from "./drycc.ts";
import { FakeServices } from "./fake-services.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string, app = "api") => `registry.example.com/shop/${app}@${digest(letter)}`;
const login = { username: "delivery", password: "the-password" };

let controller: DryccController;
let url: string;
let paas: Drycc;
let target: PaasTarget;
beforeEach(async () => {
  controller = new DryccController();
  url = await controller.start();
  paas = new Drycc({ url: `${url}/`, login, pollMs: 1 });
  const settings = { environment: { GREETING: "good day" }, port: 8080, healthPath: "/healthz", processes: { web: 2 } };
  const apps = {
    api: { ...settings, image: "registry.example.com/shop/api" },
    front: { ...settings, image: "registry.example.com/shop/front" },
  };
  target = new PaasTarget({ paas, apps, prefix: "shop-", domain: "apps.example.com" });
  return () => controller.stop();
});

describe("Drycc", () => {
  test("creates an app once and does not release an unchanged configuration", async () => {
    await paas.create("shop-api");
    await paas.create("shop-api");
    await paas.configure("shop-api", { environment: { A: "1", B: "2" }, health: { path: "/healthz", port: 8080 } });
    await paas.configure("shop-api", { environment: { A: "1" }, health: { path: "/healthz", port: 8080 } });
    await paas.configure("shop-api", { environment: { B: "3" } });
    const probe = {
      httpGet: { path: "/healthz", port: 8080 },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    };
    expect(controller.calls).toEqual([
      'POST /v2/apps {"id":"shop-api"}',
      `POST /v2/apps/shop-api/config ${JSON.stringify({
        values: [
          { name: "A", value: "1", group: "global" },
          { name: "B", value: "2", group: "global" },
        ],
        healthcheck: { web: { readinessProbe: probe } },
      })}`,
      'POST /v2/apps/shop-api/config {"values":[{"name":"B","value":"3","group":"global"}]}',
    ]);
    expect(controller.environment("shop-api")).toEqual({ A: "1", B: "3" });
  });

  test("deploys by digest and waits until the release succeeds", async () => {
    controller.looks = 3;
    await paas.create("shop-api");
    await paas.deploy("shop-api", image("a"));
    expect(controller.image("shop-api")).toBe(image("a"));
    expect(controller.calls.at(-1)).toBe(
      `POST /v2/apps/shop-api/build ${JSON.stringify({ image: image("a"), stack: "container" })}`,
    );
    await paas.configure("shop-api", { environment: { A: "1" } });
    expect(controller.apps.get("shop-api")!.releases.map(({ version, state }) => [version, state])).toEqual([
      [1, "created"],
      [2, "succeed"],
      [3, "succeed"],
    ]);
    expect(await paas.images("shop-api")).toEqual([image("a"), image("a")]);
  });

  test("reports the cause of a failed release and keeps the previous one", async () => {
    await paas.create("shop-api");
    await paas.deploy("shop-api", image("a"));
    controller.broken.set(image("b"), "shop-api-web-1: ImagePullBackOff");
    await expect(paas.deploy("shop-api", image("b"))).rejects.toThrow(
      "shop-api: release v3 failed: shop-api-web-1: ImagePullBackOff; the previous release still runs",
    );
    expect(controller.image("shop-api")).toBe(image("a"));
    expect(await paas.apps()).toEqual([
      { name: "shop-api", image: image("a"), state: "running", since: expect.stringMatching(/^2026-11-21T12:/) },
    ]);
    expect(await paas.images("shop-api")).toEqual([image("a")]);
  });

  test("waits for another release and fails after the time limit", async () => {
    controller.looks = 2;
    await paas.create("shop-api");
    await Promise.all([
      paas.deploy("shop-api", image("a")),
      new Promise((resolve) => setTimeout(resolve, 2)).then(() => paas.deploy("shop-api", image("b"))),
    ]);
    expect(controller.image("shop-api")).toBe(image("b"));
    controller.looks = 1_000_000;
    const hasty = new Drycc({ url, login, pollMs: 1, releaseMs: 20 });
    await expect(hasty.deploy("shop-api", image("c"))).rejects.toThrow(
      "shop-api: release v4 is still in progress after 0 s",
    );
    await expect(hasty.deploy("shop-api", image("d"))).rejects.toThrow(
      "shop-api: there is an executing pipeline, please wait or force deploy: ['web'] (400)",
    );
  });

  test("scales once, sets exactly the given host names, and removes apps", async () => {
    await paas.create("shop-api");
    await paas.deploy("shop-api", image("a"));
    await paas.scale("shop-api", { web: 3 });
    await paas.scale("shop-api", { web: 3 });
    expect(controller.apps.get("shop-api")!.structure).toEqual({ web: 3 });
    await paas.domains("shop-api", ["a.example.com", "b.example.com", "c.example.com"]);
    await paas.domains("shop-api", ["c.example.com", "d.example.com"]);
    expect(controller.apps.get("shop-api")!.domains).toEqual(["c.example.com", "d.example.com"]);
    await paas.destroy("shop-api");
    await paas.destroy("shop-api");
    expect(controller.apps.size).toBe(0);
    expect(controller.calls.filter((call) => call.includes("/ptypes/scale"))).toEqual([
      'POST /v2/apps/shop-api/ptypes/scale {"web":3}',
    ]);
  });

  test("reads all pages of a list and sees no app of another user", async () => {
    for (const name of ["one-app", "two-app", "three-app", "four-app", "five-app"]) await paas.create(name);
    const other = new Drycc({ url, login: { username: "somebody", password: "another-password" }, pollMs: 1 });
    await other.create("other-app");
    expect((await paas.apps()).map(({ name, state }) => [name, state])).toEqual([
      ["one-app", "none"],
      ["two-app", "none"],
      ["three-app", "none"],
      ["four-app", "none"],
      ["five-app", "none"],
    ]);
    await expect(paas.destroy("other-app")).rejects.toThrow("You do not have permission to perform this action. (403)");
  });

  test("reports the address, the request and the cause of a failure", async () => {
    const stranger = new Drycc({ url, login: { username: "delivery", password: "s3cret-wrong" }, pollMs: 1 });
    const refused = await stranger.apps().catch((error: Error) => error);
    expect(refused).toBeInstanceOf(TargetError);
    expect((refused as Error).message).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+: delivery cannot log in: .*invalid_grant.* \(400\)$/,
    );
    expect((refused as Error).message).not.toContain("s3cret");
    await expect(paas.create("api")).rejects.toThrow(/POST .*\/v2\/apps: \{"id":\["App name must start with/);
    controller.answers = [{ status: 503, body: { detail: "Service temporarily unavailable, try again later." } }];
    await expect(paas.apps()).rejects.toThrow("Service temporarily unavailable, try again later. (503)");
    controller.answers = [{ status: 200, body: "<html>" }];
    await expect(paas.apps()).rejects.toThrow(/\/v2\/apps: unexpected answer "<html>"/);
    controller.stop();
    await expect(new Drycc({ url, login }).apps()).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+: (connect ECONNREFUSED|other side closed)/,
    );
  });

  test("creates apps in the given workspace", async () => {
    await new Drycc({ url, login, workspace: "shop1", pollMs: 1 }).create("shop-api");
    expect(controller.calls).toEqual(['POST /v2/apps {"id":"shop-api","workspace":"shop1"}']);
  });
});

describe("PaasTarget", () => {
  test("creates and deploys an app, and changes nothing the second time", async () => {
    expect(await target.deploy("api", digest("a"))).toEqual({
      name: "api",
      digest: digest("a"),
      changed: true,
      url: "https://api.apps.example.com/",
    });
    const app = controller.apps.get("shop-api")!;
    expect([app.domains, app.structure, controller.image("shop-api")]).toEqual([
      ["api.apps.example.com"],
      { web: 2 },
      image("a"),
    ]);
    expect(controller.environment("shop-api")).toEqual({ GREETING: "good day", PORT: "8080" });
    const calls = controller.calls.length;
    expect(await target.deploy("api", digest("a"))).toMatchObject({ changed: false });
    expect(controller.calls).toHaveLength(calls);
  });

  test("gives preview apps one process, identifies them by image, and removes only them", async () => {
    await target.deploy("api", digest("a"));
    await target.deploy("api", digest("b"), "pr-12-api");
    await target.deploy("front", digest("c"), "pr-12-front");
    await paas.create("blog-api");
    expect(await target.list()).toEqual([
      { app: "api", name: "api", digest: digest("a"), state: "running", since: expect.any(String) },
      { app: "api", name: "pr-12-api", digest: digest("b"), state: "running", since: expect.any(String) },
      { app: "front", name: "pr-12-front", digest: digest("c"), state: "running", since: expect.any(String) },
    ]);
    expect(controller.apps.get("shop-pr-12-api")!.structure).toEqual({ web: 1 });
    await expect(target.remove("api", "api")).rejects.toThrow("api is not a preview app, and is not removed");
    await target.remove("api", "pr-12-api");
    await target.remove("api", "pr-12-api");
    expect([...controller.apps.keys()]).toEqual(["shop-api", "shop-pr-12-front", "blog-api"]);
  });

  test("rolls back to the previous image and keeps the running image after a failure", async () => {
    await target.deploy("api", digest("a"));
    await expect(target.rollback("api")).rejects.toThrow("api has no earlier image to roll back to");
    await target.deploy("api", digest("b"));
    expect(await target.rollback("api")).toEqual({
      name: "api",
      digest: digest("a"),
      changed: true,
      url: "https://api.apps.example.com/",
    });
    controller.broken.set(image("c"), "not healthy");
    await expect(target.deploy("api", digest("c"))).rejects.toThrow(
      "shop-api: release v6 failed: not healthy; the previous release still runs",
    );
    expect(controller.image("shop-api")).toBe(image("a"));
  });

  test("refuses unknown apps and names that are too long", async () => {
    await expect(target.deploy("blog", digest("a"))).rejects.toThrow(
      "blog is not an app of this project; use api, front",
    );
    await expect(target.deploy("api", digest("a"), `pr-1-${"x".repeat(58)}`)).rejects.toThrow(
      "has 68 characters, but the platform allows 63; use a shorter prefix",
    );
    expect(controller.calls).toEqual([]);
  });
});

describe("paasmas delivery with a platform", () => {
  let services: FakeServices;
  beforeAll(async () => {
    services = await new FakeServices().start();
  });
  afterAll(() => services.stop());

  const places = (more = "") => {
    const place = (name: string) =>
      `    drycc:\n      url: ${url}\n      prefix: shop-\n      apps:\n` +
      `        api: { environment: { DB_URL: { secret: db-url } }, health: /healthz }\n` +
      `${more}    domain: ${name}.example.com\n`;
    const [preview, staging, production] = ["preview", "staging", "production"].map(place);
    return `environments:\n  preview:\n${preview}  staging:\n${staging}  production:\n${production}`;
  };
  const withPlatform = (more?: string) =>
    services
      .project()
      .replace(/environments:\n(?: {2}.*\n)+/, places(more))
      .replaceAll(`image: ${services.host}/`, "image: registry.example.com/");

  test("deploys to staging and preview, and removes, with the login from the tokens", async () => {
    services.write("delivery.yaml", withPlatform());
    const tokens = join(services.dir, "platform.json");
    writeFileSync(tokens, JSON.stringify({ ...login, "db-url": "mysql://s3cret" }));
    services.write(
      "set.json",
      JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: digest("a") }] }),
    );
    const staging = await services.run(["deploy", "staging", "--images", "set.json", "--tokens", tokens]);
    expect(staging.stderr).toBe(`api runs ${digest("a")}\n`);
    expect(staging).toMatchObject({ code: 0, stdout: `api ${digest("a")} https://api.staging.example.com/\n` });
    const preview = await services.run([
      "deploy",
      "preview",
      "--images",
      "set.json",
      "--pull-request",
      "7",
      "--tokens",
      tokens,
    ]);
    expect(preview).toMatchObject({
      code: 0,
      stdout: `pr-7-api ${digest("a")} https://pr-7-api.preview.example.com/\n`,
    });
    expect([...controller.apps.keys()]).toEqual(["shop-api", "shop-pr-7-api"]);
    expect(controller.environment("shop-api")).toMatchObject({ DB_URL: "mysql://s3cret" });
    expect(`${staging.stdout}${staging.stderr}${preview.stdout}${preview.stderr}`).not.toContain("s3cret");
    const removed = await services.run(["remove", "--pull-request", "7", "--tokens", tokens]);
    expect(removed).toMatchObject({ code: 0, stdout: "pr-7-api\npr-7-front\n" });
    expect([...controller.apps.keys()]).toEqual(["shop-api"]);
  }, 60_000);

  test("exits with 1 and the reason of the platform, and with 2 for missing tokens", async () => {
    services.write("delivery.yaml", withPlatform());
    services.write(
      "set.json",
      JSON.stringify({ commit: "c", tree: "1".repeat(40), images: [{ app: "api", digest: digest("a") }] }),
    );
    const env = { DEPLOY_TOKENS: JSON.stringify({ username: "delivery", password: "s3cret-wrong", "db-url": "x" }) };
    const refused = await services.run(["deploy", "staging", "--images", "set.json"], env);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/delivery cannot log in/);
    const bare = await services.run(["deploy", "staging", "--images", "set.json"], { DEPLOY_TOKENS: "{}" });
    expect(bare).toMatchObject({ code: 2, stdout: "" });
    expect(bare.stderr).toContain(
      "paasmas: DEPLOY_TOKENS: username: is missing; add the platform user\n" +
        "DEPLOY_TOKENS: password: is missing; add the password of that user\n" +
        "DEPLOY_TOKENS: db-url: is missing; api needs it for DB_URL\n",
    );
  }, 60_000);

  test.each([
    [
      "an environment without hook and drycc",
      (text: string) => text.replace(/ {4}drycc:\n(?: {6}.*\n)+/, ""),
      "delivery.yaml: environments.preview: has neither hook nor drycc; use one of them",
    ],
    [
      "an environment with hook and drycc",
      (text: string) => text.replace("    drycc:", "    hook: http://10.0.0.5:9010\n    drycc:"),
      "delivery.yaml: environments.preview: has both hook and drycc; use one of them",
    ],
    [
      "a name that is too short",
      (text: string) => text.replace("prefix: shop-", 'prefix: ""'),
      'delivery.yaml: environments.preview.drycc.prefix: "" is too short for api; ' +
        "names on the platform need at least 5 characters",
    ],
    [
      "settings of an unknown app",
      (text: string) => text.replace("        api: {", "        blog: {"),
      "delivery.yaml: environments.preview.drycc.apps.blog: is not an app of this project; use api, front",
    ],
    [
      "an address that is not a URL",
      (text: string) => text.replace(/url: .*/, "url: drycc"),
      'delivery.yaml: environments.preview.drycc.url: is not a URL; use for example "https://drycc.apps.example.com"',
    ],
    [
      "an environment variable that is not a text or a secret",
      (text: string) => text.replace("{ secret: db-url }", "{ secrt: x }"),
      "delivery.yaml: environments.preview.drycc.apps.api.environment.DB_URL: is not a text or { secret: name }",
    ],
    [
      "a health check that is not a path",
      (text: string) => text.replace("health: /healthz", "health: healthz"),
      'delivery.yaml: environments.preview.drycc.apps.api.health: is not a path; use for example "/healthz"',
    ],
  ])("refuses %s", (_, change, message) => {
    expect(() => projectOf(change(withPlatform()))).toThrow(message);
  });
});
