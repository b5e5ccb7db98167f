import { seconds, sleep, until } from "../lab.ts";
import type { Answer, HookLab } from "./deploy-hook.ts";
import { type LoadReport, RequestLoad } from "./deploy-hook-load.ts";

/** Result of one case. */
export interface HookResult {
  case: string;
  /** Requests of the users. Absent if the case sends none. */
  load?: LoadReport;
  /** Whether requests may fail. Otherwise none may. */
  mayFail: boolean;
  /** Duration of the call, or of the recovery. */
  seconds: number;
  /** Status of the call that the case checks. */
  status?: number;
  failures: string[];
}

interface Scene {
  lab: HookLab;
  check(holds: boolean, statement: string): void;
}

interface HookCase {
  name: string;
  /** Default: false. */
  mayFail?: boolean;
  /**
   * Runs the case.
   * @returns Its duration, and the status of the hook's answer if there is one.
   */
  run(scene: Scene): Promise<{ seconds: number; status?: number }>;
}

const text = (answer: Answer) => JSON.stringify(answer.body);

/** Deploys a version and checks the result. */
async function deploys({ lab, check }: Scene, version: string): Promise<Answer> {
  const answer = await lab.call({ action: "deploy", app: "shop", digest: lab.digests[version] });
  check(answer.status === 200, `the hook answers 200 (${answer.status} ${text(answer)})`);
  await runs({ lab, check }, version);
  return answer;
}

/** Checks that one version runs alone, is recorded and serves. */
async function runs({ lab, check }: Scene, version: string): Promise<void> {
  const row = await lab.row("shop");
  check(
    row.digest === lab.digests[version] && row.state === "running",
    `${version} is listed as running (${JSON.stringify(row)})`,
  );
  const answered = await lab.ask("shop.lab");
  check(answered === version, `users get ${version} (${answered})`);
  const containers = (await lab.containers()).filter((name) => name.startsWith("app-shop-"));
  const serving = await lab.serving("shop.0");
  check(
    containers.length === 1 && serving.length === 1 && containers[0] === `app-shop-${serving[0]}`,
    `one slot runs, and it serves (${containers.join(", ")}; ${serving.join(", ")})`,
  );
}

/** A case with a release that must fail: the caller and the journal get the reason, and the old release stays. */
function fails(name: string, digest: (lab: HookLab) => string, reason: RegExp): HookCase {
  return {
    name,
    async run({ lab, check }) {
      const since = Date.now();
      const before = await lab.row("shop");
      const answer = await lab.call({ action: "deploy", app: "shop", digest: digest(lab) });
      check(
        answer.status === 422 && reason.test(String(answer.body.error)),
        `the caller gets 422 and the reason (${answer.status} ${text(answer)})`,
      );
      const log = await lab.machine.log("app-call@*", since - 1000);
      check(reason.test(log), "the reason is in the journal");
      const after = await lab.row("shop");
      check(JSON.stringify(after) === JSON.stringify(before), `the list is unchanged (${JSON.stringify(after)})`);
      await runs({ lab, check }, versionOf(lab, before.digest));
      return answer;
    },
  };
}

function versionOf(lab: HookLab, digest: string | undefined): string {
  return Object.keys(lab.digests).find((version) => lab.digests[version] === digest) ?? "none";
}

/** Waits until both releases run and the new one serves: the middle of the switch. */
async function switching(lab: HookLab): Promise<void> {
  const [before] = await lab.serving("shop.0");
  await until("the new release serves", 30, async () => {
    const now = await lab.serving("shop.0");
    return now.length === 1 && now[0] !== before;
  });
}

