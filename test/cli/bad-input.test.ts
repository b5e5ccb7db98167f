import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { runMain } from "./in-process.ts";
import { contents, projectCopy } from "./project-copy.ts";

let dir: string;
beforeAll(() => {
  dir = projectCopy();
  writeFileSync(join(dir, "broken.yaml"), "galera: [");
  writeFileSync(join(dir, "list.yaml"), "- galera");
  symlinkSync("circle", join(dir, "circle"));
  symlinkSync("gone", join(dir, "nowhere"));
  mkdirSync(join(dir, "taken", "index.html"), { recursive: true });
  writeFileSync(join(dir, "text.json"), "this is no plan");
  writeFileSync(
    join(dir, "snippets.yaml"),
    stringify({ etcd: { snippets: ["a", "b", "c", "d"].map((name) => fileOf(`/${name}`, 200_000)) } }),
  );
  writeFileSync(join(dir, "snippet.yaml"), stringify({ galera: { snippets: [fileOf("/large", 300_000)] } }));
  writeFileSync(join(dir, "binary.yaml"), `ELF${"\u0001".repeat(300)}`);
  writeFileSync(join(dir, "newer.json"), '{"format": 3}');
  writeFileSync(
    join(dir, "other.json"),
    '{"format": 2, "environment": "prod", "project": "paasmas", "missingSettings": [], "policies": [], ' +
      '"resources": [{"urn": 5}]}',
  );
  const plan = { format: 2, environment: "prod", project: "paasmas", missingSettings: [], policies: [], resources: [] };
  const machine = {
    urn: "urn:pulumi:prod::paasmas::paasmas:cloud:Machine::a",
    type: "paasmas:cloud:Machine",
    name: "a",
    custom: false,
  };
  writeFileSync(join(dir, "elsewhere.json"), JSON.stringify({ ...plan, project: "shop" }));
  writeFileSync(join(dir, "gone.json"), JSON.stringify({ ...plan, environment: "qa" }));
  writeFileSync(
    join(dir, "bare.json"),
    JSON.stringify({ ...plan, resources: [{ ...machine, inputs: { role: "etcd", firewall: "etcd" } }] }),
  );
  const [cloud, facts] = [
    { ...machine, type: "paasmas:cloud:Cloud", name: "c", inputs: { kind: "aws", cidr: "10.0.0.0/8", zones: [] } },
    { role: "etcd", firewall: "etcd", address: "here" },
  ];
  writeFileSync(
    join(dir, "astray.json"),
    JSON.stringify({ ...plan, resources: [cloud, { ...machine, inputs: facts }] }),
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

/** An Ignition config of one file. */
function fileOf(path: string, bytes: number) {
  return { storage: { files: [{ path, contents: { source: `data:,${"x".repeat(bytes)}` } }] } };
}

const cannotBeUsed = (stack: string, problem: string) =>
  `paasmas: The config of stack ${stack} cannot be used:\n  ${problem}\n`;
const savedPlan = 'a saved plan is a file that "paasmas plan" wrote, plan/<environment>.json';

const cases: [what: string, args: string[], message: string][] = [
  [
    "an unknown key",
    ["plan", "dev", "--set", "galera.sise=3"],
    cannotBeUsed("dev", "galera.sise: is not a setting; did you mean size?"),
  ],
  [
    "a key of no namespace",
    ["plan", "dev", "--set", "pasmas:galera.size=5"],
    cannotBeUsed("dev", "pasmas:galera: is not a setting; did you mean paasmas:galera?"),
  ],
  [
    "a key that every object has",
    ["plan", "dev", "--set", "__proto__=5"],
    "  __proto__: is not a setting; known are deployHook, docker, environment, ",
  ],
  [
    "a wrong type",
    ["plan", "dev", "--set", "galera.volumeGiB=much"],
    'galera.volumeGiB: "much" is not allowed; use a whole number',
  ],
  [
    "an even cluster",
    ["plan", "dev", "--set", "galera.size=4"],
    cannotBeUsed("dev", "galera.size: 4 is even; use 3 or 5"),
  ],
  [
    "a tiny cluster",
    ["plan", "prod", "--set", "galera.size=1"],
    "galera.size: 1 is not a size that keeps a quorum; use 3 or 5",
  ],
  [
    "overlapping ranges",
    ["plan", "prod", "--set", "network.cidr=10.20.0.0/16"],
    'network.cidr: "10.20.0.0/16" overlaps network.inUse.staging 10.20.0.0/16',
  ],
  [
    "a range that is too small",
    ["plan", "dev", "--set", "network.cidr=10.77.0.0/29"],
    'network.cidr: "10.77.0.0/29" is too small',
  ],
  [
    "an unknown environment",
    ["plan", "qa"],
    'paasmas: there is no environment "qa"; use dev, staging, prod, or add stacks/Pulumi.qa.yaml\n',
  ],
  [
    "an empty secret",
    ["plan", "dev", "--set", "galera.passwords={root: ''}"],
    "galera.passwords.root: the given secret is not allowed; use at least 12",
  ],
  [
    "a short secret",
    ["plan", "prod", "--set", "galera.databases=[{name: app, password: hunter2}]"],
    "galera.databases[0].password: the given secret is not allowed; use at least 12 printable",
  ],
  [
    "a secret that is none",
    ["plan", "dev", "--set", "galera.passwords={monitor: 5}"],
    cannotBeUsed(
      "dev",
      "galera.passwords.monitor: the given secret is not allowed; use at least 12 printable ASCII characters " +
        "without spaces, quotes, backslashes, $ and `",
    ),
  ],
  [
    "settings encrypted as a whole",
    ["plan", "dev", "--set", "galera={secure: abc}"],
    cannotBeUsed("dev", "galera: is encrypted as a whole; encrypt only the passwords in it, with --secret --path"),
  ],
  [
    "a port that is none",
    ["plan", "dev", "--set", "docker.publishedPorts={mysql: 3306}"],
    cannotBeUsed(
      "dev",
      "docker.publishedPorts.mysql: is not a port of a load balancer; use its number, such as 3306, " +
        "or one load balancer's, such as jenkins-front:443",
    ),
  ],
  [
    "a bad ssh key",
    ["plan", "dev", "--set", "sshAuthorizedKeys=[ssh-rsa abc]"],
    'sshAuthorizedKeys[0]: "ssh-rsa abc" is cut short',
  ],
  [
    "an Ignition snippet that does not validate",
    ["plan", "dev", "--set", "etcd.snippets=[{storage: {files: [{path: relative}]}}]"],
    'etcd.snippets[0].storage.files[0].path: "relative" is not absolute',
  ],
  [
    "an Ignition snippet with a key that Ignition would ignore",
    ["plan", "dev", "--set", "etcd.snippets=[{storage: {filez: []}}]"],
    'etcd.snippets[0].storage.filez: the key "filez" is not used; allowed here: ',
  ],
  [
    "an Ignition snippet that is too large",
    ["plan", "dev", "--config", "snippet.yaml"],
    cannotBeUsed(
      "dev",
      "galera.snippets[0]: 300103 characters are too many; use at most 262144, " +
        "and let the machine fetch larger files itself",
    ),
  ],
  [
    "snippets that are too large together, on a cloud without a limit of its own too",
    ["plan", "dev", "--config", "snippets.yaml"],
    cannotBeUsed(
      "dev",
      "etcd.snippets: 800396 characters in 4 snippets are too many; use at most 786432, " +
        "and let the machine fetch larger files itself",
    ),
  ],
  ["a file that is not there", ["plan", "prod", "--config", "nope.yaml"], "paasmas: nope.yaml: no such file\n"],
  ["a folder in place of a file", ["plan", "prod", "--config", "stacks"], "paasmas: stacks: cannot be read (EISDIR)\n"],
  [
    "a file that is not YAML",
    ["plan", "prod", "--config", "broken.yaml"],
    "paasmas: broken.yaml: not YAML: Flow sequence",
  ],
  [
    "a file without settings",
    ["plan", "prod", "--config", "list.yaml"],
    'paasmas: list.yaml: ["galera"] is not a group of settings; use name: value\n',
  ],
  [
    "a file that is no text",
    ["plan", "prod", "--config", "binary.yaml"],
    `paasmas: binary.yaml: "ELF${"\\u0001".repeat(8)}\\u000... is not a group of settings; use name: value\n`,
  ],
  [
    "a value with a tag of YAML's",
    ["plan", "dev", "--set", "galera.size=!size 5"],
    cannotBeUsed("dev", 'galera.size: "5" is not a number; use 3 or 5'),
  ],
  [
    "a setting without a value",
    ["plan", "dev", "--set", "galera.size"],
    "paasmas: --set galera.size: has no value; use a path and a value, as in --set galera.size=5\n",
  ],
  [
    "a setting below a number",
    ["plan", "dev", "--set", "galera.size.x=1"],
    'paasmas: --set galera.size.x: 3 has no "x": it is not a group of settings\n',
  ],
  [
    "a saved plan that is not JSON",
    ["plan", "--against", "text.json"],
    `paasmas: text.json: not JSON (Unexpected token`,
  ],
  [
    "a saved plan that is none",
    ["plan", "--against", "other.json"],
    `paasmas: other.json: resources.0.urn: 5 is not allowed there (expected string); ${savedPlan}\n`,
  ],
  [
    "a saved plan of another version",
    ["plan", "--against", "newer.json"],
    `paasmas: newer.json: format: 3 is not allowed there (expected 2); ${savedPlan}\n`,
  ],
  [
    "a saved plan of another project",
    ["plan", "--against", "elsewhere.json"],
    'paasmas: --against: elsewhere.json is a plan of the project "shop"; use one of paasmas\n',
  ],
  [
    "a saved plan of a removed environment",
    ["plan", "--against", "gone.json"],
    'paasmas: --against: the saved plan is for "qa", which is not an environment here; ' +
      "use a plan of dev, staging, prod\n",
  ],
  [
    "a saved plan of a machine without an address",
    ["plan", "--against", "bare.json"],
    `paasmas: bare.json: resources.0.inputs.address: undefined is not allowed there (expected string); ${savedPlan}\n`,
  ],
  [
    "a saved plan of a machine that is nowhere",
    ["plan", "--against", "astray.json"],
    `paasmas: astray.json: resources: "here/32" is not an IPv4 range: write it like 10.0.0.0/16; ${savedPlan}\n`,
  ],
  [
    "a saved plan that is not there",
    ["plan", "--against", "plan/prod.json"],
    `paasmas: plan/prod.json: no such file; ${savedPlan}\n`,
  ],
  [
    "a place to write to that is a file",
    ["plan", "dev", "--out", "list.yaml"],
    "paasmas: list.yaml: cannot be written (EEXIST); use --out with a folder that can be\n",
  ],
  [
    "a place to write to that takes no folders",
    ["plan", "dev", "--out", "/proc/plan"],
    "paasmas: /proc/plan: cannot be written (ENOENT); use --out with a folder that can be\n",
  ],
  [
    "a place to write to below a file",
    ["plan", "dev", "--out", "list.yaml/plan"],
    "paasmas: list.yaml/plan: cannot be written (EEXIST); use --out with",
  ],
  [
    "a place to write to that is a circle of links",
    ["plan", "dev", "--out", "circle/plan"],
    "paasmas: circle/plan: cannot be written (ELOOP); use --out with",
  ],
  [
    "a place to write to that is a link to nowhere",
    ["plan", "dev", "--out", "nowhere"],
    "paasmas: nowhere: cannot be written (EEXIST); use --out with",
  ],
  [
    "a place to write to without a name",
    ["plan", "dev", "--out", ""],
    'paasmas: "": cannot be written (ENOENT); use --out with',
  ],
  [
    "a place to write to with a folder where the page should be",
    ["plan", "dev", "--out", "taken"],
    "paasmas: taken: cannot be written (EISDIR); use --out with",
  ],
  [
    "an unknown machine",
    ["ignition", "dev", "galera-7"],
    'paasmas: dev has no machine "galera-7"; it has etcd-0, etcd-1, etcd-2, galera-0, galera-1, galera-2, lb-0\n',
  ],
  [
    "an unknown architecture",
    ["images", "--arch", "sparc"],
    "paasmas: option '--arch <architecture>' argument 'sparc' is invalid. Allowed choices are x86_64, aarch64.\n",
  ],
  ["an unknown option", ["plan", "--nope"], "paasmas: unknown option '--nope'\n"],
  ["an unknown command", ["frobnicate"], "paasmas: unknown command 'frobnicate'\n"],
  ["up of an unknown environment", ["up", "qa"], 'paasmas: there is no environment "qa"; use dev, staging, prod'],
  [
    "up with bad settings in the stack's file",
    ["up", "prod"],
    "paasmas: stack prod needs these settings before up:\n  aws.accountId: ",
  ],
  [
    "a policy pack that is none",
    ["preview", "dev", "--policy-pack", "stacks"],
    "paasmas: --policy-pack stacks: is not a policy pack: it has no PulumiPolicy.yaml\n",
  ],
];

describe("bad input gives one message, code 2, and writes nothing", { timeout: 60_000 }, () => {
  test.each(cases)("%s", async (_, args, message) => {
    const before = contents(dir);
    const ran = await runMain(dir, args);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(contents(dir)).toEqual(before);
  });
});

describe("without the passphrase of its secrets a stack is left alone", { timeout: 60_000 }, () => {
  const passphrase = "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it";
  test.each<[what: string, env: NodeJS.ProcessEnv, message: string]>([
    [
      "none",
      {},
      `PULUMI_CONFIG_PASSPHRASE: is missing, and the secrets of dev in BACKEND are encrypted with it; ${passphrase}`,
    ],
    [
      "a file that is not there",
      { PULUMI_CONFIG_PASSPHRASE_FILE: "/nope" },
      `PULUMI_CONFIG_PASSPHRASE_FILE: /nope: no such file; ${passphrase}`,
    ],
    [
      "a folder in place of a file",
      { PULUMI_CONFIG_PASSPHRASE_FILE: "/tmp" },
      `PULUMI_CONFIG_PASSPHRASE_FILE: /tmp: cannot be read (EISDIR); ${passphrase}`,
    ],
  ])("%s", async (_, given, message) => {
    const before = contents(dir);
    const backend = pathToFileURL(join(dir, "state")).href;
    const unset = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
    for (const command of ["preview", "up", "destroy"]) {
      const ran = await runMain(dir, [command, "dev"], { ...unset, PULUMI_BACKEND_URL: backend, ...given });
      expect(ran).toEqual({ code: 2, stdout: "", stderr: `paasmas: ${message.replace("BACKEND", backend)}\n` });
    }
    expect(contents(dir)).toEqual(before);
  });
});

test("reports errors of the components before it starts an engine", { timeout: 60_000 }, async () => {
  const other = projectCopy();
  const file = join(other, "stacks", "Pulumi.dev.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}    publishedPorts: { "3306": 3307 }\n`);
  try {
    const before = contents(other);
    const ran = await runMain(other, ["up", "dev"], { PATH: "" });
    expect(ran).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "paasmas: port 3307 of the Docker host is published twice, by lb-front and by lb-front: " +
        'set another port in publishedPorts["lb-front:3307"]\n',
    });
    expect(contents(other)).toEqual(before);
  } finally {
    rmSync(other, { recursive: true });
  }
});

test("reports a folder that is no project", async () => {
  const ran = await runMain(join(dir, "stacks"), ["plan"]);
  expect(ran).toEqual({
    code: 2,
    stdout: "",
    stderr: `paasmas: ${join(dir, "stacks")} is not a Pulumi project: it has no Pulumi.yaml\n`,
  });
});

test("reports a project without stacks", async () => {
  const other = projectCopy();
  try {
    rmSync(join(other, "stacks"), { recursive: true });
    const message =
      `${join(other, "Pulumi.yaml")}: stackConfigDir: ${join(other, "stacks")}: no such folder; ` +
      "use the folder with the stacks' config";
    expect(await runMain(other, ["plan"])).toEqual({ code: 2, stdout: "", stderr: `paasmas: ${message}\n` });
  } finally {
    rmSync(other, { recursive: true });
  }
});
