import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { render, validate } from "../../../../ignition/index.ts";
import { logAgent } from "../../../../ignition/roles/log-agent/agent.ts";
import { installedFiles } from "../contents.ts";
import { logAgentNode, logSecrets } from "../nodes.ts";

const folder = "/etc/paasmas/log-agent";
const files = (more = {}) => new Map(installedFiles(logAgent(logAgentNode(more))).map((file) => [file.path, file]));
const unit = logAgent(logAgentNode()).systemd!.units!.find(({ name }) => name === "log-agent.service")!;

test("is a valid config and renders to the same bytes every time", () => {
  expect(validate(logAgent(logAgentNode()))).toEqual({ errors: [], warnings: [] });
  expect(render(logAgent(logAgentNode()))).toBe(render(logAgent(logAgentNode())));
});

test("has the password in one file that only the agent can read", () => {
  const carriers = [...files().values()].filter(({ text }) => text.includes(logSecrets.write));
  expect(carriers.map(({ path, mode, uid }) => [path, mode, uid])).toEqual([[`${folder}/password`, 0o400, 5140]]);
});

test("runs without root, with a read-only root file system, and mounts only its files and the journal", () => {
  const script = files().get("/opt/paasmas/bin/log-agent")!.text;
  for (const option of ['--user=5140:"$group"', "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"])
    expect(script).toContain(option);
  expect(script.match(/--volume=\S+(?= )/g)).toEqual([
    "--volume=/etc/paasmas/log-agent:/etc/paasmas/log-agent:ro",
    "--volume=/var/log/journal:/var/log/journal:ro",
    "--volume=/etc/machine-id:/etc/machine-id:ro",
    '--volume="$state:/var/lib/fluent-bit"',
  ]);
  // Only on machines with pods.
  expect(script).toContain("pods=(--group-add=0 --volume=/var/log/pods:/var/log/pods:ro)");
  expect(unit.contents).not.toMatch(/\b(Before|RequiredBy|PartOf)=/);
});

describe("the configuration of fluent-bit", () => {
  const main = parse(files().get(`${folder}/fluent-bit.yaml`)!.text);
  const output = (kind: "loki" | "opensearch") => {
    const { target } = logAgentNode();
    return parse(files({ target: { ...target, kind, index: "machines" } }).get(`${folder}/parts/output.yaml`)!.text)
      .pipeline;
  };

  test("gets all variables from the environment, and the password from its file", () => {
    const { target } = logAgentNode();
    for (const kind of ["loki", "opensearch"] as const) {
      const given = files({ target: { ...target, kind, ...(kind === "opensearch" && { index: "machines" }) } });
      const environment = given.get("/etc/paasmas/log-agent.env")!.text;
      const wanted = [...given.get(`${folder}/parts/output.yaml`)!.text.matchAll(/\$\{(\w+)\}/g)].map(
        ([, name]) => name!,
      );
      // Only the script uses LOG_PODS.
      const known = [...environment.matchAll(/^(\w+)=/gm)]
        .map(([, name]) => name)
        .filter((name) => name !== "LOG_PODS");
      expect([...new Set(wanted)].sort()).toEqual([...known, "LOG_PASSWORD"].sort());
    }
    expect(main.env).toEqual([{ name: "LOG_PASSWORD", uri: `file://${folder}/password` }]);
  });

  test("buffers unsent entries on disk with a limit and stops reading at the limit", () => {
    const [input] = main.pipeline.inputs;
    expect(input).toMatchObject({
      "storage.type": "filesystem",
      "storage.pause_on_chunks_overlimit": "on",
      db: expect.stringMatching(/^\/var\/lib\/fluent-bit\//),
    });
    expect(main.service).toMatchObject({
      "storage.path": expect.stringMatching(/^\/var\/lib\/fluent-bit\//),
      "storage.max_chunks_up": 16,
    });
  });

  test.each(["loki", "opensearch"] as const)("verifies the certificate of %s and retries without limit", (kind) => {
    expect(output(kind).outputs).toMatchObject([
      {
        name: kind,
        tls: "on",
        "tls.verify": "on",
        "tls.ca_file": `${folder}/ca.pem`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: fluent-bit replaces the variable.
        http_user: "${LOG_USER}",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: fluent-bit replaces the variable.
        http_passwd: "${LOG_PASSWORD}",
        retry_limit: "no_limits",
      },
    ]);
  });

  test("labels lines with their source, and the filter keeps all fields of the outputs", () => {
    const [{ labels, structured_metadata }] = output("loki").outputs;
    expect(labels).toBe(
      [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: fluent-bit replaces the variable.
        "environment=${LOG_ENVIRONMENT}, machine=${LOG_MACHINE}, role=${LOG_ROLE},",
        "unit=$systemd_unit, namespace=$namespace, container=$container",
      ].join(" "),
    );
    const pods = parse(files({ role: "kubernetes-worker" }).get(`${folder}/parts/pods.yaml`)!.text).pipeline.filters;
    const passing: string[] = [...main.pipeline.filters[0].allowlist_key, ...pods[1].allowlist_key];
    for (const [, key] of `${labels}, ${structured_metadata}`.matchAll(/\$([a-z_]+)/g)) expect(passing).toContain(key);
    for (const record of output("opensearch").filters[0].record) expect(passing).toContain(record.split(" ")[0]);
  });

  test("reads the logs of pods on Kubernetes machines and parses their folder names", () => {
    const text = files({ role: "kubernetes-control-plane" }).get(`${folder}/parts/pods.yaml`)!.text;
    const { parsers, pipeline } = parse(text);
    expect(new RegExp(parsers[0].regex).exec("/var/log/pods/shop_web-5f9_0a1b-2c/app/0.log")!.groups).toMatchObject({
      namespace: "shop",
      pod: "web-5f9",
      container: "app",
    });
    expect(pipeline.inputs).toMatchObject([
      {
        name: "tail",
        path: "/var/log/pods/*/*/*.log",
        "multiline.parser": "cri",
        "storage.type": "filesystem",
        "storage.pause_on_chunks_overlimit": "on",
      },
    ]);
    const podsIn = (role: string) => [
      files({ role }).has(`${folder}/parts/pods.yaml`),
      /^LOG_PODS=(.*)$/m.exec(files({ role }).get("/etc/paasmas/log-agent.env")!.text)![1],
    ];
    expect(["kubernetes-worker", "kubernetes-control-plane", "galera"].map(podsIn)).toEqual([
      [true, "yes"],
      [true, "yes"],
      [false, "no"],
    ]);
  });
});
