import { randomBytes } from "node:crypto";
import { seconds } from "../lab.ts";
import type { Machine } from "../machines.ts";
import type { Check } from "./check.ts";
import type { BuildMachine } from "./samples-build-machine.ts";
import type { Places } from "./samples-places.ts";

interface Scene {
  buildMachine: BuildMachine;
  places: Places;
  check: Check;
  report(line: string): void;
  host: Machine;
}

/** Checks examples/ghost: its database in a Galera cluster and its images in a bucket outlive a release. */
export async function checkGhost({ buildMachine, places, check, report, host }: Scene): Promise<void> {
  const { url, tokens } = places.hooks.blog;
  const project = await buildMachine.clone("ghost", { preview: url, staging: url, production: url });
  const deploy = async () => {
    const start = performance.now();
    const { ghost: digest } = await project.build();
    await project.delivery(tokens, "deploy", "staging", "--images", "../images.json");
    report(`  ghost built and deployed in ${seconds(start).toFixed(1)} s`);
    return digest;
  };
  const ask = (path: string, ...options: string[]) =>
    buildMachine.machine.exec([
      "curl",
      "--silent",
      "--show-error",
      "--max-time",
      "10",
      "--header",
      "Host: blog.example.com",
      ...options,
      `http://${host.address}:8080${path}`,
    ]);
  // Header of the proxy that ends TLS.
  const secure = ["--header", "X-Forwarded-Proto: https"];
  const pictured = async (path: string) => Buffer.from(await ask(path, ...secure), "utf8").toString();
  const posts = async () =>
    JSON.parse(await ask("/posts", ...secure)) as { posts: { title: string; image: string }[]; cipher: string };

  const first = await deploy();
  check(
    (await ask("/", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}")) ===
      "301 https://blog.example.com/",
    "it redirects to the address in its environment",
  );
  const picture = randomBytes(3000).toString("base64");
  const body = JSON.stringify({ title: "Grüße", picture: Buffer.from(picture).toString("base64") });
  const { image } = JSON.parse(await ask("/posts", ...secure, "--data", body)) as { image: string };
  check(
    /^\/content\/images\/\d{4}\/\d{2}\/picture\.png$/.test(image),
    `a post's picture goes to the bucket (${image})`,
  );
  const { posts: written, cipher } = await posts();
  check(
    written.length === 1 && written[0]!.title === "Grüße",
    `the post is in the database (${JSON.stringify(written)})`,
  );
  check(/^TLS_/.test(cipher), `the database connection uses TLS, with the authority in the environment (${cipher})`);

  await project.shell(
    "echo '# another release' >>ghost-environment && git add . && " +
      "git -c user.name=lab -c user.email=lab@example.com commit --quiet --message second",
  );
  const second = await deploy();
  check(first !== second, "a changed file results in another image");
  check(JSON.stringify((await posts()).posts) === JSON.stringify(written), "posts remain after a release");
  check((await pictured(image)) === picture, "pictures remain after a release");

  const inspected = await host.exec([
    "bash",
    "-c",
    "systemctl cat 'app@ghost-*.service'; cat /etc/paasmas/*.env /etc/paasmas/apps/ghost/app.env",
  ]);
  const password = /^DATABASE_PASSWORD=(.+)$/m.exec(
    await host.exec(["cat", "/etc/paasmas/apps/ghost/environment"]),
  )?.[1];
  check(password !== undefined && !inspected.includes(password), "the database's password is in a file and in no unit");
  check(
    !(await host.succeeds("runuser", "--user", "core", "--", "cat", "/etc/paasmas/apps/ghost/environment")),
    "other users of the machine cannot read that file",
  );
}
