import { seconds } from "../lab.ts";
import type { Machine } from "../machines.ts";
import type { Check } from "./check.ts";
import { RequestLoad } from "./deploy-hook-load.ts";
import type { BuildMachine } from "./samples-build-machine.ts";
import type { Places } from "./samples-places.ts";

interface Scene {
  buildMachine: BuildMachine;
  places: Places;
  check: Check;
  report(line: string): void;
  staging: Machine;
  production: Machine;
}

const order = ["db", "api", "front"];

/** Checks the stages of examples/three-services: one build, staging, its acceptance test, a preview, production. */
export async function checkThreeServices({
  buildMachine,
  places,
  check,
  report,
  staging,
  production,
}: Scene): Promise<void> {
  const { hooks } = places;
  const project = await buildMachine.clone("three-services", {
    preview: hooks.staging.url,
    staging: hooks.staging.url,
    production: hooks.production.url,
  });
  const delivery = (place: "staging" | "production", ...parameters: string[]) =>
    project.delivery<unknown>(hooks[place].tokens, ...parameters);
  const refusal = (attempt: Promise<unknown>) =>
    attempt.then(
      () => "no error",
      (error: Error) => error.message,
    );
  const runs = async (place: "staging" | "production") => {
    const rows = await listed(buildMachine.machine, hooks[place].url);
    return Object.fromEntries(
      rows.filter(({ state }) => state === "running").map(({ name, digest }) => [name, digest]),
    );
  };
  await buildMachine.machine.exec([
    "bash",
    "-c",
    `printf '%s\\n' '${staging.address} staging.example.com db.staging.example.com' ` +
      `'${production.address} example.com' >>/etc/hosts`,
  ]);

  const building = performance.now();
  const digests = await project.build();
  report(`  three services built and pushed in ${seconds(building).toFixed(1)} s`);
  check(
    Object.keys(digests).join() === order.join() && new Set(Object.values(digests)).size === 3,
    `db, api and front are built from their Dockerfiles (${JSON.stringify(digests)})`,
  );
  check(JSON.stringify(await project.build()) === JSON.stringify(digests), "an existing image is not built again");

  const deploying = performance.now();
  await delivery("staging", "deploy", "staging", "--images", "../images.json");
  report(`  deployed through the hook in ${seconds(deploying).toFixed(1)} s`);
  check(same(await runs("staging"), digests), `staging runs these digests (${JSON.stringify(await runs("staging"))})`);

  const acceptance = (url: string) =>
    project.shell('FRONT_URL="$1" node --test --test-reporter=tap acceptance/notes.mjs', url);
  check(
    /^# pass 2$/m.test(await acceptance("http://staging.example.com:8080/")),
    "its acceptance test passes through the proxy, front, api and db",
  );
  const values = JSON.parse(
    await buildMachine.machine.exec(["curl", "--silent", "--fail", "http://db.staging.example.com:8080/values"]),
  ) as { value: { text: string } }[];
  check(
    values.length === 1 && /^acceptance /.test(values[0]!.value.text),
    `the note is in db (${JSON.stringify(values)})`,
  );

  const slot = (await staging.exec(["bash", "-c", "podman ps --format '{{.Names}}' | grep '^app-db-'"])).trim();
  const from = async (url: string, host: string) =>
    (
      await staging.exec([
        "podman",
        "exec",
        slot,
        "node",
        "-e",
        `require("node:http")
          .get(${JSON.stringify(url)}, { headers: { host: ${JSON.stringify(host)} }, timeout: 5000 }, (answer) =>
            console.log(answer.statusCode))
          .on("error", ({ code }) => console.log(code))`,
      ])
    ).trim();
  const proxy = `http://${staging.address}:8080/healthz`;
  check((await from(proxy, "api.staging.example.com")) === "403", "db cannot reach an app that it does not use");
  check((await from(`${hooks.staging.url}/apps`, "hook")) === "ECONNREFUSED", "db cannot reach the hook");

  await delivery("staging", "deploy", "preview", "--images", "../images.json", "--pull-request", "7");
  const seen = await runs("staging");
  check(
    order.every((app) => seen[`pr-7-${app}`] === digests[app]),
    `a pull request gets a copy of each (${Object.keys(seen).join(", ")})`,
  );
  check(
    (await page(staging, "pr-7-front.preview.example.com")).includes("<h1>Notes</h1>"),
    "the preview answers under its name",
  );
  await delivery("staging", "remove", "--pull-request", "7");
  check(same(await runs("staging"), digests), "the copies are removed");

  check(
    /acceptance/.test(await refusal(delivery("production", "promote", "--images", "../images.json"))),
    "production rejects images without a passed acceptance stage",
  );
  await delivery("staging", "pass", "acceptance", "--images", "../images.json");
  check(
    /capacity/.test(await refusal(delivery("production", "promote", "--images", "../images.json"))),
    "production rejects images without a passed capacity stage",
  );
  const load = new RequestLoad({
    host: staging.address,
    port: 8080,
    name: "staging.example.com",
    slowEvery: Number.POSITIVE_INFINITY,
  });
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const { requests, failed, failures } = await load.stop();
  check(
    failed === 0 && requests > 100,
    `front answers all requests of five seconds (${failed} of ${requests} failed ${JSON.stringify(failures)})`,
  );
  await delivery("staging", "pass", "capacity", "--images", "../images.json");
  await delivery("production", "promote", "--images", "../images.json");
  check(
    same(await runs("production"), digests),
    `production runs the digests that have passed (${JSON.stringify(await runs("production"))})`,
  );
  check(/^# pass 2$/m.test(await acceptance("http://example.com:8080/")), "the acceptance test passes in production");
}

async function listed(ci: Machine, url: string): Promise<{ name: string; state: string; digest?: string }[]> {
  return (
    JSON.parse(await ci.exec(["curl", "--silent", "--fail", `${url}/apps`])) as {
      apps: { name: string; state: string; digest?: string }[];
    }
  ).apps;
}

function page(machine: Machine, host: string): Promise<string> {
  return machine.exec(["curl", "--silent", "--max-time", "5", "--header", `Host: ${host}`, "http://127.0.0.1:8080/"]);
}

function same(found: Record<string, string | undefined>, wanted: Record<string, string>): boolean {
  return JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(wanted).sort());
}