export const hookCases: HookCase[] = [
  {
    name: "a plain restart of the same container, for comparison",
    mayFail: true,
    async run({ lab }) {
      const [slot] = await lab.serving("shop.0");
      const start = performance.now();
      await lab.machine.exec(["systemctl", "restart", `app@shop-${slot}.service`]);
      await until("it answers again", 30, async () => (await lab.ask("shop.lab")) === "v1");
      return { seconds: seconds(start) };
    },
  },
  {
    name: "a release",
    async run(scene) {
      return deploys(scene, "v2");
    },
  },
  {
    name: "the same release again",
    async run({ lab, check }) {
      const before = await lab.row("shop");
      const answer = await lab.call({ action: "deploy", app: "shop", digest: lab.digests.v2 });
      check(answer.status === 200 && answer.body.outcome === "unchanged", `nothing is done (${text(answer)})`);
      check(JSON.stringify(await lab.row("shop")) === JSON.stringify(before), "the list is unchanged");
      return answer;
    },
  },
  fails(
    "an image that is not there",
    () => `sha256:${"0".repeat(64)}`,
    /the image cannot be pulled: .*(manifest unknown|not found)/,
  ),
  fails("a health check that fails", (lab) => lab.digests.unwell!, /GET \/healthz answered 503 for 5 s/),
  fails(
    "a container that ends",
    (lab) => lab.digests.ending!,
    /the container (exited|did not start): .*the database is not there/,
  ),
  fails(
    "healthy, and no more once it serves",
    (lab) => lab.digests.fading!,
    /became unhealthy while it served \(GET \/healthz: 503\)/,
  ),
  {
    name: "the release's process killed in the switch",
    async run({ lab, check }) {
      const before = versionOf(lab, (await lab.row("shop")).digest);
      const call = lab.call({ action: "deploy", app: "shop", digest: lab.digests.v3 });
      await switching(lab);
      const start = performance.now();
      await lab.machine.exec(["systemctl", "kill", "--signal=KILL", "app-call@*.service"]);
      const answer = await call;
      check(answer.status >= 500, `the caller does not get a success (${answer.status})`);
      await until(
        "the old release serves again",
        60,
        async () => (await lab.containers()).filter((name) => name.startsWith("app-shop-")).length === 1,
      );
      const took = seconds(start);
      await runs({ lab, check }, before);
      return { seconds: took, status: answer.status };
    },
  },
  {
    name: "two releases at once",
    async run({ lab, check }) {
      const versions = ["v3", "v4"];
      const answers = await Promise.all(
        versions.map((version) => lab.call({ action: "deploy", app: "shop", digest: lab.digests[version] })),
      );
      const statuses = answers.map(({ status }) => status);
      check(
        statuses.toSorted().join() === "200,409",
        `one is released, the other one must wait (${answers.map(text).join(" ")})`,
      );
      await runs({ lab, check }, versions[statuses.indexOf(200)]!);
      return { seconds: Math.max(...answers.map((answer) => answer.seconds)) };
    },
  },
  {
    name: "a rollback",
    async run({ lab, check }) {
      const { previous, digest } = await lab.row("shop");
      const answer = await lab.call({ action: "rollback", app: "shop" });
      check(
        answer.status === 200 && answer.body.outcome === "rolled back",
        `the hook answers 200 (${answer.status} ${text(answer)})`,
      );
      await runs({ lab, check }, versionOf(lab, previous));
      check((await lab.row("shop")).previous === digest, "it can be rolled forward again");
      return answer;
    },
  },
  {
    name: "a preview, beside its app",
    async run({ lab, check }) {
      const name = "pr-7-shop";
      const preview = { app: "shop", name };
      const answer = await lab.call({ action: "deploy", ...preview, digest: lab.digests.v1 });
      check(
        answer.status === 200 && answer.body.url === `http://${name}.apps.lab:8080`,
        `it is created (${answer.status} ${text(answer)})`,
      );
      check((await lab.ask(`${name}.apps.lab`)) === "v1", "it answers under its own name");
      const update = await lab.call({ action: "deploy", ...preview, digest: lab.digests.v2 });
      check(update.status === 200 && (await lab.ask(`${name}.apps.lab`)) === "v2", "it is updated");
      const stolen = await lab.call({ action: "remove", app: "blog", name });
      check(stolen.status === 404, `another app's token cannot remove it (${stolen.status})`);
      const more = [
        await lab.call({ action: "deploy", app: "shop", name: "pr-8-shop", digest: lab.digests.v1 }),
        await lab.call({ action: "deploy", app: "shop", name: "pr-9-shop", digest: lab.digests.v1 }),
      ];
      check(
        more.map(({ status }) => status).join() === "200,409",
        `at most two are allowed (${more.map(text).join(" ")})`,
      );
      const removed = [
        await lab.call({ action: "remove", ...preview }),
        await lab.call({ action: "remove", app: "shop", name: "pr-8-shop" }),
      ];
      check(
        removed.every(({ status }) => status === 200),
        `they are removed (${removed.map(text).join(" ")})`,
      );
      const left = (await lab.list()).filter((row) => row.name.startsWith("pr-"));
      const containers = (await lab.containers()).filter((one) => one.includes("-pr-"));
      check(
        left.length === 0 && containers.length === 0,
        `no list entry or container remains (${JSON.stringify(left)} ${containers.join()})`,
      );
      check(/no app with this name/.test(await lab.ask(`${name}.apps.lab`)), "their names answer like an unknown app");
      return answer;
    },
  },
  {
    name: "a reboot",
    mayFail: true,
    async run({ lab, check }) {
      const before = versionOf(lab, (await lab.row("shop")).digest);
      const start = performance.now();
      await lab.machine.reboot();
      await lab.ready(90);
      const took = seconds(start);
      await runs({ lab, check }, before);
      return { seconds: took };
    },
  },
  {
    name: "power loss in the switch",
    mayFail: true,
    async run({ lab, check }) {
      const before = versionOf(lab, (await lab.row("shop")).digest);
      const other = before === "v1" ? "v2" : "v1";
      const call = lab
        .call({ action: "deploy", app: "shop", digest: lab.digests[other] })
        .catch((error: Error) => error);
      await switching(lab);
      const start = performance.now();
      await lab.machine.powerOff();
      check((await call) instanceof Error, "the caller does not get an answer");
      await lab.machine.powerOn();
      await lab.ready(90);
      const took = seconds(start);
      await runs({ lab, check }, before);
      return { seconds: took };
    },
  },
];

/** Runs a case while users send 100 requests per second to the app. */
export async function runCase(lab: HookLab, chosen: HookCase): Promise<HookResult> {
  const result: HookResult = { case: chosen.name, mayFail: chosen.mayFail === true, seconds: 0, failures: [] };
  const check = (holds: boolean, statement: string) => {
    if (!holds) result.failures.push(`does not hold: ${statement}`);
  };
  const load = new RequestLoad({ ...lab.proxy, name: "shop.lab" });
  await sleep(1);
  try {
    Object.assign(result, await pick(chosen.run({ lab, check })));
  } catch (error) {
    result.failures.push((error as Error).message);
  }
  await sleep(1);
  result.load = await load.stop();
  if (!result.mayFail && result.load.failed > 0) {
    result.failures.push(
      `${result.load.failed} of ${result.load.requests} requests failed: ${JSON.stringify(result.load.failures)}`,
    );
  }
  return result;
}

async function pick(
  outcome: Promise<{ seconds: number; status?: number }>,
): Promise<{ seconds: number; status?: number }> {
  const { seconds: took, status } = await outcome;
  return { seconds: took, ...(status !== undefined && { status }) };
}
