import { seconds } from "../lab.ts";
import type { HookLab } from "./deploy-hook.ts";
import type { HookResult } from "./deploy-hook-cases.ts";
import { RequestLoad } from "./deploy-hook-load.ts";

const apps = ["page-0", "page-1", "page-2", "page-3"];

/** Cases with builds: one push that becomes a release, and four pushes at once while users request one of the apps. */
export async function builds(lab: HookLab): Promise<HookResult[]> {
  const first = await lab.git.commit("first");
  const one = result("a push, built and released");
  const built = await lab.call({ action: "build", app: "page-0", commit: first });
  one.seconds = built.seconds;
  one.status = built.status;
  state(
    one,
    built.status === 200 && built.body.commit === first,
    `it is released (${built.status} ${JSON.stringify(built.body)})`,
  );
  state(one, (await lab.ask("page-0.lab")) === "first", "users get the version of the commit");
  const [inside, outside] = (await lab.ask("page-0.lab", "/builder")).trim().split(/\s+/);
  state(
    one,
    inside === "0" && outside === "1500",
    `root in a build is the user builder on the machine (${inside} is ${outside})`,
  );
  const missing = await lab.call({ action: "build", app: "page-0", commit: "0".repeat(40) });
  state(
    one,
    missing.status === 422 && /the build failed/.test(String(missing.body.error)),
    `a missing commit is refused (${missing.status} ${JSON.stringify(missing.body)})`,
  );
  for (const app of apps.slice(1)) await lab.call({ action: "build", app, commit: first });

  const second = await lab.git.commit("second");
  const four = result("four pushes at once, two built at a time");
  const load = new RequestLoad({ ...lab.proxy, name: "page-0.lab" });
  const start = performance.now();
  const answers = await Promise.all(apps.map((app) => lab.call({ action: "build", app, commit: second })));
  four.seconds = seconds(start);
  four.load = await load.stop();
  state(
    four,
    answers.every(({ status }) => status === 200),
    `all are released (${answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`).join("; ")})`,
  );
  for (const app of apps) state(four, (await lab.ask(`${app}.lab`)) === "second", `${app} serves the new version`);
  if (four.load.failed > 0)
    four.failures.push(`${four.load.failed} requests failed: ${JSON.stringify(four.load.failures)}`);
  return [one, four];
}

function result(name: string): HookResult {
  return { case: name, mayFail: false, seconds: 0, failures: [] };
}

function state(result: HookResult, holds: boolean, statement: string): void {
  if (!holds) result.failures.push(`does not hold: ${statement}`);
}
