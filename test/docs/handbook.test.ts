import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const operations = read("docs/operations.md");
const architecture = read("docs/architecture.md");

describe("docs/operations.md", () => {
  it("names only lab cases that exist", () => {
    const named = [...operations.matchAll(/\blab: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, names = ""]) =>
      [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name!),
    );
    const files = readdirSync(join(root, "test/lab/cases")).map((file) => read(`test/lab/cases/${file}`));
    const cases = files.flatMap((text) => [...text.matchAll(/^ {2}name: "(.+)",$/gm)].map(([, name]) => name!));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !cases.includes(name))).toEqual([]);
  });

  it("states for every procedure how it was verified", () => {
    const sections = operations
      .slice(operations.indexOf("## Changes"), operations.indexOf("## Alarms"))
      .split(/^### /m)
      .slice(1);
    expect(sections.length).toBeGreaterThan(12);
    expect(
      sections
        .filter((text) => !/\*\*How it was verified:\*\* (lab|test|not tested)\b/.test(text))
        .map((text) => text.split("\n")[0]),
    ).toEqual([]);
  });

  it("quotes messages exactly as the machines write them", () => {
    const decisions = read("ignition/roles/galera/decide.sh").replaceAll(/\$\{?\w+(\[\*\])?\}?/g, "X");
    const quoted = [...operations.matchAll(/^\| `((?:refuse|wait) [^`]+)` \|/gm)].map(([, message]) => message!);
    expect(quoted).toHaveLength(6);
    const known = decisions + read("ignition/roles/galera/galera-start");
    expect(
      quoted.filter(
        (message) =>
          !known.includes(
            message
              .replace(/ \(\.\.\.\)/, " (X)")
              .replace(/\bY\b/g, "X")
              .replace("(...)", "(X)"),
          ),
      ),
    ).toEqual([]);
    const gates =
      read("components/cloud/docker/gate.sh") +
      read("components/cloud/openstack/gate.sh") +
      read("components/cloud/aws/gate/index.mjs");
    for (const message of [
      "its container keeps stopping",
      "it never reported",
      "its last report is old",
      "Swift refuses the temporary URL",
      "was not ready within",
    ]) {
      expect(operations).toContain(message);
      expect(gates).toContain(message);
    }
  });

  it("names only files, units and keys of the roles", () => {
    const roles = readdirSync(join(root, "ignition/roles"), { recursive: true, encoding: "utf8" });
    const units = [...new Set([...operations.matchAll(/`([a-z-]+\.service)`/g)].map(([, unit]) => unit!))];
    expect(units.length).toBeGreaterThan(6);
    expect(units.filter((unit) => !roles.some((path) => path.endsWith(`/${unit}`)))).toEqual([]);
    const sources = [
      "etcd/role.ts",
      "etcd-client/client.ts",
      "galera/role.ts",
      "haproxy/role.ts",
      "base/base-machine.ts",
    ]
      .map((path) => read(`ignition/roles/${path}`))
      .join("\n");
    for (const path of [
      "/etc/paasmas/etcd/tls",
      "/etc/paasmas/etcd-client",
      "/etc/paasmas/galera.env",
      "/etc/paasmas/haproxy.env",
    ]) {
      expect(operations).toContain(path);
      expect(sources).toContain(`"${path}`);
    }
  });
});

describe("docs/architecture.md", () => {
  it("leads from the environment to the database's command in three links to existing files", () => {
    const hops: [file: string, text: string][] = [
      ["stacks/prod.ts", 'new GaleraCluster("galera",'],
      ["components/galera-cluster/index.ts", "galera({"],
      ["ignition/roles/galera/role.ts", "unit({ name, from: local(name), enabled: true })"],
      ["ignition/roles/galera/galera.service", "ExecStart=/usr/bin/podman run --name=galera"],
    ];
    for (const [file, text] of hops) {
      expect(architecture).toContain(`](../${file})`);
      expect(architecture).toContain(text);
      expect(read(file)).toContain(text);
    }
  });

  it("has every outcome of decide.sh, and every key below the cluster's prefix", () => {
    const script = read("ignition/roles/galera/decide.sh");
    const body = script.slice(script.indexOf("decide() {"));
    // Each echo is an outcome; `busy` is the wait for another node that restarts the cluster.
    const outcomes = body
      .match(/\becho .*$/gm)!
      .map((line) => (line.includes('"$busy"') ? "wait" : /echo "?([a-z]+)/.exec(line)![1]!));
    const start = architecture.indexOf("The first line that applies decides:");
    const rows = architecture
      .slice(start, architecture.indexOf("Why no acknowledged"))
      .match(/^\| .+\|$/gm)!
      .slice(1);
    const words: Record<string, string> = {
      joins: "join",
      tries: "elect",
      makes: "create",
      registers: "register",
      reports: "report",
      restarts: "recover",
      waits: "wait",
      refuses: "refuse",
    };
    expect(
      rows.map((row) => words[/([a-z]+)[^|]*\|$/.exec(row.slice(row.lastIndexOf("| ", row.length - 3)))![1]!]),
    ).toEqual(outcomes);

    const written = ["galera/galera-start", "galera/galera-agent", "galera/galera-accounts", "haproxy/haproxy-members"]
      .map((path) => read(`ignition/roles/${path}`))
      .join("\n");
    const keys = new Set([...written.matchAll(/\$\{PREFIX\}([a-z]+)/g)].map(([, key]) => key!));
    const shown = [...architecture.matchAll(/^\| `([a-z]+)(?:\/<node>)?` \| (?:no|yes) \|/gm)].map(([, key]) => key!);
    expect([...keys].sort()).toEqual(shown.sort());
  });
});
