import { request } from "node:https";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { LogStore } from "../../../components/log-store/index.ts";
import { config, file } from "../../../ignition/index.ts";
import { readyScript } from "../../../ignition/roles/role.ts";
import { seconds, until } from "../lab.ts";
import { type Machine, machinesOf } from "../machines.ts";
import { imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import { prepareStoreImage } from "../store-image.ts";
import type { Result } from "../table.ts";
import { dataVolume, inVolumes } from "../volumes.ts";
import { labRun } from "./lab-run.ts";

/** A log store with a bucket, and machines that only write logs. */
function program(machines: readonly string[]): Record<string, unknown> {
  const cloud = new DockerCloud("telemetry-lab", {
    cidr: "10.82.0.0/24",
    imageStore,
    dropCapabilities: missingCapabilities(),
  });
  const chunks = cloud.objectStore("chunks", { description: "logs of all machines" });
  const logs = new LogStore("logs", {
    cloud,
    retentionDays: 1,
    bucket: {
      endpoint: chunks.endpoint,
      name: chunks.bucket,
      accessKey: chunks.accessKey,
      secretKey: chunks.secretKey,
    },
    readyTimeoutSeconds: 300,
  });
  for (const name of machines) {
    const idle = config(file({ path: readyScript, text: "#!/bin/bash\nexit 0\n", mode: 0o755 }));
    cloud.machine(name, {
      role: "idle",
      hostNumber: name === "doomed" ? 60 : 61,
      firewall: cloud.firewall(name, { description: name }),
      config: () => idle,
    });
  }
  return { url: logs.url, ca: logs.caCertificate, password: logs.readPassword };
}

/** Boots a log store and two machines, and checks that the lines of a machine stay after its end. */
export async function runTelemetry(report: (line: string) => void): Promise<Result> {
  let machines = ["doomed", "other"];
  return labRun(
    { name: "telemetry", program: () => program(machines), stack: "telemetry", report },
    async ({ engine, check, healthy }) => {
      await prepareStoreImage(report);
      const start = performance.now();
      const { resources, outputs } = await engine.up({});
      healthy(start);
      const [logs, doomed, other] = ["logs", "doomed", "other"].map(
        (name) => machinesOf(resources).find((machine) => machine.name === name)!,
      ) as [Machine, Machine, Machine];
      const reader = new Reader(outputs as { url: string; ca: string; password: string });

      // The first line has to wait for the log agent. For the second one it runs.
      await write(doomed, "the first words");
      await until(
        "the agent's first line",
        60,
        async () => (await reader.lines('{machine="doomed"} |= "the first words"')).length > 0,
      );
      const written = performance.now();
      await write(doomed, "last words of a machine");
      await until(
        "the next line",
        30,
        async () => (await reader.lines('{machine="doomed"} |= "last words"')).length > 0,
      );
      report(`  a line can be read from outside ${seconds(written).toFixed(1)} s after it was written`);

      machines = ["other"];
      await engine.up({});
      check(!(await doomed.succeeds("true")), "the machine and its volumes are removed");
      const found = await reader.lines(
        '{environment="telemetry", machine="doomed", role="idle"} |= "last words" | priority="6" | identifier="lab"',
      );
      check(
        found.length === 1 && found[0] === "last words of a machine",
        `its lines are found once, by the labels of the machine (${JSON.stringify(found)})`,
      );
      check(
        (await reader.lines('{machine="logs", unit="loki-proxy.service"}')).length > 0,
        "the log store has its own logs, too",
      );

      await logs.powerOff();
      await write(other, "while nobody listened");
      check(await other.ready(), "a machine stays healthy without its log store");
      await other.exec(["systemctl", "restart", "log-agent.service"]);
      await logs.powerOn();
      await until(
        "the line of the time without a log store",
        120,
        async () => (await reader.lines('{machine="other"} |= "while nobody listened"')).length > 0,
      );
      const heard = await reader.lines('{machine="other"} |= "while nobody listened"');
      check(heard.length === 1, `lines from the time without a log store are there once (${heard.length})`);

      await logs.reboot();
      await until("the log store after its reboot", 120, () => logs.ready());
      await logs.powerOff();
      await inVolumes({ "/data": dataVolume(logs) }, "rm -rf /data/*");
      await logs.powerOn();
      await until("the log store without its data", 120, () => logs.ready());
      const kept = await reader.lines('{machine="doomed"} |= "last words"');
      check(kept.length === 1, `lines from before the loss of the volume come from the bucket (${kept.length})`);

      const password = "/etc/paasmas/log-agent/password";
      check(
        !(await other.succeeds("runuser", "--user", "core", "--", "cat", password)),
        "other users of a machine cannot read the credentials of its log agent",
      );
      const writer = new Reader({
        ...(outputs as { url: string; ca: string }),
        password: await other.exec(["cat", password]),
        user: "write",
      });
      check((await writer.status("/loki/api/v1/labels")) === 403, "the credentials that add lines cannot read lines");
    },
  );
}

async function write(machine: Machine, line: string): Promise<void> {
  await machine.exec(["systemd-cat", "--identifier=lab"], `${line}\n`);
}

/** A client of the log store that uses only its outputs. */
class Reader {
  readonly #url: string;
  readonly #ca: string;
  readonly #authorization: string;

  constructor({ url, ca, password, user = "read" }: { url: string; ca: string; password: string; user?: string }) {
    this.#url = url;
    this.#ca = ca;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  /** Lines of the last hour for a query. Empty if the store does not answer. */
  async lines(query: string): Promise<string[]> {
    const answer = await this.#get(`/loki/api/v1/query_range?since=1h&query=${encodeURIComponent(query)}`).catch(
      () => undefined,
    );
    if (answer?.status !== 200) return [];
    const { data } = JSON.parse(answer.text) as { data: { result: { values: [string, string][] }[] } };
    return data.result.flatMap(({ values }) => values.map(([, line]) => line));
  }

  async status(path: string): Promise<number> {
    return (await this.#get(path)).status;
  }

  #get(path: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const asking = request(
        `${this.#url}${path}`,
        { ca: this.#ca, headers: { authorization: this.#authorization }, agent: false, timeout: 5000 },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
          answer.on("end", () => resolve({ status: answer.statusCode!, text }));
        },
      );
      asking
        .on("timeout", () => asking.destroy(new Error("no answer")))
        .on("error", reject)
        .end();
    });
  }
}
